// For the tests of this namespace: what a transform says of a directory it says of each file in it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "../test_support.hpp"

namespace stateferry::uri {

/// Of all directories that these tests move, and others: the answer for the directory, where there
/// is one, is that for any file in it.
inline void expect_agreement(const UriTransform& transform) {
  for (const std::string directory :
       {"s3://old/", "s3://old/a/", "s3://old/a/x/", "s3://old/ab/", "s3://new/", "s3://new/b/",
        "s3://new/b/y/", "s3n://old/a/", "s3a://old/a/", "file:/", "file:/tmp/", "hdfs://n/a/", "/",
        "/data/", "/data/a/"}) {
    std::string target;
    const auto outcome = transform.rewrite_directory(directory, target);
    if (!outcome) continue;
    for (const std::string name : {"a", "ab", "b", "x", "y", "tmp", "0-1"}) {
      const std::string expected = *outcome == Outcome::changed     ? target + name
                                   : *outcome == Outcome::unmatched ? "(unmatched)"
                                                                    : "(already)";
      EXPECT_EQ(test::rewrite(transform, directory + name), expected) << directory << name;
    }
  }
}

}  // namespace stateferry::uri
