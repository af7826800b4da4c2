// The interface of a storage plugin: where the files of snapshots lie.
//
// A storage serves some URI schemes by small calls: it lists, looks up, reads, writes and copies
// single files. What is the same for all stores is the host's: threads, what is done when a target
// exists, sizes that are compared, calls that are made again, resuming, progress. Files are named
// by URIs in Flink's form (uri/flink_path.hpp), UTF-8, with the scheme. A storage neither prints
// nor ends the process, and leaves nothing half-written under a file's name.
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
#include <memory>
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
  /// Directories that need not be entered, without a slash at the end: the host drops what is
  /// shown of them.
  std::vector<std::string> left_out;
  /// Whether directories are listed, too, where stores have them: by a URI with a slash at the end,
  /// without a size.
  bool directories = false;
  /// Whether symbolic links are followed, where stores have them. Each directory is entered once.
  bool follow_links = false;
  /// Only what lies in the directory itself is wanted: the host drops what is shown of others.
  bool flat = false;
};

/// A part of a file.
struct ByteRange {
  std::uint64_t offset = 0;  ///< first byte
  std::uint64_t size = 0;    ///< bytes
};

/// What is read of a file.
struct STATEFERRY_API ReadOptions {
  std::optional<ByteRange> range = std::nullopt;  ///< only this part; else all
  /// A directory that the user named: symbolic links in its own path are followed, one further
  /// below is refused (E-STORE-SYMLINK). Empty: each link is refused. Nothing: all are followed.
  std::optional<std::string> root = std::nullopt;
};

/// One file to be copied.
struct STATEFERRY_API CopyItem {
  std::string source;
  std::string target;
  std::optional<ByteRange> range;     ///< only this part of the source; else all of it
  std::optional<std::uint64_t> size;  ///< bytes that the source (or the part) must have; else any

  /// The bytes that the target must have, as far as the item says.
  std::optional<std::uint64_t> wanted() const { return range ? std::optional(range->size) : size; }
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
struct STATEFERRY_API CopierOptions {
  bool sync = true;  ///< a file counts as done only when it is safe from a power failure
  /// Directories that the user named. Symbolic links in their own paths are followed; one further
  /// below is refused (E-STORE-SYMLINK), for it may lead anywhere. Empty: nothing is followed.
  std::string source_root;
  std::string target_root;
};

/// What came of one file of a batch.
struct STATEFERRY_API CopyResult {
  /// Bytes that stand under the target's name. Nothing: the host asks by stat().
  std::optional<std::uint64_t> size = std::nullopt;
  /// Whether the file, and the directories that were made for it, have the owner, the group and the
  /// mode that they should: only root can give files away.
  bool access_kept = true;
  /// Why it is not done: nothing stands under its name, unless all that failed was to make it safe
  /// from a power failure (E-IO-SYNC).
  std::optional<Diagnostic> failure = std::nullopt;
};

/// Copies files one after the other, for one thread of the host. It may keep some of them back, so
/// that they become durable and get their names together: a batch.
class STATEFERRY_API Copier {
 public:
  /// Gets the bytes that have arrived since the last call.
  using Progress = std::function<void(std::uint64_t bytes)>;

