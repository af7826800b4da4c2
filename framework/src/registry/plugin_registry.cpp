#include "stateferry/host/plugin_registry.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <utility>

#include "registry/path_trust.hpp"
#include "registry/plugin_loader.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "stateferry_";
constexpr std::string_view kSuffix = ".so";

struct FileName {
  PluginKind kind;
  std::string name;
};

// stateferry_{codec|transform|storage}_<name>.so
std::optional<FileName> parse_file_name(std::string_view file) {
  if (!file.starts_with(kPrefix) || !file.ends_with(kSuffix)) return std::nullopt;
  file.remove_prefix(kPrefix.size());
  file.remove_suffix(kSuffix.size());
  for (const auto& [word, kind] :
       {std::pair{"codec_", PluginKind::codec}, std::pair{"transform_", PluginKind::transform},
        std::pair{"storage_", PluginKind::storage}}) {
    const std::string_view prefix(word);
    if (file.starts_with(prefix) && file.size() > prefix.size()) {
      return FileName{kind, std::string(file.substr(prefix.size()))};
    }
  }
  return std::nullopt;
}

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
  std::int32_t version = 0;
  if (name.size() < 2 || name[0] != 'v') return std::nullopt;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), version);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return version;
}

Diagnostic diagnostic(const char* code, std::string message, std::string subject,
                      std::string hint) {
  Diagnostic d;
  d.code = code;
  d.message = std::move(message);
  d.subject = std::move(subject);
  d.hint = std::move(hint);
  return d;
}

// What somebody else could replace must not be loaded into a run that holds credentials and state.
std::optional<Diagnostic> refusal(const FollowedPath& followed, const fs::path& file) {
  if (!followed.fault) return std::nullopt;
  const PathFault& fault = *followed.fault;
  Diagnostic d = diagnostic("E-PLUGIN-UNSAFE", fault.why + ", so nothing is loaded from it",
                            fault.component.string(), fault.mend);
  if (fault.error != 0) {
    d.code = "E-PLUGIN-LOAD";
    d.message = "the plugin can't be loaded: " + fault.why;
  }
  if (fault.component != file) d.notes.push_back("on the way to " + file.string());
  return d;
}

// The same of a file; opening anything but a regular file could wait forever.
std::optional<Diagnostic> refusal_of_file(const FollowedPath& followed, const fs::path& file) {
  if (followed.fault || S_ISREG(followed.mode)) return refusal(followed, file);
  return diagnostic("E-PLUGIN-LOAD", "the plugin can't be loaded: this is no regular file",
                    file.string(), "remove it or replace it by the plugin itself");
}

// Whom this process is in the hands of already, besides root.
PathTrust trust_of_this_process() {
  PathTrust trust(::geteuid());
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) trust.trust_writers_of(self);
  return trust;
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

struct Found {
  PluginKind kind;
  std::string name;
  fs::path file;
  fs::path real;  // what is opened: `file` without links
  std::shared_ptr<LoadedPlugin> plugin;
  std::optional<Diagnostic> refused;
};

}  // namespace

struct PluginRegistry::State {
  PathTrust trust = trust_of_this_process();
  std::vector<Found> files;
  std::optional<Dialects> dialects;  // once they were asked for

  std::vector<Found*> named(PluginKind kind, std::string_view name) {
    std::vector<Found*> matches;
    for (Found& f : files) {
      if (f.kind == kind && f.name == name) matches.push_back(&f);
    }
    return matches;
  }

  // Opens the one plugin of this name; null when there is none.
  LoadedPlugin* open(PluginKind kind, std::string_view name,
                     std::shared_ptr<LoadedPlugin>& holder) {
    const std::vector<Found*> matches = named(kind, name);
    if (matches.empty()) return nullptr;
    if (matches.size() > 1) {
      auto d =
          diagnostic("E-PLUGIN-DUPLICATE", "two plugins have the name '" + std::string(name) + "'",
                     matches[0]->file.string(), "remove one of the two");
      for (const Found* f : matches) d.notes.push_back("found " + f->file.string());
      throw PluginError(std::move(d));
    }
    Found& found = *matches.front();
    open(found);
    if (found.refused) throw PluginError(*found.refused);
    holder = found.plugin;
    return holder.get();
  }

  static void open(Found& found) {
    if (found.plugin || found.refused) return;
    try {
      found.plugin = load_plugin(found.real, found.kind, found.name);
    } catch (const Error& e) {
      found.refused = e.diagnostic();
    }
  }

