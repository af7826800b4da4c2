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

using S = SubtaskForm;
using C = ChannelForm;
constexpr auto kShort = ChangelogForm::short_form;
constexpr auto kFull = ChangelogForm::full_form;

// Format page, sections 4 and 10. Columns: dialect; master states, names, chain length,
// coordinator, finished markers, properties, refCheckpointId; subtask, channels, changelog; legal
// tags; least sizes of operator and channel handle.
constexpr std::array kLayouts = {
    Layout{{1, {1, 2}},
           false,
           false,
           true,
           false,
           false,
           false,
           false,
           S::v1,
           C::none,
           kFull,
           kStreamV1,
           kKeyedV1,
           kOperatorV1,
           32,
           1},
    Layout{{2, {1, 3}},
           true,
           false,
           true,
           false,
           false,
           false,
           false,
           S::v2,
           C::none,
           kFull,
           kStream,
           kKeyed,
           kOperator,
           32,
           1},
    // 1.11 has no tag above 6 and no finished markers, 1.14 no tag above 10: that tells the bodies
    // of version 3 apart.
    Layout{{3, {1, 11}},
           true,
           false,
           false,
           true,
           false,
           false,
           false,
           S::v3,
           C::without_subtask,
           kFull,
           kStream& tag_range(0, 6),
           kKeyed& tag_range(0, 6),
           kOperatorV1,
           29,
           21},
    Layout{{3, {1, 12}},
           true,
           false,
           false,
           true,
           true,
           false,
           false,
           S::v3,
           C::with_subtask,
           kFull,
           kStream,
           kKeyed,
           kOperator,
           29,
           25},
    Layout{{3, {1, 14}},
           true,
           false,
           false,
           true,
           true,
           false,
           false,
           S::v3,
           C::with_subtask,
           kShort,
           kStream& tag_range(0, 10),
           kKeyed& tag_range(0, 10),
           kOperatorV1,
           29,
           25},
    Layout{{3, {1, 15}},
           true,
           false,
           false,
           true,
           true,
           false,
           false,
           S::v3,
           C::with_subtask,
           kFull,
           kStream,
           kKeyed,
           kOperator,
           29,
           25},
    Layout{{4, {1, 16}},
           true,
           false,
           false,
           true,
           true,
           true,
           false,
           S::v3,
           C::with_subtask,
           kFull,
           kStream,
           kKeyed,
           kOperator,
           29,
           25},
    Layout{{5, {2, 0}},
           true,
           true,
           false,
           true,
           true,
           true,
           false,
           S::v3,
           C::with_subtask,
           kFull,
           kStream,
           kKeyed,
           kOperator,
           33,
           25},
    Layout{{6, {2, 1}},
           true,
           true,
           false,
           true,
           true,
           true,
           false,
           S::v3,
           C::typed,
           kFull,
           kStream,
           kKeyed,
           kOperator,
           33,
           18},
    Layout{{7, {2, 4}},
           true,
           true,
           false,
           true,
           true,
           true,
           true,
           S::v3,
           C::typed,
           kFull,
           kStream,
           kKeyed,
           kOperator,
           33,
           18},
};

}  // namespace

std::span<const Layout> all_layouts() noexcept {
  return kLayouts;
}

std::span<const Layout> layouts_of(std::int32_t format_version) noexcept {
  const auto same = [&](const Layout& l) { return l.dialect.format_version == format_version; };
  const auto first = std::find_if(kLayouts.begin(), kLayouts.end(), same);
  const auto last = std::find_if_not(first, kLayouts.end(), same);
  return {first, last};
}

const Layout& layout_of(const Dialect& dialect) {
  for (const Layout& layout : kLayouts) {
    if (layout.dialect == dialect) return layout;
  }
  throw CapabilityError("E-CAPABILITY-FIELD", "there is no dialect " + to_string(dialect), "");
}

}  // namespace stateferry::codecs
