#include "stateferry/diag/shown.hpp"

#include <gtest/gtest.h>

namespace stateferry {
namespace {

using namespace std::string_view_literals;

TEST(Shown, WhatIsReadableStays) {
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("s3://bucket/a b~!\\n\"'"), "s3://bucket/a b~!\\n\"'");
  // Letters of two, three and four bytes; the first and the last of what is allowed.
  for (const char* text : {"é", "\xC2\xA0", "検", "\xED\x9F\xBF", "\xEE\x80\x80", "😀",
                           "\xF4\x8F\xBF\xBD", "\xE2\x80\x8A", "\xE2\x80\x90", "\xE2\x80\xA7"}) {
    EXPECT_EQ(shown(text), text);
  }
}

TEST(Shown, ControlCharactersOfAscii) {
  EXPECT_EQ(shown("\x1B[31mred\x1B[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(shown("a\0b\x01\x1F\x7F"sv), "a\\x00b\\x01\\x1f\\x7f");
  EXPECT_EQ(shown("one\ntwo\r\n\tthree"), "one\\ntwo\\r\\n\\tthree");
}

TEST(Shown, ControlCharactersOfTheSecondHalf) {
  EXPECT_EQ(shown("\xC2\x80\xC2\x85\xC2\x9B"
                  "31m\xC2\x9F"),
            "\\u0080\\u0085\\u009b31m\\u009f");
}

TEST(Shown, WhatIsInvisibleOrTurnsTextAround) {
  EXPECT_EQ(shown("\xD8\x9C"), "\\u061c");
  EXPECT_EQ(shown("\xE2\x80\x8B\xE2\x80\x8E\xE2\x80\x8F"), "\\u200b\\u200e\\u200f");
  EXPECT_EQ(shown("\xE2\x80\xA8\xE2\x80\xA9"), "\\u2028\\u2029");
  EXPECT_EQ(shown("\xE2\x80\xAA\xE2\x80\xAE"), "\\u202a\\u202e");
  EXPECT_EQ(shown("\xE2\x81\xA0\xE2\x81\xA6\xE2\x81\xA9\xE2\x81\xAF"),
            "\\u2060\\u2066\\u2069\\u206f");
  EXPECT_EQ(shown("\xEF\xBB\xBF"), "\\ufeff");
  EXPECT_EQ(shown("\xF3\xA0\x81\x81"), "\\U000e0041");
}

TEST(Shown, WhatIsNoUtf8) {
  EXPECT_EQ(shown("\xFF"), "\\xff");
  EXPECT_EQ(shown("a\x9B"
                  "b"),
            "a\\x9bb");
  EXPECT_EQ(shown("\xC3"), "\\xc3");                                      // cut
  EXPECT_EQ(shown("\xC3(\xE2\x82"), "\\xc3(\\xe2\\x82");                  // broken
  EXPECT_EQ(shown("\xC0\x9B\xE0\x82\x9B"), "\\xc0\\x9b\\xe0\\x82\\x9b");  // overlong
  EXPECT_EQ(shown("\xF0\x80\x82\x9B"), "\\xf0\\x80\\x82\\x9b");
  EXPECT_EQ(shown("\xED\xA0\xBD"), "\\xed\\xa0\\xbd");           // a lone surrogate
  EXPECT_EQ(shown("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
}

TEST(Shown, ASecondTimeNothingChanges) {
  const std::string once = shown("\x1B\n\xE2\x80\xAE\xFF");
  EXPECT_EQ(shown(once), once);
}

TEST(ShownLines, KeepsLineEndsOnly) {
  EXPECT_EQ(shown_lines("one\n\x1B[2Ktwo\r\n\xC2\x9B"), "one\n\\x1b[2Ktwo\\r\n\\u009b");
}

}  // namespace
}  // namespace stateferry
