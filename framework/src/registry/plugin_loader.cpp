// Boost.DLL without Boost.Filesystem: nothing of Boost is linked then.
#define BOOST_DLL_USE_STD_FS
#include "registry/plugin_loader.hpp"

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <deque>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/host/sdk_transform.hpp"
#include "stateferry/plugin/header_digests.hpp"

namespace stateferry {
namespace {

using EntryFunction = const PluginDescriptor*();
using SdkEntryFunction = const stateferry_sdk_module*();

class BoostDllPlugin final : public LoadedPlugin {
 public:
  BoostDllPlugin(boost::dll::shared_library library, const PluginDescriptor& descriptor)
      : library_(std::move(library)), descriptor_(descriptor) {}
  const PluginDescriptor& descriptor() const noexcept override { return descriptor_; }

 private:
  boost::dll::shared_library library_;
  const PluginDescriptor& descriptor_;
};

std::string owned(stateferry_sdk_text text) {
  return text.size == 0 ? std::string() : std::string(text.data, text.size);
}

// A plugin of the C interface.
class SdkPlugin final : public LoadedPlugin {
 public:
  // `module` has been checked.
  SdkPlugin(boost::dll::shared_library library, const stateferry_sdk_module& module,
            std::string file)
      : library_(std::move(library)),
        module_(module),
        file_(std::move(file)),
        name_(owned(module.name)),
        version_(owned(module.version)) {
    for (std::size_t i = 0; i < module.transform_count; ++i) order_.push_back(i);
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return owned(module.transforms[a]->name) < owned(module.transforms[b]->name);
    });
    for (const std::size_t i : order_) {
      texts_.push_back(owned(module.transforms[i]->name));
      const char* const name = texts_.back().c_str();
      texts_.push_back(owned(module.transforms[i]->summary));
      entries_.push_back({name, texts_.back().c_str(), nullptr, nullptr, nullptr, nullptr});
    }
    descriptor_ = {.struct_size = sizeof(PluginDescriptor),
                   .abi = 0,
                   .abi_tag = nullptr,
                   .headers = nullptr,
                   .fingerprint = 0,
                   .kind = PluginKind::transform,
                   .name = name_.c_str(),
                   .version = version_.c_str(),
                   .entry_count = entries_.size(),
                   .entries = entries_.data()};
  }
  const PluginDescriptor& descriptor() const noexcept override { return descriptor_; }
  std::uint32_t sdk() const noexcept override { return module_.sdk; }
  std::unique_ptr<Transform> make_transform(std::size_t entry) const override {
    return make_sdk_transform(*module_.transforms[order_[entry]], file_);
  }

 private:
  boost::dll::shared_library library_;
  const stateferry_sdk_module& module_;
  std::string file_;
  std::string name_;
  std::string version_;
  std::vector<std::size_t> order_;  // of the module's transforms, by name
  std::deque<std::string> texts_;   // of entries_
  std::vector<PluginEntry> entries_;
  PluginDescriptor descriptor_ = {};
};

[[noreturn]] void refuse(const char* code, const std::string& why,
                         const std::filesystem::path& file,
                         const std::string& hint = "rebuild the plugin with this stateferry") {
  throw PluginError({.code = code, .message = why, .subject = file.string(), .hint = hint});
}

