// Puts the values of variables into the texts of a rule file: `${name}`, and `$${` for the
// characters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "problems.hpp"
#include "stateferry/plugin/params.hpp"
#include "variables.hpp"

namespace stateferry::rules {

/// What a text with a variable that has no value is. It becomes unresolved in any case.
enum class Unset : std::uint8_t {
  told,     ///< a problem; required variables were told at their declaration
  allowed,  ///< no problem
  in_test,  ///< a problem of the test around it
};

/// What an expansion may hold, and what became of it.
struct Expansion {
  const Variables& variables;
  Unset unset_is = Unset::told;
  bool allow_secrets = false;
  bool is_data = false;              ///< keys `x-…` are annotations at the top only, not below
  std::vector<std::string> unset{};  ///< variables without a value, each once
};
/// Replaces the variables in all texts and map keys of `node`, `$${` by `${`, and reports what
/// can't be replaced, texts with line breaks, and keys that have become the same. Annotations stay
/// as they are; so do texts that can't be replaced, which become unresolved. A text that is one
/// reference and nothing else takes the variable's type.
void expand(ParamNode& node, Expansion& expansion, Problems& problems);

}  // namespace stateferry::rules
