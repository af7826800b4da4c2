#include <algorithm>
#include <cstddef>
#include <utility>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/rules/rule_file.hpp"

namespace stateferry {
namespace {

using Version = std::vector<std::uint32_t>;
using Relation = VersionRange::Relation;

constexpr std::size_t kMaxParts = 4;

/// One to four decimal numbers with dots between them, nothing else.
std::optional<Version> parse_version(std::string_view text) {
  Version version;
  while (version.size() < kMaxParts) {
    const std::string_view part = text.substr(0, text.find('.'));
    const auto number = number_from_text<std::uint32_t>(part);
    if (!number) break;
    version.push_back(*number);
    if (part.size() == text.size()) return version;
    text.remove_prefix(part.size() + 1);
  }
  return std::nullopt;
}

/// Less than, equal to or more than 0, as `a` is to `b`.
int compare(const Version& a, const Version& b) {
  for (std::size_t i = 0; i < kMaxParts; ++i) {
    const std::uint32_t left = i < a.size() ? a[i] : 0;
    const std::uint32_t right = i < b.size() ? b[i] : 0;
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

bool holds(Relation relation, int order) {
  switch (relation) {
    case Relation::less:
      return order < 0;
    case Relation::at_most:
      return order <= 0;
    case Relation::equal:
      return order == 0;
    case Relation::at_least:
      return order >= 0;
    case Relation::more:
      break;
  }
  return order > 0;
}

std::optional<VersionRange::Bound> parse_bound(std::string_view word) {
  // Longer signs first.
  static constexpr std::pair<std::string_view, Relation> kSigns[] = {{"<=", Relation::at_most},
                                                                     {">=", Relation::at_least},
                                                                     {"<", Relation::less},
                                                                     {">", Relation::more},
                                                                     {"=", Relation::equal}};
  for (const auto& [sign, relation] : kSigns) {
    if (!word.starts_with(sign)) continue;
    auto version = parse_version(word.substr(sign.size()));
    if (!version) return std::nullopt;
    return VersionRange::Bound{relation, std::move(*version)};
  }
  return std::nullopt;
}

}  // namespace

bool VersionRange::contains(std::string_view version) const {
  const auto parsed = parse_version(version.substr(0, version.find_first_of("-+")));
  return parsed && std::all_of(bounds.begin(), bounds.end(), [&](const Bound& bound) {
           return holds(bound.relation, compare(*parsed, bound.version));
         });
}

std::optional<VersionRange> parse_version_range(std::string_view text) {
  VersionRange range;
  range.text = text;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.empty()) continue;
    auto bound = parse_bound(word);
    if (!bound) return std::nullopt;
    range.bounds.push_back(std::move(*bound));
  }
  if (range.bounds.empty()) return std::nullopt;
  return range;
}

}  // namespace stateferry
