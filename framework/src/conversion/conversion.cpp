#include "stateferry/host/conversion.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <type_traits>
#include <utility>

#include "conversion/conversion_rules.hpp"
#include "conversion/ledger.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/model/handle_form.hpp"
#include "stateferry/model/model_path.hpp"

namespace stateferry {
namespace {

using namespace findings;

bool same_bytes(Bytes a, Bytes b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

template <class Handle>
bool is_none(const Handle& handle) noexcept {
  return std::holds_alternative<NoHandle>(handle);
}
bool is_placeholder(const StreamStateHandle& handle) noexcept {
  return std::holds_alternative<EmptySegmentFileStateHandle>(handle);
}

// ---------------------------------------------------------------------------- the walk

// One walk over a tree. Over a const tree it only takes note; else it changes what it notes.
template <class Root>
class Converter {
  static constexpr bool kApply = !std::is_const_v<Root>;
  template <class T>
  using Ref = std::conditional_t<kApply, T&, const T&>;

 public:
  Converter(Arena* arena, const DialectInfo& source, const ConversionTarget& target,
            const ConversionOptions& options)
      : arena_(arena), source_(source), body_(target.body), options_(options), ledger_(account_) {
    account_.source = source.dialect;
    account_.target = target.body.dialect;
    if (target.reader) {
      account_.reader = target.reader->release;
      knows_ = target.reader->knows & body_.tags;
      timers_ = caution_for(target.reader->release);
      copes_ = target.reader->copes;
    }
  }

  ConversionAccount run(Root& root) {
    checkpoint_id_ = root.checkpoint_id;
    properties(root);
    if (body_.has(BodyPart::chains) && !source_.has(BodyPart::chains)) note(kVersion1, nullptr);
    path_.push(field::operators);
    for (std::uint32_t i = 0; i < root.operators.size(); ++i) {
      path_.set_index(i);
      op_id_ = root.operators[i].id;
      ledger_.enter_operator(root.operators[i], i);
      operator_state(root.operators[i]);
    }
    path_.pop();
    return std::move(account_);
  }

 private:
  void note(const Rule& rule, const Field* leaf, std::uint64_t count = 1) {
    path_.set_leaf(leaf);
    ledger_.note(rule, path_, count);
  }
  template <class T, class F>
  void change(T& target, F&& f) {
    if constexpr (!std::is_const_v<T>) f(target);
  }
  template <class F>
  void below(const Field& f, F&& body) {
    path_.push(f);
    body();
    path_.pop();
  }
  // f(element) for each element of a list, with the path at it.
  template <class L, class F>
  void each(const Field& f, L& list, F&& body) {
    below(f, [&] {
      for (std::uint32_t i = 0; i < list.size(); ++i) {
        path_.set_index(i);
        body(list[i]);
      }
    });
  }
  bool knows(HandleTag tag) const noexcept { return (knows_ & tag_bit(tag)) != 0; }
  bool copes(ReaderFeature feature) const noexcept { return has(copes_, feature); }
  // Markers need a body that has them and a reader that minds them.
  bool may_be_finished() const noexcept {
    return body_.has(BodyPart::finished_markers) && copes(ReaderFeature::finished_tasks);
  }
  // Whether state of a chain must become that of one operator.
  bool leaves_chains() const noexcept {
    return source_.has(BodyPart::chains) && !body_.has(BodyPart::chains);
  }

  // ------------------------------------------------------------------------ the whole

  void properties(Root& root) {
    const bool null = same_bytes(root.properties, checkpoint_properties(DeclaredKind::unknown));
    const bool said = options_.snapshot != DeclaredKind::unknown;
    if (!body_.has(BodyPart::properties)) {
      if (root.properties.empty()) return;
      note(null ? kNullDropped : kPropertiesDropped, &field::properties);
      change(root, [](auto& r) { r.properties = {}; });
      return;
    }
    if (root.properties.empty()) {
      note(said ? kPropertiesSaid : kPropertiesAdded, &field::properties);
    } else if (null && said) {
      note(kPropertiesReplaced, &field::properties);
    } else {
      return;
    }
    change(root, [&](auto& r) { r.properties = checkpoint_properties(options_.snapshot); });
  }

  // ------------------------------------------------------------------------ operators

  void operator_state(Ref<OperatorState> op) {
    if (!body_.has(BodyPart::operator_names) && !op.name.empty()) {
      note(kName, &field::name);
      change(op, [](auto& o) { o.name = {}; });
    }
    if (!body_.has(BodyPart::operator_names) && !op.uid.empty()) {
      note(kUid, &field::uid);
      change(op, [](auto& o) { o.uid = {}; });
    }
    chain(op);
    if (!body_.has(BodyPart::coordinator) && !is_none(op.coordinator)) {
      note(kCoordinator, &field::coordinator);
    }
    if (op.fully_finished && !may_be_finished()) note(kFinishedOperator, &field::fully_finished);
    each(field::subtasks, op.subtasks, [&](Ref<SubtaskEntry> entry) { subtask(entry); });
    extras(ExtendedRecord::operator_state, op.extras);
    timers(op);
  }

  const Caution* caution_for(FlinkRelease reader) const {
    // Version 1 is of Flink 1.2, which had no timers in RocksDB.
    if (source_.has(BodyPart::chains)) return nullptr;
    const auto* const row =
        std::find_if(std::begin(kRocksTimers), std::end(kRocksTimers),
                     [&](const Caution& c) { return c.since <= reader && reader < c.before; });
    return row == std::end(kRocksTimers) ? nullptr : row;
  }

  // Handles don't tell RocksDB's full snapshots from the heap's. But where timers aren't in
  // RocksDB, a backend that isn't the heap's has them in raw keyed state.
  void timers(const OperatorState& op) {
    if (timers_ == nullptr) return;
    const auto concerned = [](const SubtaskEntry& entry) {
      return !is_none(entry.state.managed_keyed) && is_none(entry.state.raw_keyed);
    };
    if (std::none_of(op.subtasks.begin(), op.subtasks.end(), concerned)) return;
    if (account_.cautions.empty()) {
      path_.set_leaf(nullptr);
      account_.cautions.push_back(
          {timers_->what, timers_->reason, timers_->remedy, 0, path_.text()});
    }
    ++account_.cautions.front().operators;
  }

  void chain(Ref<OperatorState> op) {
    const bool odd = op.chain_length && *op.chain_length != 1;
    if (odd && leaves_chains()) note(kChain, &field::chain_length);
    if (odd && !source_.has(BodyPart::chains) && !body_.has(BodyPart::chain_length)) {
      note(kChainLength, &field::chain_length);
    }
    if (!body_.has(BodyPart::chain_length)) {
      change(op, [](auto& o) { o.chain_length.reset(); });
    } else if (!op.chain_length) {
      change(op, [](auto& o) { o.chain_length = 1; });
    }
  }

  // ------------------------------------------------------------------------ subtasks

  void subtask(Ref<SubtaskEntry> entry) {
    if (entry.finished) {
      if (!may_be_finished()) note(kFinishedSubtask, &field::finished);
      return;
    }
    subtask_ = entry.index;
    Ref<OperatorSubtaskState> state = entry.state;
    duration(state);
    legacy(state.legacy);
    operator_handles(field::managed_operator, state.managed_operator);
    operator_handles(field::raw_operator, state.raw_operator);
    below(field::managed_keyed, [&] { keyed(state.managed_keyed); });
    below(field::raw_keyed, [&] { keyed(state.raw_keyed); });
    channels<InputChannelInfo>(field::input_channels, state.input_channels, kInputChannels);
    channels<ResultSubpartitionInfo>(field::output_channels, state.output_channels,
                                     kOutputChannels);
    if (!body_.has(BodyPart::ref_checkpoint_id) && state.ref_checkpoint_id) {
      note(kRefCheckpoint, &field::ref_checkpoint_id);
      change(state, [](auto& s) { s.ref_checkpoint_id.reset(); });
    }
    extras(ExtendedRecord::subtask_state, state.extras);
  }

  void duration(Ref<OperatorSubtaskState> state) {
    if (body_.has(BodyPart::durations)) {
      if (!state.duration) change(state, [](auto& s) { s.duration = -1; });
      return;
    }
    if (state.duration && *state.duration != -1) note(kDuration, &field::duration);
    change(state, [](auto& s) { s.duration.reset(); });
  }

  void legacy(Ref<List<StreamStateHandle>> handles) {
    const bool stays =
        body_.has(BodyPart::durations) && !leaves_chains() && copes(ReaderFeature::legacy_state);
    if (handles.empty() || stays) return;
    each(field::legacy, handles, [&](Ref<StreamStateHandle> handle) {
      note(is_none(handle) ? kNullEntries : kLegacy, nullptr);
    });
    change(handles, [](auto& h) { h.truncate(0); });
  }

  // ------------------------------------------------------------------------ operator state

  void operator_handles(const Field& f, Ref<List<OperatorStateHandle>> handles) {
    bool vanished = false;
    std::uint32_t left = 0;
    each(f, handles, [&](Ref<OperatorStateHandle> handle) {
      const bool was_none = is_none(handle);
      if (was_none && leaves_chains()) note(kNullEntries, nullptr);
      if (was_none ? leaves_chains() : placeholder(handle)) {
        vanished = true;
        change(handle, [](auto& h) { h = NoHandle{}; });
        return;
      }
      if (++left == 2 && leaves_chains()) note(kSeveral, nullptr);
      if (!was_none) operator_handle(handle);
    });
    // Where one has gone no other stands for nothing: later formats have at most one handle here.
    if (vanished) change(handles, [](auto& list) { remove_absent(list); });
  }

  static void remove_absent(List<OperatorStateHandle>& handles) {
    auto* const end = std::remove_if(handles.begin(), handles.end(),
                                     [](const OperatorStateHandle& h) { return is_none(h); });
    handles.truncate(static_cast<std::uint32_t>(end - handles.begin()));
  }

  // Whether the handle stands for no data and has to go.
  bool placeholder(const OperatorStateHandle& handle) {
    if (const auto* plain = std::get_if<OperatorStreamStateHandle>(&handle)) {
      if (!is_placeholder(plain->delegate) || knows(HandleTag::empty_segment_file)) return false;
      note(kPlaceholder, nullptr);
      return true;
    }
    const auto* merging = std::get_if<FileMergingOperatorStreamStateHandle>(&handle);
    if (merging == nullptr || knows(HandleTag::segment_partitionable_operator)) return false;
    if (!merging->empty && !is_placeholder(merging->delegate)) return false;
    note(kPlaceholderOperator, nullptr);
    return true;
  }

  void operator_handle(Ref<OperatorStateHandle> handle) {
    if (auto* plain = std::get_if<OperatorStreamStateHandle>(&handle)) {
      modes(plain->states);
      delegate(plain->delegate);
      extras(ExtendedRecord::operator_stream, plain->extras);
    } else if (auto* merging = std::get_if<FileMergingOperatorStreamStateHandle>(&handle)) {
      modes(merging->states);
      delegate(merging->delegate);
    }
  }

  void modes(const List<OperatorStateMetaInfo>& states) {
    if (copes(ReaderFeature::broadcast_state)) return;
    each(field::states, states, [&](const OperatorStateMetaInfo& state) {
      if (state.mode == OperatorStateMode::broadcast) note(kBroadcast, &field::mode);
    });
  }

  // ------------------------------------------------------------------------ stream handles

  void delegate(Ref<StreamStateHandle> handle) {
    below(field::delegate, [&] { stream(handle); });
  }

  void stream(Ref<StreamStateHandle> handle) {
    if (const auto* relative = std::get_if<RelativeFileStateHandle>(&handle)) {
      if (!knows(HandleTag::relative_stream)) absolutize(handle, *relative);
    } else if (std::holds_alternative<SegmentFileStateHandle>(handle)) {
      if (!knows(HandleTag::segment_file)) note(kSegment, nullptr);
    } else if (is_placeholder(handle)) {
      if (knows(HandleTag::empty_segment_file)) return;
      note(kPlaceholder, nullptr);
      change(handle, [](auto& h) { h = empty_inline_handle(); });
    } else if (auto* nested = std::get_if<KeyGroupsStateHandle*>(&handle)) {
      // Readers know it since the release that brought tag 7, which bodies before V3 never hold.
      if (copes(ReaderFeature::key_groups_stream) && knows(HandleTag::savepoint_key_groups)) {
        delegate((*nested)->delegate);
        extras(ExtendedRecord::key_groups, (*nested)->extras);
      } else {
        note(kNestedKeyGroups, nullptr);
      }
    }
  }

  void absolutize(Ref<StreamStateHandle> handle, const RelativeFileStateHandle& relative) {
    if (options_.base_uri.empty()) {
      note(kRelativeUnknown, nullptr);
      return;
    }
    note(kRelative, nullptr);
    change(handle, [&](auto& h) { h = absolute_handle(relative, options_.base_uri, *arena_); });
  }

  // ------------------------------------------------------------------------ keyed state

  void keyed(Ref<KeyedStateHandle> handle) {
    if (auto* k = std::get_if<KeyGroupsStateHandle>(&handle)) {
      if (absent_without_data(handle, k->delegate)) return;
      delegate(k->delegate);
      extras(ExtendedRecord::key_groups, k->extras);
      if (!k->state_handle_id || knows(HandleTag::key_groups_v2)) return;
      note(kHandleId, &field::state_handle_id);
      change(*k, [](auto& x) { x.state_handle_id.reset(); });
    } else if (auto* s = std::get_if<KeyGroupsSavepointStateHandle>(&handle)) {
      if (!absent_without_data(handle, s->delegate)) savepoint_key_groups(handle, *s);
    } else if (auto* i = std::get_if<IncrementalRemoteKeyedStateHandle>(&handle)) {
      incremental(*i);
    } else if (auto* c = std::get_if<ChangelogStateBackendHandle*>(&handle)) {
      changelog(**c);
    } else if (auto* m = std::get_if<InMemoryChangelogStateHandle>(&handle)) {
      in_memory_changelog(*m);
    } else if (auto* l = std::get_if<ChangelogStreamStateHandle>(&handle)) {
      changelog_stream(*l);
    }
  }

  bool absent_without_data(Ref<KeyedStateHandle> handle, const StreamStateHandle& delegate) {
    if (!is_placeholder(delegate) || knows(HandleTag::empty_segment_file)) return false;
    note(kPlaceholder, nullptr);
    change(handle, [](auto& h) { h = NoHandle{}; });
    return true;
  }

  void savepoint_key_groups(Ref<KeyedStateHandle> handle, Ref<KeyGroupsSavepointStateHandle> s) {
    delegate(s.delegate);
    extras(ExtendedRecord::key_groups_savepoint, s.extras);
    if (knows(HandleTag::savepoint_key_groups)) return;
    note(kSavepointForm, nullptr);
    change(handle, [&](auto& h) {
      KeyGroupsStateHandle plain{s.key_group_range, s.offsets, s.delegate, std::nullopt};
      extras(ExtendedRecord::key_groups, plain.extras);
      h = plain;
    });
  }

  void incremental(Ref<IncrementalRemoteKeyedStateHandle> i) {
    if (is_none(i.meta_handle) && !copes(ReaderFeature::absent_meta)) {
      note(kMeta, &field::meta_handle);
    }
    below(field::meta_handle, [&] { stream(i.meta_handle); });
    files(field::shared_state, i.shared_state);
    files(field::private_state, i.private_state);
    extras(ExtendedRecord::incremental, i.extras);
    if (!i.state_handle_id || knows(HandleTag::incremental_key_groups_v2)) return;
    note(kIncrementalIds, &field::state_handle_id);
    change(i, [](auto& x) {
      x.state_handle_id.reset();
      x.checkpointed_size.reset();
    });
  }

  void files(const Field& f, Ref<List<HandleAndLocalPath>> list) {
    std::set<std::string_view> names;
    each(f, list, [&](Ref<HandleAndLocalPath> file) {
      path_.set_key(file.local_name);
      if (!copes(ReaderFeature::repeated_files) && !names.insert(file.local_name).second) {
        note(kRepeatedFile, nullptr);
      }
      below(field::handle, [&] { stream(file.handle); });
    });
  }

  // ------------------------------------------------------------------------ changelogs

  // Whether the reader knows changelogs at all.
  bool has_changelogs() {
    if (knows(HandleTag::changelog)) return true;
    note(kChangelog, nullptr);
    return false;
  }

  void changelog(Ref<ChangelogStateBackendHandle> c) {
    if (!has_changelogs()) return;
    extras(ExtendedRecord::changelog, c.extras);
    if (c.checkpoint_id && !knows(HandleTag::changelog_v2)) {
      note(c.checkpoint_id == c.materialization_id ? kChangelogSame : kChangelogCheckpoint,
           &field::checkpoint_id);
      change(c, [](auto& x) { x.checkpoint_id.reset(); });
    }
    each(field::materialized, c.materialized, [&](Ref<KeyedStateHandle> part) { keyed(part); });
    each(field::non_materialized, c.non_materialized,
         [&](Ref<KeyedStateHandle> part) { keyed(part); });
    if (ids_stay(c)) return;
    change(c, [&](auto& x) {
      if (!body_.has(BodyPart::full_changelog)) {
        x.checkpointed_size.reset();
        x.materialization_id.reset();
        x.state_handle_id.reset();
        return;
      }
      x.checkpointed_size = 0;
      x.materialization_id = checkpoint_id_;
      x.state_handle_id = made_up_id();
    });
  }

  void in_memory_changelog(Ref<InMemoryChangelogStateHandle> c) {
    if (!has_changelogs() || ids_stay(c)) return;
    change(c, [&](auto& x) {
      x.state_handle_id.reset();
      if (body_.has(BodyPart::full_changelog)) x.state_handle_id = made_up_id();
    });
  }

  void changelog_stream(Ref<ChangelogStreamStateHandle> c) {
    if (!has_changelogs()) return;
    if (c.storage_identifier && !knows(HandleTag::changelog_file_increment_v2)) {
      note(*c.storage_identifier == "filesystem" ? kChangelogStorageDropped : kChangelogStorage,
           &field::storage_identifier);
      change(c, [](auto& x) { x.storage_identifier.reset(); });
    }
    each(field::handles, c.handles,
         [&](Ref<ChangelogFile> file) { below(field::handle, [&] { stream(file.handle); }); });
    if (ids_stay(c)) return;
    change(c, [&](auto& x) {
      x.checkpointed_size.reset();
      x.state_handle_id.reset();
      if (!body_.has(BodyPart::full_changelog)) return;
      x.checkpointed_size = x.size;
      x.state_handle_id = made_up_id();
    });
  }

  // Whether the handle's form is that of the body; else takes note.
  template <class Handle>
  bool ids_stay(const Handle& handle) {
    const bool full = handle.state_handle_id.has_value();
    if (full == body_.has(BodyPart::full_changelog)) return true;
    note(full ? kChangelogIds : kChangelogMadeUp, nullptr);
    return false;
  }

  // A UUID that depends on the place alone, so that every run makes the same.
  std::string_view made_up_id() {
    path_.set_leaf(nullptr);
    const std::string place =
        std::to_string(checkpoint_id_) + "/" + to_hex(op_id_) + "/" + path_.text();
    std::string hex = sha256_hex(std::as_bytes(std::span(place.data(), place.size())));
    hex.resize(32);
    hex[12] = '8';  // version 8: made in a way of one's own
    hex[16] = 'a';  // the usual variant
    for (const std::size_t at : {20U, 16U, 12U, 8U}) hex.insert(at, "-");
    return arena_->intern(hex);
  }

  // ------------------------------------------------------------------------ channel state

  template <class Info>
  void channels(const Field& f, Ref<List<AnyChannelStateHandle<Info>>> handles,
                const Rule& without_place) {
    if (handles.empty()) return;
    if (!body_.has(BodyPart::channel_state)) {
      note(without_place, &f, handles.size());
      return;
    }
    bool split = false;
    each(f, handles, [&](Ref<AnyChannelStateHandle<Info>> handle) {
      if (auto* plain = std::get_if<ChannelStateHandle<Info>>(&handle)) {
        plain_channel<Info>(*plain);
        return;
      }
      auto& merged = std::get<MergedChannelStateHandle<Info>>(handle);
      delegate(merged.delegate);
      if (body_.has(BodyPart::merged_channels)) return;
      note(kSplit, nullptr);
      split = true;
      check_holder(merged.subtask_index);
    });
    if (split) change(handles, [&](auto& list) { list = split_channels<Info>(list); });
  }

  template <class Info>
  void plain_channel(Ref<ChannelStateHandle<Info>> handle) {
    delegate(handle.delegate);
    if (body_.has(BodyPart::channel_subtask)) {
      if (handle.subtask_index) return;
      note(kSubtaskAdded, &field::subtask_index);
      change(handle, [&](auto& h) { h.subtask_index = subtask_; });
      return;
    }
    if (!handle.subtask_index || !check_holder(*handle.subtask_index)) return;
    note(kSubtaskDropped, &field::subtask_index);
    change(handle, [](auto& h) { h.subtask_index.reset(); });
  }

  // A body that doesn't say the subtask means the one that holds the handle.
  bool check_holder(std::int32_t subtask_index) {
    if (body_.has(BodyPart::channel_subtask) || subtask_index == subtask_) return true;
    note(kOtherSubtask, &field::subtask_index);
    return false;
  }

  template <class Info>
  List<AnyChannelStateHandle<Info>> split_channels(
      const List<AnyChannelStateHandle<Info>>& handles) {
    List<AnyChannelStateHandle<Info>> all;
    for (const AnyChannelStateHandle<Info>& handle : handles) {
      const auto* merged = std::get_if<MergedChannelStateHandle<Info>>(&handle);
      if (merged == nullptr) {
        all.push_back(*arena_, handle);
        continue;
      }
      for (const MergedChannelEntry<Info>& entry : merged->packed) {
        ChannelStateHandle<Info> plain;
        if (body_.has(BodyPart::channel_subtask)) {
          plain.subtask_index = merged->subtask_index;
        }
        plain.info = entry.info;
        plain.offsets = entry.offsets;
        plain.size = entry.size;
        plain.delegate = merged->delegate;
        all.push_back(*arena_, plain);
      }
    }
    return all;
  }

  // ------------------------------------------------------------------------ extra fields

  void extras(ExtendedRecord record, Ref<Extras> values) {
    if (source_.extras.empty() && body_.extras.empty()) return;
    for (const ExtraValue& value : values) {
      const ExtraField* const place = body_.extra(record, *value.field);
      if (place != nullptr && place->type == value.type) continue;
      const ExtraField* const declared = source_.extra(record, *value.field);
      const bool empty = value.number == 0 && value.text.empty();
      if (declared == nullptr || (!declared->optional && empty)) continue;
      note(rule_of(*declared), value.field);
    }
    change(values, [&](auto& list) { list = extras_of_target(record, list); });
  }

  // What the target has a place for, with what it needs.
  Extras extras_of_target(ExtendedRecord record, const Extras& values) {
    Extras kept;
    for (const ExtraField& f : body_.extras) {
      if (f.record != record) continue;
      const ExtraValue* const value = find_extra(values, f.field);
      if (value != nullptr && value->type == f.type) {
        kept.push_back(*arena_, *value);
      } else if (!f.optional) {
        kept.push_back(*arena_, ExtraValue{keep_field(f.field, *arena_), f.type, 0, {}});
      }
    }
    return kept;
  }

  // The codec that brought the field says what its loss means.
  const Rule& rule_of(const ExtraField& f) {
    const auto [at, is_new] = extra_rules_.try_emplace(&f);
    ExtraRule& made = at->second;
    if (is_new) {
      made.what = f.field.name;
      std::replace(made.what.begin(), made.what.end(), '_', '-');
      made.rule = {made.what.c_str(), f.loss, false, f.reason, f.remedy};
    }
    return made.rule;
  }
  struct ExtraRule {
    std::string what;
    Rule rule;
  };

  Arena* arena_;
  const DialectInfo& source_;
  const DialectInfo& body_;
  const ConversionOptions& options_;
  ConversionAccount account_;
  Ledger ledger_;
  ModelPath path_;
  const Caution* timers_ = nullptr;  // what is to be said of timers to this reader
  TagSet knows_ = ~TagSet{0};
  ReaderFeature copes_ = static_cast<ReaderFeature>(0xFF);
  std::map<const ExtraField*, ExtraRule> extra_rules_;
  std::int64_t checkpoint_id_ = 0;
  OperatorId op_id_;
  std::int32_t subtask_ = 0;
};

// Whether `release` reads the file as it is; `findings` get what keeps it from that.
bool reads(const CheckpointMetadata& root, const DialectInfo& source, const ReleaseInfo& release,
           const Dialects& dialects, std::vector<ConversionFinding>* found = nullptr) {
  const DialectInfo* body = dialects.read_by(release.release, source.dialect.format_version);
  if (body == nullptr) return false;
  auto account =
      Converter<const CheckpointMetadata>(nullptr, source, {*body, release}, {}).run(root);
  const bool as_it_is = account.findings.empty();
  if (found != nullptr) *found = std::move(account.findings);
  return as_it_is;
}

// What is known of restores by the release that the target was chosen for.
RestoresSeen restores_by(const ConversionTarget& target, const CheckpointMetadata& root,
                         const DialectInfo& source) {
  if (!target.reader) return {};
  return restores_seen(root, source, target.reader->release);
}

}  // namespace

LossClass ConversionAccount::worst() const noexcept {
  LossClass worst = LossClass::lossless;
  for (const ConversionFinding& finding : findings) worst = std::max(worst, finding.loss);
  return worst;
}

bool ConversionAccount::reversible() const noexcept {
  return std::all_of(findings.begin(), findings.end(),
                     [](const ConversionFinding& finding) { return finding.reversible; });
}

// ---------------------------------------------------------------------------- conversion

ConversionTarget choose_target(const CheckpointMetadata& root, const DialectInfo& source,
                               const OutputFormat& format, const Dialects& dialects) {
  if (!format.flink) {
    if (!format.version || *format.version == source.dialect.format_version) {
      return {source, std::nullopt};
    }
    const auto bodies = dialects.of_version(*format.version);
    const ReleaseInfo* writer = newest_writer(bodies);
    if (writer == nullptr) return {bodies.front(), std::nullopt};
    return {*dialects.written_by(writer->release), *writer};
  }
  const ReleaseInfo* reader = find_release(*format.flink);
  if (format.version) return {*dialects.read_by(reader->release, *format.version), *reader};
  // Several names may stand for the same bytes: the file keeps its own.
  if (reads(root, source, *reader, dialects)) return {source, *reader};
  const DialectInfo* newest = dialects.newest_read_by(reader->release);
  if (newest != nullptr) return {*newest, *reader};
  throw PluginError("E-PLUGIN-NO-CODEC",
                    "no codec is installed for what Flink " + to_string(reader->release) + " reads",
                    "see 'stateferry plugins list'");
}

ConversionAccount examine_conversion(const CheckpointMetadata& root, const DialectInfo& source,
                                     const ConversionTarget& target,
                                     const ConversionOptions& options) {
  auto account = Converter<const CheckpointMetadata>(nullptr, source, target, options).run(root);
  account.restores = restores_by(target, root, source);
  return account;
}

ConversionAccount convert_tree(CheckpointMetadata& root, Arena& arena, const DialectInfo& source,
                               const ConversionTarget& target, const ConversionOptions& options) {
  RestoresSeen restores = restores_by(target, root, source);
  auto account = Converter<CheckpointMetadata>(&arena, source, target, options).run(root);
  account.restores = std::move(restores);
  return account;
}

std::vector<ConversionFinding> kinds_of_findings() {
  std::vector<ConversionFinding> kinds;
  for (const Rule* rule : kAllRules) kinds.push_back(finding_of(*rule));
  return kinds;
}

// ---------------------------------------------------------------------------- readers

std::optional<Readers> readers_of(const CheckpointMetadata& root, const DialectInfo& source,
                                  const Dialects& dialects) {
  const auto releases = all_releases();
  std::vector<ConversionFinding> findings;  // of the release before
  const auto oldest = std::find_if(releases.begin(), releases.end(), [&](const ReleaseInfo& r) {
    std::vector<ConversionFinding> found;
    if (reads(root, source, r, dialects, &found)) return true;
    findings = std::move(found);
    return false;
  });
  if (oldest == releases.end()) return std::nullopt;
  const auto newest =
      std::find_if(std::make_reverse_iterator(releases.end()), std::make_reverse_iterator(oldest),
                   [&](const ReleaseInfo& r) { return reads(root, source, r, dialects); });
  Readers readers;
  readers.oldest = oldest->release;
  readers.newest = newest == std::make_reverse_iterator(oldest) ? oldest->release : newest->release;
  if (findings.empty()) {
    readers.construct = "format-version";
    readers.reason = "format version " + std::to_string(source.dialect.format_version) +
                     ", which is read since Flink " + to_string(oldest->release);
    return readers;
  }
  readers.construct = findings.front().what;
  readers.reason = findings.front().reason;
  readers.place = findings.front().places.front();
  return readers;
}

}  // namespace stateferry
