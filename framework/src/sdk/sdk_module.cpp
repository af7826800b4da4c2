// Whether a module of the C interface can be used.
#include <cstddef>
#include <set>

#include "sdk/sdk_texts.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/sdk_transform.hpp"

namespace stateferry {
namespace {

// Where the structs of version 1 end.
constexpr std::size_t kModuleOfV1 = offsetof(stateferry_sdk_module, transforms) + sizeof(void*);
constexpr std::size_t kTransformOfV1 = offsetof(stateferry_sdk_transform, verdict) + sizeof(void*);
constexpr std::size_t kMostTransforms = 10000;

class ModuleCheck {
 public:
  ModuleCheck(const stateferry_sdk_module& module, const std::string& subject)
      : module_(module), subject_(subject) {}

  void run(std::string_view name) {
    check_version();
    check_size("its module", module_.struct_size, kModuleOfV1, sizeof(stateferry_sdk_module));
    const std::string own(text(module_.name, "its name"));
    if (own != name) {
      refuse("E-PLUGIN-ENTRY",
             "the file name promises the transform plugin '" + std::string(name) +
                 "', but the plugin says that it is the transform plugin '" + own + "'",
             "give the file the name that the plugin has");
    }
    if (text(module_.version, "its version").empty() || module_.transform_count == 0) {
      refuse("E-PLUGIN-ENTRY", "the plugin holds nothing",
             "give it a version and at least one transform");
    }
    if (module_.transforms == nullptr || module_.transform_count > kMostTransforms) {
      fault("the list of its transforms can't be read");
    }
    for (std::size_t i = 0; i < module_.transform_count; ++i) {
      if (module_.transforms[i] == nullptr) fault("one of its transforms is a null pointer");
      check_transform(*module_.transforms[i], own);
    }
  }

 private:
  [[noreturn]] void refuse(const char* code, const std::string& why, const std::string& hint) {
    throw PluginError({.code = code, .message = why, .subject = subject_, .hint = hint});
  }
  [[noreturn]] void fault(const std::string& why) {
    refuse("E-PLUGIN-ENTRY", why, "this is a fault of the plugin; tell its authors");
  }

  void check_version() {
    if (module_.sdk >= 1 && module_.sdk <= STATEFERRY_SDK_VERSION) return;
    refuse("E-PLUGIN-ABI",
           "the plugin was built against version " + std::to_string(module_.sdk) +
               " of the SDK, this stateferry has " + std::to_string(STATEFERRY_SDK_VERSION),
           "take a newer stateferry, or build the plugin against an older SDK");
  }

  // Of this version a struct has exactly our size, of an older one some size between.
  void check_size(const std::string& what, std::size_t size, std::size_t least, std::size_t ours) {
    const bool is_ours = module_.sdk == STATEFERRY_SDK_VERSION;
    if (is_ours ? size == ours : size >= least && size <= ours) return;
    refuse("E-PLUGIN-ABI",
           what + " has " + std::to_string(size) + " bytes, in version " +
               std::to_string(module_.sdk) + " of the SDK it has " + (is_ours ? "" : "at least ") +
               std::to_string(is_ours ? ours : least),
           "build the plugin with an unchanged stateferry/sdk/transform.h, for this machine");
  }

  std::string_view text(stateferry_sdk_text text, const char* what) {
    try {
      const std::string_view checked = checked_text(text, what);
      if (!has_control(checked)) return checked;
      fault("the plugin gives " + std::string(what) + " with control characters in it");
    } catch (const PluginError& error) {
      fault(error.what());
    }
  }

  void check_transform(const stateferry_sdk_transform& transform, const std::string& space) {
    check_size("one of its transforms", transform.struct_size, kTransformOfV1,
               sizeof(stateferry_sdk_transform));
    const std::string name(text(transform.name, "the name of a transform"));
    text(transform.summary, "the summary of a transform");
    const bool qualified = name.size() > space.size() + 1 && name.starts_with(space + ".");
    if (!qualified) fault("its transform '" + name + "' is not named " + space + ".…");
    if (!names_.insert(name).second) {
      refuse("E-PLUGIN-ENTRY", "the plugin declares '" + name + "' twice",
             "give each a name of its own, or remove one");
    }
    const bool uri = transform.kind == STATEFERRY_SDK_URI;
    if (!uri && transform.kind != STATEFERRY_SDK_ASSERTION) {
      fault("its transform '" + name + "' is of kind " + std::to_string(transform.kind) +
            ", which there isn't");
    }
    const bool whole = transform.create != nullptr && transform.destroy != nullptr &&
                       transform.configure != nullptr &&
                       (uri ? transform.apply != nullptr
                            : transform.matches != nullptr && transform.verdict != nullptr &&
                                  transform.matching_is_fault != nullptr);
    if (!whole) fault("its transform '" + name + "' lacks a function that it must have");
  }

  const stateferry_sdk_module& module_;
  const std::string& subject_;
  std::set<std::string> names_;
};

}  // namespace

void check_sdk_module(const stateferry_sdk_module* module, std::string_view name,
                      const std::string& subject) {
  if (module == nullptr) {
    throw PluginError({.code = "E-PLUGIN-ENTRY",
                       .message = "the plugin's entry function returned nothing",
                       .subject = subject,
                       .hint = "this is a fault of the plugin; tell its authors"});
  }
  ModuleCheck(*module, subject).run(name);
}

}  // namespace stateferry
