#include <algorithm>
#include <unordered_map>
#include <utility>

#include "interpolation.hpp"
#include "map_reader.hpp"
#include "sections.hpp"
#include "stateferry/diag/codes.hpp"
#include "stateferry/diag/diagnostic.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

namespace {

/// One element of `tests`.
class TestReader {
 public:
  TestReader(const ParamNode& node, std::string_view directory, const std::vector<std::string>& ids,
             const Context& context)
      : node_(node),
        directory_(directory),
        ids_(ids),
        context_(context),
        problems_(context.problems),
        reader_(node, node.kind == Kind::map ? "this test" : "a test", problems_) {}

  TestSpec run() {
    test_.mark = node_.mark;
    if (const auto* name = reader_.need("name", "a sentence that says what must be so")) {
      read_text(*name, "'name'", test_.name, problems_);
      test_.mark = name->mark;
    }
    const std::vector<std::string> subjects = find_subjects();
    if (const auto* vars = reader_.find("vars")) read_vars(*vars);
    const ParamNode* code = reader_.find("fails-with");
    if (code != nullptr) read_fails_with(*code);
    // A value that must be refused is told by the run of the test, not as a mistake in it.
    Problems refused;
    variables_ = context_.variables.with_values(test_.vars, code == nullptr ? problems_ : refused);
    read_subject(subjects);
    read_location();
    if (const auto* expect = reader_.find("expect")) read_expect(*expect);
    check_combination();
    reader_.finish();
    return std::move(test_);
  }

 private:
  /// A copy of `node` with the variables of this test.
  ParamNode expanded(const ParamNode& node) {
    Expansion expansion{variables_, context_.allow_unset ? Unset::in_test : Unset::told};
    ParamNode copy = node;
    expand(copy, expansion, problems_);
    return copy;
  }

  void read_vars(const ParamNode& vars) {
    if (!expect_kind(vars, "'vars'", Kind::map, problems_)) return;
    for (const auto& [key, value] : vars.entries) {
      if (is_annotation(key.scalar)) continue;
      if (context_.variables.find(key.scalar) == nullptr) {
        problems_.error(key.mark, "E-RULE-VARIABLE",
                        "there is no variable '" + key.scalar + "'" +
                            did_you_mean(key.scalar, context_.variables.names()));
        continue;
      }
      std::string text;
      if (!read_text(value, "'" + key.scalar + "'", text, problems_)) continue;
      test_.vars.push_back({key.scalar, std::move(text), value.mark});
    }
  }

  /// Which of the keys are there of which a test has one.
  std::vector<std::string> find_subjects() {
    static constexpr std::string_view kSubjects[] = {"uris", "fixture", "uid-hashes"};
    std::vector<std::string> given;
    for (const std::string_view key : kSubjects) {
      if (reader_.find(key) != nullptr) given.emplace_back(key);
    }
    return given;
  }

  void read_subject(const std::vector<std::string>& given) {
    if (const auto* uris = reader_.find("uris")) read_uris(*uris);
    if (const auto* fixture = reader_.find("fixture")) read_fixture(*fixture);
    if (const auto* hashes = reader_.find("uid-hashes")) read_uid_hashes(*hashes);
    if (!reader_.is_map() || given.size() == 1) return;
    if (given.empty()) {
      problems_.error(node_.mark, "E-RULE-MISSING",
                      "this test has none of 'uris', 'fixture' and 'uid-hashes'");
    } else {
      problems_.error(reader_.key_mark(given[1]), "E-RULE-VALUE",
                      "a test can't have both '" + given[0] + "' and '" + given[1] + "'",
                      "make two tests of it");
    }
  }

  /// What can't be so at the same time.
  void check_combination() {
    const bool counts = node_.find("expect") != nullptr;
    const bool fails = node_.find("fails-with") != nullptr;
    if (node_.find("uid-hashes") != nullptr && (counts || fails)) {
      const std::string key = counts ? "expect" : "fails-with";
      problems_.error(reader_.key_mark(key), "E-RULE-VALUE",
                      "'" + key + "' can't stand beside 'uid-hashes', which run nothing");
    } else if (node_.find("fixture") != nullptr && counts && fails) {
      problems_.error(reader_.key_mark("expect"), "E-RULE-VALUE",
                      "a run that must fail has no counts to expect", "make two tests of it");
    }
  }

