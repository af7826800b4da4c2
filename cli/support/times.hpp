// Times as text.
#pragma once

#include <cstdint>
#include <string>

namespace stateferry::cli {

/// `2026-01-31T12:00:00Z`, of seconds since 1970; empty where no calendar has them.
std::string iso_time(std::int64_t seconds);

}  // namespace stateferry::cli
