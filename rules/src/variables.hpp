// The variables of a rule file: declared under `vars`, given a value by --set, by the environment
// or by their default.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "problems.hpp"
#include "section.hpp"
#include "stateferry/plugin/params.hpp"
#include "stateferry/rules/rule_file.hpp"

namespace stateferry::rules {

/// One NAME=VALUE of the command line.
struct SetArgument {
  std::string name;
  std::string value;
  SourceMark name_mark;  ///< in a text that is the argument
  SourceMark value_mark;
};
/// Splits the arguments of --set. What has no `=` or is there twice is reported.
std::vector<SetArgument> parse_set_arguments(const std::vector<std::string>& arguments,
                                             Problems& problems);

/// A variable with the part of its declaration that resolve() needs.
struct VarDeclaration {
  VarSpec spec;
  ParamNode default_value;  ///< null when there is none
  SourceMark env_mark;
};
void declare_variable(Section& section, VarDeclaration& declaration);
/// Reads one `vars` map into `declarations`; a name that is there already is reported.
void read_declarations(const ParamNode& vars, std::vector<VarDeclaration>& declarations,
                       Problems& problems);

/// The variables with their values. Copies are independent; made by resolve() and with_values().
class Variables {
 public:
  /// Null when there is none of this name.
  const VarSpec* find(std::string_view name) const noexcept;
  std::vector<std::string> names() const;
  const std::vector<VarSpec>& all() const noexcept { return specs_; }

  /// Gives values: those of `inputs.vars` win over `arguments`, these over the environment, that
  /// over defaults. Bad values are reported, and missing ones of required variables unless
  /// `inputs.allow_unset`.
  static Variables resolve(const std::vector<VarDeclaration>& declarations,
                           const std::vector<SetArgument>& arguments, const RuleInputs& inputs,
                           Problems& problems);
  /// A copy in which `values`, whose names all exist, win over all others. Bad ones are reported.
  Variables with_values(const std::vector<VarValue>& values, Problems& problems) const;

 private:
  std::vector<VarSpec> specs_;
};

/// How to give `variable` a value, for hints.
std::string ways_to_set(const VarSpec& variable);

}  // namespace stateferry::rules