  void read_uris(const ParamNode& uris) {
    const ParamNode node = expanded(uris);
    if (!expect_kind(node, "'uris'", Kind::map, problems_)) return;
    if (node.entries.empty()) {
      problems_.error(node.mark, "E-RULE-VALUE", "'uris' is empty");
    }
    for (const auto& [key, value] : node.entries) {
      if (is_annotation(key.scalar) || key.unresolved) continue;
      TestSpec::Uri uri{key.scalar, std::nullopt, key.mark};
      if (value.kind != Kind::null) {
        std::string expected;
        if (!read_text(value, "the expected URI", expected, problems_)) continue;
        uri.expected = std::move(expected);
      }
      test_.uris.push_back(std::move(uri));
    }
  }

  void read_fixture(const ParamNode& fixture) {
    const ParamNode node = expanded(fixture);
    std::string path;
    if (!read_text(node, "'fixture'", path, problems_)) return;
    if (path.empty()) {
      problems_.error(node.mark, "E-RULE-VALUE", "'fixture' is empty", "the path of a _metadata");
      return;
    }
    test_.fixture = below_directory(directory_, path);
    test_.fixture_mark = node.mark;
  }

  void read_uid_hashes(const ParamNode& hashes) {
    const ParamNode node = expanded(hashes);
    if (!expect_kind(node, "'uid-hashes'", Kind::map, problems_)) return;
    if (node.entries.empty()) {
      problems_.error(node.mark, "E-RULE-VALUE", "'uid-hashes' is empty");
    }
    for (const auto& [key, value] : node.entries) {
      if (is_annotation(key.scalar) || key.unresolved) continue;
      std::string hex;
      if (!read_text(value, "the hash of '" + key.scalar + "'", hex, problems_)) continue;
      if (const auto id = operator_id_from_hex(hex)) {
        test_.uid_hashes.push_back({key.scalar, *id, value.mark});
      } else {
        problems_.error(value.mark, "E-RULE-VALUE", "'" + hex + "' is not an operator's hash",
                        "32 hexadecimal digits");
      }
    }
  }

  void read_base_uri(const ParamNode& node) {
    if (node_.find("uris") == nullptr && node_.find("fixture") == nullptr) {
      problems_.error(reader_.key_mark("base-uri"), "E-RULE-VALUE",
                      "'base-uri' can stand beside 'uris' and 'fixture' only");
      return;
    }
    const ParamNode value = expanded(node);
    const auto problem = read_uri_prefix(value, test_.base_uri);
    if (problem && !problem->code.empty()) {
      problems_.error(value.mark, problem->code, "'base-uri' " + problem->text, problem->hint);
    } else if (!problem && !has_scheme(test_.base_uri)) {
      problems_.error(value.mark, "E-RULE-VALUE", "'base-uri' needs a scheme",
                      "a local path is written 'file:" + test_.base_uri + "'");
    }
  }

  /// What stands beside `uris`, and `base-uri`.
  void read_location() {
    if (const auto* base = reader_.find("base-uri")) read_base_uri(*base);
    static constexpr std::string_view kKeys[] = {"role", "scope", "handle", "operator"};
    for (const std::string_view key : kKeys) {
      const ParamNode* node = reader_.find(key);
      if (node == nullptr) continue;
      if (node_.find("uris") == nullptr) {
        problems_.error(reader_.key_mark(key), "E-RULE-VALUE",
                        "'" + std::string(key) + "' can stand beside 'uris' only");
        continue;
      }
      read_location_key(key, expanded(*node));
    }
    if (node_.find("role") == nullptr) test_.location.roles = usual_role();
    if (node_.find("handle") == nullptr && test_.location.roles == Role::coordinator) {
      test_.location.handle = LocationKind::bytes;
    }
  }

  /// Where such a location stands in snapshots when the test doesn't say it.
  Role usual_role() const {
    const TestLocation& location = test_.location;
    const bool in_operator_state =
        location.handle == LocationKind::directory || !location.state_name.empty();
    return in_operator_state ? Role::managed_operator : Role::managed_keyed;
  }

  void read_location_key(std::string_view key, const ParamNode& node) {
    TestLocation& location = test_.location;
    if (key == "role") {
      location.roles = read_roles(node, problems_);
    } else if (key == "scope") {
      location.scope = read_scope(node, problems_);
    } else if (key == "handle") {
      if (const auto kind = read_handle(node, problems_)) location.handle = *kind;
    } else if (node.kind == Kind::map) {
      read_operator_map(node);
    } else if (const auto name = read_operator_name(node, problems_)) {
      location.operator_uid = name->uid;
      location.operator_id = name->hash ? *name->hash : operator_id_of_uid(name->uid);
    }
  }

