#include "stateferry/transfer/reference_list.hpp"

#include <gtest/gtest.h>

#include "stateferry/transfer/move_plan.hpp"

namespace stateferry {
namespace {

std::vector<std::string> uris(const ReferenceList& files) {
  std::vector<std::string> all;
  for (const Reference& file : files) all.push_back(file.uri);
  return all;
}

bool adds(ReferenceList& files, const std::string& uri, bool relative = false) {
  return files.at(files.place_of(uri), relative).second;
}

TEST(ReferenceList, KeepsFilesInTheirOrder) {
  ReferenceList files;
  const std::vector<std::string> all = {"s3://b/z/x", "s3://b/a/x", "s3://b/z/y", "s3://b",
                                        "s3://b/",    "file:/x",    "/data/x",    "name"};
  for (const std::string& uri : all) EXPECT_TRUE(adds(files, uri)) << uri;
  EXPECT_EQ(uris(files), all);
  for (const std::string& uri : all) EXPECT_FALSE(adds(files, uri)) << uri;
  EXPECT_EQ(files.size(), all.size());
}

TEST(ReferenceList, TellsFilesApartByTheirCanonicalUri) {
  ReferenceList files;
  EXPECT_TRUE(adds(files, "s3://b/job/x"));
  EXPECT_FALSE(adds(files, "s3a://b/job/x"));
  EXPECT_FALSE(adds(files, "s3n://key@b/job/x"));
  EXPECT_TRUE(adds(files, "s3://B/job/x"));
  EXPECT_TRUE(adds(files, "hdfs://nn/job/x"));
  EXPECT_FALSE(adds(files, "hdfs://NN:8020/job/x"));
  EXPECT_TRUE(adds(files, "s3://b/job/x", true));
  EXPECT_TRUE(adds(files, "/job/x"));
  EXPECT_FALSE(adds(files, "file:/job/x"));
  EXPECT_EQ(uris(files), (std::vector<std::string>{"s3://b/job/x", "s3://B/job/x",
                                                   "hdfs://nn/job/x", "s3://b/job/x", "/job/x"}));
}

TEST(ReferenceList, GivesBackWhatItWasGiven) {
  Reference file;
  file.uri = "s3://b/job/x";
  file.relative = file.bare = file.segments = true;
  file.op = 3;
  file.role = Role::changelog;
  file.handles = 7;
  file.size = 11;
  file.at_least = 12;
  ReferenceList files;
  files.push_back(file);
  file.size.reset();
  file.uri = "s3://b/job/y";
  files.push_back(file);
  const Reference first = files[0];
  EXPECT_EQ(first.uri, "s3://b/job/x");
  EXPECT_TRUE(first.relative && first.bare && first.segments);
  EXPECT_EQ(first.op, 3U);
  EXPECT_EQ(first.role, Role::changelog);
  EXPECT_EQ(first.handles, 7U);
  EXPECT_EQ(first.size, 11U);
  EXPECT_EQ(first.at_least, 12U);
  EXPECT_EQ(files[1].size, std::nullopt);
  EXPECT_EQ(files[1].directory, first.directory);
  EXPECT_EQ(files.name_of(first), "x");
}

TEST(ReferenceList, HoldsMany) {
  ReferenceList files;
  constexpr int kDirectories = 500;
  constexpr int kFiles = 40;
  const auto uri = [](int d, int f) {
    return "s3a://bucket/" + std::to_string(d) + "/" + std::to_string(f);
  };
  for (int f = 0; f < kFiles; ++f) {
    for (int d = 0; d < kDirectories; ++d) ASSERT_TRUE(adds(files, uri(d, f)));
  }
  for (int f = 0; f < kFiles; ++f) {
    for (int d = 0; d < kDirectories; ++d) {
      const std::string other = "s3" + uri(d, f).substr(3);
      const auto [entry, added] = files.at(files.place_of(other), false);
      ASSERT_FALSE(added);
      ASSERT_EQ(std::string(entry.name, entry.name_size), std::to_string(f));
    }
  }
  EXPECT_EQ(files.size(), std::size_t{kDirectories} * kFiles);
}

// Rows ask once for each directory where that is enough; it must never make a difference.
TEST(PlanRows, GoWhereEachFileGoesAlone) {
  References references;
  references.base = "s3://old/job/chk-2";
  for (const char* uri :
       {"s3://old/job/shared/x", "s3a://old/job/shared/y", "s3://old/job/shared/.z",
        "s3://old/job/shared/\xC3\xA9", "s3://old/job/shared/deep/x", "s3://old/job/own",
        "s3://old/job/other", "s3://old/job/chk-2/x", "s3://old/job/sharedx/y", "s3://else/a/b",
        "s3://else/a/c", "s3://else/b"}) {
    Reference file;
    file.uri = uri;
    references.files.push_back(file);
  }
  for (const char* uri : {"s3://old/job/chk-2/r", "s3://old/job/chk-2/deep/r"}) {
    Reference file;
    file.uri = uri;
    file.relative = true;
    references.files.push_back(file);
  }
  MoveRequest request;
  request.target = "s3://new/place";
  request.maps = {{"s3://old/job/own", "s3://new/owned"},
                  {"s3://old/job/shared/deep", "s3://new/depth"},
                  {"s3://else", "s3a://new2/"}};
  const MovePlan plan = plan_move(references, request);
  std::size_t row = 0;
  for_each_row(references, plan, {}, [&](const PlanRow& r) {
    const Reference file = references.files[row++];
    EXPECT_EQ(r.source, file.uri);
    const std::string moved = file.relative ? plan.new_base + file.uri.substr(18)
                                            : plan.relocations.target_of(file.uri).value();
    EXPECT_EQ(r.target, moved);
  });
  EXPECT_EQ(row, references.files.size());
}

}  // namespace
}  // namespace stateferry
