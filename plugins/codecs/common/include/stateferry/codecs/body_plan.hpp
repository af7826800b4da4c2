// A layout with what follows from it by the grammar: which parts there are, and how many bytes each
// record takes at least. Counted once, when a codec is made (counter.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <tuple>
#include <type_traits>

#include "stateferry/codecs/layout.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"

namespace stateferry::codecs {

/// The least number of bytes of each record that stands in lists. A count in a file is checked
/// against it before anything is reserved.
class LeastSizes {
 public:
  template <class Record>
  std::uint32_t of() const noexcept {
    return sizes_[kIndex<Record>];
  }
  template <class Record>
  void note(std::uint32_t bytes) noexcept {
    std::uint32_t& size = sizes_[kIndex<Record>];
    if (size == 0 || bytes < size) size = bytes;
  }

 private:
  using Records =
      std::tuple<MasterState, OperatorState, SubtaskEntry, StreamStateHandle, OperatorStateHandle,
                 KeyedStateHandle, InputChannelStateHandle, ResultSubpartitionStateHandle,
                 OperatorStateMetaInfo, HandleAndLocalPath, StateChange, ChangelogFile,
                 MergedChannelEntry<InputChannelInfo>, MergedChannelEntry<ResultSubpartitionInfo>>;
  template <class Record, class... All>
  static constexpr std::size_t index_in(const std::tuple<All...>* /*records*/) {
    std::size_t index = 0;
    static_cast<void>(((std::is_same_v<Record, All> || (++index, false)) || ...));
    return index;
  }
  template <class Record>
  static constexpr std::size_t kIndex = index_in<Record>(static_cast<const Records*>(nullptr));

  std::array<std::uint32_t, std::tuple_size_v<Records>> sizes_{};
};

/// See the head of this file.
struct BodyPlan {
  Layout layout;
  Level level = 0;  ///< of the fields
  LeastSizes least;
  DialectInfo info;
};

/// The plan of a layout.
BodyPlan plan_of(const Layout& layout);

}  // namespace stateferry::codecs
