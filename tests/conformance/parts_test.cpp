// Reading part by part: what is shown is what a tree would hold, in memory that doesn't grow with
// the number of parts; what is damaged is refused as it is when a tree is built.
#include <gtest/gtest.h>

#include "golden.hpp"
#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/conversion.hpp"
#include "stateferry/host/part_reader.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/model/visit.hpp"

namespace stateferry::test {
namespace {

/// All golden files of one format version.
class GoldenParts : public testing::TestWithParam<std::int32_t> {
 protected:
  template <class F>
  void for_each(F&& check) {
    for (const Golden& golden : golden_files(GetParam())) {
      SCOPED_TRACE(golden.file.string());
      check(golden);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Codec, GoldenParts, testing::ValuesIn(tested_versions()),
                         [](const auto& version) { return "v" + std::to_string(version.param); });

void show_file(const Codec& codec, const Golden& golden, PartVisitor& visitor) {
  Arena arena;
  DiagnosticList warnings;
  DecodeContext context{arena, warnings};
  ByteReader in(golden.bytes);
  in.take(kHeaderBytes);
  codec.decode_parts(in, golden.dialect, context, visitor);
  EXPECT_TRUE(in.at_end());
}

// What a dump is made of, without the many pages that EXPECT_EQ would print.
void expect_same(const std::string& parts, const std::string& tree) {
  const auto [a, b] = std::mismatch(parts.begin(), parts.end(), tree.begin(), tree.end());
  if (a == parts.end() && b == tree.end()) return;
  const auto at = static_cast<std::size_t>(a - parts.begin());
  ADD_FAILURE() << "from byte " << at << " on: '" << parts.substr(at, 80) << "' instead of '"
                << tree.substr(at, 80) << "'";
}

TEST_P(GoldenParts, DumpAsTheTreeDoes) {
  for_each([](const Golden& golden) {
    Arena arena;
    const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    for (const bool bytes : {false, true}) {
      std::string tree;
      std::string parts;
      const TextSink to_tree = [&](std::string_view piece) { tree += piece; };
      const TextSink to_parts = [&](std::string_view piece) { parts += piece; };
      dump_text(root, golden.dialect, {bytes}, to_tree);
      show_file(*golden.codec, golden, *text_dump(golden.dialect, {bytes}, to_parts));
      expect_same(parts, tree);
      tree.clear();
      parts.clear();
      dump_json(root, golden.dialect, {bytes}, to_tree);
      show_file(*golden.codec, golden,
                *json_dump(golden.dialect, snapshot_kind(root.properties), {bytes}, to_parts));
      expect_same(parts, tree);
    }
  });
}

/// A line for all that a walk shows.
struct WalkLines final : TreeVisitor {
  void enter_operator(const OperatorKey& op) override { lines.push_back(describe(op)); }
  void location(const Location& location, std::string_view& /*text*/) override {
    lines.push_back(describe(location));
  }
  void handle(StreamStateHandle& handle, const Location& location) override {
    lines.push_back("handle " + std::to_string(handle.index()) + " " + location.path->text());
  }
  void inline_state(const Location& place, bool behind_a_handle) override {
    lines.push_back((behind_a_handle ? "behind " : "inline ") + std::to_string(place.state.size()) +
                    " " + place.path->text());
  }
  std::vector<std::string> lines;
};

TEST_P(GoldenParts, AreWalkedAsTheTreeIs) {
  for_each([](const Golden& golden) {
    Arena arena;
    auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    WalkLines tree;
    walk(root, tree);
    WalkLines parts;
    TreeWalk of_parts(parts);
    show_file(*golden.codec, golden, of_parts);
    EXPECT_EQ(parts.lines, tree.lines);
  });
}

std::string text_of(const std::optional<Readers>& readers) {
  if (!readers) return "none";
  return to_string(readers->oldest) + " to " + to_string(readers->newest) + ": " +
         readers->construct + ", " + readers->reason + " at " + readers->place;
}

TEST_P(GoldenParts, HaveTheReadersOfTheTree) {
  for_each([](const Golden& golden) {
    const Dialects& dialects = codecs().dialects();
    const DialectInfo& source = *dialects.find(golden.dialect);
    Arena arena;
    const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    ReadersSearch search(source, dialects);
    show_file(*golden.codec, golden, search);
    EXPECT_EQ(text_of(search.result()), text_of(readers_of(root, source, dialects)));
  });
}

/// A codec that has nothing of its own to read part by part.
class WholeCodec final : public Codec {
 public:
  explicit WholeCodec(const Codec& codec) : codec_(codec) {}
  std::span<const DialectInfo> dialects() const noexcept override { return codec_.dialects(); }
  Dialect identify(ByteSource& source) const override { return codec_.identify(source); }
  CheckpointMetadata decode(ByteReader& in, const Dialect& dialect,
                            DecodeContext& context) const override {
    return codec_.decode(in, dialect, context);
  }
  void encode(const CheckpointMetadata& metadata, const Dialect& dialect,
              ByteWriter& out) const override {
    codec_.encode(metadata, dialect, out);
  }
  std::optional<std::string> difference(const CheckpointMetadata& metadata, const Dialect& dialect,
                                        ByteReader& in) const override {
    return codec_.difference(metadata, dialect, in);
  }
  SnapshotKind splice(ByteReader& in, const Dialect& dialect, LocationEditor& editor,
                      ByteWriter& out, BodyGuess* guess) const override {
    return codec_.splice(in, dialect, editor, out, guess);
  }

 private:
  const Codec& codec_;
};

TEST_P(GoldenParts, ComeFromACodecThatReadsTrees) {
  for_each([](const Golden& golden) {
    const auto dump_by = [&](const Codec& codec) {
      std::string text;
      const auto dump = text_dump(golden.dialect, {}, [&](std::string_view p) { text += p; });
      show_file(codec, golden, *dump);
      return text;
    };
    expect_same(dump_by(WholeCodec(*golden.codec)), dump_by(*golden.codec));
  });
}

TEST_P(GoldenParts, AreReadAsOftenAsWanted) {
  for_each([](const Golden& golden) {
    DiagnosticList warnings;
    PartReader reader(memory_source(golden.bytes, golden.name()), codecs(), warnings);
    EXPECT_EQ(reader.dialect(), golden.dialect);
    const auto dump = [&] {
      std::string text;
      reader.read(*text_dump(golden.dialect, {}, [&](std::string_view p) { text += p; }));
      return text;
    };
    const std::string first = dump();
    const std::size_t held = reader.bytes_held();
    reader.check();
    expect_same(dump(), first);
    EXPECT_EQ(reader.bytes_held(), held);
  });
}

// ---------------------------------------------------------------------------- memory

constexpr Dialect kNewest{6, {2, 1}};

// As long as Flink's, so that a list takes no more memory than its bytes in the file.
constexpr std::string_view kFile =
    "s3://bucket/flink/0123456789abcdef0123456789abcdef/shared/"
    "01234567-89ab-cdef-0123-456789abcdef";

/// A snapshot of so many subtasks, each with files; the last has `more` of them.
ByteVector made_file(std::int32_t subtasks, int files, int more, int growth = 0) {
  Arena arena;
  CheckpointMetadata root;
  static constexpr std::byte kNull[] = {std::byte{0xAC}, std::byte{0xED}, std::byte{0},
                                        std::byte{5}, std::byte{0x70}};
  root.properties = kNull;
  OperatorState& op = root.operators.emplace_back(arena);
  op.uid = "uid";
  op.parallelism = op.max_parallelism = subtasks;
  for (std::int32_t s = 0; s < subtasks; ++s) {
    SubtaskEntry& entry = op.subtasks.emplace_back(arena);
    entry.index = s;
    IncrementalRemoteKeyedStateHandle state;
    state.key_group_range = {s, 1};
    state.checkpointed_size = 1;
    state.state_handle_id = "id";
    state.meta_handle = FileStateHandle{{"s3://b/m"}, 1};
    const int count = files + s * growth + (s + 1 == subtasks ? more : 0);
    for (int i = 0; i < count; ++i) {
      HandleAndLocalPath& file = state.shared_state.emplace_back(arena);
      file.local_name = "000001.sst";
      file.handle = FileStateHandle{{kFile}, 1};
    }
    entry.state.managed_keyed = state;
  }
  return encode_file(*codecs().codec_for(6), kNewest, root);
}

std::size_t held_for(const ByteVector& file) {
  DiagnosticList warnings;
  PartReader reader(memory_source(file, "made"), codecs(), warnings);
  reader.check();
  return reader.bytes_held();
}

TEST(Parts, TakeTheMemoryOfOneSubtask) {
  EXPECT_LE(held_for(made_file(10, 10, 0)), std::size_t{16} << 10);
  EXPECT_EQ(held_for(made_file(2'000, 10, 0)), held_for(made_file(10, 10, 0)));
}

TEST(Parts, TakeTheMemoryOfTheLargestSubtask) {
  const std::size_t least = 20'000 * sizeof(HandleAndLocalPath);
  const std::size_t held = held_for(made_file(10, 10, 20'000));
  EXPECT_GE(held, least);
  EXPECT_LE(held, least + (std::size_t{64} << 10));
}

// Blocks that were large enough for the subtask before must not add up.
TEST(Parts, TakeNoMoreWhereSubtasksGrow) {
  const std::size_t largest = (1'000 + 99 * 100) * sizeof(HandleAndLocalPath);
  EXPECT_LE(held_for(made_file(100, 1'000, 0, 100)), 2 * largest);
}

// ---------------------------------------------------------------------------- damage

template <class F>
std::string message_of(F&& read) {
  try {
    read();
  } catch (const Error& error) {
    return render(error.diagnostic());
  }
  return "accepted";
}

TEST_P(GoldenParts, GiveTheMessageOfTheTreeWhenDamaged) {
  for (const Golden& golden : golden_files(GetParam())) {
    if (!golden.made_by_hand()) continue;
    SCOPED_TRACE(golden.name());
    ByteVector damaged = golden.bytes;
    for (std::size_t at = kHeaderBytes; at < damaged.size(); at += 7) {
      SCOPED_TRACE("changed at " + std::to_string(at));
      damaged[at] ^= std::byte{0xFF};
      DiagnosticList warnings;
      const auto tree = message_of(
          [&] { decode_document(memory_source(damaged, "damaged"), codecs(), warnings); });
      const auto parts = message_of(
          [&] { PartReader(memory_source(damaged, "damaged"), codecs(), warnings).check(); });
      ASSERT_EQ(parts, tree);
      damaged[at] ^= std::byte{0xFF};
    }
  }
}

}  // namespace
}  // namespace stateferry::test
