#include "stateferry/uri/prefix_index.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace stateferry {
namespace {

using Prefixes = std::vector<std::string>;

PrefixIndex index_of(const Prefixes& prefixes) {
  PrefixIndex index;
  for (const std::string& prefix : prefixes) index.add(prefix);
  return index;
}

// What the index stands for: all prefixes one by one, longest first.
std::optional<std::size_t> find_plainly(const Prefixes& prefixes, const std::string& text) {
  std::optional<std::size_t> longest;
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    if (!below_prefix(text, prefixes[i])) continue;
    if (!longest || prefixes[i].size() > prefixes[*longest].size()) longest = i;
  }
  return longest;
}

Below below_plainly(const Prefixes& prefixes, const std::string& directory) {
  Below below = Below::none;
  for (const std::string& prefix : prefixes) {
    const Below one = below_prefix_in(directory, prefix);
    if (one == Below::some) return one;
    if (one == Below::all) below = one;
  }
  return below;
}

bool nested_plainly(const Prefixes& prefixes) {
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    for (std::size_t j = 0; j < prefixes.size(); ++j) {
      if (i != j && below_prefix(prefixes[i], prefixes[j])) return true;
    }
  }
  return false;
}

TEST(PrefixIndex, TheLongestPrefixIsFound) {
  const PrefixIndex index = index_of({"s3://b/a", "s3://b/", "s3://b/a/c", "s3://b/a"});
  EXPECT_EQ(index.find("s3://b/a/c/x"), 2U);
  EXPECT_EQ(index.find("s3://b/a/x"), 0U);
  EXPECT_EQ(index.find("s3://b/a_backup"), 1U);
  EXPECT_EQ(index.find("s3://b"), 1U);
  EXPECT_EQ(index.find("s3://c/a"), std::nullopt);
  EXPECT_EQ(index.find(""), std::nullopt);
}

TEST(PrefixIndex, AnEmptyOneFindsNothing) {
  const PrefixIndex index = index_of({""});
  EXPECT_EQ(index.find("s3://b/a"), std::nullopt);
  EXPECT_EQ(PrefixIndex().find("s3://b/a"), std::nullopt);
  EXPECT_EQ(PrefixIndex().below("s3://b/"), Below::none);
  EXPECT_FALSE(PrefixIndex().nested());
}

// Few prefixes are compared one by one, many are looked up; both say what below_prefix() says.
TEST(PrefixIndex, FindsWhatComparingEachFinds) {
  const Prefixes roots{"s3://b", "file:", "/", "hdfs://h:1", "s3a://b", "file://h", ""};
  const Prefixes names{"", "a", "ab", "a/b", "a/b/", "a//b", "_metadata", "/"};
  Prefixes texts;
  for (const std::string& root : roots) {
    for (const std::string& name : names)
      texts.insert(texts.end(), {root + name, root + "/" + name});
  }
  std::mt19937 random(1);  // NOLINT: the same in each run
  for (std::size_t round = 0; round < 400; ++round) {
    Prefixes prefixes;
    for (std::size_t n = 1 + round % 20; n > 0; --n) {
      prefixes.push_back(texts[random() % texts.size()]);
    }
    const PrefixIndex index = index_of(prefixes);
    for (const std::string& text : texts) {
      EXPECT_EQ(index.find(text), find_plainly(prefixes, text)) << text;
      if (!text.ends_with('/') || text.ends_with("//")) continue;
      EXPECT_EQ(index.below(text), below_plainly(prefixes, text)) << text;
    }
    EXPECT_EQ(index.nested(), nested_plainly(prefixes));
  }
}

TEST(PrefixIndex, ManyPrefixesCostNoMore) {
  const std::string text = "s3://b/7/chk-1/x";
  std::size_t before = 0;
  for (const std::size_t count : {1'000U, 100'000U}) {
    PrefixIndex index;
    for (std::size_t i = 0; i < count; ++i) index.add("s3://b/" + std::to_string(i));
    std::size_t lookups = 0;
    EXPECT_EQ(index.find(text, &lookups), 7U);
    EXPECT_EQ(index.find("s3://c/7/chk-1/x", &lookups), std::nullopt);
    EXPECT_LE(lookups, 12U);
    EXPECT_FALSE(index.nested());
    if (before != 0) {
      EXPECT_EQ(lookups, before);
    }
    before = lookups;
  }
}

}  // namespace
}  // namespace stateferry
