#include "sdk/sdk_params.hpp"

#include <string>
#include <utility>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

using Text = stateferry_sdk_text;
using Params = stateferry_sdk_params;

// Runs `f` over what stands behind `params`; nothing is thrown into the plugin.
template <class F>
void over(Params* params, F&& f) noexcept {
  auto& self = *static_cast<SdkParams*>(params);
  self.trouble->guard([&] { f(self); });
}

std::string_view name_of(Text name) {
  return checked_text(name, "the name of a parameter");
}
std::string_view help_of(Text help) {
  return checked_text(help, "the help of a parameter");
}

void require_pointer(bool there) {
  if (there) return;
  throw PluginError("E-PLUGIN-FAILED", "the plugin declares a parameter without a place for it",
                    "this is a fault of the plugin; tell its authors");
}

// Where the text was bound, the plugin gets one that lives as long as its instance.
void give_back(SdkParams& self, std::string bound, std::string_view before, Text* value) {
  if (bound != before) *value = self.kept->keep(std::move(bound));
}

void text(Params* params, Text name, Text help, int32_t required, Text* value) {
  over(params, [&](SdkParams& self) {
    require_pointer(value != nullptr);
    const std::string before(checked_text(*value, "a default"));
    std::string bound = before;
    if (required != 0) {
      self.binder->required(name_of(name), help_of(help), bound);
    } else {
      self.binder->optional(name_of(name), help_of(help), bound);
    }
    give_back(self, std::move(bound), before, value);
  });
}

void integer(Params* params, Text name, Text help, int32_t required, int64_t* value) {
  over(params, [&](SdkParams& self) {
    require_pointer(value != nullptr);
    std::int64_t bound = *value;
    if (required != 0) {
      self.binder->required(name_of(name), help_of(help), bound);
    } else {
      self.binder->optional(name_of(name), help_of(help), bound);
    }
    *value = bound;
  });
}

void boolean(Params* params, Text name, Text help, int32_t required, int32_t* value) {
  over(params, [&](SdkParams& self) {
    require_pointer(value != nullptr);
    bool bound = *value != 0;
    if (required != 0) {
      self.binder->required(name_of(name), help_of(help), bound);
    } else {
      self.binder->optional(name_of(name), help_of(help), bound);
    }
    *value = bound ? 1 : 0;
  });
}

void uri_prefix(Params* params, Text name, Text help, int32_t required, Text* value) {
  over(params, [&](SdkParams& self) {
    require_pointer(value != nullptr);
    std::string bound;
    if (required != 0) {
      self.binder->required_uri_prefix(name_of(name), help_of(help), bound);
    } else {
      self.binder->optional_uri_prefix(name_of(name), help_of(help), bound);
    }
    give_back(self, std::move(bound), {}, value);
  });
}

void one_of(Params* params, Text name, Text help, int32_t required, const Text* allowed,
            size_t allowed_count, Text* value) {
  over(params, [&](SdkParams& self) {
    require_pointer(value != nullptr && allowed != nullptr);
    std::vector<std::string> words;
    for (size_t i = 0; i < allowed_count; ++i) {
      words.emplace_back(checked_text(allowed[i], "a word to choose"));
    }
    const std::string before(checked_text(*value, "a default"));
    std::string bound = before;
    self.binder->one_of(name_of(name), help_of(help), words, bound, required != 0);
    give_back(self, std::move(bound), before, value);
  });
}

void list(Params* params, Text name, Text help, int32_t required, const Text** values,
          size_t* count) {
  over(params, [&](SdkParams& self) {
    require_pointer(values != nullptr && count != nullptr && (*values != nullptr || *count == 0));
    std::vector<std::string> before;
    for (size_t i = 0; i < *count; ++i) {
      before.emplace_back(checked_text((*values)[i], "a default"));
    }
    std::vector<std::string> bound = before;
    self.binder->list(name_of(name), help_of(help), bound, required != 0);
    if (bound == before) return;
    *values = self.kept->keep(bound);
    *count = bound.size();
  });
}

