#include "stateferry/codecs/layout.hpp"

#include <algorithm>
#include <array>

#include "stateferry/diag/error.hpp"

namespace stateferry::codecs {
namespace {

constexpr TagSet tags(std::initializer_list<unsigned> list) {
  TagSet set = 0;
  for (const unsigned tag : list) set |= TagSet{1} << tag;
  return set;
}
constexpr TagSet kStreamV1 = tags({0, 1, 2});
constexpr TagSet kKeyedV1 = tags({0, 3});
constexpr TagSet kOperatorV1 = tags({0, 4});
constexpr TagSet kStream = tags({0, 1, 2, 3, 6, 15, 16});
constexpr TagSet kKeyed = tags({0, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14});
constexpr TagSet kOperator = tags({0, 4, 17});
constexpr TagSet kUpTo6 = tag_range(0, 6);
constexpr TagSet kUpTo10 = tag_range(0, 10);

// The framework's row of a dialect and what the codecs add to it.
Layout row(Dialect dialect, TagSet stream, TagSet keyed, TagSet operators,
           std::uint32_t least_operator, std::uint32_t least_channel) {
  const DialectInfo& info = *find_dialect(dialect);
  return {dialect, info.parts, info.channels,  stream,
          keyed,   operators,  least_operator, least_channel};
}

// Format page, sections 4 and 10. 1.11 has no tag above 6 and no finished markers, 1.14 no tag
// above 10: that tells the bodies of version 3 apart.
const auto& layouts() {
  static const std::array kLayouts = {
      row({1, {1, 2}}, kStreamV1, kKeyedV1, kOperatorV1, 32, 1),
      row({2, {1, 3}}, kStream, kKeyed, kOperator, 32, 1),
      row({3, {1, 11}}, kStream & kUpTo6, kKeyed & kUpTo6, kOperatorV1, 29, 21),
      row({3, {1, 12}}, kStream, kKeyed, kOperator, 29, 25),
      row({3, {1, 14}}, kStream & kUpTo10, kKeyed & kUpTo10, kOperatorV1, 29, 25),
      row({3, {1, 15}}, kStream, kKeyed, kOperator, 29, 25),
      row({4, {1, 16}}, kStream, kKeyed, kOperator, 29, 25),
      row({5, {2, 0}}, kStream, kKeyed, kOperator, 33, 25),
      row({6, {2, 1}}, kStream, kKeyed, kOperator, 33, 18),
      row({7, {2, 4}}, kStream, kKeyed, kOperator, 33, 18),
  };
  return kLayouts;
}

}  // namespace

std::span<const Layout> all_layouts() noexcept {
  return layouts();
}

std::span<const Layout> layouts_of(std::int32_t format_version) noexcept {
  const auto same = [&](const Layout& l) { return l.dialect.format_version == format_version; };
  const auto first = std::find_if(layouts().begin(), layouts().end(), same);
  const auto last = std::find_if_not(first, layouts().end(), same);
  return {first, last};
}

const Layout& layout_of(const Dialect& dialect) {
  for (const Layout& layout : layouts()) {
    if (layout.dialect == dialect) return layout;
  }
  throw CapabilityError("E-CAPABILITY-FIELD", "there is no dialect " + to_string(dialect), "");
}

}  // namespace stateferry::codecs
