#include "support/times.hpp"

#include <ctime>

namespace stateferry::cli {

std::string iso_time(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm utc{};
  char text[64];
  if (::gmtime_r(&time, &utc) == nullptr) return {};
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

}  // namespace stateferry::cli
