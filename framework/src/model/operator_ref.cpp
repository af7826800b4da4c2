#include "stateferry/model/operator_ref.hpp"

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/uri/glob.hpp"

namespace stateferry {

bool is_glob_pattern(std::string_view text) noexcept {
  return text.find_first_of("*?\\") != std::string_view::npos;
}

bool OperatorRef::names(const OperatorKey& key) const {
  switch (by) {
    case By::hash:
      return key.id == id;
    case By::uid:
      return key.id == id || to_utf8(key.uid) == text;
    case By::name:
      break;
  }
  return !key.name.empty() && to_utf8(key.name) == text;
}

bool OperatorRef::matches(const OperatorKey& key) const {
  if (by == By::hash || (by == By::uid && !is_glob_pattern(text))) return names(key);
  const std::string_view known = by == By::uid ? key.uid : key.name;
  return !known.empty() && glob_match(text, to_utf8(known));
}

std::optional<OperatorRef> parse_operator_ref(std::string_view text, OperatorRefProblem& problem) {
  static constexpr std::string_view kUid = "uid:";
  static constexpr std::string_view kHash = "hash:";
  static constexpr std::string_view kName = "name:";
  OperatorRef ref;
  std::string_view rest = text;
  if (text.starts_with(kHash)) {
    rest.remove_prefix(kHash.size());
    ref.by = OperatorRef::By::hash;
  } else if (text.starts_with(kUid)) {
    rest.remove_prefix(kUid.size());
  } else if (text.starts_with(kName)) {
    rest.remove_prefix(kName.size());
    ref.by = OperatorRef::By::name;
  } else if (operator_id_from_hex(text)) {
    ref.by = OperatorRef::By::hash;
  }
  ref.text = std::string(rest);
  if (ref.by == OperatorRef::By::hash) {
    const auto id = operator_id_from_hex(rest);
    if (!id) {
      problem = {"'" + ref.text + "' is not an operator's hash", "32 hexadecimal digits"};
      return std::nullopt;
    }
    ref.id = *id;
    ref.text = to_hex(*id);
  } else if (rest.empty()) {
    const bool by_uid = ref.by == OperatorRef::By::uid;
    problem = {by_uid ? "the uid of the operator is empty" : "the name of the operator is empty",
               {}};
    return std::nullopt;
  } else if (ref.by == OperatorRef::By::uid) {
    ref.id = operator_id_of_uid(rest);
  }
  return ref;
}

std::string operator_text(std::string_view uid, std::string_view hash) {
  std::string text(uid.empty() ? "hash:" : "uid:");
  return text += uid.empty() ? hash : uid;
}

std::string operator_text(const OperatorKey& key) {
  return operator_text(to_utf8(key.uid), to_hex(key.id));
}

bool OperatorNames::add(const OperatorId& id, std::string_view uid, std::string_view name) {
  const auto [at, is_new] = names_.try_emplace(id);
  Names& known = at->second;
  const std::string new_uid = from_utf8(uid);
  const std::string new_name = from_utf8(name);
  const auto differs = [](const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
  };
  if (!is_new && (differs(known.uid, new_uid) || differs(known.name, new_name))) return false;
  if (known.uid.empty()) known.uid = new_uid;
  if (known.name.empty()) known.name = new_name;
  return true;
}

OperatorKey OperatorNames::complete(OperatorKey key) const {
  if (!key.uid.empty() && !key.name.empty()) return key;
  const auto at = names_.find(key.id);
  if (at == names_.end()) return key;
  if (key.uid.empty()) key.uid = at->second.uid;
  if (key.name.empty()) key.name = at->second.name;
  return key;
}

}  // namespace stateferry