  virtual ~Copier();
  /// Copies a file whose target did not exist when the host looked. If it does now: E-IO-EXISTS, or
  /// nothing is changed. E-STORE-SIZE where it shows before the end that the source hasn't the size
  /// that it must have; the host looks at the target's in any case. Need not call `progress`.
  virtual void copy(const CopyItem& item, const Progress& progress) = 0;
  /// Takes a target that stands there already, with the right content, into the batch: it may be of
  /// a run that was killed, and is no safer from a power failure than what is new. Does nothing by
  /// default.
  virtual void keep(const CopyItem& item);
  /// Whether the batch is large enough for finish(). True by default.
  virtual bool full() const;
  /// Ends the batch. `results` has one for each copy() and keep() since the last call that threw
  /// nothing, in their order. Leaves them as they are by default.
  virtual void finish(std::span<CopyResult> results);
};

/// Where a URI leads and by what right, in words for people. Never a secret, but where it is from.
/// Empty: the storage has no such thing, or doesn't know.
struct STATEFERRY_API StoreAccess {
  std::string engine;          ///< the program that speaks to the store: an absolute path
  std::string engine_version;  ///< what that program says of itself
  std::string remote;    ///< what in the configuration serves the URI, or that it's the default
  std::string endpoint;  ///< the server, as far as it is known before anybody is asked
  std::string region;
  std::string credentials;  ///< where they come from, such as `environment (AWS_ACCESS_KEY_ID)`
};

/// How much a run wants to hear of what a storage's own engine says.
enum class EngineLog : std::uint8_t {
  retries,  ///< what failed and is tried again within it
  all       ///< all that may help, without secrets
};
/// Gets a line without its end; on any thread.
using EngineTeller = std::function<void(const std::string& line)>;

/// See the head of this file.
class STATEFERRY_API Storage {
 public:
  virtual ~Storage();

  /// Declares the keys of config.yaml that are this storage's own, and takes their values; the
  /// first is usually called as the plugin. Ends with `params.finish()`, as a transform's
  /// configure() does (params.hpp). Declares none by default.
  virtual void configure(ParamBinder& params);
  /// How often, in all, the host makes a call that fails with E-STORE-TEMPORARY or
  /// E-STORE-UNREACHABLE. Once by default.
  virtual unsigned attempts() const;
  /// Schemes that the configuration gives it besides those of its plugin. None by default. One that
  /// an installed storage serves by itself stays with that one.
  virtual std::vector<std::string> configured_schemes() const;
  /// All copies together are to move no more bytes per second than this, which is not 0. Whether it
  /// keeps to that: it doesn't by default. Called once, after configure().
  virtual bool limit_rate(std::uint64_t bytes_per_second);
  /// From now on `tell` hears of what the storage's own engine says, with its secrets taken out.
  /// Called once, after configure(). Does nothing by default.
  virtual void tell_engine(EngineLog wanted, EngineTeller tell);

  /// Where `uri` leads, and by what right, without asking the store itself. Throws IoError as other
  /// calls do for a URI that can't be used. Nothing by default.
  virtual StoreAccess access(const std::string& uri);
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
  /// All files below a directory, at any depth, in any order. Throws E-IO-NOT-FOUND when the
  /// directory doesn't exist, where stores have directories.
  virtual void list(const std::string& directory, const ListOptions& options,
                    const std::function<void(const StoredFile&)>& each) = 0;
  /// Writes a file's bytes, or a part of them, to `sink`, without committing it. Of a part that
  /// reaches behind the file's end as many bytes as there are, or E-STORE-SIZE.
  virtual void read(const std::string& uri, const ReadOptions& options, ByteSink& sink) = 0;
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

  /// Throws IoError when it can be seen without writing that no file can come to be below
  /// `directory`, which need not exist: E-IO-CREATE, E-IO-DENIED, E-STORE-UNREACHABLE. Whether a
  /// store lets one write is seen by writing only. Does nothing by default.
  virtual void check_target(const std::string& directory);

  /// Whether its copiers copy from one scheme to the other; at least one of the two is served by
  /// this storage. Where they don't, which is the default, the host reads and writes by the calls
  /// above.
  virtual bool copies(std::string_view source_scheme, std::string_view target_scheme) const;
  /// Sees all items of a copy before its first copier is made, on the thread that makes them. Does
  /// nothing by default.
  virtual void prepare_copy(std::span<const CopyItem> items);
  /// A copier for one thread, made where copies() is true; `options` and the storage outlive it.
  virtual std::unique_ptr<Copier> make_copier(const CopierOptions& options);
};

}  // namespace stateferry
