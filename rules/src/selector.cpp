#include <algorithm>
#include <iterator>
#include <utility>

#include "map_reader.hpp"
#include "sections.hpp"
#include "stateferry/model/operator_ref.hpp"
#include "stateferry/uri/glob.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

// --- words --------------------------------------------------------------------------------------

namespace {

constexpr Scope kAllScopes[] = {Scope::exclusive, Scope::shared, Scope::taskowned, Scope::foreign};

/// The value of a word, or nothing after a report.
template <class T, std::size_t N>
std::optional<T> read_word(const ParamNode& node, const std::string& subject, const T (&all)[N],
                           std::string_view (*name_of)(T), Problems& problems) {
  std::string word;
  if (!read_text(node, subject, word, problems)) return std::nullopt;
  std::vector<std::string> allowed;
  for (const T value : all) {
    if (name_of(value) == word) return value;
    allowed.emplace_back(name_of(value));
  }
  report_choice(node, subject, allowed, problems);
  return std::nullopt;
}

std::string_view name_of_role(Role role) {
  return role_name(role);
}
std::string_view name_of_scope(Scope scope) {
  return scope_name(scope);
}
std::string_view name_of_handle(LocationKind kind) {
  return location_kind_name(kind);
}

}  // namespace

Role read_roles(const ParamNode& node, Problems& problems) {
  Role roles = Role::none;
  for (const ParamNode* item : read_texts(node, "'role'", problems)) {
    const auto role = read_word(*item, "'role'", kAllRoles, name_of_role, problems);
    if (role) roles = roles | *role;
  }
  return roles;
}

std::optional<Scope> read_scope(const ParamNode& node, Problems& problems) {
  return read_word(node, "'scope'", kAllScopes, name_of_scope, problems);
}

std::optional<LocationKind> read_handle(const ParamNode& node, Problems& problems) {
  return read_word(node, "'handle'", kAllLocationKinds, name_of_handle, problems);
}

// --- operators ----------------------------------------------------------------------------------

namespace {

std::optional<OperatorId> read_hash(const ParamNode& node, std::string_view hex,
                                    Problems& problems) {
  const auto id = operator_id_from_hex(hex);
  if (!id) {
    problems.error(node.mark, "E-RULE-VALUE",
                   "'" + std::string(hex) + "' is not an operator's hash", "32 hexadecimal digits");
  }
  return id;
}

bool check_glob(const ParamNode& node, const std::string& glob, Problems& problems) {
  const auto problem = glob_problem(glob);
  if (problem) problems.error(node.mark, "E-RULE-VALUE", *problem);
  return !problem;
}

std::vector<std::string> read_globs(const ParamNode& node, const std::string& subject,
                                    Problems& problems) {
  std::vector<std::string> globs;
  for (const ParamNode* item : read_texts(node, subject, problems)) {
    if (check_glob(*item, item->scalar, problems)) globs.push_back(item->scalar);
  }
  return globs;
}

/// `operator: {uid: …, name: …}`.
void read_operator_map(const ParamNode& node, Selector& selector, Problems& problems) {
  MapReader reader(node, "'operator'", problems);
  const ParamNode* uid = reader.find("uid");
  const ParamNode* hash = reader.find("uid-hash");
  if (uid != nullptr) selector.operator_uid = read_globs(*uid, "'uid'", problems);
  if (hash != nullptr) {
    for (const ParamNode* item : read_texts(*hash, "'uid-hash'", problems)) {
      const auto id = read_hash(*item, item->scalar, problems);
      if (id) selector.operator_uid_hash.push_back(*id);
    }
  }
  if (uid != nullptr && hash != nullptr) {
    problems.error(reader.key_mark("uid-hash"), "E-RULE-VALUE",
                   "'uid' and 'uid-hash' can't stand together",
                   "an exact uid also matches by its hash; for either of two operators write "
                   "operator: [\"uid:a\", \"hash:b\"]");
  }
  if (const auto* name = reader.find("name")) {
    selector.operator_name = read_globs(*name, "'name'", problems);
  }
  if (const auto* state = reader.find("state")) {
    selector.state_name = read_globs(*state, "'state'", problems);
  }
  if (node.kind == Kind::map && node.entries.empty()) {
    problems.error(node.mark, "E-RULE-VALUE", "'operator' is empty",
                   "leave the key out to ask for nothing");
  }
  reader.finish();
}

/// `operator: uid:x`, or a list of such keys.
void read_operator_names(const ParamNode& node, Selector& selector, Problems& problems) {
  for (const ParamNode* item : read_texts(node, "'operator'", problems)) {
    const auto name = read_operator_name(*item, problems);
    if (!name) continue;
    if (name->hash) {
      selector.operator_uid_hash.push_back(*name->hash);
    } else if (check_glob(*item, name->uid, problems)) {
      selector.operator_uid.push_back(name->uid);
    }
  }
}

void read_uri(const ParamNode& node, Selector& selector, Problems& problems) {
  MapReader reader(node, "'uri'", problems);
  if (const auto* scheme = reader.find("scheme")) {
    for (const ParamNode* item : read_texts(*scheme, "'scheme'", problems)) {
      if (item->scalar.empty() || item->scalar.find_first_of(":/ ") != std::string::npos) {
        problems.error(item->mark, "E-RULE-VALUE", "'" + item->scalar + "' is not a scheme",
                       "the word alone, without ':' and slashes");
      } else {
        selector.uri_schemes.push_back(item->scalar);
      }
    }
  }
  if (const auto* glob = reader.find("glob")) {
    selector.uri_globs = read_globs(*glob, "'glob'", problems);
  }
  reader.finish();
}

}  // namespace

std::optional<OperatorName> read_operator_name(const ParamNode& node, Problems& problems) {
  std::string text;
  if (!read_text(node, "the operator", text, problems)) return std::nullopt;
  OperatorRefProblem problem;
  auto ref = parse_operator_ref(text, problem);
  if (ref && ref->by == OperatorRef::By::name) {
    problem = {"an operator is named by uid or hash here", "uid:TEXT or hash:32HEX"};
  }
  if (!problem.text.empty()) {
    problems.error(node.mark, "E-RULE-VALUE", problem.text, problem.hint);
    return std::nullopt;
  }
  OperatorName name;
  if (ref->by == OperatorRef::By::hash) {
    name.hash = ref->id;
  } else {
    name.uid = std::move(ref->text);
  }
  return name;
}

Selector read_selector(const ParamNode& where, Problems& problems) {
  Selector selector;
  MapReader reader(where, "'where'", problems);
  if (const auto* op = reader.find("operator")) {
    if (op->kind == Kind::map) {
      read_operator_map(*op, selector, problems);
    } else {
      read_operator_names(*op, selector, problems);
    }
  }
  if (const auto* role = reader.find("role")) selector.roles = read_roles(*role, problems);
  if (const auto* scope = reader.find("scope")) {
    for (const ParamNode* item : read_texts(*scope, "'scope'", problems)) {
      if (const auto value = read_scope(*item, problems)) selector.scopes.push_back(*value);
    }
  }
  if (const auto* handle = reader.find("handle")) {
    for (const ParamNode* item : read_texts(*handle, "'handle'", problems)) {
      if (const auto value = read_handle(*item, problems)) selector.handles.push_back(*value);
    }
  }
  if (const auto* uri = reader.find("uri")) read_uri(*uri, selector, problems);
  reader.finish();
  return selector;
}

}  // namespace stateferry::rules
