#include "registry/plugin_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/directory.hpp"

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

Diagnostic diagnostic(const char* code, std::string message, std::string subject,
                      std::string hint) {
  return {.code = code,
          .message = std::move(message),
          .subject = std::move(subject),
          .hint = std::move(hint)};
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

}  // namespace

PluginFiles::PluginFiles() : trust_(trust_of_this_process()) {}

void PluginFiles::add_directory(const fs::path& directory, bool required) {
  std::error_code error;
  const fs::path named = fs::absolute(directory, error);
  const fs::path absolute = fs::weakly_canonical(named, error);
  if (!fs::is_directory(absolute, error)) {
    if (!required) return;
    throw PluginError(diagnostic("E-PLUGIN-PATH", "the plugin folder does not exist",
                                 directory.string(), "check --plugin-dir"));
  }
  // As it was named: whoever can change a link on the way can choose the folder.
  const std::optional<Diagnostic> refused = refusal(trust_.follow(named), named);
  std::vector<std::string> names;
  const int failed =
      for_each_name(absolute.string(), [&](const std::string& name) { names.push_back(name); });
  if (failed != 0) {
    throw PluginError(diagnostic(
        "E-PLUGIN-PATH", std::string("the plugin folder can't be read: ") + std::strerror(failed),
        directory.string(), "look at the rights of the folder"));
  }
  std::sort(names.begin(), names.end());
  const FollowedPath followed_directory = trust_.follow(absolute);
  for (const std::string& name : names) {
    const auto parsed = parse_file_name(name);
    if (!parsed) continue;
    const fs::path file = absolute / name;
    const auto same = [&](const Found& f) { return f.file == file; };
    if (std::any_of(files_.begin(), files_.end(), same)) continue;
    const FollowedPath followed = trust_.follow_in(followed_directory, name);
    files_.push_back({parsed->kind, parsed->name, file, followed.real, nullptr,
                      refused ? refused : refusal_of_file(followed, file)});
  }
}

std::vector<PluginInfo> PluginFiles::list() const {
  std::vector<PluginInfo> list;
  for (const Found& f : files_) {
    PluginInfo info;
    info.kind = f.kind;
    info.name = f.name;
    info.file = f.file;
    info.refused = f.refused;
    if (f.plugin) {
      const PluginDescriptor& d = f.plugin->descriptor();
      info.loaded = true;
      info.version = d.version;
      info.sdk = f.plugin->sdk();
      for (std::size_t i = 0; i < d.entry_count; ++i) {
        info.items.push_back({d.entries[i].name, d.entries[i].summary});
      }
    } else if (named(f.kind, f.name).size() > 1 && !f.refused) {
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

std::vector<std::string> PluginFiles::names(PluginKind kind) const {
  std::vector<std::string> names;
  for (const Found& f : files_) {
    if (f.kind == kind) names.push_back(f.name);
  }
  return names;
}

std::string PluginFiles::file_of(PluginKind kind, std::string_view name) const {
  return named(kind, name).front()->file.string();
}

std::vector<const PluginFiles::Found*> PluginFiles::named(PluginKind kind,
                                                          std::string_view name) const {
  std::vector<const Found*> matches;
  for (const Found& f : files_) {
    if (f.kind == kind && f.name == name) matches.push_back(&f);
  }
  return matches;
}

std::shared_ptr<LoadedPlugin> PluginFiles::open(PluginKind kind, std::string_view name) {
  const std::vector<const Found*> matches = named(kind, name);
  if (matches.empty()) return nullptr;
  if (matches.size() > 1) {
    auto d =
        diagnostic("E-PLUGIN-DUPLICATE", "two plugins have the name '" + std::string(name) + "'",
                   matches[0]->file.string(), "remove one of the two");
    for (const Found* f : matches) d.notes.push_back("found " + f->file.string());
    throw PluginError(std::move(d));
  }
  Found& found = files_[static_cast<std::size_t>(matches.front() - files_.data())];
  open(found);
  if (found.refused) throw PluginError(*found.refused);
  return found.plugin;
}

void PluginFiles::open(Found& found) {
  if (found.plugin || found.refused) return;
  try {
    found.plugin = load_plugin(found.real, found.kind, found.name);
  } catch (const Error& e) {
    found.refused = e.diagnostic();
  }
}

void PluginFiles::open_all() {
  for (Found& f : files_) {
    if (named(f.kind, f.name).size() == 1) open(f);
  }
}

}  // namespace stateferry
