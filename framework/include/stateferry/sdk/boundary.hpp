// C++ over the C interface for plugins: the functions of C that call the classes of a plugin, and
// what declares them. Part of sdk/transform.hpp, which is what plugins include.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "stateferry/sdk/params.hpp"
#include "stateferry/sdk/steps.hpp"

namespace stateferry::sdk::detail {

/// Tells the exception in flight to the host.
inline std::int32_t fail(stateferry_sdk_call* call) noexcept {
  const auto say = [&](std::string_view code, std::string_view message, std::string_view hint) {
    call->host->fail(call, text_of(code), text_of(message), text_of(hint));
    return STATEFERRY_SDK_FAILED;
  };
  try {
    throw;
  } catch (const Error& error) {
    return say(error.code(), error.what(), error.hint());
  } catch (const std::exception& error) {
    return say({}, error.what(), "this is a fault of the plugin; tell its authors");
  } catch (...) {
    return say({}, "the plugin threw something that is no exception",
               "this is a fault of the plugin; tell its authors");
  }
}

/// Runs `f`, which returns an answer; nothing is thrown.
template <class F>
std::int32_t guarded(stateferry_sdk_call* call, F&& f) noexcept {
  try {
    return static_cast<std::int32_t>(f());
  } catch (...) {
    return fail(call);
  }
}

inline void write(stateferry_sdk_call* call, std::string_view key, const Value& value) {
  const stateferry_sdk_host& host = *call->host;
  if (value.kind == Value::Kind::text) {
    return host.step_text(call, text_of(key), text_of(value.text));
  }
  const auto begin = value.kind == Value::Kind::map ? host.step_begin_map : host.step_begin_list;
  begin(call, text_of(key));
  for (const auto& [name, member] : value.members) write(call, name, member);
  host.step_end(call);
}

inline void write(stateferry_sdk_call* call, const Inverse& inverse) {
  const stateferry_sdk_host& host = *call->host;
  if (const auto* none = std::get_if<NoInverse>(&inverse)) {
    return host.no_inverse(call, text_of(none->reason));
  }
  const auto& step = std::get<InverseStep>(inverse);
  host.step_uses(call, text_of(step.uses));
  for (const auto& [name, member] : step.with.members) write(call, name, member);
  for (const std::string& hazard : step.accept) host.step_accept(call, text_of(hazard));
}

/// What both kinds have in common.
template <class T>
void set_common(stateferry_sdk_transform& made, std::string_view name, std::string_view summary) {
  made.struct_size = sizeof made;
  made.name = text_of(name);
  made.summary = text_of(summary);
  made.create = [](const stateferry_sdk_transform*) -> void* {
    try {
      return new T;
    } catch (...) {
      return nullptr;
    }
  };
  made.destroy = [](void* self) { delete static_cast<T*>(self); };
  made.configure = [](void* self, stateferry_sdk_params* params) {
    try {
      Params binder(*params);
      static_cast<T*>(self)->configure(binder);
    } catch (const Error& error) {
      params->host->error(params, {nullptr, 0}, text_of(error.code()), text_of(error.what()),
                          text_of(error.hint()));
    } catch (const std::exception& error) {
      params->host->error(params, {nullptr, 0}, {nullptr, 0}, text_of(error.what()), {nullptr, 0});
    } catch (...) {
      params->host->error(params, {nullptr, 0}, {nullptr, 0},
                          text_of("the plugin threw something that is no exception"), {nullptr, 0});
    }
  };
}

template <class T>
void set_uri(stateferry_sdk_transform& made) {
  made.kind = STATEFERRY_SDK_URI;
  made.apply = [](const void* self, stateferry_sdk_text uri, stateferry_sdk_call* call) {
    return guarded(call, [&] {
      Result result(*call);
      return static_cast<const T*>(self)->rewrite(view_of(uri), result);
    });
  };
  made.apply_directory = [](const void* self, stateferry_sdk_text directory,
                            stateferry_sdk_call* call) {
    return guarded(call, [&] {
      Result result(*call);
      const auto said = static_cast<const T*>(self)->rewrite_directory(view_of(directory), result);
      return said ? static_cast<std::int32_t>(*said) : STATEFERRY_SDK_DIFFERS;
    });
  };
  made.moves = [](const void* self, stateferry_sdk_call* call) {
    return guarded(call, [&] {
      const auto moves = static_cast<const T*>(self)->moves();
      if (!moves) return 0;
      for (const PrefixMove& move : *moves) {
        call->host->move(call, text_of(move.from), text_of(move.to));
      }
      return 1;
    });
  };
  made.injective = [](const void* self) -> std::int32_t {
    return static_cast<const T*>(self)->injective() ? 1 : 0;
  };
  made.inverse = [](const void* self, const stateferry_sdk_inverse_context* context,
                    stateferry_sdk_call* call) {
    guarded(call, [&] {
      InverseContext known{{}, view_of(context->base_uri)};
      known.changed.reserve(context->changed_count);
      for (std::size_t i = 0; i < context->changed_count; ++i) {
        known.changed.push_back(view_of(context->changed[i]));
      }
      write(call, static_cast<const T*>(self)->inverse(known));
      return 0;
    });
  };
}

template <class T>
void set_assertion(stateferry_sdk_transform& made) {
  made.kind = STATEFERRY_SDK_ASSERTION;
  made.matches = [](const void* self, stateferry_sdk_text uri, stateferry_sdk_call* call) {
    return guarded(call,
                   [&] { return static_cast<const T*>(self)->matches(view_of(uri)) ? 1 : 0; });
  };
  made.matches_directory = [](const void* self, stateferry_sdk_text directory,
                              stateferry_sdk_call* call) {
    return guarded(call, [&] {
      const auto said = static_cast<const T*>(self)->matches_directory(view_of(directory));
      return said ? (*said ? 1 : 0) : STATEFERRY_SDK_DIFFERS;
    });
  };
  made.matches_inline = [](const void* self, stateferry_sdk_text name, stateferry_sdk_text state,
                           stateferry_sdk_call* call) {
    return guarded(call, [&] {
      const auto said = static_cast<const T*>(self)->matches_inline(view_of(name), view_of(state));
      return said ? (*said ? 1 : 0) : STATEFERRY_SDK_DEFAULT;
    });
  };
  made.matching_is_fault = [](const void* self) -> std::int32_t {
    return static_cast<const T*>(self)->matching_is_fault() ? 1 : 0;
  };
  made.verdict = [](const void* self, std::uint64_t selected, std::uint64_t matching,
                    stateferry_sdk_call* call) {
    return guarded(call, [&] {
      const std::string said = static_cast<const T*>(self)->verdict(selected, matching);
      stateferry_sdk_put(call, said.data(), said.size());
      return 0;
    });
  };
}

/// One transform of this module; STATEFERRY_TRANSFORM makes it. A static object that links itself
/// to those made before. Hidden: otherwise the first module loaded would hold the list of all.
class __attribute__((visibility("hidden"))) Declared {
 public:
  template <class T>
  Declared(T* /*type*/, std::string_view name, std::string_view summary) noexcept : next_(last()) {
    set_common<T>(transform_, name, summary);
    if constexpr (std::is_base_of_v<UriTransform, T>) {
      set_uri<T>(transform_);
    } else {
      static_assert(std::is_base_of_v<Assertion, T>,
                    "a transform derives from UriTransform or Assertion");
      set_assertion<T>(transform_);
    }
    last() = this;
  }
  Declared(const Declared&) = delete;
  Declared& operator=(const Declared&) = delete;

