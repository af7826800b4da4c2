// Records that come in runs pass without a walk by the grammar. What comes of a file must be what
// comes of it when each location is asked for, byte by byte and error by error: over the golden
// files, and over damaged ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <random>
#include <string>
#include <tuple>

#include "golden.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/codecs/run_kernels.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry::test {
namespace {

// Moves the directory of each location, those of each operator elsewhere. `lasting`: says so of the
// whole directory, for good.
class DirectoryMover final : public LocationEditor {
 public:
  explicit DirectoryMover(bool lasting, bool changes = true)
      : lasting_(lasting), changes_(changes) {}
  bool edit(const Location& location, Replacement& replacement) override {
    ++asked;
    const std::size_t name = location.text.rfind('/') + 1;
    const std::string_view directory = location.text.substr(0, name);
    const std::uint32_t op = location.op == nullptr ? 0 : location.op->index + 1;
    kept_.push_back({std::string(directory),
                     "s3://bucket-" + std::to_string(op) + "/" + std::string(directory)});
    replacement.epoch = 1;
    if (lasting_ && name > 0 && is_ascii(directory)) replacement.directory = kept_.back().directory;
    if (!changes_ || name == 0) return false;
    replacement.head = kept_.back().target;
    replacement.tail = location.text.substr(name);
    if (replacement.size() > kMaxUtfBytes) throw RuleError("E-RULE-TEXT-LENGTH", "too long");
    return true;
  }
  void repeated(std::string_view directory, std::uint64_t n) override {
    EXPECT_TRUE(std::any_of(kept_.begin(), kept_.end(), [&](const Kept& kept) {
      return kept.directory.data() == directory.data();
    }));
    told += n;
  }

  std::uint64_t asked = 0;
  std::uint64_t told = 0;

