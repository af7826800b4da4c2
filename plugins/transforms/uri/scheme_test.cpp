#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "test_directories.hpp"

namespace stateferry::uri {
namespace {

using test::map;
using test::rewrite;
using test::scalar;
using Codes = std::vector<std::string>;

std::unique_ptr<UriTransform> scheme(const std::vector<std::string>& from, const std::string& to) {
  return test::configured<UriTransform>("uri.scheme",
                                        map({{"from", test::list(from)}, {"to", scalar(to)}}));
}

Codes problems(const std::string& from, const std::string& to) {
  return test::problems_of("uri.scheme", map({{"from", scalar(from)}, {"to", scalar(to)}}));
}

TEST(Scheme, ChangesTheSchemeAlone) {
  const auto t = scheme({"s3a", "s3n"}, "s3");
  EXPECT_EQ(rewrite(*t, "s3a://b/s3a://x"), "s3://b/s3a://x");
  EXPECT_EQ(rewrite(*t, "s3n://b/x"), "s3://b/x");
  EXPECT_EQ(rewrite(*t, "s3://b/s3a/x"), "(already)");
  EXPECT_EQ(rewrite(*t, "hdfs://nn/s3a"), "(unmatched)");
  EXPECT_FALSE(t->injective());
}

TEST(Scheme, RefusesWhatIsNoScheme) {
  for (const char* bad : {"s3:", "s3://", "3s", "c", ""}) {
    EXPECT_FALSE(problems("s3a", bad).empty()) << bad;
  }
  EXPECT_EQ(problems("s3", "s3"), Codes{"E-RULE-VALUE"});
}

TEST(Scheme, DirectoriesAgreeWithTheirFiles) {
  expect_agreement(*scheme({"s3", "s3n"}, "s3a"));
}

}  // namespace
}  // namespace stateferry::uri
