#include "stateferry/uri/flink_path.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stateferry {
namespace {

/// A text and what Flink's Path makes of it; null where Path throws.
struct Row {
  const char* input;
  const char* normal;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.input;
}

class FlinkPathTable : public testing::TestWithParam<Row> {};

TEST_P(FlinkPathTable, IsNormalizedAsFlinkDoes) {
  const auto& [input, normal] = GetParam();
  const std::optional<std::string> expected =
      normal == nullptr ? std::nullopt : std::optional<std::string>(normal);
  EXPECT_EQ(normalize_flink_path(input), expected);
  EXPECT_EQ(is_normal_flink_path(input), expected == input);
  if (expected) {
    EXPECT_TRUE(is_normal_flink_path(*expected));
    EXPECT_EQ(normalize_flink_path(*expected), expected);
  }
}

// What Flink 1.3.3, 1.9.3, 1.14.6, 1.16.3, 1.20.3 and 2.3.0 all answered.
constexpr Row kRecorded[] = {
    {"s3://bucket/a/b", "s3://bucket/a/b"},
    {"s3a://bucket/a/b/", "s3a://bucket/a/b"},
    {"s3p://bucket//a///b", "s3p://bucket/a/b"},
    {"s3n://bucket/a/./b/../c", "s3n://bucket/a/c"},
    {"oss://bucket/x", "oss://bucket/x"},
    {"gs://bucket/x", "gs://bucket/x"},
    {"abfs://container@account.dfs.core.windows.net/x/y",
     "abfs://container@account.dfs.core.windows.net/x/y"},
    {"abfss://container@account.dfs.core.windows.net/x/y",
     "abfss://container@account.dfs.core.windows.net/x/y"},
    {"wasb://container@account.blob.core.windows.net/x",
     "wasb://container@account.blob.core.windows.net/x"},
    {"wasbs://c@a.blob.core.windows.net/x", "wasbs://c@a.blob.core.windows.net/x"},
    {"hdfs://namenode:8020/x/y", "hdfs://namenode:8020/x/y"},
    {"hdfs://ha-cluster/x", "hdfs://ha-cluster/x"},
    {"hdfs:///x/y", "hdfs:/x/y"},
    {"viewfs:///x", "viewfs:/x"},
    {"viewfs://cluster/x", "viewfs://cluster/x"},
    {"file:/tmp/x", "file:/tmp/x"},
    {"file:///tmp/x", "file:/tmp/x"},
    {"file://localhost/tmp/x", "file://localhost/tmp/x"},
    {"file:////tmp/x", "file:/tmp/x"},
    {"/tmp/x", "/tmp/x"},
    {"//tmp/x", "//tmp/x"},
    {"relative/x", "relative/x"},
    {"s3://bucket/a b", "s3://bucket/a b"},
    {"s3://bucket/a%20b", "s3://bucket/a%20b"},
    {"s3://bucket/a%b", "s3://bucket/a%b"},
    {"s3://bucket/é☃😀", "s3://bucket/é☃😀"},
    {"s3://bucket/a#b?c=d", "s3://bucket/a#b?c=d"},
    {"s3://my_bucket/x", "s3://my_bucket/x"},
    {"s3://bucket", "s3://bucket"},
    {"s3://bucket/", "s3://bucket/"},
    {"s3://BUCKET/A", "s3://BUCKET/A"},
    {"S3://bucket/x", "S3://bucket/x"},
    {"s3://bucket/a:b", "s3://bucket/a:b"},
    {"a:b/c", "a:b/c"},
    {"s3://bucket/a/../../x", "s3://bucket/../x"},
    {"s3://bucket/back\\slash", "s3://bucket/back/slash"},
    {"C:/x/y", "C:/x/y"},
    {"file:///C:/x/y", "file:/C:/x/y"},
    {"s3://user:pw@bucket/x", "s3://user:pw@bucket/x"},
    {"s3://bucket/x/", "s3://bucket/x"},
    {"/", "/"},
    {"s3:/bucket/x", "s3:/bucket/x"},
    {"s3:bucket", nullptr},
};
INSTANTIATE_TEST_SUITE_P(Recorded, FlinkPathTable, testing::ValuesIn(kRecorded));

// Recorded from Flink 1.14.6 … 2.3.0 on Java 17. Up to 1.9.3 Path also trimmed white space at
// both ends.
constexpr Row kCorners[] = {
    // Empty authorities and bare slashes.
    {"//", "/"},
    {"///", "/"},
    {"///x", "/x"},
    {"s3://", "s3:/"},
    {"s3:///", "s3:/"},
    {"s3:////x//", "s3:/x"},
    {"//x", "//x"},
    {"//a//b/../c", "//a/c"},
    {"//a:b/x", "//a:b/x"},
    {"//C:/x", "//C:/x"},
    {"/a//b/../c", "/a/c"},
    // Dots.
    {"./a", "a"},
    {"relative/./x", "relative/x"},
    {"relative/..//x", "x"},
    {"..", ".."},
    {"../", ".."},
    {"../../x", "../../x"},
    {"a/../..", ".."},
    {"/..", "/.."},
    {"/../x", "/../x"},
    {"/./", "/"},
    {"s3://b/.", "s3://b/"},
    {"s3://b/..", "s3://b/.."},
    {"s3://b/x/..", "s3://b/"},
    {"s3://b/x/../..", "s3://b/.."},
    {"s3://b/../../x/..y/.z/...", "s3://b/../../x/..y/.z/..."},
    {"s3:/a/..", "s3:/"},
    {"s3://b/a:b/../c:d", "s3://b/c:d"},
    // A relative path whose first segment would be taken for a scheme.
    {"./a:b", "./a:b"},
    {"././a:b/c", "./a:b/c"},
    {"x/../a:b", "./a:b"},
    {"./../a:b", "../a:b"},
    {"./x/a:b", "x/a:b"},
    // Drives.
    {"x:y", "x:y"},
    {"x:", "x:"},
    {"C:", "C:"},
    {"C:/", "C:/"},
    {"C:\\", "C:/"},
    {"C:\\x\\", "C:/x"},
    {"C://x//y", "C:/x/y"},
    {"C:x", "C:x"},
    {"C:../x", "C:../x"},
    {"C:/x/..", "C:/"},
    {"C:/..", "/"},
    {"C:x/../..", "/.."},
    {"/C:/x", "C:/x"},
    {"/a:b", "a:b"},
    {"///a:", "a:"},
    {"/x/../C:/", "C:"},
    {"file:/C:/", "file:/C:/"},
    {"file:///C:/..", "file:/"},
    {"s3:/C:/", "s3:/C:/"},
    // Letters and a colon alone keep a slash, however many letters.
    {"/ab:/", "/ab:/"},
    {"/ab:", "/ab:"},
    {"/a1:/", "/a1:"},
    {"/ab:/c/", "/ab:/c"},
    {"s3://b/ab:/", "s3://b/ab:/"},
    {"s3://b/ab:/.", "s3://b/ab:/"},
    {"s3://b/x/../ab:/", "s3://b/ab:"},
    // Backslashes: a slash in the path, but nowhere else.
    {"\\\\h\\s", "/h/s"},
    {"s3:\\\\b\\x", "s3:/b/x"},
    {"s3://b\\x", "s3://b\\x"},
    {"s3://b\\c/x", "s3://b\\c/x"},
    {"s3://b/x\\", "s3://b/x"},
    {"s3://b/x\\..\\y", "s3://b/y"},
    {"\\C:\\x", nullptr},
    // Authorities.
    {"s3://a%20b/x", "s3://a%20b/x"},
    {"s3://a%b/x", "s3://a%b/x"},
    {"s3:// /x", "s3:// /x"},
    {"s3://b?c#d/x", "s3://b?c#d/x"},
    {"s3://@/x", "s3://@/x"},
    {"s3://:/x", "s3://:/x"},
    {"s3://a@b@c/x", "s3://a@b@c/x"},
    {"s3://é/x", "s3://é/x"},
    {"s3://[::1]/x", "s3://[::1]/x"},
    {"s3://[::1]:9000/x", "s3://[::1]:9000/x"},
    {"s3://u@[::ffff:1.2.3.4]:/x", "s3://u@[::ffff:1.2.3.4]:/x"},
    {"s3://[fe80::1%eth0]/x", "s3://[fe80::1%eth0]/x"},
    {"s3://[fe80::1%]/x", nullptr},
    {"s3://[1:2:3:4:5:6:7:8:9]/x", nullptr},
    {"s3://[::1]:90x/x", nullptr},
    {"s3://[::1]:99999999999/x", nullptr},
    {"s3://[::1]x/x", nullptr},
    {"s3://[::1/x", nullptr},
    {"s3://[zz:1]/x", nullptr},
    {"s3://[]:/x", nullptr},
    {"s3://a[b/x", nullptr},
    {"s3://]/x", nullptr},
    {"s3://[u]@[::1]/x", nullptr},
    // Schemes.
    {"a1+-.:/x", "a1+-.:/x"},
    {"1a:/x", nullptr},
    {"a_b:/x", nullptr},
    {" s3:/x", nullptr},
    {"é:/x", nullptr},
    {":/x", nullptr},
    {":", nullptr},
    {"s3:", nullptr},
    {"s3:.", nullptr},
    {"ab:c/d", nullptr},
    // Spaces are part of the name.
    {" x", " x"},
    {"s3://b/x ", "s3://b/x "},
    {"s3://b/x /", "s3://b/x "},
    {" ", " "},
    {"", nullptr},
};
INSTANTIATE_TEST_SUITE_P(Corners, FlinkPathTable, testing::ValuesIn(kCorners));

// Where the text that one Path gives is not what the next one makes of it, we go all the way.
constexpr Row kSettled[] = {
    {"s3://b/x/.", "s3://b/x"},
    {"s3://b/x/y/..", "s3://b/x"},
    {"x/.", "x"},
    {"../.", ".."},
    {"/x/y/../", "/x"},
    {"/../.", "/.."},
    {".", nullptr},
    {"./", nullptr},
    {"a/..", nullptr},
    {"a?b:c", nullptr},
};
INSTANTIATE_TEST_SUITE_P(Settled, FlinkPathTable, testing::ValuesIn(kSettled));

TEST(FlinkPath, NulIsAnOrdinaryCharacterOfThePath) {
  const std::string text("s3://b/\0x", 9);
  EXPECT_EQ(normalize_flink_path(text), text);
  EXPECT_TRUE(is_normal_flink_path(text));
  EXPECT_EQ(normalize_flink_path(std::string("s3://[::1\0]/x", 13)), std::nullopt);
}

static_assert(noexcept(is_normal_flink_path("")));

/// `is_normal(x)` exactly where `normalize(x) == x`, and normalizing twice changes nothing more.
void expect_consistent(const std::string& text) {
  const std::optional<std::string> normal = normalize_flink_path(text);
  ASSERT_EQ(is_normal_flink_path(text), normal == text) << text;
  if (!normal) return;
  ASSERT_EQ(normalize_flink_path(*normal), normal) << text;
  ASSERT_TRUE(is_normal_flink_path(*normal)) << text;
}

/// All words over `letters` up to `length` letters long.
std::vector<std::string> words(std::string_view letters, std::size_t length) {
  std::vector<std::string> all{""};
  for (std::size_t begin = 0; all[begin].size() < length; ++begin) {
    for (const char letter : letters) all.push_back(all[begin] + letter);
  }
  return all;
}

TEST(FlinkPath, IsNormalAgreesWithNormalizeOnAllShortTexts) {
  for (const std::string& text : words("/.:a\\", 6)) expect_consistent(text);
}

TEST(FlinkPath, IsNormalAgreesWithNormalizeBehindPrefixes) {
  for (const std::string& text : words("/.:a\\", 5)) {
    for (const char* prefix :
         {"s3:", "s3://", "s3://bucket", "s3://bucket/12345", "/abc", "//h/"}) {
      expect_consistent(prefix + text);
    }
  }
}

/// A text of pieces that matter somewhere.
std::string random_text(std::mt19937& random) {
  static constexpr const char* kPieces[] = {"/",       "/",
                                            "/",       "//",
                                            ".",       "..",
                                            "a",       "ab:",
                                            "C:",      "\\",
                                            ":",       " ",
                                            "é",       "😀",
                                            "%20",     "?",
                                            "#",       "[::1]",
                                            "[",       "]",
                                            "@",       "s3:",
                                            "s3://",   "file:///",
                                            "segment", "a-long-segment-name",
                                            ".x"};
  std::string text;
  for (std::size_t n = 1 + random() % 10; n > 0; --n) {
    text += kPieces[random() % std::size(kPieces)];
  }
  return text;
}

TEST(FlinkPath, IsNormalAgreesWithNormalizeOnRandomTexts) {
  std::mt19937 random(11);
  for (int i = 0; i < 100000; ++i) expect_consistent(random_text(random));
}

TEST(FlinkPath, IsNormalFindsAFlawAtEachPlace) {
  const std::string good = "s3://bucket/0123456789abcdef0123456789abcdef/x";
  ASSERT_TRUE(is_normal_flink_path(good));
  for (std::size_t at = std::string_view("s3://bucket/").size(); at <= good.size(); ++at) {
    for (const char* flaw : {"//", "\\", "/./", "/../"}) {
      EXPECT_FALSE(is_normal_flink_path(std::string(good).insert(at, flaw))) << at << flaw;
    }
    EXPECT_TRUE(is_normal_flink_path(std::string(good).insert(at, "x/.x"))) << at;
    EXPECT_TRUE(is_normal_flink_path(std::string(good).insert(at, "..x"))) << at;
  }
}

void expect_parts(std::string_view text, std::string_view scheme, std::string_view authority,
                  std::string_view path) {
  const FlinkPathParts parts = split_flink_path(text);
  EXPECT_EQ(parts.scheme, scheme) << text;
  EXPECT_EQ(parts.authority, authority) << text;
  EXPECT_EQ(parts.path, path) << text;
  EXPECT_EQ(has_scheme(text), !scheme.empty()) << text;
}

TEST(FlinkPath, Splits) {
  expect_parts("s3://b/x", "s3", "b", "/x");
  expect_parts("s3://b", "s3", "b", "");
  expect_parts("s3://b/", "s3", "b", "/");
  expect_parts("abfs://c@a.host:1/x//y/", "abfs", "c@a.host:1", "/x//y/");
  expect_parts("file:///x", "file", "", "/x");
  expect_parts("file:/x", "file", "", "/x");
  expect_parts("s3://", "s3", "", "//");
  expect_parts("s3:b", "s3", "", "b");
  expect_parts("//h/x", "", "h", "/x");
  expect_parts("/x:y", "", "", "/x:y");
  expect_parts("x/y:z", "", "", "x/y:z");
  expect_parts("C:/x", "", "", "C:/x");
  expect_parts("a:b/c", "", "", "a:b/c");
  expect_parts("ab:c/d", "ab", "", "c/d");
  expect_parts(":/x", "", "", "/x");
  expect_parts("", "", "", "");
}

TEST(FlinkPath, BelowPrefix) {
  EXPECT_EQ(below_prefix("s3://b/a/x", "s3://b/a"), "/x");
  EXPECT_EQ(below_prefix("s3://b/a", "s3://b/a"), "");
  EXPECT_EQ(below_prefix("s3://b/a/x/y", "s3://b"), "/a/x/y");
  EXPECT_EQ(below_prefix("s3://b/a", "s3://b/"), "/a");
  EXPECT_EQ(below_prefix("s3://b/", "s3://b/"), "");
  EXPECT_EQ(below_prefix("s3://b", "s3://b/"), "");
  EXPECT_EQ(below_prefix("s3://b/", "s3://b"), "/");
  EXPECT_EQ(below_prefix("/x", "/"), "/x");
  EXPECT_EQ(below_prefix("file:/x", "file:/"), "/x");
  EXPECT_EQ(below_prefix("C:/x", "C:/"), "/x");
  EXPECT_EQ(below_prefix("a/b", "a"), "/b");
}

TEST(FlinkPath, NotBelowPrefix) {
  for (const auto& [text, prefix] :
       std::vector<std::pair<const char*, const char*>>{{"s3://b/a_backup", "s3://b/a"},
                                                        {"s3://b/a", "s3://b/a/x"},
                                                        {"s3://bucket", "s3://b"},
                                                        {"s3://bucket/x", "s3://b/"},
                                                        {"s3a://b/x", "s3://b"},
                                                        {"S3://b/x", "s3://b"},
                                                        {"//h/x", "/"},
                                                        {"file://localhost/x", "file:/"},
                                                        {"x", "/"},
                                                        {"C:/x", "/"},
                                                        {"x", ""},
                                                        {"", "x"},
                                                        {"", ""}}) {
    EXPECT_EQ(below_prefix(text, prefix), std::nullopt) << text << " below " << prefix;
  }
}

TEST(FlinkPath, BelowPrefixIsAViewOfTheText) {
  const std::string text = "s3://b/a/x";
  EXPECT_EQ(below_prefix(text, "s3://b")->data(), text.data() + 6);
}

TEST(FlinkPath, JoinPrefix) {
  EXPECT_EQ(join_prefix("s3://n/d", "/x"), "s3://n/d/x");
  EXPECT_EQ(join_prefix("s3://n/d", ""), "s3://n/d");
  EXPECT_EQ(join_prefix("s3://n", "/x"), "s3://n/x");
  EXPECT_EQ(join_prefix("s3://n/", "/x"), "s3://n/x");
  EXPECT_EQ(join_prefix("s3://n/", ""), "s3://n/");
  EXPECT_EQ(join_prefix("s3://n", ""), "s3://n");
  EXPECT_EQ(join_prefix("s3://n", "/"), "s3://n/");
  EXPECT_EQ(join_prefix("s3://n/", "/"), "s3://n/");
  EXPECT_EQ(join_prefix("s3://n/d", "/"), "s3://n/d");
  EXPECT_EQ(join_prefix("/", "/x"), "/x");
  EXPECT_EQ(join_prefix("/", "/C:/x"), "C:/x");
  EXPECT_EQ(join_prefix("file:/", "/x"), "file:/x");
  EXPECT_EQ(join_prefix("C:/", "/x"), "C:/x");
  EXPECT_EQ(join_prefix("s3://n/d", "/../x"), "s3://n/x");
}

/// Joins what below_prefix gave for each pair of `texts`. Only where a root's slash was not in the
/// text does joining add it.
void expect_round_trips(const std::vector<std::string>& texts) {
  std::size_t below = 0;
  for (const std::string& prefix : texts) {
    for (const std::string& text : texts) {
      const auto rest = below_prefix(text, prefix);
      if (!rest) continue;
      ++below;
      const std::string expected = text + "/" == prefix ? prefix : text;
      ASSERT_EQ(join_prefix(prefix, *rest), expected) << text << " below " << prefix;
    }
  }
  EXPECT_GT(below, texts.size()) << "nothing but equal texts was tried";
}

std::vector<std::string> normal_forms(const std::vector<std::string>& texts) {
  std::vector<std::string> normal;
  for (const std::string& text : texts) {
    if (auto form = normalize_flink_path(text)) normal.push_back(*std::move(form));
  }
  return normal;
}

TEST(FlinkPath, JoiningWhatIsBelowAPrefixGivesTheText) {
  expect_round_trips(normal_forms(words("/.:a", 5)));
  std::vector<std::string> behind_bucket;
  for (const std::string& text : words("/.:a", 4)) behind_bucket.push_back("s3://b" + text);
  expect_round_trips(normal_forms(behind_bucket));
}

TEST(FlinkPath, JoinedTextIsNormal) {
  for (const char* prefix :
       {"s3://n/d", "s3://n", "s3://n/", "/", "//h", "C:/", "C:", "a/b", "s3:/x"}) {
    for (const std::string& text : normal_forms(words("/.:a", 4))) {
      const std::string placed = "s3://b/" + text;
      if (!is_normal_flink_path(placed)) continue;
      const std::string joined = join_prefix(prefix, *below_prefix(placed, "s3://b"));
      EXPECT_TRUE(is_normal_flink_path(joined)) << joined;
    }
  }
}

TEST(FlinkPath, ParentOf) {
  for (const auto& [text, parent] :
       std::vector<std::pair<const char*, const char*>>{{"s3://b/x/y", "s3://b/x"},
                                                        {"s3://b/x", "s3://b/"},
                                                        {"s3://b/", ""},
                                                        {"s3://b", ""},
                                                        {"//h/x", "//h/"},
                                                        {"//h", ""},
                                                        {"file:/x/y", "file:/x"},
                                                        {"file:/x", "file:/"},
                                                        {"file:/", ""},
                                                        {"/x/y", "/x"},
                                                        {"/x", "/"},
                                                        {"/", ""},
                                                        {"x/y", "x"},
                                                        {"x", ""},
                                                        {"C:/x/y", "C:/x"},
                                                        {"C:/x", "C:/"},
                                                        {"C:/", ""},
                                                        {"C:x", ""},
                                                        {"file:/C:/x", "file:/C:/"},
                                                        {"s3://b/a:x", "s3://b/"},
                                                        {"s3://b/ab:/x", "s3://b/ab:"},
                                                        {"", ""}}) {
    EXPECT_EQ(parent_of(text), parent) << text;
  }
}

// below_prefix_in() says of a directory what below_prefix() says of each file in it.
TEST(BelowPrefixIn, AgreesWithEachFile) {
  const std::vector<std::string> prefixes = {
      "s3://b",     "s3://b/",   "s3://b/a", "s3://b/a/x", "s3://b/a/x/y", "s3://b/ab",
      "s3://other", "s3a://b/a", "file:/",   "file:/tmp",  "hdfs:/",       "hdfs://n:8020/d"};
  const std::vector<std::string> directories = {"s3://b/",      "s3://b/a/", "s3://b/a/x/",
                                                "s3://b/ab/",   "file:/",    "file:/tmp/",
                                                "file:/tmp/a/", "hdfs:/d/",  "hdfs://n:8020/d/"};
  const std::vector<std::string> names = {"a", "ab", "x", "y", "tmp", "d", "0-1"};
  for (const std::string& prefix : prefixes) {
    for (const std::string& directory : directories) {
      std::size_t below = 0;
      for (const std::string& name : names) {
        below += below_prefix(directory + name, prefix).has_value() ? 1 : 0;
      }
      const Below in = below_prefix_in(directory, prefix);
      const std::size_t least = in == Below::all ? names.size() : 0;
      const std::size_t most = in == Below::all ? names.size() : in == Below::some ? 1 : 0;
      EXPECT_GE(below, least) << directory << " in " << prefix;
      EXPECT_LE(below, most) << directory << " in " << prefix;
    }
  }
  EXPECT_EQ(below_prefix_in("s3://b/a/", "s3://b/a"), Below::all);
  EXPECT_EQ(below_prefix_in("s3://b/", "s3://b/a"), Below::some);
  EXPECT_EQ(below_prefix_in("s3://b/ab/", "s3://b/a"), Below::none);
  EXPECT_EQ(below_prefix_in("s3://b/", "s3://b/"), Below::all);
}

}  // namespace
}  // namespace stateferry
