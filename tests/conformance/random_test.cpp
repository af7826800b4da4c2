// Random snapshots of each dialect, made from a seed, survive every way through the codec.
//
// STATEFERRY_RANDOM_MODELS=20000 tries more of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <random>
#include <set>
#include <string>

#include "golden.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/conversion.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry_test/equal.hpp"

namespace stateferry::test {
namespace {

/// What a dialect can hold, written down from the format's description and not from the codecs'
/// tables. Of version 3, whose bodies must be told apart, only what its writers emit.
struct Kind {
  Dialect dialect;
  std::set<int> stream_tags;
  std::set<int> keyed_tags;
  std::set<int> operator_tags;

  int version() const noexcept { return dialect.format_version; }
  bool has_channels() const noexcept { return version() >= 3; }
  bool has_subtask_index() const noexcept { return dialect.release > FlinkRelease{1, 11}; }
  bool has_finished() const noexcept { return has_channels() && has_subtask_index(); }
  bool has_short_changelogs() const noexcept { return dialect.release == FlinkRelease{1, 14}; }
};

const std::set<int> kAllStream = {0, 1, 2, 3, 6, 15, 16};
const std::set<int> kAllKeyed = {0, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14};
const std::set<int> kAllOperator = {0, 4, 17};
const Kind kKinds[] = {
    {{1, {1, 2}}, {0, 1, 2}, {0, 3}, {0, 4}},
    {{2, {1, 3}}, {0, 1, 2}, {0, 3, 5}, {0, 4}},
    {{3, {1, 11}}, {0, 1, 2, 6}, {0, 3, 5}, {0, 4}},
    {{3, {1, 12}}, {0, 1, 2, 3, 6}, {0, 3, 5, 7}, {0, 4}},
    {{3, {1, 14}}, {0, 1, 2, 3, 6}, {0, 3, 5, 7, 8, 9, 10}, {0, 4}},
    {{3, {1, 15}}, {0, 1, 2, 3, 6}, {0, 7, 8, 9, 10, 11, 12}, {0, 4}},
    {{4, {1, 16}}, kAllStream, kAllKeyed, kAllOperator},
    {{5, {2, 0}}, kAllStream, kAllKeyed, kAllOperator},
    {{6, {2, 1}}, kAllStream, kAllKeyed, kAllOperator},
    {{7, {2, 4}}, kAllStream, kAllKeyed, kAllOperator},
};

/// Makes snapshots. All that they view is in the arena.
class Generator {
 public:
  Generator(const Kind& kind, Arena& arena, std::uint64_t seed)
      : kind_(kind), arena_(arena), random_(seed) {}

  CheckpointMetadata metadata() {
    CheckpointMetadata m;
    m.checkpoint_id = number();
    if (kind_.version() >= 2) {
      repeat(2, [&] {
        m.master_states.push_back(arena_,
                                  {static_cast<std::int32_t>(below(9)) - 4, text(), bytes()});
      });
    }
    repeat(4, [&] { m.operators.push_back(arena_, operator_state()); });
    if (kind_.version() >= 4) m.properties = properties();
    return m;
  }

 private:
  // ------------------------------------------------------------------------ values

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class F>
  void repeat(std::uint64_t most, F&& f) {
    for (std::uint64_t n = below(most + 1); n > 0; --n) f();
  }
  std::int64_t number() {
    static constexpr std::int64_t kCorners[] = {0, 1, 127, 128, 65535, 2147483647, INT64_MAX};
    return chance(50) ? kCorners[below(std::size(kCorners))]
                      : static_cast<std::int64_t>(random_() >> 1);
  }
  std::int64_t size() { return chance(10) ? -1 : number(); }
  std::int32_t index() { return static_cast<std::int32_t>(chance(10) ? INT32_MAX : below(5)); }
  std::string_view text() {
    static constexpr std::string_view kPieces[] = {
        "s3://bucket/flink",
        "file:/tmp/x",
        "/",
        "a",
        "000012.sst",
        "%20",
        " ",
        "\\",
        "\"",
        "\xC0\x80",
        "\xC3\xA9",
        "\xE2\x98\x83",
        "\xED\xA0\xBD\xED\xB8\x80",
        "\xED\xA0\xBD",
    };
    std::string made;
    repeat(5, [&] { made += kPieces[below(std::size(kPieces))]; });
    if (chance(2)) made.append(below(3000), 'x');
    return arena_.intern(made);
  }
  Bytes bytes() {
    ByteVector made(chance(5) ? below(5000) : below(20));
    for (std::byte& b : made) b = static_cast<std::byte>(random_());
    return arena_.intern(Bytes(made));
  }
  I64Array offsets(std::uint64_t n, bool may_be_missing) {
    ByteVector made;
    for (std::uint64_t i = 0; i < n; ++i) {
      std::int64_t value = may_be_missing && chance(30) ? -1 : number();
      for (int shift = 56; shift >= 0; shift -= 8) {
        made.push_back(static_cast<std::byte>(value >> shift));
      }
    }
    return I64Array(arena_.intern(Bytes(made)));
  }
  Bytes properties() {
    static const ByteVector kNull = hex("ACED0005 70");
    static const ByteVector kText = hex("ACED0005 74 0003 616263");
    return chance(50) ? kNull : kText;
  }
  KeyGroupRange range() {
    const auto start = static_cast<std::int32_t>(chance(5) ? 32768 : below(128));
    return {start, static_cast<std::int32_t>(std::min<std::uint64_t>(
                       below(6), static_cast<std::uint64_t>(32768 - start)))};
  }
  int tag_of(const std::set<int>& tags) {
    return *std::next(tags.begin(), static_cast<std::ptrdiff_t>(below(tags.size())));
  }

