// The storages of a run: one per plugin, made when its scheme is first met.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/plugin/s3_access.hpp"
#include "stateferry/plugin/storage.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

/// How a run wants its storages to work, besides what their configuration says.
struct StorageRun {
  std::uint64_t bytes_per_second = 0;  ///< that all copies together may move; 0: as many as come
  EngineLog log = EngineLog::retries;  ///< what `tell` is told
  EngineTeller tell = {};              ///< hears of the storages' own engines; empty: nobody does
};

/// The storage for a scheme, not configured: that of the plugin that has it, else one that gets it
/// from the configuration. An offer without a storage when nobody serves it. Throws as
/// PluginRegistry::storage_for() and configure_storage() do.
StorageOffer find_storage(PluginRegistry& registry, std::string_view scheme,
                          const ParamNode& config);

/// Gives the storage for a scheme; an offer without a storage when nobody serves it.
using StorageFinder = std::function<StorageOffer(std::string_view scheme)>;

/// Gets a line for people; on a thread of its own.
using WaitTeller = std::function<void(const std::string& line)>;
/// How long a store may be silent until that is told; then again after twice the time, and so on.
struct WaitTimes {
  std::chrono::milliseconds others{4000};  ///< calls that look, list, read and write
  std::chrono::milliseconds copies{5000};  ///< copying: without any file that was finished
  std::chrono::milliseconds look{500};     ///< how often it is looked
};

/// How a call that failed for the moment is made again, where its storage wants that.
struct RetryTimes {
  std::chrono::milliseconds pause{250};        ///< doubled before each attempt
  std::chrono::milliseconds patience{60'000};  ///< none is begun later
};

/// How a run copies files.
struct CopyOptions : CopierOptions {
  unsigned jobs = 4;  ///< files to work on at once
};

/// Told what becomes of each item of a copy. May be called by several threads at once.
class CopyObserver {
 public:
  virtual ~CopyObserver();
  /// Bytes that have arrived since the last call, of any file. Taken back by nobody.
  virtual void progress(std::uint64_t bytes) = 0;
  /// Item `index` is whole, in place, and has `bytes` bytes. `existed`: it was there before, with
  /// the same content.
  virtual void done(std::size_t index, std::uint64_t bytes, bool existed) = 0;
  /// Item `index` stood there before with its first `kept` bytes, and only the rest is copied; its
  /// writer has written on. Before done(). Does nothing by default.
  virtual void grown(std::size_t index, std::uint64_t kept);
  /// The store says that item `index` is copied; that it is there, with all its bytes, is seen
  /// later (done() or failed()). Does nothing by default.
  virtual void taken(std::size_t index);
  /// Item `index`, or a directory that was made for it, doesn't have the owner, the group or the
  /// mode of its source: only root can give files away. Before done(). Does nothing by default.
  virtual void access_not_kept(std::size_t index);
  /// Item `index` could not be copied; nothing of it stands under its name, unless all that failed
  /// was to make it safe from a power failure (E-IO-SYNC).
  virtual void failed(std::size_t index, Diagnostic why) = 0;
  /// Whether to begin no further item.
  virtual bool stopped() const = 0;
};

/// Gets files that are read. May be called by several threads at once, for a file by one.
class ReadObserver {
 public:
  virtual ~ReadObserver();
  /// The sink for the bytes of file `index`. Called again when an attempt has failed and another
  /// one is made: what came before counts for nothing. It is not committed.
  virtual std::unique_ptr<ByteSink> open(std::size_t index) = 0;
  /// The sink has all bytes of the file.
  virtual void done(std::size_t index, ByteSink& sink) = 0;
  /// The file could not be read to its end.
  virtual void failed(std::size_t index, Diagnostic why) = 0;
};

/// Configures a storage; `name` is its plugin's, for messages, and `config` the map of config.yaml.
/// Returns its problems (E-CONFIG), after which it can't be used. Throws what its plugin throws.
std::vector<Diagnostic> configure_storage(const std::string& name, Storage& storage,
                                          const ParamNode& config);

class ServedStorages;

/// Calls go to the storage that serves the URI's scheme; whatever a plugin throws leaves as an
/// Error of the framework, and what fails for the moment is made again. Several threads may call
/// it, once the setters were called; copy() on one at a time.
class Stores {
 public:
  /// `registry` outlives it. `config`: see Storage::configure.
  Stores(PluginRegistry& registry, ParamNode config, RetryTimes times = {});
  /// The same with storages that need no plugin: for tests.
  Stores(StorageFinder find, ParamNode config, RetryTimes times = {});
  ~Stores();
  Stores(Stores&&) noexcept;  ///< before the first call