  static const stateferry_sdk_module* module(std::string_view name,
                                             std::string_view version) noexcept {
    static const std::vector<const stateferry_sdk_transform*> all = [] {
      std::vector<const stateferry_sdk_transform*> found;
      for (const Declared* each = last(); each != nullptr; each = each->next_) {
        found.push_back(&each->transform_);
      }
      return found;
    }();
    static const stateferry_sdk_module made = {sizeof(stateferry_sdk_module),
                                               STATEFERRY_SDK_VERSION,
                                               text_of(name),
                                               text_of(version),
                                               all.size(),
                                               all.data()};
    return &made;
  }

 private:
  // Zero before any static object is made.
  static const Declared*& last() noexcept {
    static const Declared* declared = nullptr;
    return declared;
  }

  stateferry_sdk_transform transform_ = {};
  const Declared* next_;
};

}  // namespace stateferry::sdk::detail

#define STATEFERRY_SDK_JOIN_(a, b) a##b
#define STATEFERRY_SDK_JOIN(a, b) STATEFERRY_SDK_JOIN_(a, b)

/// Declares a transform or assertion: a class with a default constructor, the full name, and a
/// sentence without a full stop. At namespace scope, in the file of the class, which may lie in an
/// unnamed namespace.
#define STATEFERRY_TRANSFORM(Class, full_name, summary)                 \
  static const ::stateferry::sdk::detail::Declared STATEFERRY_SDK_JOIN( \
      stateferry_declared_, __COUNTER__)(static_cast<Class*>(nullptr), full_name, summary);

/// Declares the module: its namespace and its version. Once per module.
#define STATEFERRY_TRANSFORM_PLUGIN(plugin_name, plugin_version)                         \
  extern "C" STATEFERRY_SDK_EXPORT const stateferry_sdk_module* stateferry_sdk_entry() { \
    return ::stateferry::sdk::detail::Declared::module(plugin_name, plugin_version);     \
  }