  void read_operator_map(const ParamNode& node) {
    TestLocation& location = test_.location;
    MapReader reader(node, "'operator'", problems_);
    if (const auto* uid = reader.find("uid")) {
      if (read_text(*uid, "'uid'", location.operator_uid, problems_)) {
        location.operator_id = operator_id_of_uid(location.operator_uid);
      }
    }
    if (const auto* hash = reader.find("uid-hash")) {
      std::string hex;
      if (read_text(*hash, "'uid-hash'", hex, problems_)) {
        location.operator_id = operator_id_from_hex(hex);
        if (!location.operator_id) {
          problems_.error(hash->mark, "E-RULE-VALUE", "'" + hex + "' is not an operator's hash",
                          "32 hexadecimal digits");
        }
      }
    }
    if (const auto* name = reader.find("name")) {
      read_text(*name, "'name'", location.operator_name, problems_);
    }
    if (const auto* state = reader.find("state")) {
      read_text(*state, "'state'", location.state_name, problems_);
    }
    reader.finish();
  }

  void read_expect(const ParamNode& expect) {
    const ParamNode node = expanded(expect);
    MapReader reader(node, "'expect'", problems_);
    for (const std::string& name : count_names()) {
      if (const auto* counts = reader.find(name)) read_counts(name, *counts);
    }
    if (const auto* residual = reader.find("residual")) read_residual(*residual);
    reader.finish();
  }

  void read_counts(const std::string& name, const ParamNode& node) {
    if (!expect_kind(node, "'" + name + "'", Kind::map, problems_)) return;
    for (const auto& [key, value] : node.entries) {
      if (is_annotation(key.scalar) || key.unresolved) continue;
      if (std::find(ids_.begin(), ids_.end(), key.scalar) == ids_.end()) {
        problems_.error(key.mark, "E-RULE-UNKNOWN",
                        "there is no step '" + key.scalar + "'" + did_you_mean(key.scalar, ids_));
      }
      CountBound bound;
      if (read_bound(value, "'" + key.scalar + "'", bound, problems_)) {
        test_.expect[name].emplace(key.scalar, std::move(bound));
      }
    }
  }

  void read_residual(const ParamNode& node) {
    if (!expect_kind(node, "'residual'", Kind::map, problems_)) return;
    for (const auto& [key, value] : node.entries) {
      if (is_annotation(key.scalar) || key.unresolved) continue;
      if (key.scalar.empty()) {
        problems_.error(key.mark, "E-RULE-VALUE", "'residual' can't look for an empty text");
      }
      CountBound bound;
      if (read_bound(value, "the bound", bound, problems_)) {
        test_.residual.emplace_back(key.scalar, std::move(bound));
      }
    }
  }

  void read_fails_with(const ParamNode& node) {
    std::string code;
    if (!read_text(node, "'fails-with'", code, problems_)) return;
    if (find_code(code) != nullptr && code.starts_with("E-")) {
      test_.fails_with = std::move(code);
      test_.fails_with_mark = node.mark;
      return;
    }
    std::vector<std::string> codes;
    for (const CodeInfo& info : all_codes()) {
      if (info.code.starts_with("E-")) codes.emplace_back(info.code);
    }
    const auto meant = nearest(code, codes);
    problems_.error(
        node.mark, "E-RULE-VALUE",
        "there is no error code '" + code + "'" + (meant ? ", did you mean '" + *meant + "'?" : ""),
        meant ? "" : "such as E-RULE-UNMATCHED-URI");
  }

  const ParamNode& node_;
  std::string_view directory_;
  const std::vector<std::string>& ids_;  ///< of all steps
  const Context& context_;
  Problems& problems_;
  MapReader reader_;
  Variables variables_;
  TestSpec test_;
};

}  // namespace

std::vector<TestSpec> read_tests(const ParamNode& tests, std::string_view directory,
                                 const std::vector<StepSpec>& steps, const Context& context) {
  std::vector<TestSpec> result;
  if (!expect_kind(tests, "'tests'", Kind::list, context.problems)) return result;
  std::vector<std::string> ids;
  ids.reserve(steps.size());
  for (const StepSpec& step : steps) ids.push_back(step.id);
  std::unordered_map<std::string, SourceMark> names;
  for (const ParamNode& node : tests.items) {
    TestSpec test = TestReader(node, directory, ids, context).run();
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
