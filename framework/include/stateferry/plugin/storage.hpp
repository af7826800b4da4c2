// The interface of a storage plugin: where the files of snapshots lie.
//
// A storage serves some URI schemes. It lists, looks up, reads and writes files, and may copy many
// of them at once. Files are named by URIs in Flink's form (uri/flink_path.hpp), UTF-8, with the
// scheme. It neither prints nor ends the process, and leaves nothing half-written under a file's
// name.
//
// Errors are thrown as IoError. Their code decides how a run ends: E-IO-NOT-FOUND, E-IO-DENIED,
// E-IO-EXISTS, E-IO-READ and E-IO-WRITE; E-STORE-UNREACHABLE when the store doesn't answer at all;
// E-STORE-TEMPORARY for what may work when it is tried again; E-IO-SYNC for what was written but is
// not safe from a power failure; E-STORE-CONFLICT, E-STORE-SIZE and E-STORE-SYMLINK as described
// below. A message never holds a credential.
// Threads: configure() comes first, on one thread; all else may then be called by several at once.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry {

/// A file in a store.
struct STATEFERRY_API StoredFile {
  std::string uri;
  std::uint64_t size = 0;  ///< bytes
  /// When it was last changed, in seconds since 1970: on disks the later of mtime and ctime, else
  /// by the store's own clock. Nothing where the store doesn't say.
  std::optional<std::int64_t> modified = std::nullopt;
};

/// What a listing leaves out, and what it has besides files.
struct STATEFERRY_API ListOptions {
  /// Directories that are not entered, without a slash at the end.
  std::vector<std::string> left_out;
  /// Whether directories are listed, too, where stores have them: by a URI with a slash at the end,
  /// without a size.
  bool directories = false;
  /// Whether symbolic links are followed, where stores have them. Each directory is entered once.
  bool follow_links = false;
};

/// A part of a file.
struct ByteRange {
  std::uint64_t offset = 0;  ///< first byte
  std::uint64_t size = 0;    ///< bytes
};

/// One file to be copied.
struct STATEFERRY_API CopyItem {
  std::string source;
  std::string target;
  std::optional<ByteRange> range;     ///< only this part of the source; else all of it
  std::optional<std::uint64_t> size;  ///< bytes that the source (or the part) must have; else any
};

/// How a new file is made.
struct STATEFERRY_API NewFileOptions {
  /// A file of the same storage. Where the store has owners, groups and modes, the new file gets
  /// those of this one, and its directory, when it is made, those of this one's directory. Empty:
  /// files get 0640, and directories 0750, under the umask.
  std::string like;
  bool sync = true;  ///< it returns only when the file is safe from a power failure
};

/// How a file is replaced.
struct STATEFERRY_API ReplaceOptions {
  /// SHA-256, in hex, of what stands there now.
  std::string before;
  bool sync = true;  ///< it returns only when the file is safe from a power failure
};

/// How files are copied. Where both stores have owners, groups and modes, files get those of their
/// sources, and directories that are made those of the sources' directories.
struct STATEFERRY_API CopyOptions {
  unsigned jobs = 4;  ///< files to work on at once
  bool sync = true;   ///< a file counts as done only when it is safe from a power failure
  /// Directories that the user named. Symbolic links in their own paths are followed; one further
  /// below is refused (E-STORE-SYMLINK), for it may lead anywhere. Empty: nothing is followed.
  std::string source_root;
  std::string target_root;
};

/// Told what becomes of each item. May be called by several threads at once.
class STATEFERRY_API CopyObserver {
 public:
  virtual ~CopyObserver();
  /// Bytes that have arrived since the last call, of any file. Taken back by nobody.
  virtual void progress(std::uint64_t bytes) = 0;
  /// Item `index` is whole, in place, and has `bytes` bytes. `existed`: it was there before, with
  /// the same content.
  virtual void done(std::size_t index, std::uint64_t bytes, bool existed) = 0;
  /// Item `index`, or a directory that was made for it, doesn't have the owner, the group or the
  /// mode of its source: only root can give files away. Before done(). Does nothing by default.
  virtual void access_not_kept(std::size_t index);
  /// Item `index` could not be copied; nothing of it stands under its name, unless all that failed
  /// was to make it safe from a power failure (E-IO-SYNC).
  virtual void failed(std::size_t index, Diagnostic why) = 0;
  /// Whether to begin no further item.
  virtual bool stopped() const = 0;
};

