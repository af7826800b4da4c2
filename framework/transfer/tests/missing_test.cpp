#include "stateferry/transfer/missing.hpp"

#include <gtest/gtest.h>

namespace stateferry {
namespace {

// A snapshot of as many operators, `uid:a`, `uid:b`, …
References of_operators(std::size_t count) {
  References references;
  references.base = "s3://b/sp";
  for (std::size_t i = 0; i < count; ++i) {
    references.operators.push_back({std::string("uid:") + static_cast<char>('a' + i)});
  }
  return references;
}

Reference file(std::uint32_t op, bool relative, const std::string& uri = "s3://b/sp/x",
               Role role = Role::managed_keyed) {
  Reference reference;
  reference.uri = uri;
  reference.op = op;
  reference.relative = relative;
  reference.role = role;
  return reference;
}

bool says(const MissingFiles& missing, const char* what) {
  return missing.hint().find(what) != std::string::npos;
}

TEST(MissingFiles, NothingIsMissing) {
  const References references = of_operators(1);
  MissingFiles missing(references);
  missing.note(file(0, true), true);
  EXPECT_EQ(missing.hint(), "");
}

TEST(MissingFiles, OperatorsThatTheStateProcessorApiLeftAlone) {
  const References references = of_operators(3);
  MissingFiles missing(references);
  missing.note(file(0, true), false);
  missing.note(file(1, true), true);
  missing.note(file(2, true), false);
  EXPECT_TRUE(says(missing, "State Processor API")) << missing.hint();
  EXPECT_TRUE(says(missing, "'where: {operator: [uid:a, uid:c]}'")) << missing.hint();
}

TEST(MissingFiles, TheOtherOperatorsMayHaveInlineStateOnly) {
  const References references = of_operators(2);
  MissingFiles missing(references);
  missing.note(file(0, true), false);
  EXPECT_TRUE(says(missing, "State Processor API")) << missing.hint();
  EXPECT_TRUE(says(missing, "beside _metadata")) << missing.hint();
}

TEST(MissingFiles, OnlyMetadataIsThere) {
  const References references = of_operators(2);
  MissingFiles missing(references);
  missing.note(file(0, true), false);
  missing.note(file(1, true), false);
  EXPECT_TRUE(says(missing, "--base-uri")) << missing.hint();
  EXPECT_TRUE(missing.all());
}

TEST(MissingFiles, SharedFilesOfAClaimedSavepoint) {
  const References references = of_operators(1);
  MissingFiles missing(references);
  missing.note(file(0, true), true);
  missing.note(file(0, true, "s3://b/sp/y", Role::incremental_shared), false);
  EXPECT_TRUE(says(missing, "incremental-shared")) << missing.hint();
}

TEST(MissingFiles, SomeOfAnOperator) {
  const References references = of_operators(2);
  MissingFiles missing(references);
  missing.note(file(0, true), true);
  missing.note(file(0, true, "s3://b/sp/y"), false);
  EXPECT_TRUE(says(missing, "from where the snapshot was made")) << missing.hint();
}

TEST(MissingFiles, AbsoluteOnesOfAnotherDirectoryAreNamed) {
  const References references = of_operators(1);
  MissingFiles missing(references);
  missing.note(file(0, false, "s3://b/old-sp/x"), false);
  missing.note(file(0, true), true);
  EXPECT_TRUE(says(missing, "nothing is left in s3://b/old-sp,")) << missing.hint();
  missing.note(file(0, false, "s3://b/old-sp/y"), true);
  EXPECT_EQ(missing.hint(), "") << "it is where it was";
}

}  // namespace
}  // namespace stateferry