  std::vector<std::string> names(PluginKind kind) const {
    std::vector<std::string> names;
    for (const Found& f : files) {
      if (f.kind == kind) names.push_back(f.name);
    }
    return names;
  }
};

PluginRegistry::PluginRegistry() : state_(std::make_unique<State>()) {}
PluginRegistry::~PluginRegistry() = default;
PluginRegistry::PluginRegistry(PluginRegistry&&) noexcept = default;
PluginRegistry& PluginRegistry::operator=(PluginRegistry&&) noexcept = default;

void PluginRegistry::add_directory(const fs::path& directory, bool required) {
  state_->dialects.reset();
  std::error_code error;
  const fs::path named = fs::absolute(directory, error);
  const fs::path absolute = fs::weakly_canonical(named, error);
  if (!fs::is_directory(absolute, error)) {
    if (!required) return;
    throw PluginError(diagnostic("E-PLUGIN-PATH", "the plugin folder does not exist",
                                 directory.string(), "check --plugin-dir"));
  }
  // As it was named: whoever can change a link on the way can choose the folder.
  const std::optional<Diagnostic> refused = refusal(state_->trust.follow(named), named);
  std::vector<fs::path> files;
  fs::directory_iterator entries(absolute, error);
  if (error) {
    throw PluginError(diagnostic("E-PLUGIN-PATH",
                                 "the plugin folder can't be read: " + error.message(),
                                 directory.string(), "look at the rights of the folder"));
  }
  for (const auto& entry : entries) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const auto parsed = parse_file_name(file.filename().string());
    if (!parsed) continue;
    const auto same = [&](const Found& f) { return f.file == file; };
    if (std::any_of(state_->files.begin(), state_->files.end(), same)) continue;
    const FollowedPath followed = state_->trust.follow(file);
    state_->files.push_back({parsed->kind, parsed->name, file, followed.real, nullptr,
                             refused ? refused : refusal_of_file(followed, file)});
  }
}

std::vector<PluginInfo> PluginRegistry::list() const {
  std::vector<PluginInfo> list;
  for (const Found& f : state_->files) {
    PluginInfo info;
    info.kind = f.kind;
    info.name = f.name;
    info.file = f.file;
    info.refused = f.refused;
    if (f.plugin) {
      const PluginDescriptor& d = f.plugin->descriptor();
      info.loaded = true;
      info.version = d.version;
      for (std::size_t i = 0; i < d.entry_count; ++i) {
        info.items.push_back({d.entries[i].name, d.entries[i].summary});
      }
    } else if (state_->named(f.kind, f.name).size() > 1 && !f.refused) {
      info.refused = diagnostic("E-PLUGIN-DUPLICATE", "another plugin has the same name",
                                f.file.string(), "remove one of the two");
    }
    list.push_back(std::move(info));
  }
  std::stable_sort(list.begin(), list.end(), [](const PluginInfo& a, const PluginInfo& b) {
    return std::pair(a.kind, std::string_view(a.name)) <
           std::pair(b.kind, std::string_view(b.name));
  });
  return list;
}

void PluginRegistry::load_all() {
  for (Found& f : state_->files) {
    if (state_->named(f.kind, f.name).size() == 1) State::open(f);
  }
}

bool PluginRegistry::has_codec(std::int32_t format_version) const {
  return !state_->named(PluginKind::codec, "v" + std::to_string(format_version)).empty();
}

std::vector<std::int32_t> PluginRegistry::codec_versions() const {
  std::vector<std::int32_t> versions;
  for (const Found& f : state_->files) {
    if (f.kind != PluginKind::codec) continue;
    if (const auto version = version_of_codec(f.name)) versions.push_back(*version);
  }
  std::sort(versions.begin(), versions.end());
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  return versions;
}

