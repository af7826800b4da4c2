// How rule files name operators, and names for the operators of files that store only ids.
//
// Files before version 5 hold an operator's id and neither its uid nor its name. An exact uid still
// finds its operator, since the id is the uid's hash; for patterns somebody must tell the uids.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/model/operator_id.hpp"

namespace stateferry {

/// Whether `text` has a character that means something in a glob.
STATEFERRY_API bool is_glob_pattern(std::string_view text) noexcept;

/// An operator as rule files name it: `uid:TEXT`, `hash:32HEX`, `name:TEXT`; bare 32 hex digits are
/// a hash, any other bare text is a uid.
struct STATEFERRY_API OperatorRef {
  enum class By : std::uint8_t { uid, hash, name };
  By by = By::uid;
  std::string text;  ///< the uid or name, UTF-8; the 32 digits of a hash
  OperatorId id;     ///< of a hash, and what Flink makes of a uid; meaningless for names

  /// Whether `key` is this operator, with the text taken literally: a uid also matches by its hash.
  bool names(const OperatorKey& key) const;
  /// The same with uid and name as globs (uri/glob.hpp). A uid without pattern matches as above.
  bool matches(const OperatorKey& key) const;
};
/// Why a text is no OperatorRef: sentences without a full stop.
struct OperatorRefProblem {
  std::string text;
  std::string hint;  ///< what it should be
};
/// Reads such a text. On a problem nothing is returned, and `problem` says what is wrong.
STATEFERRY_API std::optional<OperatorRef> parse_operator_ref(std::string_view text,
                                                             OperatorRefProblem& problem);

/// How people are told of an operator: `uid:…` where that is known, else `hash:…`. UTF-8; `hash`
/// has the 32 digits.
STATEFERRY_API std::string operator_text(std::string_view uid, std::string_view hash);
STATEFERRY_API std::string operator_text(const OperatorKey& key);

/// Uids and names by operator id.
class STATEFERRY_API OperatorNames {
 public:
  /// Says that the operator with this id has this uid and name (UTF-8; empty: unknown). Returns
  /// false, and changes nothing, when it was given another one before.
  bool add(const OperatorId& id, std::string_view uid, std::string_view name);
  /// `key` with the uid and name that it lacks and that are known here. Views this object.
  OperatorKey complete(OperatorKey key) const;
  std::size_t size() const noexcept { return names_.size(); }

 private:
  struct Names {
    std::string uid;  // modified UTF-8, like all text of a key
    std::string name;
  };
  std::map<OperatorId, Names> names_;
};

}  // namespace stateferry