boost::dll::shared_library open(const std::filesystem::path& file) {
  // Now: a missing symbol is found here and not in the middle of a run. Local: two plugins' helpers
  // of one name stay apart. The throwing form: only its text holds what dlopen said.
  try {
    return boost::dll::shared_library(
        file, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::exception& e) {
    refuse("E-PLUGIN-LOAD", std::string("the plugin can't be loaded: ") + e.what(), file,
           "remove the file or replace it by one that was built for this machine");
  }
}

// Digests by header, from lines `NAME DIGEST`.
std::map<std::string_view, std::string_view> by_header(std::string_view lines) {
  std::map<std::string_view, std::string_view> digests;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    const auto space = std::min(line.find(' '), line.size());
    digests[line.substr(0, space)] = line.substr(space);
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
  return digests;
}

// Names of the headers that only one side has, or that say something else there.
std::vector<std::string> different_headers(std::string_view ours, std::string_view theirs) {
  const auto our_digests = by_header(ours);
  auto rest = by_header(theirs);
  std::vector<std::string> names;
  for (const auto& [name, digest] : our_digests) {
    const auto found = rest.find(name);
    if (found == rest.end() || found->second != digest) names.emplace_back(name);
    if (found != rest.end()) rest.erase(found);
  }
  for (const auto& [name, digest] : rest) names.emplace_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

// The names in one line; of many only the first.
std::string enumerated(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kShown) text += " and " + std::to_string(names.size() - kShown) + " more";
  return text;
}

// The order matters: what follows may only be read once what stands before it agrees.
void check_handshake(const PluginDescriptor& d, PluginKind kind, std::string_view name,
                     const std::filesystem::path& file) {
  if (d.abi != kPluginAbi) {
    refuse("E-PLUGIN-ABI",
           "the plugin was built for plugin ABI " + std::to_string(d.abi) +
               ", this stateferry has " + std::to_string(kPluginAbi),
           file);
  }
  if (d.abi_tag == nullptr || std::string_view(d.abi_tag) != kAbiTag) {
    refuse("E-PLUGIN-ABI",
           std::string("the plugin was built with '") + (d.abi_tag == nullptr ? "" : d.abi_tag) +
               "', this stateferry with '" + kAbiTag + "'",
           file);
  }
  if (d.headers == nullptr || std::string_view(d.headers) != kHeaderDigests) {
    const std::string_view theirs(d.headers == nullptr ? "" : d.headers);
    refuse("E-PLUGIN-ABI",
           "the plugin was built against other stateferry headers; different are " +
               enumerated(different_headers(kHeaderDigests, theirs)),
           file, "build the plugin again, against the headers of this stateferry");
  }
  if (d.struct_size != sizeof(PluginDescriptor) || d.fingerprint != model_fingerprint()) {
    refuse("E-PLUGIN-ABI",
           "the plugin was built against the headers of this stateferry, but with switches that "
           "give their types other sizes",
           file, "build the plugin with the switches that stateferry_add_… set");
  }
  if (d.kind != kind || d.name == nullptr || d.name != name) {
    refuse("E-PLUGIN-ENTRY",
           std::string("the file name promises the ") + plugin_kind_name(kind) + " plugin '" +
               std::string(name) + "', but the plugin says that it is the " +
               plugin_kind_name(d.kind) + " plugin '" + (d.name == nullptr ? "" : d.name) + "'",
           file, "give the file the name that the plugin has");
  }
}

void check_contents(const PluginDescriptor& d, const std::filesystem::path& file) {
  if (d.version == nullptr || d.entry_count == 0 || d.entries == nullptr) {
    refuse("E-PLUGIN-ENTRY", "the plugin holds nothing", file,
           "give it a version, and declare what it holds: each transform with "
           "STATEFERRY_TRANSFORM, in one of its files");
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < d.entry_count; ++i) {
    if (names.insert(d.entries[i].name).second) continue;
    refuse("E-PLUGIN-ENTRY", std::string("the plugin declares '") + d.entries[i].name + "' twice",
           file, "give each a name of its own, or remove one");
  }
}

std::shared_ptr<LoadedPlugin> load_sdk_plugin(boost::dll::shared_library library,
                                              const std::filesystem::path& file,
                                              std::string_view name) {
  auto* const entry = library.get<SdkEntryFunction>(STATEFERRY_SDK_ENTRY);
  const stateferry_sdk_module* const module = guarded_call(file.string(), [&] { return entry(); });
  check_sdk_module(module, name, file.string());
  return std::make_shared<SdkPlugin>(std::move(library), *module, file.string());
}

}  // namespace

std::unique_ptr<Transform> LoadedPlugin::make_transform(std::size_t entry) const {
  const auto create = descriptor().entries[entry].create_transform;
  return std::unique_ptr<Transform>(create == nullptr ? nullptr : create());
}

std::shared_ptr<LoadedPlugin> load_plugin(const std::filesystem::path& file, PluginKind kind,
                                          std::string_view name) {
  boost::dll::shared_library library = open(file);
  if (kind == PluginKind::transform && library.has(STATEFERRY_SDK_ENTRY)) {
    return load_sdk_plugin(std::move(library), file, name);
  }
  if (!library.has(kPluginEntrySymbol)) {
    refuse("E-PLUGIN-ENTRY",
           std::string("the library has no function ") + kPluginEntrySymbol +
               ", so it is not a stateferry plugin",
           file,
           "declare the plugin with STATEFERRY_TRANSFORM_PLUGIN, STATEFERRY_CODEC_PLUGIN or "
           "STATEFERRY_STORAGE_PLUGIN");
  }
  auto* const entry = library.get<EntryFunction>(kPluginEntrySymbol);
  const PluginDescriptor* const descriptor = guarded_call(file.string(), [&] { return entry(); });
  if (descriptor == nullptr) {
    refuse("E-PLUGIN-ENTRY", "the plugin's entry function returned nothing", file);
  }
  check_handshake(*descriptor, kind, name, file);
  check_contents(*descriptor, file);
  return std::make_shared<BoostDllPlugin>(std::move(library), *descriptor);
}

}  // namespace stateferry
