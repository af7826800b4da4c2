// Damage of every kind ends in a clear error or in a valid decode, never in a crash or in memory
// out of proportion: golden files cut at each length and with each byte changed.
//
// A valid decode must have seen the damage: it encodes to the damaged bytes again and differs from
// the undamaged model. Splicing must accept and refuse the same files for the same reason.
//
// Trying everything takes minutes; STATEFERRY_DAMAGE=every does, otherwise a sample is taken.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "golden.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry_test/equal.hpp"

namespace stateferry::test {
namespace {

constexpr std::size_t kEveryByteUpTo = std::size_t{32} << 10;

bool try_everything() {
  const char* value = std::getenv("STATEFERRY_DAMAGE");
  return value != nullptr && std::string_view(value) == "every";
}

/// Which offsets of a file are tried: all, or a step apart that shares no factor with the sizes of
/// records, and all of the short start, where the counts of everything else stand.
class Offsets {
 public:
  explicit Offsets(const Golden& golden) : size_(golden.bytes.size()) {
    if (try_everything()) {
      step_ = size_ <= kEveryByteUpTo ? 1 : 61;
    } else {
      step_ = golden.made_by_hand() ? 11 : std::max<std::size_t>(307, size_ / 12 | 1);
      start_ = std::min<std::size_t>(size_, golden.made_by_hand() ? 100 : 0);
    }
  }
  template <class F>
  void for_each(std::size_t first, F&& f) const {
    for (std::size_t i = first; i < size_; i += i < start_ ? 1 : step_) f(i);
  }