  // ------------------------------------------------------------------------ records

  OperatorState operator_state() {
    OperatorState op;
    if (kind_.version() >= 5) {
      op.name = text();
      op.uid = text();
    }
    for (std::byte& b : op.id.bytes) b = static_cast<std::byte>(random_());
    op.max_parallelism = static_cast<std::int32_t>(chance(10) ? 32768 : below(129));
    op.parallelism = static_cast<std::int32_t>(
        below(static_cast<std::uint64_t>(std::min(op.max_parallelism, 6)) + 1));
    if (kind_.version() <= 2) op.chain_length = static_cast<std::int32_t>(below(3));
    if (kind_.has_finished() && chance(15)) {
      op.fully_finished = true;
      return op;
    }
    if (kind_.version() >= 3 && chance(30)) {
      op.coordinator = ByteStreamStateHandle{{text()}, bytes()};
    }
    std::vector<std::int32_t> indexes(static_cast<std::size_t>(op.parallelism));
    std::iota(indexes.begin(), indexes.end(), 0);
    std::shuffle(indexes.begin(), indexes.end(), random_);
    indexes.resize(below(indexes.size() + 1));
    for (const std::int32_t i : indexes) {
      SubtaskEntry& entry = op.subtasks.emplace_back(arena_);
      entry.index = i;
      entry.finished = kind_.has_finished() && chance(20);
      if (!entry.finished) entry.state = subtask_state();
    }
    return op;
  }

  OperatorSubtaskState subtask_state() {
    OperatorSubtaskState s;
    if (kind_.version() <= 2) {
      s.duration = chance(80) ? -1 : number();
      repeat(2, [&] { s.legacy.push_back(arena_, stream()); });
    }
    for (auto* list : {&s.managed_operator, &s.raw_operator}) {
      repeat(kind_.version() == 1 ? 3 : 1, [&] { list->push_back(arena_, operator_handle()); });
    }
    s.managed_keyed = keyed(kind_.keyed_tags);
    s.raw_keyed = keyed(kind_.keyed_tags);
    if (kind_.has_channels()) {
      repeat(2, [&] { s.input_channels.push_back(arena_, channel<InputChannelInfo>()); });
      repeat(2, [&] { s.output_channels.push_back(arena_, channel<ResultSubpartitionInfo>()); });
    }
    if (kind_.version() >= 7 && chance(50)) s.ref_checkpoint_id = number();
    return s;
  }

  OperatorStateHandle operator_handle() {
    const int tag = tag_of(kind_.operator_tags);
    if (tag == 0) return NoHandle{};
    List<OperatorStateMetaInfo> states;
    repeat(3, [&] {
      states.push_back(
          arena_, {text(), static_cast<OperatorStateMode>(below(3)), offsets(below(4), false)});
    });
    if (tag == 4) return OperatorStreamStateHandle{states, delegate()};
    FileMergingOperatorStreamStateHandle h{states, {text()}, {text()}, chance(30), {}};
    h.delegate = stream_of(chance(50) ? 15 : 16, 0);
    return h;
  }

