// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stateferry {

/// `12,345`.
std::string grouped(std::uint64_t number);
/// `1 file`, `2 files`.
std::string count_of(std::uint64_t number, std::string_view noun);

}  // namespace stateferry
