#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "test_directories.hpp"

namespace stateferry::uri {
namespace {

using test::map;
using test::rewrite;
using test::scalar;
using Codes = std::vector<std::string>;

using Pairs = std::vector<std::pair<std::string, ParamNode>>;

std::unique_ptr<UriTransform> map_prefix(const Pairs& pairs) {
  return test::configured<UriTransform>("uri.map-prefix", map({{"map", map(pairs)}}));
}

TEST(MapPrefix, TheLongestSourceWinsInAnyOrder) {
  for (const bool reversed : {false, true}) {
    Pairs pairs = {{"s3://old", scalar("s3://rest")},
                   {"s3://old/flink/shared", scalar("s3://shared")}};
    if (reversed) std::swap(pairs[0], pairs[1]);
    const auto t = map_prefix(pairs);
    EXPECT_EQ(rewrite(*t, "s3://old/flink/shared/x"), "s3://shared/x");
    EXPECT_EQ(rewrite(*t, "s3://old/flink/chk-1/x"), "s3://rest/flink/chk-1/x");
    EXPECT_EQ(rewrite(*t, "s3://shared/x"), "(already)");
    EXPECT_EQ(rewrite(*t, "s3://other/x"), "(unmatched)");
  }
}

TEST(MapPrefix, SwappingNeedsAcceptance) {
  const auto with =
      map({{"map", map({{"s3://a", scalar("s3://b")}, {"s3://b", scalar("s3://a")}})}});
  EXPECT_EQ(test::problems_of("uri.map-prefix", with), Codes{"E-RULE-NESTED"});
}

TEST(MapPrefix, IsInjectiveOnlyWithTargetsApart) {
  const auto apart = map_prefix({{"s3://a", scalar("s3://x/a")}, {"s3://b", scalar("s3://x/b")}});
  EXPECT_TRUE(apart->injective());
  const auto merged = map_prefix({{"s3://a", scalar("s3://x")}, {"s3://b", scalar("s3://x")}});
  EXPECT_FALSE(merged->injective());
}

TEST(MapPrefix, DirectoriesAgreeWithTheirFiles) {
  expect_agreement(*map_prefix({{"s3://old/a", scalar("s3://new/b")},
                                {"s3://old/a/x", scalar("s3://new/y")},
                                {"s3://old", scalar("s3://new/c")}}));
}

}  // namespace
}  // namespace stateferry::uri