  KeyedStateHandle keyed(const std::set<int>& tags) {
    const int tag = tag_of(tags);
    switch (tag) {
      case 3:
      case 12: {
        KeyGroupsStateHandle h = key_groups(0);
        if (tag == 12) h.state_handle_id = text();
        return h;
      }
      case 5:
      case 11:
        return incremental(tag == 11);
      case 7: {
        const KeyGroupsStateHandle h = key_groups(0);
        return KeyGroupsSavepointStateHandle{h.key_group_range, h.offsets, h.delegate};
      }
      case 8:
      case 14:
        return changelog(tag == 14);
      case 9:
        return in_memory_changelog();
      case 10:
      case 13:
        return changelog_stream(tag == 13);
      default:
        return NoHandle{};
    }
  }
  KeyGroupsStateHandle key_groups(int depth) {
    KeyGroupsStateHandle h;
    h.key_group_range = range();
    h.offsets = offsets(static_cast<std::uint64_t>(h.key_group_range.number_of_key_groups), true);
    h.delegate = stream_of(0, depth);
    return h;
  }
  KeyedStateHandle incremental(bool v2) {
    IncrementalRemoteKeyedStateHandle h;
    h.checkpoint_id = number();
    h.backend_id = text();
    h.key_group_range = range();
    if (v2) h.checkpointed_size = size();
    h.meta_handle = delegate();
    repeat(3, [&] { h.shared_state.push_back(arena_, {text(), stream()}); });
    repeat(3, [&] { h.private_state.push_back(arena_, {text(), stream()}); });
    if (v2) h.state_handle_id = text();
    return h;
  }
  KeyedStateHandle changelog(bool v2) {
    auto* h = arena_.make<ChangelogStateBackendHandle>();
    h->key_group_range = range();
    std::set<int> parts = kind_.keyed_tags;
    parts.erase(8);
    parts.erase(14);
    repeat(2, [&] { h->materialized.push_back(arena_, keyed(parts)); });
    for (const int tag : {3, 5, 7, 11, 12}) parts.erase(tag);
    repeat(2, [&] { h->non_materialized.push_back(arena_, keyed(parts)); });
    if (v2) h->checkpoint_id = number();
    if (v2 || !kind_.has_short_changelogs()) {
      h->checkpointed_size = size();
      h->materialization_id = number();
      h->state_handle_id = text();
    }
    return h;
  }
  KeyedStateHandle in_memory_changelog() {
    InMemoryChangelogStateHandle h;
    h.key_group_range = range();
    h.from = number();
    h.to = number();
    repeat(3, [&] {
      h.changes.push_back(arena_, {static_cast<std::int32_t>(below(9)) - 1, bytes()});
    });
    if (!kind_.has_short_changelogs()) h.state_handle_id = text();
    return h;
  }
  KeyedStateHandle changelog_stream(bool v2) {
    ChangelogStreamStateHandle h;
    h.key_group_range = range();
    repeat(3, [&] { h.handles.push_back(arena_, {number(), stream()}); });
    h.size = size();
    if (v2 || !kind_.has_short_changelogs()) {
      h.checkpointed_size = size();
      h.state_handle_id = text();
    }
    if (v2) h.storage_identifier = text();
    return h;
  }

  StreamStateHandle stream() { return chance(10) ? StreamStateHandle{} : delegate(); }
  StreamStateHandle delegate() { return stream_of(0, 0); }
  // Of a given tag, or of any tag but NULL.
  StreamStateHandle stream_of(int tag, int depth) {
    while (tag == 0) tag = tag_of(kind_.stream_tags);
    switch (tag) {
      case 1:
        return ByteStreamStateHandle{{text()}, bytes()};
      case 3: {
        if (depth == 7) return FileStateHandle{{text()}, size()};
        auto* h = arena_.make<KeyGroupsStateHandle>();
        *h = key_groups(depth + 1);
        return h;
      }
      case 6:
        return RelativeFileStateHandle{{text()}, size()};
      case 15:
        return SegmentFileStateHandle{
            number(), size(), static_cast<std::int32_t>(below(2)), {text()}, text()};
      case 16:
        return EmptySegmentFileStateHandle{};
      default:
        return FileStateHandle{{text()}, size()};
    }
  }

  template <class Info>
  AnyChannelStateHandle<Info> channel() {
    if (kind_.version() >= 6 && chance(40)) {
      MergedChannelStateHandle<Info> h;
      h.subtask_index = index();
      h.size = number();
      h.delegate = delegate();
      repeat(3, [&] {
        h.packed.push_back(arena_, {Info{index(), index()}, number(), offsets(below(4), false)});
      });
      return h;
    }
    ChannelStateHandle<Info> h;
    if (kind_.has_subtask_index()) h.subtask_index = index();
    h.info = {index(), index()};
    h.offsets = offsets(below(4), false);
    h.size = number();
    h.delegate = delegate();
    return h;
  }

