// The handshake between host and plugin: a C-layout struct behind one exported function.
//
// There is no stable C++ ABI across builds; the handshake makes a plugin of another build a clear
// refusal instead of a crash. The first three members never change, so that any host can read any
// plugin far enough to say why it refuses it; nor does the fourth, from number 3 on.
//
// What the headers say is compared as text (`headers`), what the compiler made of it as sizes
// (`fingerprint`). `abi` is raised by hand when the library changes what it does behind headers
// that stay as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/plugin/codec.hpp"
#include "stateferry/plugin/storage.hpp"
#include "stateferry/plugin/transform.hpp"

namespace stateferry {

/// Version of the interfaces in plugin/*.hpp and of the model.
inline constexpr std::uint32_t kPluginAbi = 3;

#define STATEFERRY_STRINGIZE_(x) #x
#define STATEFERRY_STRINGIZE(x) STATEFERRY_STRINGIZE_(x)
#if defined(_GLIBCXX_DEBUG)
#define STATEFERRY_ABI_DEBUG "1"
#else
#define STATEFERRY_ABI_DEBUG "0"
#endif
/// What must be equal on both sides besides the number: the standard library and the switches that
/// change the layout of its containers. The compiler's name stays out; GCC and Clang mix.
inline constexpr const char kAbiTag[] =
    "libstdc++;cxx11=" STATEFERRY_STRINGIZE(_GLIBCXX_USE_CXX11_ABI) ";debug=" STATEFERRY_ABI_DEBUG;

/// Sizes of what crosses the boundary, folded into one number. Equal headers can still give other
/// sizes, under switches such as -fshort-enums or -fpack-struct.
constexpr std::uint64_t model_fingerprint() noexcept {
  std::uint64_t h = 0xcbf29ce484222325U;
  for (const std::uint64_t v : {sizeof(CheckpointMetadata),
                                sizeof(OperatorState),
                                sizeof(OperatorSubtaskState),
                                sizeof(StreamStateHandle),
                                sizeof(KeyedStateHandle),
                                sizeof(OperatorStateHandle),
                                sizeof(InputChannelStateHandle),
                                std::variant_size_v<StreamStateHandle>,
                                std::variant_size_v<KeyedStateHandle>,
                                std::variant_size_v<OperatorStateHandle>,
                                sizeof(Location),
                                sizeof(ByteReader),
                                sizeof(ByteWriter),
                                sizeof(Arena),
                                sizeof(Document),
                                sizeof(ParamNode),
                                sizeof(Diagnostic),
                                sizeof(StoredFile),
                                sizeof(CopyItem),
                                sizeof(CopierOptions),
                                sizeof(CopyResult)}) {
    h = (h ^ v) * 0x100000001b3U;
  }
  return h;
}

/// What a plugin holds.
enum class PluginKind : std::uint32_t { codec = 1, transform = 2, storage = 3 };
/// `codec`, `transform`, `storage`.
constexpr const char* plugin_kind_name(PluginKind kind) noexcept {
  return kind == PluginKind::codec     ? "codec"
         : kind == PluginKind::storage ? "storage"
                                       : "transform";
}

/// One codec, transform or storage in a plugin. Exactly one of the creators is set; the object is
/// deleted by the host through its virtual destructor.
struct PluginEntry {
  const char* name;     ///< full name: `v5`, `uri.replace-prefix`, `rclone`
  const char* summary;  ///< one sentence without a full stop
  Codec* (*create_codec)();
  Transform* (*create_transform)();
  Storage* (*create_storage)() = nullptr;
  const char* schemes = nullptr;  ///< of a storage: the schemes that it serves, with spaces between
};

/// What stateferry_plugin_entry() returns a pointer to; static in the plugin.
struct PluginDescriptor {
  std::uint32_t struct_size;  ///< sizeof(PluginDescriptor)
  std::uint32_t abi;          ///< kPluginAbi
  const char* abi_tag;        ///< kAbiTag
  const char* headers;        ///< kHeaderDigests, from stateferry/plugin/header_digests.hpp
  std::uint64_t fingerprint;  ///< model_fingerprint()
  PluginKind kind;
  const char* name;     ///< as in the file name: `v5`, `uri`
  const char* version;  ///< `1.2.0`
  std::size_t entry_count;
  const PluginEntry* entries;
};

/// Name of the exported function.
inline constexpr char kPluginEntrySymbol[] = "stateferry_plugin_entry";

}  // namespace stateferry
