#include <algorithm>
#include <iterator>
#include <utility>

#include "sections.hpp"
#include "stateferry/model/operator_ref.hpp"
#include "stateferry/uri/glob.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

namespace {

// --- words --------------------------------------------------------------------------------------

constexpr WordOf<LocationKind> kHandleWords[] = {
    {LocationKind::file, "an absolute path of a file"},
    {LocationKind::relative_file, "a path relative to the directory of _metadata"},
    {LocationKind::bytes, "the name of an inline handle, which Flink never opens"},
    {LocationKind::segment_file, "the physical file of a segment"},
    {LocationKind::directory, "the directories of merged files"}};
constexpr WordOf<Scope> kScopeWords[] = {{Scope::exclusive, "below the directory of _metadata"},
                                         {Scope::shared, "below its sibling 'shared'"},
                                         {Scope::taskowned, "below its sibling 'taskowned'"},
                                         {Scope::foreign, "anywhere else"}};

const Words<Role>& role_words() {
  static const std::vector<WordOf<Role>> table = [] {
    std::vector<WordOf<Role>> all;
    for (const Role role : kAllRoles) all.push_back({role});
    return all;
  }();
  static const Words<Role> words{table.data(), table.size(), role_name};
  return words;
}

// --- operators ----------------------------------------------------------------------------------

/// A pattern over texts.
struct Glob {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::string& value) const {
    if (!read_text(node, subject, value, problems)) return false;
    const auto problem = glob_problem(value);
    if (problem) problems.error(node.mark, "E-RULE-VALUE", *problem);
    return !problem;
  }
  ParamNode print(const std::string& value) const { return plain_text(value); }
  Json schema(Variable) const { return text_schema(); }
};
constexpr Many<Glob> kGlobs{{}};

/// The map that `operator` may be in `where`.
void declare_operator(Section& section, Selector& where) {
  section.key("uid", "globs over uids; an exact uid also matches by its hash", kGlobs,
              where.operator_uid);
  section.key("uid-hash", "hashes", Many{Hash{}}, where.operator_uid_hash);
  section.key("name", "globs over names", kGlobs, where.operator_name);
  section.key("state", "globs over the names of registered operator states", kGlobs,
              where.state_name);
}

/// `operator` of `where`: that map, or uids and hashes.
struct Operators {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            Selector& where) const {
    if (node.kind == Kind::map) {
      read_map(node, subject, problems, where);
    } else {
      read_names(node, subject, problems, where);
    }
    return true;
  }
  ParamNode print(const Selector& where) const {
    if (!where.operator_name.empty() || !where.state_name.empty()) {
      return Fields{declare_operator}.print(where);
    }
    // As names: only so can uids and hashes stand beside each other.
    std::vector<std::string> names;
    for (const std::string& uid : where.operator_uid) names.push_back("uid:" + uid);
    for (const OperatorId& id : where.operator_uid_hash) names.push_back("hash:" + to_hex(id));
    return Many{kText}.print(names);
  }
  Json schema(Variable variable) const {
    Json map = Fields{declare_operator}.schema(variable);
    map["minProperties"] = 1;
    map["not"] = {{"required", {"uid", "uid-hash"}}};
    return {{"anyOf", Json::array({std::move(map), one_or_many(text_schema())})}};
  }

 private:
  static void read_map(const ParamNode& node, const std::string& subject, Problems& problems,
                       Selector& where) {
    Section section(node, subject, problems);
    declare_operator(section, where);
    if (section.given("uid") && section.given("uid-hash")) {
      problems.error(section.key_mark("uid-hash"), "E-RULE-VALUE",
                     "'uid' and 'uid-hash' can't stand together",
                     "an exact uid also matches by its hash; for either of two operators write "
                     "operator: [\"uid:a\", \"hash:b\"]");
    }
    if (node.entries.empty()) {
      problems.error(node.mark, "E-RULE-VALUE", subject + " is empty",
                     "leave the key out to ask for nothing");
    }
    section.finish();
  }

  static void read_names(const ParamNode& node, const std::string& subject, Problems& problems,
                         Selector& where) {
    for (const ParamNode* item : read_texts(node, subject, problems)) {
      const auto name = read_operator_name(*item, problems);
      if (!name) continue;
      if (name->hash) {
        where.operator_uid_hash.push_back(*name->hash);
        continue;
      }
      const auto problem = glob_problem(name->uid);
      if (problem) {
        problems.error(item->mark, "E-RULE-VALUE", *problem);
      } else {
        where.operator_uid.push_back(name->uid);
      }
    }
  }
};

// --- texts --------------------------------------------------------------------------------------

constexpr Text kScheme{[](const std::string& text) -> std::optional<ValueProblem> {
  if (!text.empty() && text.find_first_of(":/ ") == std::string::npos) return std::nullopt;
  return ValueProblem{"E-RULE-VALUE", "'" + text + "' is not a scheme",
                      "the word alone, without ':' and slashes"};
}};

void declare_uri(Section& section, Selector& where) {
  section.key("scheme", "schemes, without ':'", Many{kScheme}, where.uri_schemes);
  section.key("glob", "* stays within a segment, ** crosses /", kGlobs, where.uri_globs);
}

}  // namespace

Words<Scope> scope_words() {
  return words(kScopeWords, scope_name);
}
Words<LocationKind> handle_words() {
  return words(kHandleWords, location_kind_name);
}

bool Roles::read(const ParamNode& node, const std::string& subject, Problems& problems,
                 Role& value) const {
  std::vector<Role> roles;
  Many{role_words()}.read(node, subject, problems, roles);
  value = Role::none;
  for (const Role role : roles) value = value | role;
  return true;
}

ParamNode Roles::print(Role value) const {
  std::vector<Role> roles;
  std::copy_if(std::begin(kAllRoles), std::end(kAllRoles), std::back_inserter(roles),
               [&](Role role) { return any(value, role); });
  return Many{role_words()}.print(roles);
}

Json Roles::schema(Variable variable) const {
  return Many{role_words()}.schema(variable);
}

bool Hash::read(const ParamNode& node, const std::string& subject, Problems& problems,
                OperatorId& value) const {
  std::string hex;
  if (!read_text(node, subject, hex, problems)) return false;
  const auto id = operator_id_from_hex(hex);
  if (id) {
    value = *id;
  } else {
    problems.error(node.mark, "E-RULE-VALUE", "'" + hex + "' is not an operator's hash",
                   "32 hexadecimal digits");
  }
  return id.has_value();
}

ParamNode Hash::print(const OperatorId& value) const {
  return plain_text(to_hex(value));
}

Json Hash::schema(Variable) const {
  return text_schema(R"(^[0-9a-fA-F]{32}$|\$\{)",
                     "must be the 32 hexadecimal digits of an operator's hash");
}

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

void declare_where(Section& section, Selector& where) {
  section.key("operator", "uid:NAME, hash:32HEX, or a map of uid, uid-hash, name and state",
              Operators{}, where);
  section.key("role", "what the location is for", Roles{}, where.roles);
  section.key("scope", "where it lies, seen from the directory of _metadata", Many{scope_words()},
              where.scopes);
  section.key("handle", "its kind", Many{handle_words()}, where.handles);
  section.key("uri", "what its text is", Fields{declare_uri}, where);
}

}  // namespace stateferry::rules
