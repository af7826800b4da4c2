#include <algorithm>
#include <unordered_map>
#include <utility>

#include "interpolation.hpp"
#include "sections.hpp"
#include "stateferry/diag/codes.hpp"
#include "stateferry/diag/diagnostic.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

namespace {

/// The entries of a map whose keys are the user's; those that have been told of are left out.
template <class Each>
void read_entries(const ParamNode& node, const std::string& subject, Problems& problems,
                  const Each& each) {
  if (!expect_kind(node, subject, Kind::map, problems)) return;
  for (const auto& [key, value] : node.entries) {
    if (!is_annotation(key.scalar) && !key.unresolved) each(key, value);
  }
}

/// Reports a map without entries.
void refuse_empty(const ParamNode& node, const std::string& subject, Problems& problems) {
  if (node.kind != Kind::map || !node.entries.empty()) return;
  problems.error(node.mark, "E-RULE-VALUE", subject + " is empty");
}

struct TestVars {
  const Variables* variables;

  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::vector<VarValue>& values) const {
    read_entries(node, subject, problems, [&](const ParamNode& key, const ParamNode& value) {
      if (variables->find(key.scalar) == nullptr) {
        problems.error(key.mark, "E-RULE-VARIABLE",
                       "there is no variable '" + key.scalar + "'" +
                           did_you_mean(key.scalar, variables->names()));
        return;
      }
      std::string text;
      if (!read_text(value, "'" + key.scalar + "'", text, problems)) return;
      values.push_back({key.scalar, std::move(text), value.mark});
    });
    return true;
  }
  ParamNode print(const std::vector<VarValue>& values) const {
    ParamNode node;
    for (const VarValue& value : values) node.add(value.name, ParamNode::of(value.text));
    return node;
  }
  Json schema(Variable) const { return open_map_schema(text_schema()); }
};

struct Uris {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::vector<TestSpec::Uri>& uris) const {
    refuse_empty(node, subject, problems);
    read_entries(node, subject, problems, [&](const ParamNode& key, const ParamNode& value) {
      TestSpec::Uri uri{key.scalar, std::nullopt, key.mark};
      if (value.kind != Kind::null) {
        std::string expected;
        if (!read_text(value, "the expected URI", expected, problems)) return;
        uri.expected = std::move(expected);
      }
      uris.push_back(std::move(uri));
    });
    return true;
  }
  ParamNode print(const std::vector<TestSpec::Uri>& uris) const {
    ParamNode node;
    for (const TestSpec::Uri& uri : uris) {
      node.add(uri.uri, uri.expected ? ParamNode::of(*uri.expected) : ParamNode());
    }
    return node;
  }
  Json schema(Variable) const {
    Json schema = open_map_schema({{"not", {{"type", {"object", "array"}}}}});
    schema["minProperties"] = 1;
    return schema;
  }
};

/// A path, which gets the directory of the rule file in front.
struct Fixture {
  std::string_view directory;

  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            TestSpec& test) const {
    std::string path;
    if (!read_text(node, subject, path, problems)) return false;
    if (path.empty()) {
      problems.error(node.mark, "E-RULE-VALUE", subject + " is empty", "the path of a _metadata");
      return false;
    }
    test.fixture = below_directory(directory, path);
    test.fixture_mark = node.mark;
    return true;
  }
  ParamNode print(const TestSpec& test) const { return kText.print(test.fixture); }
  Json schema(Variable) const { return text_schema(); }
};

struct UidHashes {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::vector<TestSpec::UidHash>& hashes) const {
    refuse_empty(node, subject, problems);
    read_entries(node, subject, problems, [&](const ParamNode& key, const ParamNode& value) {
      OperatorId id;
      if (!Hash{}.read(value, "the hash of '" + key.scalar + "'", problems, id)) return;
      hashes.push_back({key.scalar, id, value.mark});
    });
    return true;
  }
  ParamNode print(const std::vector<TestSpec::UidHash>& hashes) const {
    ParamNode node;
    for (const TestSpec::UidHash& hash : hashes) node.add(hash.uid, Hash{}.print(hash.expected));
    return node;
  }
  Json schema(Variable variable) const {
    Json schema = open_map_schema(Hash{}.schema(variable));
    schema["minProperties"] = 1;
    return schema;
  }
};

struct BaseUri {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::string& uri) const {
    if (!report(read_uri_prefix(node, uri), node, subject, problems)) return false;
    if (!has_scheme(uri)) {
      problems.error(node.mark, "E-RULE-VALUE", subject + " needs a scheme",
                     "a local path is written 'file:" + uri + "'");
    }
    return true;
  }
  ParamNode print(const std::string& uri) const { return kText.print(uri); }
  Json schema(Variable) const { return uri_schema(); }
};

// --- the operator of a location -----------------------------------------------------------------

