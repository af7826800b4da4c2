#include "stateferry/bytes/byte_reader.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using test::ByteVector;
using test::hex;
using test::TinyFeed;

ByteVector numbered(std::size_t n) {
  ByteVector bytes(n);
  for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<std::byte>(i % 251);
  return bytes;
}

template <class F>
Diagnostic refusal(F&& read) {
  try {
    read();
  } catch (const FormatError& error) {
    return error.diagnostic();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

/// Gives all at once, or one error.
class WholeFeed final : public ByteFeed {
 public:
  explicit WholeFeed(std::span<const std::byte> bytes) : left_(bytes) {}
  std::size_t read(std::span<std::byte> into) override {
    ++reads;
    const std::size_t n = std::min(into.size(), left_.size());
    std::copy_n(left_.begin(), n, into.begin());
    left_ = left_.subspan(n);
    return n;
  }
  int reads = 0;

 private:
  std::span<const std::byte> left_;
};

class RecordingTap final : public ByteTap {
 public:
  void passed(std::span<const std::byte> bytes) override {
    seen.insert(seen.end(), bytes.begin(), bytes.end());
  }
  ByteVector seen;
};

/// Every test runs over memory, over a feed of known length and over a pipe.
enum class Way { memory, feed, pipe };

class ByteReaderWays : public testing::TestWithParam<Way> {
 protected:
  ByteReader& open(ByteVector bytes) {
    bytes_ = std::move(bytes);
    feed_.emplace(bytes_);
    switch (GetParam()) {
      case Way::memory:
        reader_.emplace(bytes_);
        break;
      case Way::feed:
        reader_.emplace(*feed_, bytes_.size());
        break;
      case Way::pipe:
        reader_.emplace(*feed_, std::nullopt);
        break;
    }
    return *reader_;
  }
  bool knows_the_end() const { return GetParam() != Way::pipe; }
  const ByteVector& bytes() const { return bytes_; }

 private:
  ByteVector bytes_;
  std::optional<TinyFeed> feed_;
  std::optional<ByteReader> reader_;
};
std::string way_name(const testing::TestParamInfo<Way>& way) {
  constexpr const char* kNames[] = {"memory", "feed", "pipe"};
  return kNames[static_cast<int>(way.param)];
}
INSTANTIATE_TEST_SUITE_P(Over, ByteReaderWays, testing::Values(Way::memory, Way::feed, Way::pipe),
                         way_name);

TEST_P(ByteReaderWays, ReadsBigEndianNumbers) {
  ByteReader& in = open(hex("FF 80000001 8000000000000002 0102 7FFFFFFF"));
  EXPECT_EQ(in.offset(), 0U);
  EXPECT_EQ(in.u8(), 0xFF);
  EXPECT_EQ(in.i32(), INT32_MIN + 1);
  EXPECT_EQ(in.i64(), INT64_MIN + 2);
  EXPECT_EQ(in.peek_u16(), 0x0102);
  EXPECT_EQ(in.offset(), 13U) << "peeking passes nothing";
  EXPECT_EQ(in.take(2).size(), 2U);
  EXPECT_EQ(in.remaining(), knows_the_end() ? 4U : ByteReader::kUnknown);
  EXPECT_EQ(in.i32(), INT32_MAX);
  EXPECT_TRUE(in.at_end());
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(in.in_memory(), GetParam() == Way::memory);
}

TEST_P(ByteReaderWays, CutAnywhereSaysWhere) {
  const ByteVector whole = hex("01 00000002 0000000000000003 0004 05060708");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    ByteReader& in =
        open(ByteVector(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
    const Diagnostic d = refusal([&] {
      in.u8();
      in.i32();
      in.i64();
      in.peek_u16();
      in.take(6);
    });
    EXPECT_EQ(d.code, "E-FORMAT-TRUNCATED") << length;
    // The offset of what could not be read any more, not that of the end.
    const std::uint64_t begins = length < 1 ? 0 : length < 5 ? 1 : length < 13 ? 5 : 13;
    EXPECT_EQ(d.place->offset, begins) << length;
  }
}

TEST_P(ByteReaderWays, AnEmptyInputHasEnded) {
  ByteReader& in = open({});
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(refusal([&] { in.u8(); }).message,
            "the file ends in the middle of a record: 1 more bytes needed, 0 left");
  EXPECT_EQ(in.take(0).size(), 0U);
}

TEST_P(ByteReaderWays, CountsAreCheckedAgainstWhatIsLeft) {
  ByteReader& in = open(numbered(100));
  in.take(10);
  EXPECT_NO_THROW(in.expect_remaining(90, "a list"));
  if (!knows_the_end()) {
    EXPECT_NO_THROW(in.expect_remaining(1'000'000, "a list"));
    return;
  }
  const Diagnostic d = refusal([&] { in.expect_remaining(91, "a list"); });
  EXPECT_EQ(d.code, "E-FORMAT-LENGTH");
  EXPECT_EQ(d.message, "a list would need 91 bytes or more, but only 90 are left");
  EXPECT_EQ(d.place->offset, 10U);
}

TEST_P(ByteReaderWays, ASectionBoundsWhatIsRead) {
  ByteReader& in = open(numbered(64));
  in.take(10);
  in.enter_section(12);
  EXPECT_EQ(in.remaining(), 12U);
  in.take(8);
  EXPECT_FALSE(in.at_end());
  EXPECT_EQ(refusal([&] { in.expect_remaining(5, "a byte array"); }).code, "E-FORMAT-LENGTH");
  const Diagnostic d = refusal([&] { in.i64(); });
  EXPECT_EQ(d.code, "E-FORMAT-LENGTH");
  EXPECT_EQ(d.message,
            "a record says it is shorter than its content: 8 more bytes needed, 4 left in it");
  EXPECT_EQ(d.place->offset, 18U);
  in.take(4);
  EXPECT_TRUE(in.at_end()) << "the end of the section";
  in.leave_section();
  EXPECT_FALSE(in.at_end());
  EXPECT_EQ(in.u8(), 22);
  EXPECT_EQ(in.take(41).size(), 41U);
  EXPECT_TRUE(in.at_end());
}

TEST_P(ByteReaderWays, ASectionMayBeEmptyOrReachTheEnd) {
  ByteReader& in = open(numbered(8));
  in.enter_section(0);
  EXPECT_TRUE(in.at_end());
  in.leave_section();
  in.enter_section(8);
  in.take(8);
  EXPECT_TRUE(in.at_end());
  in.leave_section();
  EXPECT_TRUE(in.at_end());
}

TEST_P(ByteReaderWays, SomeBytesCoverAllInPieces) {
  ByteReader& in = open(numbered(1000));
  in.take(1);
  ByteVector all;
  while (!in.at_end()) {
    const auto piece = in.take_some(300);
    ASSERT_FALSE(piece.empty());
    ASSERT_LE(piece.size(), 300U);
    all.insert(all.end(), piece.begin(), piece.end());
  }
  EXPECT_EQ(all, ByteVector(bytes().begin() + 1, bytes().end()));
}

TEST_P(ByteReaderWays, TheTapSeesEachPassedByteOnce) {
  ByteReader& in = open(numbered(500));
  RecordingTap tap;
  in.take(7);
  in.set_tap(&tap);
  in.take(20);
  in.peek_u16();
  in.enter_section(100);
  in.take(100);
  in.leave_section();
  while (!in.at_end()) in.take_some(50);
  in.flush_tap();
  EXPECT_EQ(tap.seen, ByteVector(bytes().begin() + 7, bytes().end()));
  in.set_tap(nullptr);
  in.flush_tap();
}

TEST_P(ByteReaderWays, WhatTheTapHasNotSeenCanBeReplaced) {
  ByteReader& in = open(hex("0102030405060708"));
  RecordingTap tap;
  in.set_tap(&tap);
  in.take(3);
  in.take(2);
  in.flush_tap(2);
  EXPECT_EQ(tap.seen, hex("010203"));
  in.discard_untapped();
  in.take(3);
  in.flush_tap();
  EXPECT_EQ(tap.seen, hex("010203060708"));
}

TEST(ByteReader, ViewsOverMemoryAreTheMemory) {
  const ByteVector bytes = numbered(10);
  ByteReader in(bytes);
  in.u8();
  EXPECT_EQ(in.take(3).data(), bytes.data() + 1);
}

TEST(ByteReader, TheWindowSlidesOverALongFeed) {
  const ByteVector bytes = numbered(3 * ByteReader::kWindow + 12345);
  WholeFeed feed(bytes);
  ByteReader in(feed, bytes.size());
  RecordingTap tap;
  in.set_tap(&tap);
  std::uint64_t at = 0;
  // Steps that share no factor with the window end on every position within a number.
  for (std::size_t step = 1; at < bytes.size(); step = step % 40'000 + 997) {
    const std::size_t n = std::min<std::size_t>(step, bytes.size() - at);
    const auto view = in.take(n);
    ASSERT_TRUE(
        std::equal(view.begin(), view.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at)))
        << at;
    at += n;
    ASSERT_EQ(in.offset(), at);
    ASSERT_EQ(in.remaining(), bytes.size() - at);
  }
  EXPECT_TRUE(in.at_end());
  in.flush_tap();
  EXPECT_EQ(tap.seen, bytes);
  EXPECT_LE(feed.reads, 200);
}

TEST(ByteReader, AViewOfTheWholeWindowFits) {
  const ByteVector bytes = numbered(2 * ByteReader::kWindow);
  TinyFeed feed(bytes);
  ByteReader in(feed, bytes.size());
  in.u8();
  EXPECT_EQ(in.take(ByteReader::kWindow).size(), ByteReader::kWindow);
  EXPECT_THROW(in.take(ByteReader::kWindow + 1), FormatError);
}

TEST(ByteReader, AFeedThatEndsEarlyIsTruncated) {
  const ByteVector bytes = numbered(100);
  TinyFeed feed(bytes);
  ByteReader in(feed, 200);
  in.take(90);
  const Diagnostic d = refusal([&] { in.take(20); });
  EXPECT_EQ(d.code, "E-FORMAT-TRUNCATED");
  EXPECT_EQ(d.place->offset, 90U);
  EXPECT_EQ(d.message, "the file ends in the middle of a record: 20 more bytes needed, 10 left");
}

TEST(ByteReader, AFeedThatGoesOnIsReadToItsLengthOnly) {
  const ByteVector bytes = numbered(100);
  WholeFeed feed(bytes);
  ByteReader in(feed, 50);
  in.take(50);
  EXPECT_TRUE(in.at_end());
  EXPECT_THROW(in.u8(), FormatError);
}

}  // namespace
}  // namespace stateferry
