#include "stateferry/memory/arena.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/memory/list.hpp"

namespace stateferry {
namespace {

TEST(Arena, AlignsWhatItHandsOut) {
  Arena arena;
  for (int round = 0; round < 1000; ++round) {
    arena.allocate(1, 1);
    for (const std::size_t alignment : {2U, 4U, 8U, 16U}) {
      auto* at = arena.allocate(3, alignment);
      ASSERT_NE(at, nullptr);
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % alignment, 0U);
      std::memset(at, 0xAA, 3);
    }
  }
}

TEST(Arena, CountsBytesHandedOut) {
  Arena arena;
  EXPECT_EQ(arena.bytes_used(), 0U);
  arena.allocate(10, 1);
  arena.make<std::int64_t>();
  EXPECT_EQ(arena.bytes_used(), 18U);
  arena.allocate(100'000, 8);
  EXPECT_EQ(arena.bytes_used(), 100'018U);
}

TEST(Arena, MakesZeroedValues) {
  struct Pair {
    int a;
    const char* b;
  };
  Arena arena;
  std::memset(arena.allocate(64, 16), 0xFF, 64);
  arena.release(arena.mark());
  const auto before = arena.mark();
  std::memset(arena.allocate(64, 16), 0xFF, 64);
  arena.release(before);
  const Pair* pair = arena.make<Pair>();
  EXPECT_EQ(pair->a, 0);
  EXPECT_EQ(pair->b, nullptr);
}

TEST(Arena, InternedTextIsACopy) {
  Arena arena;
  std::string text = "s3://bucket/x";
  const std::string_view kept = arena.intern(text);
  text.assign(text.size(), '-');
  EXPECT_EQ(kept, "s3://bucket/x");
  EXPECT_TRUE(arena.intern(std::string_view()).empty());
  const std::byte bytes[] = {std::byte{1}, std::byte{2}};
  const auto copy = arena.intern(std::span<const std::byte>(bytes));
  EXPECT_NE(copy.data(), bytes);
  EXPECT_TRUE(std::equal(copy.begin(), copy.end(), std::begin(bytes), std::end(bytes)));
}

TEST(Arena, AReleasedPlaceIsUsedAgain) {
  Arena arena;
  arena.allocate(100, 8);
  const auto mark = arena.mark();
  void* first = arena.allocate(50, 8);
  arena.allocate(1 << 20, 8);
  arena.release(mark);
  EXPECT_EQ(arena.bytes_used(), 100U);
  EXPECT_EQ(arena.allocate(50, 8), first);
}

TEST(Arena, BlocksBehindAMarkAreUsedAgain) {
  Arena arena;
  const auto mark = arena.mark();
  void* first = arena.allocate(15'000, 8);
  void* second = arena.allocate(30'000, 8);
  for (int i = 0; i < 3; ++i) {
    arena.release(mark);
    EXPECT_EQ(arena.bytes_used(), 0U);
    EXPECT_EQ(arena.allocate(15'000, 8), first);
    EXPECT_EQ(arena.allocate(30'000, 8), second);
  }
  // One that the small blocks can't hold skips them; they come to use again after a release.
  arena.release(mark);
  EXPECT_NE(arena.allocate(1 << 20, 8), first);
  arena.release(mark);
  EXPECT_EQ(arena.allocate(100, 8), first);
}

TEST(Arena, MarksNest) {
  Arena arena;
  const auto outer = arena.mark();
  arena.allocate(10, 1);
  const auto inner = arena.mark();
  for (int i = 0; i < 100; ++i) arena.allocate(10'000, 1);
  arena.release(inner);
  EXPECT_EQ(arena.bytes_used(), 10U);
  arena.release(inner);
  arena.release(outer);
  EXPECT_EQ(arena.bytes_used(), 0U);
}

TEST(Arena, TheBoundHoldsForSmallAndLarge) {
  Arena arena(1000);
  EXPECT_NO_THROW(arena.allocate(1000, 1));
  EXPECT_THROW(arena.allocate(1, 1), LimitError);
  EXPECT_EQ(arena.bytes_used(), 1000U);
  Arena other(1000);
  EXPECT_THROW(other.allocate(1001, 1), LimitError);
  EXPECT_THROW(other.allocate(std::numeric_limits<std::size_t>::max() / 2, 1), LimitError);
  EXPECT_NO_THROW(other.allocate(1000, 16));
  try {
    other.make<int>();
    FAIL();
  } catch (const LimitError& error) {
    EXPECT_EQ(error.code(), "E-LIMIT-MEMORY");
    EXPECT_STREQ(error.what(), "the decoded snapshot needs more than 1000 bytes of memory");
  }
}

TEST(Arena, MovesWithItsMemory) {
  Arena from;
  const std::string_view text = from.intern("text");
  Arena to(std::move(from));
  EXPECT_EQ(text, "text");
  EXPECT_EQ(to.bytes_used(), 4U);
  EXPECT_EQ(from.bytes_used(), 0U);          // NOLINT(bugprone-use-after-move): it is empty now
  EXPECT_EQ(from.intern("again"), "again");  // and can be used
  from = std::move(to);
  EXPECT_EQ(text, "text");
  EXPECT_EQ(from.bytes_used(), 4U);
}

TEST(Arena, BlocksThatAreTooSmallDoNotAddUp) {
  Arena arena;
  arena.allocate(1, 1);
  const Arena::Mark mark = arena.mark();
  constexpr std::size_t kLarge = std::size_t{8} << 20;
  for (std::size_t i = 0; i < 10; ++i) {
    arena.allocate(kLarge + i * 1000, 1);
    arena.release(mark);
  }
  EXPECT_LE(arena.bytes_held(), kLarge + (std::size_t{64} << 10));
  // What is large enough is used again.
  const std::size_t held = arena.bytes_held();
  arena.allocate(kLarge, 1);
  EXPECT_EQ(arena.bytes_held(), held);
}

TEST(List, Grows) {
  Arena arena;
  List<int> list;
  EXPECT_TRUE(list.empty());
  for (int i = 0; i < 1000; ++i) list.push_back(arena, i);
  ASSERT_EQ(list.size(), 1000U);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(list[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(list.back(), 999);
  EXPECT_EQ(list.end() - list.begin(), 1000);
  // Doubling: what is left behind is less than what is in use.
  EXPECT_LE(arena.bytes_used(), 4 * 1000 * sizeof(int));
}

TEST(List, ReservesOnce) {
  Arena arena;
  List<std::int64_t> list;
  list.reserve(arena, 100);
  const std::size_t used = arena.bytes_used();
  for (int i = 0; i < 100; ++i) list.push_back(arena, i);
  EXPECT_EQ(arena.bytes_used(), used);
  list.reserve(arena, 50);
  EXPECT_EQ(arena.bytes_used(), used);
  EXPECT_EQ(list[99], 99);
}

TEST(List, NewElementsAreZero) {
  Arena arena;
  List<int> list;
  list.push_back(arena, 7);
  list.truncate(0);
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.emplace_back(arena), 0);
}

TEST(List, CopiesShareTheirElements) {
  Arena arena;
  List<int> list;
  list.push_back(arena, 1);
  List<int> copy = list;
  copy[0] = 2;
  EXPECT_EQ(list[0], 2);
  EXPECT_EQ(copy.size(), 1U);
}

TEST(List, AFullArenaIsALimitError) {
  Arena arena(100);
  List<std::int64_t> list;
  EXPECT_THROW(list.reserve(arena, 13), LimitError);
  EXPECT_NO_THROW(list.reserve(arena, 12));
}

}  // namespace
}  // namespace stateferry