 private:
  struct Kept {
    std::string directory;
    std::string target;
  };
  bool lasting_;
  bool changes_;
  std::deque<Kept> kept_;
};

// The bytes that a splice makes, or its error with its place.
std::string outcome(const Golden& golden, const ByteVector& bytes, DirectoryMover& mover,
                    bool in_pieces) {
  TinyFeed feed(bytes);
  ByteReader pieces(feed, bytes.size());
  ByteReader memory(bytes);
  try {
    const ByteVector made =
        splice_file(*golden.codec, golden.dialect, in_pieces ? pieces : memory, mover);
    return {reinterpret_cast<const char*>(made.data()), made.size()};
  } catch (const Error& error) {
    const auto& place = error.diagnostic().place;
    return error.code() + ": " + error.what() + " at " +
           (place && place->offset ? std::to_string(*place->offset) : "?") + " " +
           (place ? place->model_path : "");
  }
}

void expect_the_same(const Golden& golden, const ByteVector& bytes, bool changes) {
  DirectoryMover each(false, changes);
  const std::string expected = outcome(golden, bytes, each, false);
  DirectoryMover runs(true, changes);
  EXPECT_TRUE(outcome(golden, bytes, runs, false) == expected);
  DirectoryMover pieces(true, changes);
  EXPECT_TRUE(outcome(golden, bytes, pieces, true) == expected);
}

TEST(Runs, AreWhatTheGrammarMakesOfThem) {
  std::uint64_t told = 0;
  std::uint64_t asked = 0;
  for (const std::int32_t version : tested_versions()) {
    for (const Golden& golden : golden_files(version)) {
      SCOPED_TRACE(golden.name());
      expect_the_same(golden, golden.bytes, true);
      expect_the_same(golden, golden.bytes, false);
      DirectoryMover each(false);
      outcome(golden, golden.bytes, each, false);
      DirectoryMover runs(true);
      outcome(golden, golden.bytes, runs, false);
      EXPECT_EQ(runs.asked + runs.told, each.asked);
      told += runs.told;
      asked += runs.asked;
    }
  }
  EXPECT_GT(told, 0U);
  EXPECT_GT(asked, 0U);
}

// Every byte of a record with shared files, in its turn made to be something else.
TEST(Runs, AreRefusedWhereTheGrammarRefusesThem) {
  constexpr std::size_t kFiles = 12;
  Arena arena;
  CheckpointMetadata metadata;
  metadata.checkpoint_id = 1;
  OperatorState& op = metadata.operators.emplace_back(arena);
  op.parallelism = 1;
  op.max_parallelism = 128;
  SubtaskEntry& entry = op.subtasks.emplace_back(arena);
  IncrementalRemoteKeyedStateHandle state;
  state.backend_id = "00000000-0000-4000-8000-000000000001";
  state.key_group_range = {0, 128};
  for (std::size_t i = 0; i < kFiles; ++i) {
    FileStateHandle file;
    file.size = 1000;
    file.path.text = arena.intern("s3://bucket/job/shared/0000000" + std::to_string(i % 10) +
                                  "-4222-8333-00000000");
    state.shared_state.push_back(arena, {arena.intern("00001" + std::to_string(i) + ".sst"), file});
  }
  entry.state.managed_keyed = state;
  const auto codec = codecs().codec_for(3);
  Golden golden;
  golden.codec = codec;
  golden.dialect = codec->dialects().back().dialect;
  golden.bytes = encode_file(*codec, golden.dialect, metadata);

  DirectoryMover runs(true);
  outcome(golden, golden.bytes, runs, false);
  EXPECT_GE(runs.told, kFiles - 2);
  const std::string_view text(reinterpret_cast<const char*>(golden.bytes.data()),
                              golden.bytes.size());
  const std::size_t begin = text.find("000013.sst") - 2;
  const std::size_t end = text.find("000015.sst");
  ASSERT_LT(end, text.size());
  std::mt19937 random(3);
  for (std::size_t at = begin; at < end; ++at) {
    for (const int value :
         {0, 1, 2, 6, 0x2E, 0x2F, 0x5C, 0x7F, 0x80, 0xC3, 0xFF, static_cast<int>(random() % 256)}) {
      ByteVector bytes = golden.bytes;
      bytes[at] = static_cast<std::byte>(value);
      SCOPED_TRACE("byte " + std::to_string(at) + " = " + std::to_string(value));
      expect_the_same(golden, bytes, true);
    }
  }
  // The file may end anywhere.
  for (std::size_t size = begin; size < end; ++size) {
    ByteVector bytes(golden.bytes.begin(),
                     golden.bytes.begin() + static_cast<std::ptrdiff_t>(size));
    SCOPED_TRACE("cut at " + std::to_string(size));
    expect_the_same(golden, bytes, true);
  }
}

TEST(Runs, AreRefusedWhereTheGrammarRefusesThemInGoldenFiles) {
  std::mt19937 random(5);
  for (const std::int32_t version : tested_versions()) {
    for (const Golden& golden : golden_files(version)) {
      if (golden.bytes.size() > 20'000) continue;
      SCOPED_TRACE(golden.name());
      for (int i = 0; i < 30; ++i) {
        ByteVector bytes = golden.bytes;
        const std::size_t at = 8 + random() % (bytes.size() - 8);
        bytes[at] = static_cast<std::byte>(random() % 256);
        SCOPED_TRACE("byte " + std::to_string(at));
        expect_the_same(golden, bytes, true);
      }
    }
  }
}

// ---------------------------------------------------------------------------- the inner loops

// What a course may not leave unseen.
TEST(Courses, ServeOnlyWhenAllWasNoted) {
  using namespace codecs;
  const auto recorded = [](std::uint64_t bytes, auto&& notes) {
    Course course;
    course.begin(100);
    notes(course);
    course.location(LocationKind::file, 10);
    course.finish(100 + bytes + 12, Role::none, Role::none);
    return course.serves(Role::none);
  };
  EXPECT_TRUE(recorded(0, [](Course&) {}));
  EXPECT_TRUE(recorded(8, [](Course& c) { c.i64(), c.at_least(-1); }));
  EXPECT_FALSE(recorded(8, [](Course& c) { c.i64(); })) << "a number without its check";
  EXPECT_FALSE(recorded(16, [](Course& c) { c.i64(), c.i64(), c.at_least(0); }));
  EXPECT_FALSE(recorded(1, [](Course&) {})) << "a byte that nothing has noted";
  EXPECT_FALSE(recorded(12, [](Course& c) { c.location(LocationKind::file, 10); }));
  EXPECT_FALSE(recorded(30, [](Course& c) {
    for (int i = 0; i < 10; ++i) c.text(1);
  })) << "more reads than it holds";
}

TEST(RunKernels, StopWhereTheyMust) {
  using namespace codecs;
  const std::string text = std::string("\0\x0F", 2) + "s3://bucket/a/b";
  const std::string before(70, 'b');
  const std::string bytes = before + text;
  const char* const at = bytes.data() + before.size();
  for (const RunKernels* kernels : {&portable_kernels(), &best_kernels()}) {
    CourseTaken record;
    const auto take = [&](std::size_t most) {
      return kernels->take(Course::kLocationAlone, at, bytes.data() + bytes.size(),
                           "s3://bucket/a/", most, {&record, 1});
    };
    EXPECT_EQ(take(14), 0U) << "a text that is too long for the new one";
    ASSERT_EQ(take(15), 1U);
    std::vector<std::byte> room(1'000);
    const auto put = [&](std::size_t longest, std::size_t full) {
      const char* untapped = bytes.data();
      std::byte* to = room.data();
      return kernels->put({&record, 1}, untapped, "head", longest, to, room.data() + full);
    };
    EXPECT_EQ(put(70, 500), 1U);
    EXPECT_EQ(put(69, 500), 0U) << "more in front of it than there may be";
    EXPECT_EQ(put(70, 0), 0U) << "no room";
  }
}

// A list of records as the files of a snapshot are; names and directories of every length around
// those of vectors.
TEST(RunKernels, AreTheSameOnEveryProcessor) {
  using namespace codecs;
  std::mt19937 random(7);
  int taken_in_all = 0;
  for (int round = 0; round < 4'000; ++round) {
    const std::string directory = std::string(1 + random() % 90, 'd') + "/";
    const std::string head(random() % 100, 'h');
    std::string bytes(random() % 40, 'b');
    const std::size_t before = bytes.size();
    Course course;
    course.begin(0);
    course.text(1);
    course.tag(2);
    course.i64();
    course.at_least(-1);
    course.location(LocationKind::file, 1);
    const auto text = [&](const std::string& t) {
      bytes += static_cast<char>(t.size() >> 8U);
      bytes += static_cast<char>(t.size() & 0xFFU);
      bytes += t;
    };
    for (int i = 0; i < 5; ++i) {
      text(std::string(random() % 20, 'n'));
      bytes += '\2';
      bytes += std::string(8, '\0');
      text(directory + std::string(1 + random() % 70, 'f'));
    }
    if (round % 2 == 0) bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
    const std::size_t end = round % 3 == 0 ? random() % (bytes.size() + 1) : bytes.size();
    if (end < before) continue;

    const auto run = [&](const RunKernels& kernels, std::string& out) {
      std::array<CourseTaken, 8> records;
      const std::size_t n =
          kernels.take(course, bytes.data() + before, bytes.data() + end, directory, 200, records);
      std::vector<std::byte> room(100'000);
      const char* untapped = bytes.data();
      std::byte* to = room.data();
      const std::size_t put =
          kernels.put(std::span(records).first(n), untapped, head, 60, to, room.data() + 300);
      out.assign(reinterpret_cast<const char*>(room.data()),
                 static_cast<std::size_t>(to - room.data()));
      return std::tuple(n, put, untapped - bytes.data());
    };
    std::string portable;
    std::string best;
    const auto expected = run(portable_kernels(), portable);
    EXPECT_EQ(run(best_kernels(), best), expected);
    EXPECT_EQ(best, portable);
    taken_in_all += static_cast<int>(std::get<0>(expected));
  }
  EXPECT_GT(taken_in_all, 5'000);
}

}  // namespace
}  // namespace stateferry::test
