// What the tests of rule files share: rule texts in, messages out.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/rules/build_pipeline.hpp"
#include "stateferry/rules/rule_file.hpp"

namespace stateferry::test {

/// Versions with readers as those of Flink, 3 with two bodies; 7, which no Flink has.
inline const Dialects& some_dialects() {
  static const Dialects dialects({
      {.dialect = {1, {1, 2}}, .read_by = {{1, 2}, {1, 10}}},
      {.dialect = {2, {1, 3}}, .read_by = since_release({1, 3})},
      {.dialect = {3, {1, 11}, true}, .read_by = only_release({1, 11})},
      {.dialect = {3, {1, 12}, true}, .read_by = since_release({1, 12})},
      {.dialect = {4, {1, 16}}, .read_by = since_release({1, 16})},
      {.dialect = {5, {2, 0}}, .read_by = since_release({2, 0})},
      {.dialect = {6, {2, 1}}, .read_by = since_release({2, 1})},
      {.dialect = {7, {2, 4}}, .experimental = true},
  });
  return dialects;
}

/// What a rule file may depend on, faked: other files, the environment, --set.
struct World {
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> environment;
  std::vector<std::string> set;
  std::vector<VarValue> vars;
  bool allow_unset = false;
  std::vector<std::string> asked;  ///< names of environment variables that were looked up

  RuleInputs inputs() {
    RuleInputs inputs;
    inputs.set = set;
    inputs.vars = vars;
    inputs.allow_unset = allow_unset;
    inputs.dialects = []() -> const Dialects& { return some_dialects(); };
    inputs.env = [this](const std::string& name) -> std::optional<std::string> {
      asked.push_back(name);
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    inputs.read = [this](const std::string& path) {
      const auto found = files.find(path);
      if (found == files.end()) {
        throw IoError("E-IO-NOT-FOUND", "there is no such file", path, "check the path");
      }
      return found->second;
    };
    return inputs;
  }
};

/// A parsed file with the messages, as a terminal shows them, one after the other.
struct Parsed {
  std::optional<RuleFile> file;
  std::string messages;
  std::size_t errors = 0;
};

inline std::string rendered(const DiagnosticList& list) {
  std::string text;
  for (const Diagnostic& diagnostic : list.all()) text += render(diagnostic) + "\n";
  return text;
}

inline Parsed parse(const std::string& text, World world = {}) {
  DiagnosticList list;
  Parsed parsed;
  parsed.file = parse_rule_file("rules.yaml", text, world.inputs(), list);
  parsed.messages = rendered(list);
  parsed.errors = list.errors();
  return parsed;
}

/// Only the messages.
inline std::string complaints(const std::string& text, World world = {}) {
  return parse(text, std::move(world)).messages;
}

/// `body` behind the version, so that its first line is line 2.
inline std::string v1(const std::string& body) {
  return "rules: \"v1\"\n" + body;
}

/// One step with `lines` (each indented by four blanks) below its `uses`: from line 5 on.
inline std::string one_step(const std::string& lines) {
  return v1("steps:\n  - id: move\n    uses: test.move\n" + lines);
}

}  // namespace stateferry::test
