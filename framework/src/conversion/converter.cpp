#include "conversion/converter.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "conversion/channel_handles.hpp"
#include "conversion/keyed_handles.hpp"
#include "conversion/operator_handles.hpp"

namespace stateferry::conversion {
namespace {

bool same_bytes(Bytes a, Bytes b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// The snapshot as a whole, its operators and their subtasks, part by part. Over parts that aren't
// to be changed it only takes note; else it changes what it notes. Properties stand at the end of a
// file, but come first in an account: they are shown apart from the parts.
template <bool kApply>
class Converter final : public Examination {
  template <class T>
  using Ref = TreeRef<kApply, T>;

 public:
  Converter(Arena* arena, const DialectInfo& source, const ConversionTarget& target,
            const ConversionOptions& options)
      : walk_(arena, source, target, options) {
    if (target.reader) timers_ = caution_for(target.reader->release);
  }

  ConversionAccount& account() noexcept override { return walk_.account(); }

  void begin(CheckpointMetadata& root) override {
    walk_.enter_snapshot(root.checkpoint_id);
    if (walk_.has(BodyPart::chains) && !walk_.source().has(BodyPart::chains)) {
      walk_.note(kVersion1, nullptr);
    }
    walk_.enter(field::operators);
  }
  void begin_operator(OperatorState& op, std::uint32_t index) override {
    walk_.at(index);
    walk_.enter_operator(op, index);
    operator_itself(op);
    timers_concerned_ = false;
    walk_.enter(field::subtasks);
  }
  void subtask(SubtaskEntry& entry, std::uint32_t index) override {
    walk_.at(index);
    subtask_itself(entry);
    // Handles don't tell RocksDB's full snapshots from the heap's. But where timers aren't in
    // RocksDB, a backend that isn't the heap's has them in raw keyed state.
    timers_concerned_ |= !is_none(entry.state.managed_keyed) && is_none(entry.state.raw_keyed);
  }
  void end_operator(OperatorState& op) override {
    walk_.leave();
    extras_.convert(ExtendedRecord::operator_state, op.extras);
    timers();
  }
  void end(CheckpointMetadata& /*root*/) override { walk_.leave(); }

  void properties(CheckpointMetadata& root) override { properties_of(root); }

 private:
  void properties_of(Ref<CheckpointMetadata> root) {
    const bool null = same_bytes(root.properties, checkpoint_properties(DeclaredKind::unknown));
    const bool said = walk_.options().snapshot != DeclaredKind::unknown;
    if (!walk_.has(BodyPart::properties)) {
      if (root.properties.empty()) return;
      walk_.note(null ? kNullDropped : kPropertiesDropped, &field::properties);
      change(root, [](auto& r) { r.properties = {}; });
      return;
    }
    if (root.properties.empty()) {
      walk_.note(said ? kPropertiesSaid : kPropertiesAdded, &field::properties);
    } else if (null && said) {
      walk_.note(kPropertiesReplaced, &field::properties);
    } else {
      return;
    }
    change(root, [&](auto& r) { r.properties = checkpoint_properties(walk_.options().snapshot); });
  }

  void operator_itself(Ref<OperatorState> op) {
    if (!walk_.has(BodyPart::operator_names) && !op.name.empty()) {
      walk_.note(kName, &field::name);
      change(op, [](auto& o) { o.name = {}; });
    }
    if (!walk_.has(BodyPart::operator_names) && !op.uid.empty()) {
      walk_.note(kUid, &field::uid);
      change(op, [](auto& o) { o.uid = {}; });
    }
    chain(op);
    if (!walk_.has(BodyPart::coordinator) && !is_none(op.coordinator)) {
      walk_.note(kCoordinator, &field::coordinator);
    }
    if (op.fully_finished && !walk_.may_be_finished())
      walk_.note(kFinishedOperator, &field::fully_finished);
  }

  const Caution* caution_for(FlinkRelease reader) const {
    // Version 1 is of Flink 1.2, which had no timers in RocksDB.
    if (walk_.source().has(BodyPart::chains)) return nullptr;
    const auto* const row =
        std::find_if(std::begin(kRocksTimers), std::end(kRocksTimers),
                     [&](const Caution& c) { return c.since <= reader && reader < c.before; });
    return row == std::end(kRocksTimers) ? nullptr : row;
  }

  // Of the operator in hand.
  void timers() {
    if (timers_ == nullptr || !timers_concerned_) return;
    if (walk_.account().cautions.empty()) {
      walk_.account().cautions.push_back(
          {timers_->what, timers_->reason, timers_->remedy, 0, walk_.place()});
    }
    ++walk_.account().cautions.front().operators;
  }

  void chain(Ref<OperatorState> op) {
    const bool odd = op.chain_length && *op.chain_length != 1;
    if (odd && walk_.leaves_chains()) walk_.note(kChain, &field::chain_length);
    if (odd && !walk_.source().has(BodyPart::chains) && !walk_.has(BodyPart::chain_length)) {
      walk_.note(kChainLength, &field::chain_length);
    }
    if (!walk_.has(BodyPart::chain_length)) {
      change(op, [](auto& o) { o.chain_length.reset(); });
    } else if (!op.chain_length) {
      change(op, [](auto& o) { o.chain_length = 1; });
    }
  }

  void subtask_itself(Ref<SubtaskEntry> entry) {
    if (entry.finished) {
      if (!walk_.may_be_finished()) walk_.note(kFinishedSubtask, &field::finished);
      return;
    }
    walk_.enter_subtask(entry.index);
    Ref<OperatorSubtaskState> state = entry.state;
    duration(state);
    legacy(state.legacy);
    operator_handles_.convert(field::managed_operator, state.managed_operator);
    operator_handles_.convert(field::raw_operator, state.raw_operator);
    walk_.below(field::managed_keyed, [&] { keyed_.convert(state.managed_keyed); });
    walk_.below(field::raw_keyed, [&] { keyed_.convert(state.raw_keyed); });
    channels_.template convert<InputChannelInfo>(field::input_channels, state.input_channels,
                                                 kInputChannels);
    channels_.template convert<ResultSubpartitionInfo>(field::output_channels,
                                                       state.output_channels, kOutputChannels);
    if (!walk_.has(BodyPart::ref_checkpoint_id) && state.ref_checkpoint_id) {
      walk_.note(kRefCheckpoint, &field::ref_checkpoint_id);
      change(state, [](auto& s) { s.ref_checkpoint_id.reset(); });
    }
    extras_.convert(ExtendedRecord::subtask_state, state.extras);
  }

  void duration(Ref<OperatorSubtaskState> state) {
    if (walk_.has(BodyPart::durations)) {
      if (!state.duration) change(state, [](auto& s) { s.duration = -1; });
      return;
    }
    if (state.duration && *state.duration != -1) walk_.note(kDuration, &field::duration);
    change(state, [](auto& s) { s.duration.reset(); });
  }

  void legacy(Ref<List<StreamStateHandle>> handles) {
    const bool stays = walk_.has(BodyPart::durations) && !walk_.leaves_chains() &&
                       walk_.copes(ReaderFeature::legacy_state);
    if (handles.empty() || stays) return;
    walk_.each(field::legacy, handles, [&](Ref<StreamStateHandle> handle) {
      walk_.note(is_none(handle) ? kNullEntries : kLegacy, nullptr);
    });
    change(handles, [](auto& h) { h.truncate(0); });
  }

  ConversionWalk walk_;
  ExtraFields<kApply> extras_{walk_};
  StreamHandles<kApply> streams_{walk_, extras_};
  OperatorHandles<kApply> operator_handles_{walk_, extras_, streams_};
  KeyedHandles<kApply> keyed_{walk_, extras_, streams_};
  ChannelHandles<kApply> channels_{walk_, streams_};
  const Caution* timers_ = nullptr;  // what is to be said of timers to this reader
  bool timers_concerned_ = false;    // whether that holds of the operator in hand
};

}  // namespace

std::unique_ptr<Examination> examination(const DialectInfo& source, const ConversionTarget& target,
                                         const ConversionOptions& options) {
  return std::make_unique<Converter<false>>(nullptr, source, target, options);
}

ConversionAccount examine(const CheckpointMetadata& root, const DialectInfo& source,
                          const ConversionTarget& target, const ConversionOptions& options) {
  Converter<false> converter(nullptr, source, target, options);
  CheckpointMetadata copy = root;  // shallow, and nothing is changed
  converter.properties(copy);
  show_parts(copy, converter);
  return std::move(converter.account());
}

ConversionAccount convert(CheckpointMetadata& root, Arena& arena, const DialectInfo& source,
                          const ConversionTarget& target, const ConversionOptions& options) {
  Converter<true> converter(&arena, source, target, options);
  converter.properties(root);
  show_parts(root, converter);
  return std::move(converter.account());
}

}  // namespace stateferry::conversion
