#include "stateferry/host/plugin_registry.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "registry/plugin_files.hpp"
#include "stateferry/bytes/digits.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;

// Whether `scheme` is one of the words in `schemes`.
bool serves(const char* schemes, std::string_view scheme) {
  std::string_view rest(schemes == nullptr ? "" : schemes);
  while (!rest.empty()) {
    const auto space = rest.find(' ');
    if (rest.substr(0, space) == scheme) return true;
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
  }
  return false;
}

std::optional<std::int32_t> version_of_codec(std::string_view name) {
  if (!name.starts_with('v')) return std::nullopt;
  return number_from_text<std::int32_t>(name.substr(1));
}

[[noreturn]] void fail_nothing_made(const std::string& what) {
  throw PluginError("E-PLUGIN-FAILED", what + ": the plugin has made nothing",
                    "this is a fault of the plugin; tell its authors");
}

// What the framework takes for granted of the dialects of a codec.
void check_dialects(const Codec& codec, std::int32_t format_version) {
  const auto dialects = codec.dialects();
  const auto own = [&](const DialectInfo& d) { return d.dialect.format_version == format_version; };
  if (!dialects.empty() && std::all_of(dialects.begin(), dialects.end(), own)) return;
  throw PluginError("E-PLUGIN-ENTRY",
                    "the codec v" + std::to_string(format_version) +
                        (dialects.empty() ? " has no dialect" : " has dialects of other versions"),
                    "this is a fault of the plugin; tell its authors");
}

}  // namespace

struct PluginRegistry::State {
  PluginFiles files;
  std::optional<Dialects> dialects;                             // once they were asked for
  std::map<std::int32_t, std::shared_ptr<const Codec>> codecs;  // likewise
};

PluginRegistry::PluginRegistry() : state_(std::make_unique<State>()) {}
PluginRegistry::~PluginRegistry() = default;
PluginRegistry::PluginRegistry(PluginRegistry&&) noexcept = default;
PluginRegistry& PluginRegistry::operator=(PluginRegistry&&) noexcept = default;

void PluginRegistry::add_directory(const fs::path& directory, bool required) {
  state_->dialects.reset();
  state_->codecs.clear();
  state_->files.add_directory(directory, required);
}

std::vector<PluginInfo> PluginRegistry::list() const {
  return state_->files.list();
}

void PluginRegistry::load_all() {
  state_->files.open_all();
}

std::vector<std::int32_t> PluginRegistry::codec_versions() const {
  std::vector<std::int32_t> versions;
  for (const std::string& name : state_->files.names(PluginKind::codec)) {
    if (const auto version = version_of_codec(name)) versions.push_back(*version);
  }
  std::sort(versions.begin(), versions.end());
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  return versions;
}

std::shared_ptr<const Codec> PluginRegistry::codec_for(std::int32_t format_version) {
  const auto known = state_->codecs.find(format_version);
  if (known != state_->codecs.end()) return known->second;
  const std::string name = "v" + std::to_string(format_version);
  const auto plugin = state_->files.open(PluginKind::codec, name);
  if (plugin == nullptr) {
    std::string others;
    for (const std::int32_t v : codec_versions()) {
      others += (others.empty() ? "" : ", ") + std::to_string(v);
    }
    throw PluginError(
        "E-PLUGIN-NO-CODEC",
        "no codec is installed for metadata format version " + std::to_string(format_version),
        others.empty() ? "no codec was found at all; see 'stateferry plugins list'"
                       : "codecs are installed for " + others +
                             "; a newer stateferry or a codec plugin may have more");
  }
  const PluginEntry& entry = plugin->descriptor().entries[0];
  if (entry.create_codec == nullptr) {
    throw PluginError("E-PLUGIN-ENTRY", "plugin '" + name + "' holds no codec");
  }
  Codec* const codec = guarded_call("codec " + name, [&] { return entry.create_codec(); });
  if (codec == nullptr) fail_nothing_made("codec " + name);
  std::shared_ptr<const Codec> made(codec, [plugin](const Codec* c) { delete c; });
  check_dialects(*made, format_version);
  state_->codecs.emplace(format_version, made);
  return made;
}

const Dialects& PluginRegistry::dialects() {
  if (!state_->dialects) {
    std::vector<DialectInfo> all;
    for (const std::int32_t version : codec_versions()) {
      try {
        const auto codec = codec_for(version);
        const auto own = codec->dialects();
        all.insert(all.end(), own.begin(), own.end());
      } catch (const PluginError&) {
        continue;  // whoever asks for this codec is told
      }
    }
    state_->dialects.emplace(std::move(all));
  }
  return *state_->dialects;
}

