// How much a screen holds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stateferry::cli {

/// Columns that text for people is laid out for: those of the terminal behind stdout, else of
/// COLUMNS, else 100; never below 60 or above 200.
std::size_t screen_columns();

/// Columns that a table may take: those of the terminal behind stdout or of COLUMNS, as above; any
/// number where neither is there, since a program may read it.
std::size_t table_columns();

/// `text` with its lines broken at blanks so that none has more than `columns`; all but the first
/// begin with `indent` blanks, which count. A word that is longer stands alone.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns);

/// `text` in at most `columns`, 3 or more: what is too much goes from its middle, for an ellipsis.
std::string cut_to(std::string_view text, std::size_t columns);

}  // namespace stateferry::cli