std::shared_ptr<const Codec> PluginRegistry::codec_for(std::int32_t format_version) {
  const std::string name = "v" + std::to_string(format_version);
  std::shared_ptr<LoadedPlugin> plugin;
  if (state_->open(PluginKind::codec, name, plugin) == nullptr) {
    std::string known;
    for (const std::int32_t v : codec_versions()) {
      known += (known.empty() ? "" : ", ") + std::to_string(v);
    }
    throw PluginError(
        "E-PLUGIN-NO-CODEC",
        "no codec is installed for metadata format version " + std::to_string(format_version),
        known.empty() ? "no codec was found at all; see 'stateferry plugins list'"
                      : "codecs are installed for " + known +
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
  std::shared_ptr<LoadedPlugin> plugin;
  if (dot == std::string_view::npos ||
      state_->open(PluginKind::transform, space, plugin) == nullptr) {
    std::vector<std::string> known = state_->names(PluginKind::transform);
    // Suggest a whole name where only the namespace is wrong or missing.
    const std::string hint = did_you_mean(space, known);
    throw PluginError("E-RULE-UNKNOWN-TRANSFORM",
                      dot == std::string_view::npos
                          ? "a transform is named <plugin>.<transform>, not '" + space + "'"
                          : "no transform plugin '" + space + "' is installed" + hint,
                      "see 'stateferry plugins list'");
  }
  const PluginDescriptor& d = plugin->descriptor();
  std::vector<std::string> known;
  for (std::size_t i = 0; i < d.entry_count; ++i) {
    const PluginEntry& entry = d.entries[i];
    if (entry.name == full_name && entry.create_transform != nullptr) {
      Transform* const transform =
          guarded_call(full_name, [&] { return entry.create_transform(); });
      if (transform == nullptr) fail_nothing_made(std::string(full_name));
      return {transform, [plugin](Transform* t) { delete t; }};
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
  std::shared_ptr<LoadedPlugin> plugin;
  if (state_->open(PluginKind::storage, name, plugin) == nullptr) return offer;
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
  for (const std::string& name : state_->names(PluginKind::storage)) {
    StorageOffer offer = make_storage(name);
    if (offer.storage == nullptr || !serves(offer.schemes.c_str(), scheme)) continue;
    if (found.storage != nullptr) {
      const auto file_of = [&](const std::string& plugin) {
        return state_->named(PluginKind::storage, plugin).front()->file.string();
      };
      Diagnostic d = diagnostic("E-PLUGIN-DUPLICATE",
                                "two storage plugins serve '" + std::string(scheme) + "'",
                                file_of(found.name), "remove one of the two");
      d.notes = {"found " + file_of(found.name), "found " + file_of(name)};
      throw PluginError(std::move(d));
    }
    found = std::move(offer);
  }
  return found;
}

std::vector<std::string> PluginRegistry::storage_names() const {
  return state_->names(PluginKind::storage);
}

std::string PluginRegistry::summary_of(std::string_view full_name) {
  std::shared_ptr<LoadedPlugin> plugin;
  if (state_->open(PluginKind::transform, full_name.substr(0, full_name.find('.')), plugin) ==
      nullptr) {
    return {};
  }
  const PluginDescriptor& d = plugin->descriptor();
  for (std::size_t i = 0; i < d.entry_count; ++i) {
    if (d.entries[i].name == full_name) return d.entries[i].summary;
  }
  return {};
}

std::string PluginRegistry::version_of(std::string_view plugin_name) {
  std::shared_ptr<LoadedPlugin> plugin;
  if (state_->open(PluginKind::transform, plugin_name, plugin) == nullptr) return {};
  return plugin->descriptor().version;
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
        throw PluginError(diagnostic(
            "E-PLUGIN-PATH", "STATEFERRY_PLUGIN_PATH holds a relative folder", directory.string(),
            "use absolute paths; plugins are never taken from the working directory"));
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

void rethrow_as_error(std::string_view what) {
  const auto name = [&](Diagnostic d) {
    if (d.subject.empty() && !d.mark && !d.place) d.notes.push_back("in " + std::string(what));
    return d;
  };
  // A copy with the type of ours: the exception in flight may belong to the plugin.
  try {
    throw;
  } catch (const FormatError& e) {
    FormatError copy(e.code(), e.what(), 0);
    copy.diagnostic() = e.diagnostic();
    throw copy;
  } catch (const CapabilityError& e) {
    CapabilityError copy(e.code(), e.what(), {});
    copy.diagnostic() = name(e.diagnostic());
    throw copy;
  } catch (const LimitError& e) {
    throw LimitError(name(e.diagnostic()));
  } catch (const RuleError& e) {
    throw RuleError(name(e.diagnostic()));
  } catch (const IoError& e) {
    IoError copy(e.code(), e.what(), {});
    copy.diagnostic() = e.diagnostic();
    throw copy;
  } catch (const PluginError& e) {
    throw PluginError(name(e.diagnostic()));
  } catch (const Error& e) {
    throw Error(name(e.diagnostic()));
  } catch (const std::exception& e) {
    throw PluginError("E-PLUGIN-FAILED", std::string(what) + " failed: " + e.what(),
                      "this is a fault of the plugin; tell its authors");
  } catch (...) {
    throw PluginError("E-PLUGIN-FAILED",
                      std::string(what) + " threw something that is no exception",
                      "this is a fault of the plugin; tell its authors");
  }
}

}  // namespace stateferry
