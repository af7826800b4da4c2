// What a dialect is like, as its codec says, and the dialects of all codecs that are installed.
//
// A codec owns its dialects: which releases of Flink write and read them, what their bodies have a
// place for, whether they may still change. The framework asks (PluginRegistry::dialects).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "stateferry/export.hpp"
#include "stateferry/model/extras.hpp"
#include "stateferry/model/release.hpp"

namespace stateferry {

/// Parts that a body has or doesn't have. A set, one bit each. Since when there is one, the grammar
/// of the codecs says.
enum class BodyPart : std::uint16_t {
  none = 0,
  chains = 1 << 0,             ///< lists with an entry per operator of a chain
  durations = 1 << 1,          ///< a subtask's duration and legacy state
  chain_length = 1 << 2,       ///< of an operator
  master_states = 1 << 3,      ///< state of job manager hooks
  coordinator = 1 << 4,        ///< state of an operator's coordinator
  finished_markers = 1 << 5,   ///< -1 subtasks and negative indexes
  full_changelog = 1 << 6,     ///< changelog handles (8, 9, 10) have ids and sizes
  properties = 1 << 7,         ///< CheckpointProperties at the end
  operator_names = 1 << 8,     ///< names and uids
  channel_state = 1 << 9,      ///< data in flight
  channel_subtask = 1 << 10,   ///< each channel handle says its subtask; else it is the holder
  merged_channels = 1 << 11,   ///< one channel handle may stand for several channels
  ref_checkpoint_id = 1 << 12  ///< a subtask's reference to another checkpoint
};
constexpr BodyPart operator|(BodyPart a, BodyPart b) noexcept {
  return static_cast<BodyPart>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr BodyPart& operator|=(BodyPart& a, BodyPart b) noexcept {
  return a = a | b;
}
/// Whether `set` has all parts of `wanted`.
constexpr bool has(BodyPart set, BodyPart wanted) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(wanted)) ==
         static_cast<unsigned>(wanted);
}

/// Releases in a row, both ends included. As made by default it holds none.
struct ReleaseRange {
  FlinkRelease first{UINT16_MAX, UINT16_MAX};
  FlinkRelease last{};

  constexpr bool empty() const noexcept { return last < first; }
  constexpr bool holds(FlinkRelease release) const noexcept {
    return first <= release && release <= last;
  }
};
/// `release` and all later ones.
constexpr ReleaseRange since_release(FlinkRelease release) noexcept {
  return {release, {UINT16_MAX, UINT16_MAX}};
}
/// `release` alone.
constexpr ReleaseRange only_release(FlinkRelease release) noexcept {
  return {release, release};
}

/// A dialect as its codec describes it.
struct DialectInfo {
  Dialect dialect;
  ReleaseRange written_by{};  ///< releases that write it; empty where none does
  ReleaseRange read_by{};     ///< releases that take its version for this body
  BodyPart parts{};           ///< what the body has a place for
  TagSet tags = 0;            ///< handle tags that readers are known to take in such a body
  bool experimental = false;  ///< no released Flink has it yet, so that it may still change
  /// Fields that only this codec has; views the plugin.
  std::span<const ExtraField> extras{};

  constexpr bool has(BodyPart part) const noexcept { return stateferry::has(parts, part); }
  /// The extra field of this name in this record; null when there is none.
  const ExtraField* extra(ExtendedRecord record, const Field& field) const noexcept {
    for (const ExtraField& f : extras) {
      if (f.record == record && std::string_view(f.field.name) == field.name) return &f;
    }
    return nullptr;
  }
};

/// The dialects of several codecs, by version, then release. A value; it views the plugins that the
/// dialects are of.
class STATEFERRY_API Dialects {
 public:
  Dialects() = default;
  /// In any order.
  explicit Dialects(std::vector<DialectInfo> all);

  std::span<const DialectInfo> all() const noexcept { return all_; }
  /// Those of one version; empty when there is none.
  std::span<const DialectInfo> of_version(std::int32_t format_version) const noexcept;
  /// Null when there is none.
  const DialectInfo* find(const Dialect& dialect) const noexcept;
  /// How a file of `format_version` must be laid out so that `release` reads it; null when it
  /// doesn't read the version at all.
  const DialectInfo* read_by(FlinkRelease release, std::int32_t format_version) const noexcept;
  /// The newest version that `release` reads, as it reads it; null when there is none.
  const DialectInfo* newest_read_by(FlinkRelease release) const noexcept;
  /// What `release` writes; null when no codec knows.
  const DialectInfo* written_by(FlinkRelease release) const noexcept;
  /// Every version once, ascending.
  std::vector<std::int32_t> versions() const;

 private:
  std::vector<DialectInfo> all_;
};

/// The newest release that writes one of `dialects`; null when none does.
STATEFERRY_API const ReleaseInfo* newest_writer(std::span<const DialectInfo> dialects) noexcept;
/// Tags that some release knows that writes one of `dialects`. Where none does: those that the
/// bodies may hold.
STATEFERRY_API TagSet tags_of_writers(std::span<const DialectInfo> dialects) noexcept;
/// `1 to 7`, `1 to 7, 9`; `none` of none. `versions` ascend.
STATEFERRY_API std::string versions_text(std::span<const std::int32_t> versions);

}  // namespace stateferry
