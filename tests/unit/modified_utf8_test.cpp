#include "stateferry/bytes/modified_utf8.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace stateferry {
namespace {

using std::string_literals::operator""s;

std::string bytes(std::initializer_list<unsigned> values) {
  std::string text;
  for (const unsigned value : values) text += static_cast<char>(static_cast<unsigned char>(value));
  return text;
}

/// One UTF-16 unit as writeUTF encodes it.
std::string written_unit(unsigned unit) {
  if (unit >= 1 && unit < 0x80) return bytes({unit});
  if (unit < 0x800) return bytes({0xC0 + unit / 64, 0x80 + unit % 64});
  return bytes({0xE0 + unit / 4096, 0x80 + unit / 64 % 64, 0x80 + unit % 64});
}

const std::string kFace = "\xF0\x9F\x98\x80";  // U+1F600
const std::string kFaceModified = bytes({0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80});
const std::string kHigh = bytes({0xED, 0xA0, 0xBD});
const std::string kLow = bytes({0xED, 0xB8, 0x80});

TEST(ModifiedUtf8, AsciiOfEveryLengthWithOneHighByteAnywhere) {
  for (std::size_t length = 0; length <= 100; ++length) {
    std::string text(length, '\x7F');
    EXPECT_TRUE(is_ascii(text)) << length;
    for (std::size_t at = 0; at < length; ++at) {
      text[at] = '\x80';
      EXPECT_FALSE(is_ascii(text)) << length << " " << at;
      text[at] = '\x7F';
    }
  }
}

TEST(ModifiedUtf8, RawNulIsAsciiAndValid) {
  EXPECT_TRUE(is_ascii("a\0b"s));
  EXPECT_EQ(find_invalid_modified_utf8("a\0b"s), std::nullopt);
}

TEST(ModifiedUtf8, AcceptsWhatReadUtfAccepts) {
  for (const std::string& text :
       {""s, "plain"s, bytes({0xC0, 0x80}), bytes({0xC3, 0xA9}), bytes({0xE2, 0x98, 0x83}),
        kFaceModified, kHigh, kLow, kLow + kHigh, bytes({0xC1, 0x81}), bytes({0xE0, 0x80, 0x80}),
        bytes({0xDF, 0xBF}), bytes({0xEF, 0xBF, 0xBF})}) {
    EXPECT_EQ(find_invalid_modified_utf8(text), std::nullopt) << testing::PrintToString(text);
  }
}

TEST(ModifiedUtf8, FindsEachByteThatCannotLead) {
  for (unsigned lead = 0; lead <= 0xFF; ++lead) {
    const bool can_lead = lead < 0x80 || (lead >= 0xC0 && lead < 0xF0);
    const auto expected = can_lead ? std::nullopt : std::optional<std::size_t>(0);
    std::string text = bytes({lead});
    if (lead >= 0xC0) text += bytes({0x80});
    if (lead >= 0xE0) text += bytes({0x80});
    if (lead >= 0xF0) text += bytes({0x80});
    EXPECT_EQ(find_invalid_modified_utf8(text), expected) << lead;
  }
}

TEST(ModifiedUtf8, FindsEachByteThatCannotContinue) {
  for (unsigned byte = 0; byte <= 0xFF; ++byte) {
    const bool continues = byte >= 0x80 && byte < 0xC0;
    const auto expected = continues ? std::nullopt : std::optional<std::size_t>(1);
    EXPECT_EQ(find_invalid_modified_utf8("x" + bytes({0xC3, byte})), expected) << byte;
    EXPECT_EQ(find_invalid_modified_utf8("x" + bytes({0xE2, byte, 0x83})), expected) << byte;
    EXPECT_EQ(find_invalid_modified_utf8("x" + bytes({0xE2, 0x98, byte})), expected) << byte;
  }
}

TEST(ModifiedUtf8, TellsTheOffsetBehindAnyNumberOfAsciiBytes) {
  for (std::size_t before = 0; before <= 40; ++before) {
    for (std::size_t behind = 0; behind <= 20; ++behind) {
      const std::string text = std::string(before, 'a') + "\xFF" + std::string(behind, 'a');
      EXPECT_EQ(find_invalid_modified_utf8(text), before) << behind;
    }
  }
}

TEST(ModifiedUtf8, TellsTheFirstOfSeveral) {
  EXPECT_EQ(find_invalid_modified_utf8(bytes({0xC3, 0xA9, 0xF0, 0x80, 0xFF})), 2U);
}

TEST(ModifiedUtf8, TruncationAtEachLength) {
  const std::string text =
      "ab" + bytes({0xC3, 0xA9}) + "c" + bytes({0xE2, 0x98, 0x83}) + kFaceModified + "long tail";
  // Where the character begins that a text of this length would cut.
  const std::optional<std::size_t> cut[] = {{}, {}, {}, 2U, {}, {},  5U,
                                            5U, {}, 8U, 8U, {}, 11U, 11U};
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const auto expected = length < std::size(cut) ? cut[length] : std::nullopt;
    EXPECT_EQ(find_invalid_modified_utf8(std::string_view(text).substr(0, length)), expected)
        << length;
  }
}

