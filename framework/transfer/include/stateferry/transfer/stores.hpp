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
#include "stateferry/plugin/storage.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

/// Gives the storage for a scheme; an offer without a storage when nobody serves it.
using StorageFinder = std::function<StorageOffer(std::string_view scheme)>;

/// Gets a line for people; on a thread of its own.
using WaitTeller = std::function<void(const std::string& line)>;
/// How long a store may be silent until that is told; then again after twice the time, and so on.
struct WaitTimes {
  std::chrono::milliseconds others{4000};    ///< calls that look, list, read and write
  std::chrono::milliseconds copies{60'000};  ///< copying: without any file that was finished
  std::chrono::milliseconds look{500};       ///< how often it is looked
};

class WaitLog;

/// Calls go to the storage that serves the URI's scheme; whatever a plugin throws leaves as an
/// Error of the framework. One thread at a time, but for the observer's calls.
class Stores {
 public:
  /// `registry` and `sink` outlive it. `config`: see Storage::configure. `sink` gets what storages
  /// have to say of their configuration.
  Stores(PluginRegistry& registry, ParamNode config, DiagnosticSink& sink);
  /// The same with storages that need no plugin: for tests.
  Stores(StorageFinder find, ParamNode config, DiagnosticSink& sink);
  ~Stores();
  Stores(Stores&&) noexcept;  ///< before the first call

  /// What stands in front of locations without a scheme, as Flink's fs.default-scheme says it; see
  /// with_default_file_system(). Local files by default.
  const std::string& default_file_system() const noexcept { return default_file_system_; }
  void set_default_file_system(std::string root) { default_file_system_ = std::move(root); }

  /// From now on `tell` hears of remote stores that don't answer, and of each attempt that failed
  /// and is made again, with its cause. Before the first call.
  void tell_waits(WaitTeller tell, WaitTimes times = {});

  /// See Storage. Each throws IoError; E-STORE-SCHEME when nobody serves the scheme.
  std::optional<StoredFile> stat(const std::string& uri);
  void stat_many(std::span<const std::string> uris,
                 const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found);
  std::optional<std::string> identity(const std::string& uri);
  void list(const std::string& directory, const std::function<void(const StoredFile&)>& each);
  void list_with(const std::string& directory, const ListOptions& options,
                 const std::function<void(const StoredFile&)>& each);
  void read(const std::string& uri, const std::optional<ByteRange>& range, ByteSink& sink);
  /// `options.like` may be of any storage; one of another counts for nothing.
  bool write_new(const std::string& uri, ByteSource& source, NewFileOptions options = {});
  void replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options);
  void make_durable(std::span<const std::string> uris);
  void remove(const std::string& uri, const std::string& root);
  void check_target(const std::string& directory);

  /// Copies items of any schemes. Where no storage copies from one to the other, each file is read
  /// into a nameless temporary file (in TMPDIR, else /tmp) and written from there.
  void copy(std::span<const CopyItem> items, const CopyOptions& options, CopyObserver& observer);

  /// Opens a file for reading: a local one in place, another after fetching it into memory.
  std::unique_ptr<ByteSource> open(const std::string& uri);

 private:
  struct Made;
  Made& of(std::string_view uri);
  /// Calls `f` with the storage of `uri`, watched and guarded.
  template <class F>
  auto on(const std::string& uri, F&& f);
  Made* copier(const std::string& source_scheme, const std::string& target_scheme);
  void copy_by_hand(const CopyItem& item, std::size_t index, const CopyOptions& options,
                    CopyObserver& observer);

  StorageFinder find_;
  ParamNode config_;
  DiagnosticSink& sink_;
  std::string default_file_system_{kLocalFileSystem};
  std::vector<std::unique_ptr<Made>> made_;
  std::unique_ptr<WaitLog> wait_log_;
};

}  // namespace stateferry