 private:
  std::size_t size_;
  std::size_t step_ = 1;
  std::size_t start_ = 0;
};

// A byte at a time, as == would do, takes long without optimization.
bool same(const ByteVector& a, const ByteVector& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

/// How a pass over a damaged file ended.
struct Ending {
  std::string code;  ///< empty: it was accepted
  std::optional<std::uint64_t> offset;
  friend bool operator==(const Ending&, const Ending&) = default;
};

std::ostream& operator<<(std::ostream& out, const Ending& e) {
  return out << (e.code.empty() ? "accepted" : e.code) << " at byte "
             << (e.offset ? std::to_string(*e.offset) : "?");
}

template <class F>
Ending ending_of(F&& pass) {
  try {
    pass();
    return {};
  } catch (const Error& error) {
    const auto& place = error.diagnostic().place;
    return {error.code(), place ? place->offset : std::nullopt};
  }
}

/// Leaves all as it is.
struct KeepingEditor final : LocationEditor {
  bool edit(const Location&, Replacement&) override { return false; }
};

/// Tries damaged forms of one golden file.
class Damage {
 public:
  explicit Damage(const Golden& golden)
      : golden_(golden),
        original_(decode_file(*golden.codec, golden.dialect, golden.bytes, originals_)) {}

  /// Checks `damaged`, whose header is whole.
  void check(const ByteVector& damaged) {
    ++tried_;
    const Arena::Mark mark = arena_.mark();
    CheckpointMetadata root;
    const Ending decoded =
        ending_of([&] { root = decode_file(*golden_.codec, golden_.dialect, damaged, arena_); });
    ASSERT_LE(arena_.bytes_used(), 64 * damaged.size() + (64 << 10)) << "too much memory";
    if (decoded.code.empty()) {
      ++accepted_;
      write([&] { golden_.codec->encode(root, golden_.dialect, writer_); });
      ASSERT_TRUE(same(written_, damaged)) << "accepted, but encoded to other bytes";
      ASSERT_NE(test::first_difference(original_, root), std::nullopt)
          << "the change went unnoticed";
    } else {
      ASSERT_TRUE(decoded.offset && *decoded.offset <= damaged.size()) << decoded;
    }
    ByteReader in(damaged);
    check_splice(in, damaged, decoded);
    check_parts(damaged, decoded);
    // Feeds are slower, and differ from memory only in how bytes arrive.
    if (tried_ % 16 == 0) {
      TinyFeed feed(damaged);
      ByteReader pieces(feed, damaged.size());
      check_splice(pieces, damaged, decoded);
    }
    arena_.release(mark);
  }
  std::size_t accepted() const noexcept { return accepted_; }

 private:
  void check_splice(ByteReader& in, const ByteVector& damaged, const Ending& decoded) {
    KeepingEditor editor;
    const Ending spliced = ending_of([&] {
      in.take(kHeaderBytes);
      write([&] { golden_.codec->splice(in, golden_.dialect, editor, writer_, nullptr); });
    });
    ASSERT_EQ(spliced, decoded) << "splice and decode disagree";
    ASSERT_TRUE(!spliced.code.empty() || same(written_, damaged)) << "the splice has changed bytes";
  }
  void check_parts(const ByteVector& damaged, const Ending& decoded) {
    const Arena::Mark mark = arena_.mark();
    const Ending shown = ending_of([&] {
      ByteReader in(damaged);
      in.take(kHeaderBytes);
      DiagnosticList warnings;
      DecodeContext context{arena_, warnings};
      PartVisitor nothing;
      golden_.codec->decode_parts(in, golden_.dialect, context, nothing);
    });
    arena_.release(mark);
    ASSERT_EQ(shown, decoded) << "reading part by part and decode disagree";
  }
  // Fills written_ with a header and what `body` writes. One writer serves all: its buffer takes
  // longer to make than most files to read.
  template <class F>
  void write(F&& body) {
    writer_.flush();  // what a file that was refused has left
    written_.clear();
    writer_.raw(Bytes(golden_.bytes).first(kHeaderBytes));
    body();
    writer_.flush();
  }

  const Golden& golden_;
  Arena originals_;
  Arena arena_;
  CheckpointMetadata original_;
  ByteVector written_;
  const std::unique_ptr<ByteSink> sink_ = memory_sink(written_);
  ByteWriter writer_{*sink_};
  std::size_t tried_ = 0;
  std::size_t accepted_ = 0;
};

/// All golden files of one format version.
class DamagedGoldenFiles : public testing::TestWithParam<std::int32_t> {
 protected:
  template <class F>
  void for_each(F&& check) {
    for (const Golden& golden : golden_files(GetParam())) {
      SCOPED_TRACE(golden.name());
      check(golden);
      if (HasFatalFailure()) return;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Codec, DamagedGoldenFiles, testing::ValuesIn(tested_versions()),
                         [](const auto& version) { return "v" + std::to_string(version.param); });

TEST_P(DamagedGoldenFiles, CutAtAnyLengthAreRefused) {
  for_each([](const Golden& golden) {
    Damage damage(golden);
    Offsets(golden).for_each(kHeaderBytes, [&](std::size_t length) {
      if (HasFatalFailure()) return;
      SCOPED_TRACE("cut at " + std::to_string(length));
      // A copy of just this size: reading behind its end shows under the address sanitizer.
      damage.check(ByteVector(golden.bytes.begin(),
                              golden.bytes.begin() + static_cast<std::ptrdiff_t>(length)));
    });
    EXPECT_EQ(damage.accepted(), 0U) << "a file without its end can't be whole";
  });
}

void change_bytes(const Golden& golden, std::byte bits) {
  Damage damage(golden);
  ByteVector damaged = golden.bytes;
  Offsets(golden).for_each(kHeaderBytes, [&](std::size_t offset) {
    if (testing::Test::HasFatalFailure()) return;
    SCOPED_TRACE("changed at " + std::to_string(offset));
    damaged[offset] ^= bits;
    damage.check(damaged);
    damaged[offset] ^= bits;
  });
}

TEST_P(DamagedGoldenFiles, WithTheLowestBitOfAByteChanged) {
  for_each([](const Golden& golden) { change_bytes(golden, std::byte{0x01}); });
}

TEST_P(DamagedGoldenFiles, WithAllBitsOfAByteChanged) {
  for_each([](const Golden& golden) { change_bytes(golden, std::byte{0xFF}); });
}

/// What becomes of a file whose version and dialect are not known beforehand.
void check_from_the_start(const ByteVector& damaged) {
  DiagnosticList warnings;
  try {
    const auto document = decode_document(memory_source(damaged, "damaged"), codecs(), warnings);
    const Dialect dialect = document.source_dialect();
    const auto codec = codecs().codec_for(dialect.format_version);
    ASSERT_TRUE(same(encode_file(*codec, dialect, document.root()), damaged));
  } catch (const Error& error) {
    ASSERT_FALSE(error.code().empty());
    const auto& place = error.diagnostic().place;
    ASSERT_LE(place ? place->offset.value_or(0) : 0, damaged.size());
    ASSERT_TRUE(place || error.code() == "E-PLUGIN-NO-CODEC") << error.code();
  }
}

TEST_P(DamagedGoldenFiles, WithADamagedHeader) {
  for_each([](const Golden& golden) {
    for (std::size_t length = 0; length < kHeaderBytes; ++length) {
      check_from_the_start(ByteVector(golden.bytes.begin(),
                                      golden.bytes.begin() + static_cast<std::ptrdiff_t>(length)));
    }
    ByteVector damaged = golden.bytes;
    for (std::size_t bit = 0; bit < kHeaderBytes * 8; ++bit) {
      const auto mask = static_cast<std::byte>(1U << bit % 8);
      damaged[bit / 8] ^= mask;
      check_from_the_start(damaged);
      damaged[bit / 8] ^= mask;
    }
  });
}

// Telling the bodies of version 3 apart goes over the file up to four times.
TEST(DamagedDialects, AreIdentifiedOrRefused) {
  for (const Golden& golden : golden_files(3)) {
    if (!golden.made_by_hand()) continue;
    SCOPED_TRACE(golden.name());
    ByteVector damaged = golden.bytes;
    Offsets(golden).for_each(kHeaderBytes, [&](std::size_t offset) {
      for (const std::byte bits : {std::byte{0x01}, std::byte{0xFF}}) {
        SCOPED_TRACE("changed at " + std::to_string(offset));
        damaged[offset] ^= bits;
        check_from_the_start(damaged);
        damaged[offset] ^= bits;
      }
    });
  }
}

// ---------------------------------------------------------------------------- memory

// Golden files stay below the bound above even when damaged. What a hostile file can reach is more:
// its densest records are lists of elements of a few bytes. A list that grows has room for up to
// twice its elements and leaves up to as much behind.
TEST(Memory, OfTheDensestFilesIsBounded) {
  constexpr std::int32_t kMany = 32768;
  const auto check = [](std::int32_t version, std::size_t bound, auto&& fill) {
    Arena arena;
    CheckpointMetadata m;
    static const ByteVector kNullObject = hex("ACED0005 70");
    if (version >= 4) m.properties = kNullObject;
    OperatorState& op = m.operators.emplace_back(arena);
    op.parallelism = op.max_parallelism = kMany;
    if (version <= 2) op.chain_length = 1;
    fill(op, arena);
    if (version <= 2) op.subtasks[0].state.duration = -1;
    const auto codec = codecs().codec_for(version);
    const Dialect dialect{version, version == 1 ? FlinkRelease{1, 2} : FlinkRelease{2, 1}};
    const ByteVector file = encode_file(*codec, dialect, m);
    Arena used;
    decode_file(*codec, dialect, file, used);
    EXPECT_LE(used.bytes_used(), 4 * bound * file.size());
  };
  // A finished subtask is its index.
  check(6, sizeof(SubtaskEntry) / 4, [](OperatorState& op, Arena& arena) {
    for (std::int32_t i = 0; i < kMany; ++i) op.subtasks.push_back(arena, {i, true, {}});
  });
  // In chains of V1 operators without state are a byte.
  check(1, sizeof(OperatorStateHandle), [](OperatorState& op, Arena& arena) {
    auto& state = op.subtasks.emplace_back(arena).state;
    for (std::int32_t i = 0; i < kMany; ++i) state.managed_operator.emplace_back(arena);
  });
  // So are absent parts of a changelog.
  check(6, sizeof(KeyedStateHandle), [](OperatorState& op, Arena& arena) {
    auto& state = op.subtasks.emplace_back(arena).state;
    auto* changelog = arena.make<ChangelogStateBackendHandle>();
    changelog->checkpointed_size = changelog->materialization_id = changelog->checkpoint_id = 0;
    changelog->state_handle_id = "";
    for (std::int32_t i = 0; i < kMany; ++i) changelog->non_materialized.emplace_back(arena);
    state.managed_keyed = changelog;
  });
  check(6, sizeof(HandleAndLocalPath) / 3, [](OperatorState& op, Arena& arena) {
    IncrementalRemoteKeyedStateHandle handle;
    handle.checkpointed_size = 0;
    handle.state_handle_id = "";
    for (std::int32_t i = 0; i < kMany; ++i) handle.shared_state.emplace_back(arena);
    op.subtasks.emplace_back(arena).state.managed_keyed = handle;
  });
}

}  // namespace
}  // namespace stateferry::test
