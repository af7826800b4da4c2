// Patterns that rule files use to choose locations, state names and model paths.
//
// `*` stands for any run of characters without '/', `**` for any run at all, `?` for one character
// that is not '/'. A backslash takes the meaning from the character behind it. Everything else
// stands for itself, so `**/x` needs a slash in front of the x. All text here is UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// Whether `pattern` matches the whole of `text`. Time is at most proportional to the product of
/// the two lengths; nothing is allocated. A pattern that glob_problem objects to matches nothing.
STATEFERRY_API bool glob_match(std::string_view pattern, std::string_view text) noexcept;

/// glob_match() for every text that is `directory` (not empty, ends with '/') followed by one more
/// name, when the answer is the same for all of them; else nothing, and sometimes needlessly
/// nothing.
STATEFERRY_API std::optional<bool> glob_match_directory(std::string_view pattern,
                                                        std::string_view directory);

/// What is wrong with `pattern`, as a sentence without a full stop, or nothing when it is valid.
/// Only an empty pattern and one that ends in an unescaped backslash are invalid.
STATEFERRY_API std::optional<std::string> glob_problem(std::string_view pattern);

}  // namespace stateferry