void declare_test_operator(Section& section, TestLocation& location) {
  section.key("uid", "", kText, location.operator_uid);
  section.key("uid-hash", "", Maybe{Hash{}}, location.operator_id);
  section.key("name", "", kText, location.operator_name);
  section.key("state", "name of a registered operator state", kText, location.state_name);
}

/// That map, or one uid or hash.
struct TestOperator {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            TestLocation& location) const {
    if (node.kind == Kind::map) {
      Fields{declare_test_operator}.read(node, subject, problems, location);
    } else if (const auto name = read_operator_name(node, problems)) {
      location.operator_uid = name->uid;
      location.operator_id = name->hash;
    }
    if (!location.operator_id && !location.operator_uid.empty()) {
      location.operator_id = operator_id_of_uid(location.operator_uid);
    }
    return true;
  }
  ParamNode print(const TestLocation& location) const {
    return Fields{declare_test_operator}.print(location);
  }
  Json schema(Variable variable) const {
    return {
        {"anyOf", Json::array({Fields{declare_test_operator}.schema(variable), text_schema()})}};
  }
};

// --- what must come of it -----------------------------------------------------------------------

using Bounds = std::vector<std::pair<std::string, CountBound>>;

ParamNode print_bounds(const auto& bounds) {
  ParamNode node;
  for (const auto& [name, bound] : bounds) node.add(name, kBound.print(bound));
  return node;
}

/// The bounds of one count, by step.
struct ByStep {
  std::string_view count;

  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            TestDraft& draft) const {
    read_entries(node, subject, problems, [&](const ParamNode& key, const ParamNode& value) {
      const std::string& id = key.scalar;
      if (std::find(draft.ids.begin(), draft.ids.end(), id) == draft.ids.end()) {
        problems.error(key.mark, "E-RULE-UNKNOWN",
                       "there is no step '" + id + "'" + did_you_mean(id, draft.ids));
      }
      CountBound bound;
      if (read_bound(value, "'" + id + "'", bound, problems)) {
        draft.test.expect[std::string(count)].emplace(id, std::move(bound));
      }
    });
    return true;
  }
  ParamNode print(const TestDraft& draft) const {
    const auto found = draft.test.expect.find(std::string(count));
    return found == draft.test.expect.end() ? ParamNode() : print_bounds(found->second);
  }
  Json schema(Variable variable) const { return open_map_schema(kBound.schema(variable)); }
};

struct Residual {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            Bounds& residual) const {
    read_entries(node, subject, problems, [&](const ParamNode& key, const ParamNode& value) {
      if (key.scalar.empty()) {
        problems.error(key.mark, "E-RULE-VALUE", subject + " can't look for an empty text");
      }
      CountBound bound;
      if (read_bound(value, "the bound", bound, problems)) {
        residual.emplace_back(key.scalar, std::move(bound));
      }
    });
    return true;
  }
  ParamNode print(const Bounds& residual) const { return print_bounds(residual); }
  Json schema(Variable variable) const { return open_map_schema(kBound.schema(variable)); }
};

void declare_test_expect(Section& section, TestDraft& draft) {
  for (const CountName& count : kCounts) {
    section.key(count.name, count.meaning, ByStep{count.name}, draft);
  }
  section.key("residual", "bounds on the number of locations that still hold a text", Residual{},
              draft.test.residual);
}

struct ErrorCode {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::string& value) const {
    std::string code;
    if (!read_text(node, subject, code, problems)) return false;
    if (find_code(code) != nullptr && code.starts_with("E-")) {
      value = std::move(code);
      return true;
    }
    std::vector<std::string> codes;
    for (const Word& word : words()) codes.push_back(word.text);
    const auto meant = nearest(code, codes);
    problems.error(
        node.mark, "E-RULE-VALUE",
        "there is no error code '" + code + "'" + (meant ? ", did you mean '" + *meant + "'?" : ""),
        meant ? "" : "such as E-RULE-UNMATCHED-URI");
    return false;
  }
  ParamNode print(const std::string& value) const { return kText.print(value); }
  Json schema(Variable variable) const { return choice_schema(words(), variable); }

 private:
  static std::vector<Word> words() {
    std::vector<Word> words;
    for (const CodeInfo& info : all_codes()) {
      if (!info.code.starts_with("E-")) continue;
      words.push_back({std::string(info.code), std::string(info.meaning)});
    }
    return words;
  }
};

}  // namespace