  const Kind& kind_;
  Arena& arena_;
  std::mt19937_64 random_;
};

std::uint64_t models_to_try() {
  const char* value = std::getenv("STATEFERRY_RANDOM_MODELS");
  return value == nullptr ? 60 : std::strtoull(value, nullptr, 10);
}

class RandomModels : public testing::TestWithParam<Kind> {};
INSTANTIATE_TEST_SUITE_P(Dialect, RandomModels, testing::ValuesIn(kKinds), [](const auto& kind) {
  const Dialect& d = kind.param.dialect;
  return "v" + std::to_string(d.format_version) + "_of_" + std::to_string(d.release.major) + "_" +
         std::to_string(d.release.minor);
});

void check_model(const Codec& codec, const Dialect& dialect, CheckpointMetadata& model,
                 Arena& arena) {
  const ByteVector file = encode_file(codec, dialect, model);
  const auto decoded = decode_file(codec, dialect, file, arena);
  ASSERT_EQ(test::first_difference(model, decoded), std::nullopt);
  ASSERT_TRUE(encode_file(codec, dialect, decoded) == file);

  RecordingEditor whole;
  ByteReader memory(file);
  ASSERT_TRUE(splice_file(codec, dialect, memory, whole) == file);
  RecordingEditor pieces;
  TinyFeed feed(file);
  ByteReader in(feed, std::nullopt);
  ASSERT_TRUE(splice_file(codec, dialect, in, pieces) == file);
  ASSERT_EQ(whole.lines, pieces.lines);
  ASSERT_EQ(walk_and_record(model, arena), whole.lines);

  TinyFeed again(file);
  ByteReader back(again, file.size());
  back.take(kHeaderBytes);
  ASSERT_EQ(codec.difference(model, dialect, back), std::nullopt);

  // Another dialect may come out, but not another content.
  const auto source = memory_source(file, "random");
  const Dialect found = codec.identify(*source);
  ASSERT_EQ(test::first_difference(model, decode_file(codec, found, file, arena)), std::nullopt)
      << "taken for " << to_string(found);
  std::size_t dumped = 0;
  dump_json(model, dialect, {true}, [&](std::string_view piece) { dumped += piece.size(); });
  ASSERT_GT(dumped, 0U);
}

TEST_P(RandomModels, SurviveEveryWay) {
  const Kind& kind = GetParam();
  const auto codec = codecs().codec_for(kind.version());
  const std::uint64_t models = models_to_try();
  for (std::uint64_t seed = 0; seed < models; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Arena arena;
    CheckpointMetadata model = Generator(kind, arena, seed).metadata();
    try {
      check_model(*codec, kind.dialect, model, arena);
    } catch (const Error& error) {
      ADD_FAILURE() << render(error.diagnostic());
    }
    if (HasFailure()) return;
  }
}

/// Converts a model for the release's own format: either something stands in the way, or the result
/// can be written, is read again as the same, and leaves nothing to be done.
void check_conversion(const DialectInfo& source, CheckpointMetadata& model,
                      const ReleaseInfo& reader, Arena& arena) {
  const Dialects& dialects = codecs().dialects();
  const ConversionTarget target{*dialects.written_by(reader.release), reader};
  ConversionOptions options;
  options.base_uri = "s3://base/snapshot";
  const auto account = convert_tree(model, arena, source, target, options);
  if (account.worst() == LossClass::impossible) return;
  const auto codec = codecs().codec_for(account.target.format_version);
  const ByteVector bytes = encode_file(*codec, account.target, model);
  const auto again = decode_file(*codec, account.target, bytes, arena);
  EXPECT_EQ(test::first_difference(model, again), std::nullopt);
  EXPECT_TRUE(examine_conversion(again, target.body, target, {}).findings.empty());
}

TEST_P(RandomModels, ConvertOrSayWhyNot) {
  const Kind& kind = GetParam();
  const std::uint64_t models = models_to_try() / 4;
  for (std::uint64_t seed = 0; seed < models; ++seed) {
    for (const ReleaseInfo& reader : all_releases()) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " for Flink " + to_string(reader.release));
      Arena arena;
      CheckpointMetadata model = Generator(kind, arena, seed).metadata();
      try {
        check_conversion(*codecs().dialects().find(kind.dialect), model, reader, arena);
      } catch (const Error& error) {
        ADD_FAILURE() << render(error.diagnostic());
      }
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace stateferry::test