TEST(ModifiedUtf8, EachBmpUnitRoundTrips) {
  for (unsigned unit = 0; unit <= 0xFFFF; ++unit) {
    const std::string modified = written_unit(unit);
    const std::string utf8 = unit == 0 ? "\0"s : modified;
    ASSERT_EQ(find_invalid_modified_utf8(modified), std::nullopt) << unit;
    ASSERT_EQ(to_utf8(modified), utf8) << unit;
    ASSERT_EQ(from_utf8(utf8), modified) << unit;
  }
}

TEST(ModifiedUtf8, EachPlaneBeyondTheBmpRoundTrips) {
  for (std::uint32_t code = 0x10000; code <= 0x10FFFF; code += 0x3F1) {
    const std::string utf8 = bytes(
        {0xF0 + code / 262144, 0x80 + code / 4096 % 64, 0x80 + code / 64 % 64, 0x80 + code % 64});
    const std::string modified =
        written_unit(0xD800 + (code - 0x10000) / 1024) + written_unit(0xDC00 + code % 1024);
    ASSERT_EQ(to_utf8(modified), utf8) << code;
    ASSERT_EQ(from_utf8(utf8), modified) << code;
  }
}

TEST(ModifiedUtf8, KnownTexts) {
  EXPECT_EQ(to_utf8(kFaceModified), kFace);
  EXPECT_EQ(from_utf8(kFace), kFaceModified);
  EXPECT_EQ(from_utf8("\xF4\x8F\xBF\xBF"), bytes({0xED, 0xAF, 0xBF, 0xED, 0xBF, 0xBF}));
  EXPECT_EQ(to_utf8("a" + bytes({0xC0, 0x80}) + "b"), "a\0b"s);
  EXPECT_EQ(from_utf8("\0a\0"s), bytes({0xC0, 0x80}) + "a" + bytes({0xC0, 0x80}));
  EXPECT_EQ(to_utf8(""), "");
  EXPECT_EQ(from_utf8(""), "");
}

TEST(ModifiedUtf8, LoneSurrogatesAreKept) {
  const std::string parted = kHigh + "x" + kLow;
  for (const std::string& text :
       {kHigh, kLow, parted, kLow + kHigh, kHigh + kHigh, "x" + kHigh, kLow + "x"}) {
    EXPECT_EQ(to_utf8(text), text);
    EXPECT_EQ(from_utf8(text), text);
  }
  // The other half stands right behind the view, but is no part of it.
  EXPECT_EQ(to_utf8(std::string_view(kFaceModified).substr(0, 3)), kHigh);
  EXPECT_EQ(to_utf8(kHigh + kFaceModified + kLow), kHigh + kFace + kLow);
}

TEST(ModifiedUtf8, OverlongFormsBecomeTheirCharacter) {
  EXPECT_EQ(to_utf8(bytes({0xC1, 0x81})), "A");
  EXPECT_EQ(to_utf8(bytes({0xE0, 0x81, 0x81})), "A");
  EXPECT_EQ(to_utf8(bytes({0xE0, 0x83, 0xA9})), bytes({0xC3, 0xA9}));
  EXPECT_EQ(to_utf8(bytes({0xE0, 0x80, 0x80})), "\0"s);
}

TEST(ModifiedUtf8, MalformedUtf8IsCopied) {
  for (const std::string& text :
       {kFace.substr(0, 1), kFace.substr(0, 2), kFace.substr(0, 3), kFace.substr(0, 3) + "x",
        bytes({0xF0, 0x80, 0x80, 0x80}), bytes({0xF4, 0x90, 0x80, 0x80}),
        bytes({0xF8, 0x88, 0x80, 0x80, 0x80}), bytes({0xFF}), bytes({0x80})}) {
    EXPECT_EQ(from_utf8(text), text) << testing::PrintToString(text);
    EXPECT_EQ(from_utf8(std::string("a").append(text).append(kFace)),
              std::string("a").append(text).append(kFaceModified));
  }
}

}  // namespace
}  // namespace stateferry