/// See the head of this file.
class STATEFERRY_API Storage {
 public:
  virtual ~Storage();

  /// Takes the user's configuration: the map of config.yaml (a null node when there is none). Reads
  /// the keys that are its own and reports problems to `sink`. Does nothing by default.
  virtual void configure(const ParamNode& config, DiagnosticSink& sink);

  /// The file of this name; nothing when there is none, or a directory.
  virtual std::optional<StoredFile> stat(const std::string& uri) = 0;
  /// stat() for many files; `found` is called once for each, on the caller's thread, in any order.
  /// One after the other by default.
  virtual void stat_many(
      std::span<const std::string> uris,
      const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found);
  /// What all names of one file or directory have in common, such as its device and inode: two URIs
  /// of this storage with equal answers are one place. Nothing when there is nothing of that name,
  /// and where the storage can't tell, which is the default.
  virtual std::optional<std::string> identity(const std::string& uri);
  /// All files below a directory, at any depth, in any order; symbolic links are not followed.
  /// Throws E-IO-NOT-FOUND when the directory doesn't exist, where stores have directories.
  virtual void list(const std::string& directory,
                    const std::function<void(const StoredFile&)>& each) = 0;
  /// list() with more to say. What it does by default is list(), without what lies below
  /// `left_out`, without directories and links.
  virtual void list_with(const std::string& directory, const ListOptions& options,
                         const std::function<void(const StoredFile&)>& each);
  /// Writes a file's bytes, or a part of them, to `sink`, without committing it. A file that is
  /// shorter than the part is an error (E-STORE-SIZE).
  virtual void read(const std::string& uri, const std::optional<ByteRange>& range,
                    ByteSink& sink) = 0;
  /// Makes a new file of all that `source` holds, with its directories. It appears whole or not at
  /// all: where the store can, what was written is read back and compared before the file gets its
  /// name (E-VERIFY). A file that exists is never replaced (E-IO-EXISTS); on stores that can't
  /// promise that, two writers at once may not see each other. Returns whether owner, group and
  /// mode are those of `options.like`; true without it.
  virtual bool write_new(const std::string& uri, ByteSource& source,
                         const NewFileOptions& options) = 0;
  /// Puts all that `source` holds in the place of a file that exists, with the access that this one
  /// has. Its content is read right before: if it is another than `options.before` says, nothing is
  /// written (E-STORE-CONFLICT). Whoever reads sees the old file or the new one; where the store
  /// can't do that, no file for a moment. What was written is read back and compared (E-VERIFY). It
  /// is not atomic: who writes between that look and the end may lose what it wrote. Throws
  /// E-STORE-UNSUPPORTED by default.
  virtual void replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options);
  /// Returns when these files, which are there whoever has written them, and their names are safe
  /// from a power failure. Does nothing by default: what a store has taken, it keeps.
  virtual void make_durable(std::span<const std::string> uris);
  /// Removes a file, and directories that become empty by that, where stores have directories, up
  /// to and without `root`. Throws E-STORE-UNSUPPORTED by default.
  virtual void remove(const std::string& uri, const std::string& root);

  /// What went wrong since the call before and is tried again: a line each with its cause, oldest
  /// first, without credentials; of many the last ones. Called by any thread at any time, also
  /// while other calls run. Nothing by default.
  virtual std::vector<std::string> take_troubles();

  /// Throws IoError when it can be seen without writing that no file can come to be below
  /// `directory`, which need not exist: E-IO-CREATE, E-IO-DENIED, E-STORE-UNREACHABLE. Whether a
  /// store lets one write is seen by writing only. Does nothing by default.
  virtual void check_target(const std::string& directory);

  /// Whether copy() works from one scheme to the other; at least one of the two is served by this
  /// storage. Where it doesn't, which is the default, the host reads and writes by the calls above.
  virtual bool copies(std::string_view source_scheme, std::string_view target_scheme) const;
  /// Copies files. A target that exists counts as done if it has the same content, and is left
  /// alone and failed (E-STORE-CONFLICT) if not. Failures of single files go to `observer`, the
  /// others go on; thrown is only what stops them all.
  virtual void copy(std::span<const CopyItem> items, const CopyOptions& options,
                    CopyObserver& observer);
};

}  // namespace stateferry
