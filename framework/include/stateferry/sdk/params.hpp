// C++ over the C interface for plugins: the parameters of a step. Part of sdk/transform.hpp, which
// is what plugins include.
#pragma once

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "stateferry/sdk/transform.h"

namespace stateferry::sdk {

/// A text for the C interface; views it.
inline stateferry_sdk_text text_of(std::string_view text) noexcept {
  return {text.data(), text.size()};
}
/// A text of the C interface; a view of it.
inline std::string_view view_of(stateferry_sdk_text text) noexcept {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

/// Why a step can't decide: stops the run. `code` is one of stateferry's.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, std::string hint = {}, std::string code = {})
      : std::runtime_error(message), hint_(std::move(hint)), code_(std::move(code)) {}
  const std::string& hint() const noexcept { return hint_; }
  const std::string& code() const noexcept { return code_; }

 private:
  std::string hint_;
  std::string code_;
};

/// A place in a rule file: of one side of a map's entry. Valid while the parameters are.
struct Place {
  std::uint32_t number = 0;
};

/// One entry of a map parameter with the places of both sides.
struct MapEntry {
  std::string key;
  std::string value;
  Place key_place;
  Place value_place;
};

/// The parameters of a step: each is named once, and described, checked and bound by that. On a
/// problem, which the host tells with file, line and column, the variable keeps its value.
class Params {
 public:
  explicit Params(stateferry_sdk_params& params) noexcept : params_(params) {}

  /// A value that must be there.
  void required(std::string_view name, std::string_view help, std::string& value) {
    take_text(name, help, true, value);
  }
  void required(std::string_view name, std::string_view help, std::int64_t& value) {
    host().integer(&params_, text_of(name), text_of(help), 1, &value);
  }
  void required(std::string_view name, std::string_view help, bool& value) {
    take_boolean(name, help, true, value);
  }
  /// A value that may be missing; the variable's value at the call is the default.
  void optional(std::string_view name, std::string_view help, std::string& value) {
    take_text(name, help, false, value);
  }
  void optional(std::string_view name, std::string_view help, std::int64_t& value) {
    host().integer(&params_, text_of(name), text_of(help), 0, &value);
  }
  void optional(std::string_view name, std::string_view help, bool& value) {
    take_boolean(name, help, false, value);
  }

  /// An absolute URI prefix such as `s3://bucket/dir`, brought into the form that Flink writes,
  /// without a slash at its end.
  void required_uri_prefix(std::string_view name, std::string_view help, std::string& value) {
    take_prefix(name, help, true, value);
  }
  /// As above, may be missing (the default is then the empty string).
  void optional_uri_prefix(std::string_view name, std::string_view help, std::string& value) {
    take_prefix(name, help, false, value);
  }

  /// One of `allowed`.
  void one_of(std::string_view name, std::string_view help, const std::vector<std::string>& allowed,
              std::string& value, bool is_required = false) {
    const std::vector<stateferry_sdk_text> words = texts_of(allowed);
    stateferry_sdk_text bound = text_of(value);
    host().one_of(&params_, text_of(name), text_of(help), is_required ? 1 : 0, words.data(),
                  words.size(), &bound);
    assign(value, bound);
  }
  /// A list of texts; a single one counts as a list. A required list is not empty.
  void list(std::string_view name, std::string_view help, std::vector<std::string>& values,
            bool is_required = false) {
    const std::vector<stateferry_sdk_text> before = texts_of(values);
    const stateferry_sdk_text* bound = before.data();
    std::size_t count = before.size();
    host().list(&params_, text_of(name), text_of(help), is_required ? 1 : 0, &bound, &count);
    if (bound == before.data()) return;
    values.clear();
    for (std::size_t i = 0; i < count; ++i) values.emplace_back(view_of(bound[i]));
  }
  /// A map from text to text, in file order. A required map is not empty.
  void map(std::string_view name, std::string_view help, std::vector<MapEntry>& entries,
           bool is_required = false) {
    Entries bound{&entries, true};
    host().map(&params_, text_of(name), text_of(help), is_required ? 1 : 0, add_entry, &bound);
  }
  /// A map from URI prefix to URI prefix, both sides as in required_uri_prefix. Must be there.
  void uri_prefix_map(std::string_view name, std::string_view help,
                      std::vector<MapEntry>& entries) {
    Entries bound{&entries, true};
    host().uri_prefix_map(&params_, text_of(name), text_of(help), add_entry, &bound);
  }

