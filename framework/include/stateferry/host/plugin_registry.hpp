// Finds, checks and loads plugins. For host programs, not for plugins.
//
// A registry is an object, not a singleton. It opens a plugin only when something of it is asked
// for (or by load_all). Libraries stay loaded for the life of the registry and of every object that
// came from them: each object's deleter holds its library, so any order of destruction is right.
// Threads: the registry is used by one thread at a time; what it returns may be used by several.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/model/dialect.hpp"
#include "stateferry/plugin/abi.hpp"

namespace stateferry {

/// A plugin file that was found, and what became of it.
struct PluginInfo {
  PluginKind kind = PluginKind::transform;
  std::string name;            ///< from the file name
  std::filesystem::path file;  ///< absolute
  bool loaded = false;
  std::string version;  ///< once loaded
  /// Once loaded: the version of the C interface that it was built against, so that every
  /// stateferry with this version or a later one takes it; 0: the C++ interface, which only this
  /// build has.
  std::uint32_t sdk = 0;
  std::optional<Diagnostic> refused;  ///< why it was not loaded, if that was tried
  struct Item {
    std::string name;
    std::string summary;
  };
  std::vector<Item> items;  ///< once loaded: its codecs, transforms or storage
};

/// A storage that serves a scheme.
struct StorageOffer {
  std::shared_ptr<Storage> storage;  ///< new, not configured; null: nobody serves the scheme
  std::string name;                  ///< of the plugin
  std::string schemes;               ///< all that it serves, with spaces between
  std::string summary = {};          ///< one sentence without a full stop
};

/// See the head of this file.
class STATEFERRY_API PluginRegistry {
 public:
  PluginRegistry();
  ~PluginRegistry();
  PluginRegistry(PluginRegistry&&) noexcept;
  PluginRegistry& operator=(PluginRegistry&&) noexcept;

  /// Lists the plugin files of a folder without opening them; earlier folders don't hide later
  /// ones. A folder that doesn't exist is an error when `required`. A file or folder that others
  /// could write is kept as refused. Throws PluginError.
  void add_directory(const std::filesystem::path& directory, bool required);

  /// All files found, sorted by kind and name, with their state.
  std::vector<PluginInfo> list() const;
  /// Opens all files found; refusals are in list().
  void load_all();

  /// The codec for a format version. Throws PluginError: none installed (E-PLUGIN-NO-CODEC), two of
  /// one name, or refused, with the reason.
  std::shared_ptr<const Codec> codec_for(std::int32_t format_version);
  /// Format versions that have a codec file, ascending.
  std::vector<std::int32_t> codec_versions() const;
  /// The dialects of all codecs that can be used; opens them. One that is refused has none here:
  /// why, codec_for() tells. Valid until a folder is added.
  const Dialects& dialects();

  /// A new, unconfigured transform, such as `uri.replace-prefix`. Throws PluginError; an unknown
  /// name comes with a suggestion.
  std::shared_ptr<Transform> make_transform(std::string_view full_name);
  /// A new storage for a scheme, such as `s3`; an empty one when no plugin serves it. Opens the
  /// storage plugins. Throws PluginError: two serve it, or one is refused.
  StorageOffer storage_for(std::string_view scheme);
  /// The new storage of a plugin; an empty one when there is no plugin of this name. Opens it.
  /// Throws PluginError: two have the name, or it is refused.
  StorageOffer make_storage(const std::string& name);
  /// Names of the storage plugins that were found, as in their file names.
  std::vector<std::string> storage_names() const;

  /// Summary of a transform; empty when unknown. Opens its plugin.
  std::string summary_of(std::string_view full_name);
  /// Version of the plugin namespace; empty when it isn't there. Opens it.
  std::string version_of(std::string_view plugin_name);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Folders in which the command line looks: `explicit_dirs` (from --plugin-dir), then those of the
/// environment variable STATEFERRY_PLUGIN_PATH (colon-separated, absolute), then the installed
/// folder beside the running executable. Never the working directory. Throws PluginError for a
/// relative path in the variable.
STATEFERRY_API PluginRegistry
default_registry(const std::vector<std::filesystem::path>& explicit_dirs);

}  // namespace stateferry
