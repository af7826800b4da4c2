// The sections of a rule file. Each has a function that declares its keys (section.hpp); around it
// stands what no declaration can say. Variables are replaced where the language allows them, and
// every problem is reported.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "problems.hpp"
#include "section.hpp"
#include "stateferry/plugin/params.hpp"
#include "stateferry/rules/rule_file.hpp"
#include "variables.hpp"

namespace stateferry::rules {

/// What the sections share.
struct SectionContext {
  const Variables& variables;
  const std::vector<SetArgument>& arguments;
  bool allow_unset;
  Problems& problems;
};

// --- the whole file -----------------------------------------------------------------------------

/// The keys at the top, as they stand. Missing ones are null.
struct FileKeys {
  const ParamNode* rules = nullptr;
  const ParamNode* name = nullptr;
  const ParamNode* description = nullptr;
  const ParamNode* vars = nullptr;
  const ParamNode* include = nullptr;
  const ParamNode* plugins = nullptr;
  const ParamNode* require = nullptr;
  const ParamNode* steps = nullptr;
  const ParamNode* output = nullptr;
  const ParamNode* tests = nullptr;
};
void declare_file(Section& section, FileKeys& keys);

// --- values -------------------------------------------------------------------------------------

/// An operator as rules name it: `uid:…`, `hash:…`, 32 hex digits, or any other text for a uid.
struct OperatorName {
  std::string uid;                 ///< empty when it is a hash
  std::optional<OperatorId> hash;  ///< of the operator; nothing when it is a uid
};
/// Nothing after a problem, which is reported.
std::optional<OperatorName> read_operator_name(const ParamNode& node, Problems& problems);

/// One role or several.
struct Roles {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            Role& value) const;
  ParamNode print(Role value) const;
  Json schema(Variable variable) const;
};
/// An operator's id.
struct Hash {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            OperatorId& value) const;
  ParamNode print(const OperatorId& value) const;
  Json schema(Variable variable) const;
};
Words<Scope> scope_words();
Words<LocationKind> handle_words();

/// A count of a step: its name in `expect`, and what it means.
struct CountName {
  std::string_view name;
  std::string_view meaning;
};
inline constexpr CountName kCounts[] = {
    {"selected", "locations that satisfy 'where'"},
    {"changed", "locations that got a new text"},
    {"already", "locations that lie below the step's target"},
    {"unmatched", "locations that are none of the step's business; 0 guards a move"},
    {"matched", "changed + already"}};

// --- sections -----------------------------------------------------------------------------------

/// `where` of a step.
void declare_where(Section& section, Selector& where);
/// `expect` of a step.
void declare_expect(Section& section, std::map<std::string, CountBound>& expect);
void declare_step(Section& section, StepSpec& step);
void declare_require(Section& section, Requirements& require);
void declare_output(Section& section, OutputSpec& output);

/// A test while it is read.
struct TestDraft {
  TestSpec test;
  std::string_view directory;            ///< that paths get in front
  std::vector<std::string> ids;          ///< of all steps
  const Variables* variables = nullptr;  ///< null: names are not looked up
};
void declare_test(Section& section, TestDraft& draft);

/// Adds the elements of `steps`. An id that is there already is reported with both places.
void read_steps(const ParamNode& steps, const SectionContext& context,
                std::vector<StepSpec>& result);
/// Applies `--set steps.ID.with.KEY=VALUE`, where KEY may lead into maps and lists.
void override_parameters(const SectionContext& context, std::vector<StepSpec>& steps);

/// Adds `require`; requirements of several files must all hold.
void read_requirements(const ParamNode& require, const SectionContext& context,
                       Requirements& result);
/// Adds `plugins`.
void read_plugins(const ParamNode& plugins, std::vector<PluginRange>& result, Problems& problems);
/// `plugins` again. Several files may ask for one plugin: all their bounds must hold.
ParamNode print_plugins(const std::vector<PluginRange>& plugins);
/// `output`. `dialects` as RuleInputs has it.
OutputSpec read_output(const ParamNode& output, const std::function<const Dialects&()>& dialects,
                       Problems& problems);
/// `tests`. Ids in them must be those of `steps`; paths get `directory` in front.
std::vector<TestSpec> read_tests(const ParamNode& tests, std::string_view directory,
                                 const std::vector<StepSpec>& steps, const SectionContext& context);

/// `path` with `directory` (empty, or with a slash at its end) in front, unless it is absolute.
std::string below_directory(std::string_view directory, std::string_view path);

}  // namespace stateferry::rules
