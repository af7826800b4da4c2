// The uids that a job's source code gives its operators: `.uid("orders")` in Java, Kotlin, Scala
// and Python.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/model/operator_ref.hpp"

namespace stateferry::cli {

/// What the calls of `uid(…)` in a text say.
struct SourceUids {
  std::vector<std::string> uids;  ///< UTF-8, in their order
  std::uint64_t other_calls = 0;  ///< those whose argument is no string literal
};
/// Finds them in the text of one source file. Text in comments counts, too: a uid that no operator
/// has does no harm.
SourceUids find_uids(std::string_view text);

/// Adds those of all source files (.java, .kt, .kts, .scala, .sc, .py) below a directory, without
/// following links, to `names`, which win; what is no literal is counted and said. Throws IoError.
void add_uids_below(const std::string& directory, OperatorNames& names);

}  // namespace stateferry::cli