void give_entries(SdkParams& self, const std::vector<ParamBinder::MapEntry>& entries,
                  stateferry_sdk_each_entry each, void* user) {
  for (const ParamBinder::MapEntry& entry : entries) {
    stateferry_sdk_entry_of_map shown = {};
    shown.struct_size = sizeof shown;
    // Place 0 is none.
    self.places->push_back(entry.key_mark);
    shown.key_place = static_cast<std::uint32_t>(self.places->size());
    self.places->push_back(entry.value_mark);
    shown.value_place = static_cast<std::uint32_t>(self.places->size());
    shown.key = self.kept->keep(entry.key);
    shown.value = self.kept->keep(entry.value);
    each(user, &shown);
  }
}

void map(Params* params, Text name, Text help, int32_t required, stateferry_sdk_each_entry each,
         void* user) {
  over(params, [&](SdkParams& self) {
    require_pointer(each != nullptr);
    std::vector<ParamBinder::MapEntry> entries;
    self.binder->map(name_of(name), help_of(help), entries, required != 0);
    give_entries(self, entries, each, user);
  });
}

void uri_prefix_map(Params* params, Text name, Text help, stateferry_sdk_each_entry each,
                    void* user) {
  over(params, [&](SdkParams& self) {
    require_pointer(each != nullptr);
    std::vector<ParamBinder::MapEntry> entries;
    self.binder->uri_prefix_map(name_of(name), help_of(help), entries);
    give_entries(self, entries, each, user);
  });
}

// What names the members of a group, for a binder.
auto declaring(SdkParams& self, stateferry_sdk_declare declare, void* user) {
  require_pointer(declare != nullptr);
  return [&self, declare, user](ParamBinder& binder) {
    SdkParams members = self;
    members.binder = &binder;
    declare(user, &members);
  };
}

void group(Params* params, Text name, Text help, int32_t required, stateferry_sdk_declare declare,
           void* user) {
  over(params, [&](SdkParams& self) {
    self.binder->group(name_of(name), help_of(help), declaring(self, declare, user), required != 0);
  });
}

void group_list(Params* params, Text name, Text help, int32_t required,
                stateferry_sdk_declare declare, void* user) {
  over(params, [&](SdkParams& self) {
    self.binder->group_list(name_of(name), help_of(help), declaring(self, declare, user),
                            required != 0);
  });
}

int32_t hazard(Params* params, Text name, Text help) {
  bool accepted = false;
  over(params, [&](SdkParams& self) {
    accepted = self.binder->hazard(checked_text(name, "the name of a hazard"), help_of(help));
  });
  return accepted ? 1 : 0;
}

int32_t given(const Params* params, Text name) {
  bool is_given = false;
  const auto& self = *static_cast<const SdkParams*>(params);
  self.trouble->guard([&] { is_given = self.binder->given(name_of(name)); });
  return is_given ? 1 : 0;
}

void error(Params* params, Text name, Text code, Text message, Text hint) {
  over(params, [&](SdkParams& self) {
    self.binder->error(name_of(name), sdk_code(code),
                       std::string(checked_text(message, "a message")),
                       std::string(checked_text(hint, "a hint")));
  });
}

void error_at(Params* params, uint32_t place, Text code, Text message, Text hint) {
  over(params, [&](SdkParams& self) {
    const bool known = place > 0 && place <= self.places->size();
    self.binder->error_at(known ? (*self.places)[place - 1] : SourceMark{}, sdk_code(code),
                          std::string(checked_text(message, "a message")),
                          std::string(checked_text(hint, "a hint")));
  });
}

int32_t finish(Params* params) {
  bool good = false;
  over(params, [&](SdkParams& self) { good = self.binder->finish(); });
  return good ? 1 : 0;
}

}  // namespace

void set_param_functions(stateferry_sdk_host& host) noexcept {
  host.text = text;
  host.integer = integer;
  host.boolean = boolean;
  host.uri_prefix = uri_prefix;
  host.one_of = one_of;
  host.list = list;
  host.map = map;
  host.uri_prefix_map = uri_prefix_map;
  host.group = group;
  host.group_list = group_list;
  host.hazard = hazard;
  host.given = given;
  host.error = error;
  host.error_at = error_at;
  host.finish = finish;
}

}  // namespace stateferry
