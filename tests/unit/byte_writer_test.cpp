#include "stateferry/bytes/byte_writer.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using test::ByteVector;
using test::hex;
using test::RecordingSink;

ByteVector filled(std::size_t n, int value) {
  return ByteVector(n, static_cast<std::byte>(value));
}

TEST(ByteWriter, WritesBigEndianNumbers) {
  RecordingSink sink;
  ByteWriter out(sink);
  out.u8(0xFF);
  out.u16(0x0102);
  out.i32(INT32_MIN + 1);
  out.i64(-2);
  out.raw("text");
  out.raw(std::span<const std::byte>());
  EXPECT_EQ(out.offset(), 19U);
  EXPECT_TRUE(sink.pieces.empty()) << "nothing reaches the sink before it must";
  out.flush();
  EXPECT_EQ(sink.bytes(), hex("FF 0102 80000001 FFFFFFFFFFFFFFFE 74657874"));
  EXPECT_EQ(out.offset(), 19U);
  out.flush();
  EXPECT_EQ(sink.pieces.size(), 1U) << "an empty buffer is not handed on";
}

TEST(ByteWriter, NumbersCrossTheEndOfTheBuffer) {
  for (std::size_t before = ByteWriter::kBuffer - 9; before <= ByteWriter::kBuffer; ++before) {
    RecordingSink sink;
    ByteWriter out(sink);
    out.raw(filled(before, 1));
    out.u16(0x0203);
    out.i32(0x04050607);
    out.i64(0x08090A0B0C0D0E0F);
    out.u8(0x10);
    out.flush();
    ByteVector expected = filled(before, 1);
    const ByteVector tail = hex("0203 04050607 08090A0B0C0D0E0F 10");
    expected.insert(expected.end(), tail.begin(), tail.end());
    EXPECT_TRUE(sink.bytes() == expected) << before;
    EXPECT_EQ(out.offset(), expected.size());
  }
}

TEST(ByteWriter, TheSinkGetsWholeBuffers) {
  RecordingSink sink;
  ByteWriter out(sink);
  const ByteVector small = filled(10, 1);
  const ByteVector large = filled(3 * ByteWriter::kBuffer, 2);
  out.raw(small);
  out.raw(large);
  out.raw(small);
  out.flush();
  ASSERT_EQ(sink.pieces.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(sink.pieces[i].size(), ByteWriter::kBuffer);
  EXPECT_EQ(sink.pieces[3].size(), 20U);
  ByteVector expected = small;
  expected.insert(expected.end(), large.begin(), large.end());
  expected.insert(expected.end(), small.begin(), small.end());
  EXPECT_TRUE(sink.bytes() == expected);
  EXPECT_EQ(out.offset(), expected.size());
}

TEST(ByteWriter, TextsCrossTheEndOfTheBuffer) {
  const std::string head(65000, 'h');
  const std::string tail(535, 't');
  for (const std::size_t before :
       {ByteWriter::kBuffer - 1, ByteWriter::kBuffer - 2, ByteWriter::kBuffer - 65100}) {
    for (const std::size_t gap : {std::size_t{0}, std::size_t{7}, std::size_t{1025}}) {
      RecordingSink sink;
      ByteWriter out(sink);
      out.raw(filled(before, 1));
      out.text_behind(filled(gap, 2), head, tail);
      out.text_behind({}, "", "");
      out.flush();
      ByteVector expected = filled(before, 1);
      expected.insert(expected.end(), gap, std::byte{2});
      const std::string text = "\xFF\xFF" + head + tail + std::string(2, '\0');
      for (const char c : text) expected.push_back(static_cast<std::byte>(c));
      EXPECT_TRUE(sink.bytes() == expected) << before << " " << gap;
      EXPECT_EQ(sink.pieces.front().size(), ByteWriter::kBuffer);
    }
  }
}

TEST(ByteWriter, ArraysOfEverySizeAroundTheBuffer) {
  for (const std::size_t before :
       {std::size_t{0}, std::size_t{1}, ByteWriter::kBuffer - 1, ByteWriter::kBuffer}) {
    for (const std::size_t n :
         {std::size_t{1}, std::size_t{2}, ByteWriter::kBuffer - 1, ByteWriter::kBuffer,
          ByteWriter::kBuffer + 1, 2 * ByteWriter::kBuffer}) {
      RecordingSink sink;
      ByteWriter out(sink);
      out.raw(filled(before, 1));
      out.raw(filled(n, 2));
      out.flush();
      ByteVector expected = filled(before, 1);
      expected.insert(expected.end(), n, std::byte{2});
      EXPECT_TRUE(sink.bytes() == expected) << before << " " << n;
      EXPECT_EQ(out.offset(), expected.size());
    }
  }
}

TEST(ByteWriter, WithoutFlushNothingMoreIsWritten) {
  RecordingSink sink;
  { ByteWriter(sink).i32(7); }
  EXPECT_TRUE(sink.pieces.empty());
}

TEST(ByteWriter, TakesWhatAReaderPasses) {
  RecordingSink sink;
  ByteWriter out(sink);
  const ByteVector bytes = hex("0102030405");
  ByteReader in(bytes);
  in.set_tap(&out);
  in.take(5);
  in.flush_tap();
  out.flush();
  EXPECT_EQ(sink.bytes(), bytes);
}

}  // namespace
}  // namespace stateferry
