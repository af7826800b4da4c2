#include "stateferry/uri/glob.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace stateferry {
namespace {

struct Case {
  std::string_view pattern;
  std::string_view text;
  bool matches;
};

class GlobTable : public testing::TestWithParam<Case> {};

TEST_P(GlobTable, Matches) {
  const auto& [pattern, text, matches] = GetParam();
  EXPECT_EQ(glob_match(pattern, text), matches) << "'" << pattern << "' on '" << text << "'";
}

constexpr Case kLiterals[] = {
    {"a", "a", true},      {"a", "b", false},     {"a", "", false},     {"a", "aa", false},
    {"aa", "a", false},    {"a/b", "a/b", true},  {"[a]", "[a]", true}, {"[a]", "a", false},
    {"{a,b}", "a", false}, {"a.c", "abc", false}, {"a+", "aa", false},  {"A", "a", false},
    {"é", "é", true},      {"é", "è", false},     {"/", "/", true},
};
INSTANTIATE_TEST_SUITE_P(Literals, GlobTable, testing::ValuesIn(kLiterals));

constexpr Case kStars[] = {
    {"*", "", true},
    {"*", "abc", true},
    {"*", "a/b", false},
    {"*", "/", false},
    {"a*", "a", true},
    {"a*", "abc", true},
    {"a*", "b", false},
    {"a*c", "abbc", true},
    {"a*c", "ab/c", false},
    {"*/*", "a/b", true},
    {"*/*", "a/b/c", false},
    {"*/*", "/", true},
    {"a*b*c", "axbxc", true},
    {"a*b*c", "abcbc", true},
    {"a*b*c", "acb", false},
    {"*b", "abab", true},
    {"*ab", "aab", true},
    {"*aab", "aaab", true},
    {"*/x/*y", "a/x/by", true},
    {"*/x/*y", "a/x/b/y", false},
};
INSTANTIATE_TEST_SUITE_P(Stars, GlobTable, testing::ValuesIn(kStars));

constexpr Case kDoubleStars[] = {
    {"**", "", true},
    {"**", "a/b/c", true},
    {"***", "a/b", true},
    {"****", "a/b", true},
    {"**/x", "x", false},
    {"**/x", "/x", true},
    {"**/x", "a/b/x", true},
    {"**/x", "a/b/xx", false},
    {"a/**/b", "a/b", false},
    {"a/**/b", "a//b", true},
    {"a/**/b", "a/x/y/b", true},
    {"a**b", "a/b/xb", true},
    {"a**b", "a/b/xc", false},
    {"s3://b/**", "s3://b/", true},
    {"s3://b/**", "s3://b", false},
    {"s3://*/shared/**", "s3://b/shared/x/y", true},
    {"s3://*/shared/**", "s3://b/c/shared/x", false},
    {"**/chk-*/*", "s3://b/j/chk-7/f", true},
    {"**/chk-*/*", "s3://b/j/chk-7/d/f", false},
    {"**/chk-*/f", "s3://b/chk-1/x/chk-2/f", true},
    {"**/*/a/b", "/x/a/a/b", true},
    {"**a*b", "a/ab", true},
    {"**a*b/c", "ab/ab/c", true},
    {"**/a*/b**c", "x/a1/a2/b/zc", true},
    {"**a**b", "b/a", false},
};
INSTANTIATE_TEST_SUITE_P(DoubleStars, GlobTable, testing::ValuesIn(kDoubleStars));

constexpr Case kQuestions[] = {
    {"?", "a", true},     {"?", "", false},     {"?", "ab", false},   {"?", "/", false},
    {"a?c", "abc", true}, {"a?c", "ac", false}, {"??", "ab", true},   {"?", "é", true},
    {"?", "☃", true},     {"?", "😀", true},     {"??", "é", false},   {"??", "😀", false},
    {"*?", "é", true},    {"*??", "é", false},  {"**??", "☃", false}, {"*??", "☃", false},
    {"*???", "😀", false}, {"?*", "😀a", true},   {"?x", "éx", true},   {"**?é", "/☃é", true},
};
INSTANTIATE_TEST_SUITE_P(Questions, GlobTable, testing::ValuesIn(kQuestions));

constexpr Case kEscapes[] = {
    {"\\*", "*", true},       {"\\*", "a", false},      {"\\*\\*", "**", true},
    {"\\?", "?", true},       {"\\?", "a", false},      {"\\\\", "\\", true},
    {"\\a", "a", true},       {"\\a", "\\a", false},    {"\\**", "*abc", true},
    {"\\**", "abc", false},   {"*\\*", "ab*", true},    {"*\\*", "abc", false},
    {"**\\*x", "a/*x", true}, {"*\\**", "ab*cd", true}, {"\\/", "/", true},
};
INSTANTIATE_TEST_SUITE_P(Escapes, GlobTable, testing::ValuesIn(kEscapes));

constexpr Case kInvalid[] = {
    {"", "", false},     {"", "a", false},      {"\\", "", false},     {"\\", "\\", false},
    {"a\\", "a", false}, {"a\\", "a\\", false}, {"*\\", "a\\", false}, {"**\\", "a", false},
};
INSTANTIATE_TEST_SUITE_P(InvalidPatternsMatchNothing, GlobTable, testing::ValuesIn(kInvalid));

TEST(Glob, MalformedUtf8IsMatchedByteByByte) {
  EXPECT_TRUE(glob_match("?", "\xC3"));
  EXPECT_TRUE(glob_match("?a",
                         "\xF0\x9F"
                         "a"));
  EXPECT_TRUE(glob_match("??", "\x80\x80"));
  EXPECT_TRUE(glob_match("*\xFF*", "a\xFF\xFF"));
}

TEST(Glob, NulIsAnOrdinaryCharacter) {
  const std::string text("a\0b", 3);
  EXPECT_TRUE(glob_match("a?b", text));
  EXPECT_TRUE(glob_match(text, text));
  EXPECT_FALSE(glob_match("a", text));
}

TEST(Glob, Problems) {
  EXPECT_EQ(glob_problem("a"), std::nullopt);
  EXPECT_EQ(glob_problem("**/[x]?{"), std::nullopt);
  EXPECT_EQ(glob_problem("\\\\"), std::nullopt);
  EXPECT_EQ(glob_problem("a\\\\\\*"), std::nullopt);
  ASSERT_TRUE(glob_problem("").has_value());
  EXPECT_NE(glob_problem("")->find("empty"), std::string::npos);
  for (const char* pattern : {"\\", "a\\", "\\\\\\", "a\\\\\\", "*\\"}) {
    ASSERT_TRUE(glob_problem(pattern).has_value()) << pattern;
    EXPECT_NE(glob_problem(pattern)->find("backslash"), std::string::npos) << pattern;
  }
}

/// The set of all ways to match at once, position by position: slow, but with nothing to go back
/// to. ASCII without escapes only.
bool reference_match(std::string_view pattern, std::string_view text) {
  std::vector<bool> reached(text.size() + 1, false);
  reached[0] = true;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    std::vector<bool> next(text.size() + 1, false);
    const bool star = pattern[i] == '*';
    const bool wide = star && pattern.substr(i).starts_with("**");
    for (std::size_t at = 0; at <= text.size(); ++at) {
      if (star) {
        const bool grows = at > 0 && next[at - 1] && (wide || text[at - 1] != '/');
        next[at] = reached[at] || grows;
      } else if (at > 0 && reached[at - 1]) {
        next[at] = pattern[i] == '?' ? text[at - 1] != '/' : pattern[i] == text[at - 1];
      }
    }
    reached = next;
    if (wide) ++i;
  }
  return reached[text.size()];
}