  /// What stands in front of locations without a scheme, as Flink's fs.default-scheme says it; see
  /// with_default_file_system(). Local files by default.
  const std::string& default_file_system() const noexcept { return default_file_system_; }
  void set_default_file_system(std::string root) { default_file_system_ = std::move(root); }

  /// From now on `tell` hears of remote stores that don't answer, and of each attempt that failed
  /// and is made again, with its cause. Before the first call.
  void tell_waits(WaitTeller tell, WaitTimes times = {});

  /// How the storages are to work; before the first call.
  void work_as(StorageRun run);

  /// See Storage. Each throws IoError; E-STORE-SCHEME when nobody serves the scheme.
  StoreAccess access(const std::string& uri);
  std::optional<StoredFile> stat(const std::string& uri);
  void stat_many(std::span<const std::string> uris,
                 const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found);
  std::optional<std::string> identity(const std::string& uri);
  void list(const std::string& directory, const std::function<void(const StoredFile&)>& each) {
    list(directory, {}, each);
  }
  void list(const std::string& directory, const ListOptions& options,
            const std::function<void(const StoredFile&)>& each);
  /// The sink gets each byte once. Throws E-STORE-SIZE for a part that isn't there.
  void read(const std::string& uri, const std::optional<ByteRange>& range, ByteSink& sink);
  /// Reads many files whole, by `jobs` threads, and returns when all are done. Thrown is only what
  /// stops them all.
  void read_many(std::span<const std::string> uris, unsigned jobs, ReadObserver& observer);
  /// SHA-256, in hex, of a file or a part of it. Throws E-STORE-SIZE for a part that isn't there.
  std::string digest(const std::string& uri, const std::optional<ByteRange>& range = {});
  /// `options.like` may be of any storage; one of another counts for nothing.
  bool write_new(const std::string& uri, ByteSource& source, NewFileOptions options = {});
  void replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options);
  void make_durable(std::span<const std::string> uris);
  void remove(const std::string& uri, const std::string& root);
  void check_target(const std::string& directory);
  /// How other programs reach the bucket of `uri`. Throws E-STORE-UNSUPPORTED where its storage
  /// doesn't tell.
  S3Access s3_access(const std::string& uri);

  /// Copies items of any schemes, by several threads. A target that exists counts as done if it has
  /// the same content, and is left alone and failed (E-STORE-CONFLICT) if not. Where an item says
  /// no size, the file is one that its writer may still write on: then a longer target that begins
  /// with all of the source counts as done, and one that is its beginning gets the rest. Where no
  /// storage copies from one scheme to the other, each file is read into a nameless temporary file
  /// (in TMPDIR, else /tmp) and written from there. Failures of single files go to `observer`, the
  /// others go on; thrown is only what stops them all: E-STORE-UNSUPPORTED where a rate was given
  /// and neither side keeps to it.
  void copy(std::span<const CopyItem> items, const CopyOptions& options, CopyObserver& observer);

  /// Opens a file for reading: a local one in place, another after fetching it into a nameless
  /// temporary file (in TMPDIR, else /tmp).
  std::unique_ptr<ByteSource> open(const std::string& uri);

 private:
  std::string default_file_system_{kLocalFileSystem};
  std::unique_ptr<ServedStorages> storages_;
};

}  // namespace stateferry
