// All that a plugin author includes.
//
// A transform plugin has a file for each transform, which declares it at namespace scope:
//
//   STATEFERRY_TRANSFORM(UpperCase, "acme.upper-case", "writes bucket names in capitals")
//
// and, once, what they are called together. stateferry_add_transforms() in CMake writes that line:
//
//   STATEFERRY_TRANSFORM_PLUGIN("acme", "1.0.0")
//
// A codec plugin:
//
//   STATEFERRY_CODEC_PLUGIN(CodecV8, "v8", "1.0.0", "Flink 2.5")
//
// A storage plugin:
//
//   STATEFERRY_STORAGE_PLUGIN(Vault, "vault", "1.0.0", "vault vaults", "Files in the vault")
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "stateferry/export.hpp"
#include "stateferry/plugin/abi.hpp"
#include "stateferry/plugin/codec.hpp"
#include "stateferry/plugin/header_digests.hpp"  // made when a build is configured
#include "stateferry/plugin/storage.hpp"
#include "stateferry/plugin/transform.hpp"

namespace stateferry {

/// One transform of this module; STATEFERRY_TRANSFORM makes it. A static object that links itself
/// to those made before: nothing that could fail while the module is loaded. Hidden, whatever the
/// module is compiled with: otherwise the first one loaded would hold the list of all.
class __attribute__((visibility("hidden"))) DeclaredTransform {
 public:
  /// The texts live as long as the module.
  DeclaredTransform(const char* name, const char* summary, Transform* (*create)()) noexcept
      : entry_{name, summary, nullptr, create, nullptr, nullptr}, next_(last_) {
    last_ = this;
  }
  DeclaredTransform(const DeclaredTransform&) = delete;
  DeclaredTransform& operator=(const DeclaredTransform&) = delete;

  /// Those of this module, by name: in which order its files are linked makes no difference.
  static std::vector<PluginEntry> all() {
    std::vector<PluginEntry> entries;
    for (const auto* each = last_; each != nullptr; each = each->next_) {
      entries.push_back(each->entry_);
    }
    std::sort(entries.begin(), entries.end(), [](const PluginEntry& a, const PluginEntry& b) {
      return std::string_view(a.name) < std::string_view(b.name);
    });
    return entries;
  }

 private:
  // Zero before any static object is made.
  static inline constinit const DeclaredTransform* last_ = nullptr;

  PluginEntry entry_;
  const DeclaredTransform* next_;
};

}  // namespace stateferry

#define STATEFERRY_JOIN_(a, b) a##b
#define STATEFERRY_JOIN(a, b) STATEFERRY_JOIN_(a, b)

/// Declares a transform: a class with a default constructor, the full name, and a sentence without
/// a full stop. At namespace scope, in the file of the class, which may lie in an unnamed
/// namespace.
#define STATEFERRY_TRANSFORM(Class, full_name, summary)                                        \
  static const ::stateferry::DeclaredTransform STATEFERRY_JOIN(stateferry_declared_transform_, \
                                                               __COUNTER__){                   \
      full_name, summary, []() -> ::stateferry::Transform* { return new Class; }};

/// What all three kinds of modules have in common; use the macros below. Last stands a container
/// of what the module holds.
#define STATEFERRY_PLUGIN_(plugin_kind, plugin_name, plugin_version, ...)                     \
  extern "C" STATEFERRY_API const ::stateferry::PluginDescriptor* stateferry_plugin_entry() { \
    static const auto held = __VA_ARGS__;                                                     \
    static const ::stateferry::PluginDescriptor descriptor = {                                \
        sizeof(::stateferry::PluginDescriptor),                                               \
        ::stateferry::kPluginAbi,                                                             \
        ::stateferry::kAbiTag,                                                                \
        ::stateferry::kHeaderDigests,                                                         \
        ::stateferry::model_fingerprint(),                                                    \
        ::stateferry::PluginKind::plugin_kind,                                                \
        plugin_name,                                                                          \
        plugin_version,                                                                       \
        held.size(),                                                                          \
        held.data()};                                                                         \
    return &descriptor;                                                                       \
  }

/// Declares the module: its namespace and its version. Once per module. What it holds is what
/// STATEFERRY_TRANSFORM declares in its files.
#define STATEFERRY_TRANSFORM_PLUGIN(plugin_name, plugin_version) \
  STATEFERRY_PLUGIN_(transform, plugin_name, plugin_version, ::stateferry::DeclaredTransform::all())

/// Declares the module: a codec class with a default constructor. Once per module.
#define STATEFERRY_CODEC_PLUGIN(Class, plugin_name, plugin_version, summary)                       \
  STATEFERRY_PLUGIN_(codec, plugin_name, plugin_version,                                           \
                     std::array{::stateferry::PluginEntry{                                         \
                         plugin_name, summary, []() -> ::stateferry::Codec* { return new Class; }, \
                         nullptr, nullptr, nullptr}})

/// Declares the module: a storage class with a default constructor, and the schemes that it serves,
/// with spaces between. Once per module.
#define STATEFERRY_STORAGE_PLUGIN(Class, plugin_name, plugin_version, schemes, summary) \
  STATEFERRY_PLUGIN_(storage, plugin_name, plugin_version,                              \
                     std::array{::stateferry::PluginEntry{                              \
                         plugin_name, summary, nullptr, nullptr,                        \
                         []() -> ::stateferry::Storage* { return new Class; }, schemes}})
