#include "stateferry/bytes/text.hpp"

#include <gtest/gtest.h>

namespace stateferry {
namespace {

TEST(Text, LettersAndDigitsAreThoseOfAscii) {
  EXPECT_TRUE(is_letter('a') && is_letter('z') && is_letter('A') && is_letter('Z'));
  EXPECT_FALSE(is_letter('@') || is_letter('[') || is_letter('`') || is_letter('{'));
  EXPECT_TRUE(is_digit('0') && is_digit('9'));
  EXPECT_FALSE(is_digit('/') || is_digit(':'));
  EXPECT_TRUE(is_small_letter('q'));
  EXPECT_FALSE(is_small_letter('Q'));
  EXPECT_FALSE(is_letter_or_digit('\xE9') || is_letter_or_digit('_'));
  EXPECT_EQ(in_small_letters("Host-9.EXAMPLE\xC3\x89"), "host-9.example\xC3\x89");
}

TEST(Text, ControlCharactersAreFoundAnywhere) {
  EXPECT_FALSE(has_control(""));
  EXPECT_FALSE(has_control(" ~\xC2\x85"));
  EXPECT_TRUE(has_control("a\nb"));
  EXPECT_TRUE(has_control(std::string_view("a\0", 2)));
  EXPECT_TRUE(has_control("\x1f"));
  EXPECT_TRUE(has_control("a\x7f"));
}

TEST(Text, WordsAreJoined) {
  EXPECT_EQ(joined({}), "");
  EXPECT_EQ(joined({"a"}), "a");
  EXPECT_EQ(joined({"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(joined({"", "b", ""}, "|"), "|b|");
}

TEST(Text, CharactersAreTakenOneByOne) {
  const auto first = [](std::string_view text, std::uint32_t code, std::uint32_t length,
                        bool well_formed = true) {
    const Character c = first_character(text);
    return c.code == code && c.length == length && c.well_formed == well_formed;
  };
  EXPECT_TRUE(first("a\xC3\xA9", 'a', 1));
  EXPECT_TRUE(first("\xC3\xA9", 0xE9, 2));
  EXPECT_TRUE(first("\xE2\x82\xAC", 0x20AC, 3));
  EXPECT_TRUE(first("\xF0\x9F\x98\x80", 0x1F600, 4));
  EXPECT_TRUE(first("\xC3", 0xC3, 1, false)) << "cut";
  EXPECT_TRUE(first("\xC0\x80", 0xC0, 1, false)) << "overlong";
  EXPECT_TRUE(first("\xE0\x9F\xBF", 0xE0, 1, false)) << "overlong";
  EXPECT_TRUE(first("\xF0\x8F\xBF\xBF", 0xF0, 1, false)) << "overlong";
  EXPECT_TRUE(first("\xED\xA0\x80", 0xED, 1, false)) << "a surrogate";
  EXPECT_TRUE(first("\xF4\x90\x80\x80", 0xF4, 1, false)) << "beyond U+10FFFF";
  EXPECT_TRUE(first("\xA9", 0xA9, 1, false)) << "no lead byte";
}

TEST(Text, OnlyWellFormedTextIsUtf8) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("caf\xC3\xA9 \xF4\x8F\xBF\xBF"));
  EXPECT_FALSE(is_utf8("caf\xE9"));
  EXPECT_FALSE(is_utf8("caf\xC3"));
}

TEST(Text, ColumnsAreCharacters) {
  EXPECT_EQ(columns_of(""), 0U);
  EXPECT_EQ(columns_of("caf\xC3\xA9 \xE2\x82\xAC"), 6U);
}

TEST(Text, WhatIsAppendedIsReadAgain) {
  for (const std::uint32_t code :
       {0x0U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
    std::string text;
    append_utf8(text, code);
    const Character c = first_character(text);
    EXPECT_TRUE(c.well_formed && c.code == code && c.length == text.size()) << code;
  }
  std::string surrogate;
  append_utf8(surrogate, 0xD800);
  EXPECT_EQ(surrogate, "\xED\xA0\x80");
}

}  // namespace
}  // namespace stateferry
