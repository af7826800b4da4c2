// C++ over the C interface for plugins: the classes that plugins derive from. Part of
// sdk/transform.hpp, which is what plugins include.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "stateferry/sdk/params.hpp"

namespace stateferry::sdk {

/// The text of an answer, empty at the call. It is written where the host wants it; what is too
/// long for a location the host tells.
class Result {
 public:
  explicit Result(stateferry_sdk_call& call) noexcept : call_(call) {}
  Result& append(std::string_view text) noexcept {
    stateferry_sdk_put(&call_, text.data(), text.size());
    return *this;
  }
  Result& operator+=(std::string_view text) noexcept { return append(text); }
  Result& operator=(std::string_view text) noexcept {
    call_.out_size = 0;
    return append(text);
  }
  /// Takes the last byte away; there must be one.
  void pop_back() noexcept { --call_.out_size; }
  std::string_view view() const noexcept {
    return {call_.out, std::min(call_.out_size, call_.out_capacity)};
  }

 private:
  stateferry_sdk_call& call_;
};

/// What a step says of one location.
enum class Outcome : std::int32_t {
  unmatched = STATEFERRY_SDK_UNMATCHED,  ///< none of this step's business
  already = STATEFERRY_SDK_ALREADY,      ///< lies where this step would put it: nothing to do
  changed = STATEFERRY_SDK_CHANGED,      ///< gets a new text
};

/// What lies at or below `from` (Flink's form) goes below `to`. `s3a:` stands for all URIs of that
/// scheme.
struct PrefixMove {
  std::string from;
  std::string to;
};

/// What is known of the snapshot for which a step is to be undone. Views are valid for the call.
struct InverseContext {
  std::vector<std::string_view> changed;  ///< texts that the step changed, as they were; sorted
  std::string_view base_uri;              ///< directory of _metadata; empty when unknown
};

/// A value of a step's parameters: a text, a list or a map in the order of its entries.
struct Value {
  enum class Kind : std::uint8_t { text, list, map };
  Kind kind = Kind::text;
  std::string text;
  std::vector<std::pair<std::string, Value>> members;  ///< of a list, without names

  static Value of(std::string text) { return {Kind::text, std::move(text), {}}; }
  static Value of(const std::vector<std::string>& texts) {
    Value list{Kind::list, {}, {}};
    for (const std::string& text : texts) list.members.emplace_back(std::string(), of(text));
    return list;
  }
  static Value map() { return {Kind::map, {}, {}}; }
  void add(std::string key, Value value) { members.emplace_back(std::move(key), std::move(value)); }
};

/// A step that undoes another.
struct InverseStep {
  std::string uses;                 ///< full name of its transform
  Value with = Value::map();        ///< its parameters
  std::vector<std::string> accept;  ///< hazards that it must accept
};
/// Why no step undoes another: a sentence without its full stop.
struct NoInverse {
  std::string reason;
};
using Inverse = std::variant<InverseStep, NoInverse>;

/// Maps the text of a location to a new one.
class UriTransform {
 public:
  using Outcome = sdk::Outcome;
  virtual ~UriTransform() = default;
  /// Names the parameters and takes their values; called once.
  virtual void configure(Params& params) = 0;
  /// `uri` is the text in the form that Flink writes, and so must the result be. On `changed` the
  /// new text is in `result`. Throws Error when the step can't decide.
  virtual Outcome rewrite(std::string_view uri, Result& result) const = 0;
  /// Decides about every text that is `directory` (which ends with '/') followed by one more name:
  /// `result` gets what stands in its place, and ends with '/' too. Nothing when such texts differ.
  virtual std::optional<Outcome> rewrite_directory(std::string_view /*directory*/,
                                                   Result& /*result*/) const {
    return std::nullopt;
  }
  /// What the step moves, where prefixes can say all that it does.
  virtual std::optional<std::vector<PrefixMove>> moves() const { return std::nullopt; }
  /// Whether two different texts that this step changes always get different texts.
  virtual bool injective() const noexcept { return false; }
  /// The step that takes back what this one does. The host tries it on the snapshot.
  virtual Inverse inverse(const InverseContext& /*context*/) const {
    return NoInverse{"its transform names no step that would undo it"};
  }
};

/// States something about the selected locations and changes nothing.
class Assertion {
 public:
  virtual ~Assertion() = default;
  virtual void configure(Params& params) = 0;
  /// Whether this location is one that the assertion counts.
  virtual bool matches(std::string_view uri) const = 0;
  /// The same for every text that is `directory` (which ends with '/') followed by one more name.
  virtual std::optional<bool> matches_directory(std::string_view /*directory*/) const {
    return std::nullopt;
  }
  /// Whether an inline handle counts, by its name and the bytes behind it; nothing: when matches()
  /// holds of the name or of a URI in the bytes.
  virtual std::optional<bool> matches_inline(std::string_view /*name*/,
                                             std::string_view /*state*/) const {
    return std::nullopt;
  }
  /// Whether a matching location is the fault or one that doesn't match.
  virtual bool matching_is_fault() const noexcept = 0;
  /// The complaint over the whole snapshot, empty when all is well: of `selected` locations
  /// `matching` matched.
  virtual std::string verdict(std::uint64_t selected, std::uint64_t matching) const = 0;
};

// --- texts of locations -------------------------------------------------------------------------

/// The parts of a location. Views into it.
struct Location {
  std::string_view scheme;     ///< "" when there is none
  std::string_view authority;  ///< bucket, host[:port], container@account; "" when there is none
  std::string_view path;       ///< begins with '/' behind a scheme
};
/// Splits a location as Flink does. A single letter before the colon is a Windows drive.
inline Location split(std::string_view uri) noexcept {
  Location parts;
  const auto colon = uri.find(':');
  if (colon != std::string_view::npos && colon > 1 && uri.find('/') > colon) {
    parts.scheme = uri.substr(0, colon);
    uri.remove_prefix(colon + 1);
  }
  if (uri.size() > 1 && uri[0] == '/' && uri[1] == '/') {
    const auto end = std::min(uri.find('/', 2), uri.size());
    parts.authority = uri.substr(2, end - 2);
    uri.remove_prefix(end);
  }
  parts.path = uri;
  return parts;
}
/// Whether `text` is `prefix` or lies below it: a match ends at a path boundary.
inline bool lies_below(std::string_view text, std::string_view prefix) noexcept {
  if (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
  return text.size() >= prefix.size() && text.compare(0, prefix.size(), prefix) == 0 &&
         (text.size() == prefix.size() || text[prefix.size()] == '/');
}

}  // namespace stateferry::sdk