std::shared_ptr<Transform> PluginRegistry::make_transform(std::string_view full_name) {
  const auto dot = full_name.find('.');
  const std::string space(full_name.substr(0, dot));
  const bool qualified = dot != std::string_view::npos;
  const auto plugin = qualified ? state_->files.open(PluginKind::transform, space) : nullptr;
  if (plugin == nullptr) {
    // Suggest a whole name where only the namespace is wrong or missing.
    const std::string hint = did_you_mean(space, state_->files.names(PluginKind::transform));
    throw PluginError("E-RULE-UNKNOWN-TRANSFORM",
                      qualified ? "no transform plugin '" + space + "' is installed" + hint
                                : "a transform is named <plugin>.<transform>, not '" + space + "'",
                      "see 'stateferry plugins list'");
  }
  const PluginDescriptor& d = plugin->descriptor();
  std::vector<std::string> known;
  for (std::size_t i = 0; i < d.entry_count; ++i) {
    const PluginEntry& entry = d.entries[i];
    if (entry.name == full_name) {
      auto transform = guarded_call(full_name, [&] { return plugin->make_transform(i); });
      if (transform == nullptr) fail_nothing_made(std::string(full_name));
      return {transform.release(), [plugin](Transform* t) { delete t; }};
    }
    known.emplace_back(entry.name);
  }
  throw PluginError("E-RULE-UNKNOWN-TRANSFORM",
                    "plugin '" + space + "' has no transform '" + std::string(full_name) + "'" +
                        did_you_mean(full_name, known),
                    "see 'stateferry plugins list'");
}

StorageOffer PluginRegistry::make_storage(const std::string& name) {
  StorageOffer offer;
  const auto plugin = state_->files.open(PluginKind::storage, name);
  if (plugin == nullptr) return offer;
  const PluginEntry& entry = plugin->descriptor().entries[0];
  if (entry.create_storage == nullptr) {
    throw PluginError("E-PLUGIN-ENTRY", "plugin '" + name + "' holds no storage");
  }
  Storage* const made = guarded_call("storage " + name, [&] { return entry.create_storage(); });
  if (made == nullptr) fail_nothing_made("storage " + name);
  offer.storage = std::shared_ptr<Storage>(made, [plugin](Storage* s) { delete s; });
  offer.name = name;
  offer.schemes = entry.schemes;
  offer.summary = entry.summary;
  return offer;
}

StorageOffer PluginRegistry::storage_for(std::string_view scheme) {
  StorageOffer found;
  for (const std::string& name : state_->files.names(PluginKind::storage)) {
    const auto plugin = state_->files.open(PluginKind::storage, name);
    if (!serves(plugin->descriptor().entries[0].schemes, scheme)) continue;
    if (found.storage != nullptr) {
      const std::string first = state_->files.file_of(PluginKind::storage, found.name);
      const std::string second = state_->files.file_of(PluginKind::storage, name);
      throw PluginError({.code = "E-PLUGIN-DUPLICATE",
                         .message = "two storage plugins serve '" + std::string(scheme) + "'",
                         .subject = first,
                         .hint = "remove one of the two",
                         .notes = {"found " + first, "found " + second}});
    }
    found = make_storage(name);
  }
  return found;
}

std::vector<std::string> PluginRegistry::storage_names() const {
  return state_->files.names(PluginKind::storage);
}

std::string PluginRegistry::summary_of(std::string_view full_name) {
  const auto plugin =
      state_->files.open(PluginKind::transform, full_name.substr(0, full_name.find('.')));
  if (plugin == nullptr) return {};
  const PluginDescriptor& d = plugin->descriptor();
  for (std::size_t i = 0; i < d.entry_count; ++i) {
    if (d.entries[i].name == full_name) return d.entries[i].summary;
  }
  return {};
}

std::string PluginRegistry::version_of(std::string_view plugin_name) {
  const auto plugin = state_->files.open(PluginKind::transform, plugin_name);
  return plugin == nullptr ? std::string() : plugin->descriptor().version;
}

PluginRegistry default_registry(const std::vector<fs::path>& explicit_dirs) {
  PluginRegistry registry;
  for (const fs::path& directory : explicit_dirs) registry.add_directory(directory, true);
  if (const char* path = ::secure_getenv("STATEFERRY_PLUGIN_PATH")) {
    std::string_view rest(path);
    while (!rest.empty()) {
      const auto colon = rest.find(':');
      const fs::path directory(rest.substr(0, colon));
      rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
      if (directory.empty()) continue;
      if (directory.is_relative()) {
        throw PluginError(
            {.code = "E-PLUGIN-PATH",
             .message = "STATEFERRY_PLUGIN_PATH holds a relative folder",
             .subject = directory.string(),
             .hint = "use absolute paths; plugins are never taken from the working directory"});
      }
      registry.add_directory(directory, false);
    }
  }
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    registry.add_directory(self.parent_path().parent_path() / "lib" / "stateferry" / "plugins",
                           false);
  }
  return registry;
}

}  // namespace stateferry
