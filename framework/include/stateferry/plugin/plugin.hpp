// All that a plugin author includes.
//
// A transform plugin:
//
//   STATEFERRY_TRANSFORM_PLUGIN("acme", "1.0.0",
//       STATEFERRY_TRANSFORM(UpperCase, "acme.upper-case", "Writes bucket names in capitals"))
//
// A codec plugin:
//
//   STATEFERRY_CODEC_PLUGIN(CodecV8, "v8", "1.0.0", "Flink 2.5")
//
// A storage plugin:
//
//   STATEFERRY_STORAGE_PLUGIN(Vault, "vault", "1.0.0", "vault vaults", "Files in the vault")
#pragma once

#include <iterator>

#include "stateferry/export.hpp"
#include "stateferry/plugin/abi.hpp"
#include "stateferry/plugin/codec.hpp"
#include "stateferry/plugin/header_digests.hpp"  // made when a build is configured
#include "stateferry/plugin/storage.hpp"
#include "stateferry/plugin/transform.hpp"

/// One transform class with a default constructor.
#define STATEFERRY_TRANSFORM(Class, full_name, summary)                                           \
  ::stateferry::PluginEntry {                                                                     \
    full_name, summary, nullptr, []() -> ::stateferry::Transform* { return new Class; }, nullptr, \
        nullptr                                                                                   \
  }

/// What all three kinds of modules have in common; use the macros below.
#define STATEFERRY_PLUGIN_(plugin_kind, plugin_name, plugin_version, ...)                     \
  extern "C" STATEFERRY_API const ::stateferry::PluginDescriptor* stateferry_plugin_entry() { \
    static const ::stateferry::PluginEntry entries[] = {__VA_ARGS__};                         \
    static const ::stateferry::PluginDescriptor descriptor = {                                \
        sizeof(::stateferry::PluginDescriptor),                                               \
        ::stateferry::kPluginAbi,                                                             \
        ::stateferry::kAbiTag,                                                                \
        ::stateferry::kHeaderDigests,                                                         \
        ::stateferry::model_fingerprint(),                                                    \
        ::stateferry::PluginKind::plugin_kind,                                                \
        plugin_name,                                                                          \
        plugin_version,                                                                       \
        std::size(entries),                                                                   \
        entries};                                                                             \
    return &descriptor;                                                                       \
  }

/// Declares the module: its namespace, its version, its transforms. Once per module.
#define STATEFERRY_TRANSFORM_PLUGIN(plugin_name, plugin_version, ...) \
  STATEFERRY_PLUGIN_(transform, plugin_name, plugin_version, __VA_ARGS__)

/// Declares the module: a codec class with a default constructor. Once per module.
#define STATEFERRY_CODEC_PLUGIN(Class, plugin_name, plugin_version, summary)                       \
  STATEFERRY_PLUGIN_(codec, plugin_name, plugin_version,                                           \
                     ::stateferry::PluginEntry{plugin_name, summary,                               \
                                               []() -> ::stateferry::Codec* { return new Class; }, \
                                               nullptr, nullptr, nullptr})

/// Declares the module: a storage class with a default constructor, and the schemes that it serves,
/// with spaces between. Once per module.
#define STATEFERRY_STORAGE_PLUGIN(Class, plugin_name, plugin_version, schemes, summary) \
  STATEFERRY_PLUGIN_(                                                                   \
      storage, plugin_name, plugin_version,                                             \
      ::stateferry::PluginEntry{plugin_name, summary, nullptr, nullptr,                 \
                                []() -> ::stateferry::Storage* { return new Class; }, schemes})
