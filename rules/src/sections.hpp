// The parts of a rule file, one function each. All take nodes as they were read, replace variables
// themselves where the language allows them, and report every problem they find.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "problems.hpp"
#include "stateferry/plugin/params.hpp"
#include "stateferry/rules/rule_file.hpp"
#include "variables.hpp"

namespace stateferry::rules {

/// What the sections share.
struct Context {
  const Variables& variables;
  const std::vector<SetArgument>& arguments;
  bool allow_unset;
  Problems& problems;
};

/// An operator as rules name it: `uid:…`, `hash:…`, 32 hex digits, or any other text for a uid.
struct OperatorName {
  std::string uid;                 ///< empty when it is a hash
  std::optional<OperatorId> hash;  ///< of the operator; nothing when it is a uid
};
/// Nothing after a problem, which is reported.
std::optional<OperatorName> read_operator_name(const ParamNode& node, Problems& problems);

/// `where`, with its variables replaced.
Selector read_selector(const ParamNode& where, Problems& problems);
/// `role` of a step or of a test: one word or several.
Role read_roles(const ParamNode& node, Problems& problems);
/// One word, as `scope` or `handle` take.
std::optional<Scope> read_scope(const ParamNode& node, Problems& problems);
std::optional<LocationKind> read_handle(const ParamNode& node, Problems& problems);

/// The keys of `expect`, and of that of a test: selected, changed, already, unmatched, matched.
const std::vector<std::string>& count_names();

/// Adds the elements of `steps`. An id that is there already is reported with both places.
void read_steps(const ParamNode& steps, const Context& context, std::vector<StepSpec>& result);
/// Applies `--set steps.ID.with.KEY=VALUE`, where KEY may lead into maps and lists.
void override_parameters(const Context& context, std::vector<StepSpec>& steps);

/// Adds `require`; requirements of several files must all hold.
void read_requirements(const ParamNode& require, const Context& context, Requirements& result);
/// Adds `plugins`.
void read_plugins(const ParamNode& plugins, std::vector<PluginRange>& result, Problems& problems);
/// `output`. `dialects` as RuleInputs has it.
OutputSpec read_output(const ParamNode& output, const std::function<const Dialects&()>& dialects,
                       Problems& problems);
/// `tests`. Ids in them must be those of `steps`; paths get `directory` in front.
std::vector<TestSpec> read_tests(const ParamNode& tests, std::string_view directory,
                                 const std::vector<StepSpec>& steps, const Context& context);

/// `path` with `directory` (empty, or with a slash at its end) in front, unless it is absolute.
std::string below_directory(std::string_view directory, std::string_view path);

}  // namespace stateferry::rules