void declare_test(Section& section, TestDraft& draft) {
  TestSpec& test = draft.test;
  TestLocation& location = test.location;
  const Need with_uris{.beside = {"uris"}};
  section.key("name", "a sentence that says what must be so", Marked{kText, test.mark}, test.name,
              required("a sentence that says what must be so"));
  section.key("vars", "values of variables in this test", TestVars{draft.variables}, test.vars);
  section.variables(Variable::yes);
  section.key("uris", "what becomes of each URI; nothing where the steps leave it as it is", Uris{},
              test.uris);
  section.key("fixture", "a snapshot, relative to this file", Fixture{draft.directory}, test);
  section.key("uid-hashes", "the hash that Flink makes of each uid", UidHashes{}, test.uid_hashes);
  section.key("base-uri", "directory of _metadata", BaseUri{}, test.base_uri,
              {.beside = {"uris", "fixture"}});
  section.key("role", "of the URIs' locations; managed-keyed without it", Roles{}, location.roles,
              with_uris);
  section.key("scope", "of the URIs' locations", scope_words(), location.scope, with_uris);
  section.key("handle", "of the URIs' locations; file without it", handle_words(), location.handle,
              with_uris);
  section.key("operator", "that the URIs' locations belong to", TestOperator{}, location,
              with_uris);
  section.key("expect", "bounds on counts, by step", Fields{declare_test_expect}, draft);
  section.variables(Variable::no);
  section.key("fails-with", "the error that must stop the run",
              Marked{ErrorCode{}, test.fails_with_mark}, test.fails_with);
}

namespace {

/// A test is about one of three things.
void check_subject(const ParamNode& node, const Section& section, Problems& problems) {
  std::vector<std::string> given;
  for (const std::string_view key : {"uris", "fixture", "uid-hashes"}) {
    if (section.given(key)) given.emplace_back(key);
  }
  if (!section.is_map() || given.size() == 1) return;
  if (given.empty()) {
    problems.error(node.mark, "E-RULE-MISSING",
                   "this test has none of 'uris', 'fixture' and 'uid-hashes'");
  } else {
    problems.error(section.key_mark(given[1]), "E-RULE-VALUE",
                   "a test can't have both '" + given[0] + "' and '" + given[1] + "'",
                   "make two tests of it");
  }
}

/// What can't be so at the same time.
void check_combination(const Section& section, Problems& problems) {
  const bool counts = section.given("expect");
  const bool fails = section.given("fails-with");
  if (section.given("uid-hashes") && (counts || fails)) {
    const std::string key = counts ? "expect" : "fails-with";
    problems.error(section.key_mark(key), "E-RULE-VALUE",
                   "'" + key + "' can't stand beside 'uid-hashes', which run nothing");
  } else if (section.given("fixture") && counts && fails) {
    problems.error(section.key_mark("expect"), "E-RULE-VALUE",
                   "a run that must fail has no counts to expect", "make two tests of it");
  }
}

/// Where such a location stands in snapshots when the test doesn't say it.
void complete(const Section& section, TestLocation& location) {
  const bool in_operator_state =
      location.handle == LocationKind::directory || !location.state_name.empty();
  if (!section.given("role")) {
    location.roles = in_operator_state ? Role::managed_operator : Role::managed_keyed;
  }
  if (!section.given("handle") && location.roles == Role::coordinator) {
    location.handle = LocationKind::bytes;
  }
}

/// One element of `tests`.
TestSpec read_test(const ParamNode& node, std::string_view directory,
                   const std::vector<std::string>& ids, const SectionContext& context) {
  Problems& problems = context.problems;
  TestDraft draft{{}, directory, ids, &context.variables};
  draft.test.mark = node.mark;
  // A value that must be refused is told by the run of the test, not as a mistake in it.
  Problems refused;
  const bool may_be_refused = node.find("fails-with") != nullptr;
  std::optional<Variables> variables;  // with those of this test, which are read first
  const auto resolve = [&] {
    if (variables) return;
    variables = context.variables.with_values(draft.test.vars, may_be_refused ? refused : problems);
  };
  Section section(
      node, node.kind == Kind::map ? "this test" : "a test", problems, [&](ParamNode& value) {
        resolve();
        Expansion expansion{*variables, context.allow_unset ? Unset::in_test : Unset::told};
        expand(value, expansion, problems);
      });
  declare_test(section, draft);
  resolve();
  check_subject(node, section, problems);
  check_combination(section, problems);
  complete(section, draft.test.location);
  section.finish();
  return std::move(draft.test);
}

}  // namespace

std::vector<TestSpec> read_tests(const ParamNode& tests, std::string_view directory,
                                 const std::vector<StepSpec>& steps,
                                 const SectionContext& context) {
  std::vector<TestSpec> result;
  if (!expect_kind(tests, "'tests'", Kind::list, context.problems)) return result;
  std::vector<std::string> ids;
  ids.reserve(steps.size());
  for (const StepSpec& step : steps) ids.push_back(step.id);
  std::unordered_map<std::string, SourceMark> names;
  for (const ParamNode& node : tests.items) {
    TestSpec test = read_test(node, directory, ids, context);
    const auto [earlier, is_new] = names.emplace(test.name, test.mark);
    if (!is_new && !test.name.empty()) {
      context.problems.error(test.mark, "E-RULE-DUPLICATE",
                             "the test '" + test.name + "' is there twice", {},
                             {"first at " + place_text(earlier->second)});
    }
    result.push_back(std::move(test));
  }
  return result;
}

}  // namespace stateferry::rules