  /// A nested map: `declare(Params&)` names its members. Not called when the group is not given.
  template <class F>
  void group(std::string_view name, std::string_view help, F&& declare, bool is_required = false) {
    Declaring<F> declaring{&declare, nullptr};
    host().group(&params_, text_of(name), text_of(help), is_required ? 1 : 0, Declaring<F>::call,
                 &declaring);
    if (declaring.thrown) std::rethrow_exception(declaring.thrown);
  }
  /// A list of nested maps: `declare(Params&)` is called for each.
  template <class F>
  void group_list(std::string_view name, std::string_view help, F&& declare,
                  bool is_required = false) {
    Declaring<F> declaring{&declare, nullptr};
    host().group_list(&params_, text_of(name), text_of(help), is_required ? 1 : 0,
                      Declaring<F>::call, &declaring);
    if (declaring.thrown) std::rethrow_exception(declaring.thrown);
  }

  /// Declares a hazard. Returns whether the rule file accepts it.
  bool hazard(std::string_view name, std::string_view help) {
    return host().hazard(&params_, text_of(name), text_of(help)) != 0;
  }
  /// Whether `name` was given in the rule file.
  bool given(std::string_view name) const noexcept {
    return host().given(&params_, text_of(name)) != 0;
  }
  /// Reports a problem with the value of `name`; the hint says what to do.
  void error(std::string_view name, std::string_view code, std::string_view message,
             std::string_view hint = {}) {
    host().error(&params_, text_of(name), text_of(code), text_of(message), text_of(hint));
  }
  /// Reports a problem at a place.
  void error_at(Place place, std::string_view code, std::string_view message,
                std::string_view hint = {}) {
    host().error_at(&params_, place.number, text_of(code), text_of(message), text_of(hint));
  }
  /// Reports unknown and missing parameters. True when values were bound and nothing was wrong:
  /// only then may anything be derived from them.
  bool finish() { return host().finish(&params_) != 0; }

 private:
  struct Entries {
    std::vector<MapEntry>* to;
    bool first;  // what the variable holds goes when the first entry comes
  };
  template <class F>
  struct Declaring {
    std::remove_reference_t<F>* declare;
    std::exception_ptr thrown;
    static void call(void* user, stateferry_sdk_params* params) {
      auto& self = *static_cast<Declaring*>(user);
      try {
        Params members(*params);
        (*self.declare)(members);
        members.finish();
      } catch (...) {
        if (!self.thrown) self.thrown = std::current_exception();
      }
    }
  };

  const stateferry_sdk_host& host() const noexcept { return *params_.host; }

  static std::vector<stateferry_sdk_text> texts_of(const std::vector<std::string>& texts) {
    std::vector<stateferry_sdk_text> views;
    for (const std::string& text : texts) views.push_back(text_of(text));
    return views;
  }
  // A text that was not bound still views the variable itself.
  static void assign(std::string& value, stateferry_sdk_text bound) {
    if (bound.data != value.data()) value = std::string(view_of(bound));
  }
  static void add_entry(void* user, const stateferry_sdk_entry_of_map* entry) {
    auto& bound = *static_cast<Entries*>(user);
    if (std::exchange(bound.first, false)) bound.to->clear();
    bound.to->push_back({std::string(view_of(entry->key)),
                         std::string(view_of(entry->value)),
                         {entry->key_place},
                         {entry->value_place}});
  }

  void take_text(std::string_view name, std::string_view help, bool is_required,
                 std::string& value) {
    stateferry_sdk_text bound = text_of(value);
    host().text(&params_, text_of(name), text_of(help), is_required ? 1 : 0, &bound);
    assign(value, bound);
  }
  void take_prefix(std::string_view name, std::string_view help, bool is_required,
                   std::string& value) {
    stateferry_sdk_text bound = text_of(value);
    host().uri_prefix(&params_, text_of(name), text_of(help), is_required ? 1 : 0, &bound);
    assign(value, bound);
  }
  void take_boolean(std::string_view name, std::string_view help, bool is_required, bool& value) {
    std::int32_t bound = value ? 1 : 0;
    host().boolean(&params_, text_of(name), text_of(help), is_required ? 1 : 0, &bound);
    value = bound != 0;
  }

  stateferry_sdk_params& params_;
};

}  // namespace stateferry::sdk