/// All words over `letters` up to `length` letters long.
std::vector<std::string> words(std::string_view letters, std::size_t length) {
  std::vector<std::string> all{""};
  for (std::size_t begin = 0; all[begin].size() < length; ++begin) {
    for (const char letter : letters) all.push_back(all[begin] + letter);
  }
  return all;
}

TEST(Glob, AgreesWithTheReferenceOnAllShortPatterns) {
  const std::vector<std::string> texts = words("ab/", 5);
  for (const std::string& pattern : words("ab/*?", 4)) {
    if (pattern.empty()) continue;
    for (const std::string& text : texts) {
      ASSERT_EQ(glob_match(pattern, text), reference_match(pattern, text))
          << "'" << pattern << "' on '" << text << "'";
    }
  }
}

TEST(Glob, AgreesWithTheReferenceOnLongerOnes) {
  std::mt19937 random(7);
  const auto word = [&random](std::string_view letters, std::size_t longest) {
    std::string out;
    for (std::size_t n = 1 + random() % longest; n > 0; --n)
      out += letters[random() % letters.size()];
    return out;
  };
  std::size_t matches = 0;
  for (int i = 0; i < 60000; ++i) {
    const std::string pattern = word("aab/***?", 14);
    const std::string text = word("aaab/", 24);
    const bool expected = reference_match(pattern, text);
    matches += expected ? 1 : 0;
    ASSERT_EQ(glob_match(pattern, text), expected) << "'" << pattern << "' on '" << text << "'";
  }
  EXPECT_GT(matches, 1000U) << "too few of the random pairs match to tell anything";
}

TEST(Glob, ManyStarsDoNotBlowUp) {
  std::string stars = "**";
  std::string slashed = "**";
  for (int i = 0; i < 40; ++i) {
    stars += "a*";
    slashed += "a*/**";
  }
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "aaaaaaaaa/";
  const std::string flat(200000, 'a');
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(glob_match(stars + "b", text));
  EXPECT_FALSE(glob_match(slashed + "b", text));
  EXPECT_FALSE(glob_match(stars + "b", flat));
  EXPECT_FALSE(glob_match("**aaaaaaaaaaaaaaaaaaab", flat));
  EXPECT_FALSE(glob_match("**a*a*a*/*a*a*a*/a*b", text));
  // Milliseconds when the time grows as it should; backtracking of each star takes for ever.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

// What is said of a whole directory holds of each file in it.
TEST(Glob, DirectoriesAgreeWithTheirFiles) {
  std::mt19937 random(7);
  const auto text_of = [&](std::string_view letters, std::size_t most) {
    std::string text;
    for (std::size_t n = random() % (most + 1); n > 0; --n)
      text += letters[random() % letters.size()];
    return text;
  };
  std::size_t said = 0;
  for (int i = 0; i < 50'000; ++i) {
    const std::string pattern = text_of("ab/*?\\", 6) + (random() % 2 == 0 ? "/*" : "*");
    const std::string directory = text_of("ab/", 5) + "/";
    const auto answer = glob_match_directory(pattern, directory);
    if (!answer) continue;
    ++said;
    for (const std::string& name : {std::string("a"), std::string("x"), "b" + text_of("abx", 3)}) {
      ASSERT_EQ(glob_match(pattern, directory + name), *answer)
          << "'" << pattern << "' on '" << directory + name << "'";
    }
  }
  EXPECT_GT(said, 10'000U);
  EXPECT_EQ(glob_match_directory("s3://b/**", "s3://b/a/"), true);
  EXPECT_EQ(glob_match_directory("s3://b/*", "s3://b/a/"), false);
  EXPECT_EQ(glob_match_directory("s3://b/a/0*", "s3://b/a/"), std::nullopt);
}

}  // namespace
}  // namespace stateferry
