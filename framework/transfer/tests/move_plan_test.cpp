#include "stateferry/transfer/move_plan.hpp"

#include <gtest/gtest.h>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

Reference file(std::string uri, bool relative = false) {
  Reference reference;
  reference.uri = std::move(uri);
  reference.relative = relative;
  reference.handles = 1;
  reference.role = Role::managed_keyed;
  reference.size = 10;
  reference.at_least = 10;
  return reference;
}

References snapshot(std::string base, const std::vector<Reference>& files) {
  References references;
  references.base = std::move(base);
  for (const Reference& file : files) references.files.push_back(file);
  return references;
}

std::vector<std::string> targets(const References& references, const MovePlan& plan,
                                 const std::unordered_set<std::string>& skip = {}) {
  std::vector<std::string> all;
  for_each_row(references, plan, skip, [&](const PlanRow& row) { all.push_back(row.target); });
  return all;
}

std::string code_of(const References& references, const MoveRequest& request) {
  try {
    plan_move(references, request);
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

TEST(MovePlan, ASnapshotInItsOwnDirectory) {
  const References r =
      snapshot("s3://old/sp-1", {file("s3://old/sp-1/a"), file("s3://old/sp-1/b", true)});
  const MovePlan plan = plan_move(r, {"s3://new", "", {}});
  EXPECT_EQ(plan.root, "s3://old/sp-1");
  EXPECT_EQ(plan.new_base, "s3://new/sp-1");
  EXPECT_EQ(targets(r, plan), (std::vector<std::string>{"s3://new/sp-1/a", "s3://new/sp-1/b"}));
  EXPECT_EQ(plan_move(r, {"s3://new", "", {}, "other"}).new_base, "s3://new/other");
  EXPECT_EQ(plan_move(r, {"s3://new", "", {}, "."}).new_base, "s3://new");
  EXPECT_EQ(plan_move(r, {"s3://new", "s3://old", {}, "."}).new_base, "s3://new/sp-1");
  EXPECT_EQ(code_of(r, {"s3://new", "s3://old", {}, "other"}), "E-ARG-USAGE");
}

// A merged file that checkpoints write on is copied again, and one that stays is not.
TEST(MovePlan, AFileThatHasGrownSinceIsNotLeftOut) {
  const auto merged = [](std::uint64_t reach) {
    Reference one = file("s3://old/job/shared/merged");
    one.size.reset();
    one.segments = true;
    one.at_least = reach;
    return one;
  };
  NeededBytes had;
  add_needed(snapshot("s3://old/job/chk-1", {file("s3://old/job/shared/a"), merged(100)}), had);
  add_needed(snapshot("s3://old/job/chk-2", {merged(70)}), had);
  const auto within = [&](std::uint64_t reach) {
    return files_within(snapshot("s3://old/job/chk-3", {file("s3a://old/job/shared/a"),
                                                        file("s3://old/job/b"), merged(reach)}),
                        had)
        .size();
  };
  EXPECT_EQ(within(100), 2U);  // the first one has two names
  EXPECT_EQ(within(101), 1U);
}

TEST(MovePlan, NoDirectoryGoesToTwo) {
  const References r = snapshot("s3://old/job/chk-2", {file("s3://old/job/shared/x")});
  EXPECT_EQ(code_of(r, {"s3://new", "", {{"s3://x", "s3://y"}, {"s3a://x", "s3://z"}}}),
            "E-ARG-USAGE");
  EXPECT_EQ(code_of(r, {"s3://new", "s3://old/job", {{"s3a://old/job", "s3://z"}}}), "E-ARG-USAGE");
}

TEST(MovePlan, AHandleThatNamesAWholeBucket) {
  const References r =
      snapshot("s3://old/job/chk-2", {file("s3://old/job/chk-2/x"), file("s3://old")});
  EXPECT_EQ(code_of(r, {"s3://new", "", {}}), "E-MOVE-ROOTS");
}

TEST(MovePlan, AWholeBucketHasNoNameToKeep) {
  const References r = snapshot("s3://old", {file("s3://old/a")});
  EXPECT_EQ(plan_move(r, {"s3://new/sp", "", {}}).new_base, "s3://new/sp");
}

TEST(MovePlan, AnIncrementalCheckpointMovesWithItsJob) {
  const References r = snapshot(
      "s3://old/job/chk-2", {file("s3://old/job/shared/x"), file("s3://old/job/chk-2/y", true)});
  const MovePlan plan = plan_move(r, {"s3://new", "", {}});
  EXPECT_EQ(plan.root, "s3://old/job");
  EXPECT_EQ(plan.new_base, "s3://new/chk-2");
  EXPECT_EQ(targets(r, plan), (std::vector<std::string>{"s3://new/shared/x", "s3://new/chk-2/y"}));
}

TEST(MovePlan, DirectoriesOfMergedFilesBelongToTheRoot) {
  References r = snapshot("s3://old/job/chk-2", {file("s3://old/job/chk-2/x")});
  r.directories = {"s3://old/job/taskowned/tm"};
  EXPECT_EQ(plan_move(r, {"s3://new", "", {}}).root, "s3://old/job");
}

TEST(MovePlan, HandlesKeepTheirSchemeWithinS3) {
  const References r = snapshot("s3://old/job/chk-2",
                                {file("s3a://old/job/shared/x"), file("s3p://old/job/shared/y")});
  EXPECT_EQ(targets(r, plan_move(r, {"s3://new", "", {}})),
            (std::vector<std::string>{"s3a://new/shared/x", "s3p://new/shared/y"}));
  EXPECT_EQ(targets(r, plan_move(r, {"gs://new", "", {}})),
            (std::vector<std::string>{"gs://new/shared/x", "gs://new/shared/y"}));
}

TEST(MovePlan, HandlesKeepTheirSchemeWithinAzure) {
  const References r = snapshot("abfss://c@old.dfs.core.windows.net/job/chk-2",
                                {file("abfs://c@old.dfs.core.windows.net/job/shared/x"),
                                 file("wasbs://c@old.blob.core.windows.net/job/shared/y")});
  const MovePlan plan = plan_move(r, {"abfss://d@new.dfs.core.windows.net", "", {}});
  EXPECT_EQ(targets(r, plan),
            (std::vector<std::string>{"abfs://d@new.dfs.core.windows.net/shared/x",
                                      "wasbs://d@new.blob.core.windows.net/shared/y"}));
  const std::string rules = rules_of(r, plan);
  for (const char* line :
       {R"("abfs://c@old.dfs.core.windows.net/job": "abfs://d@new.dfs.core.windows.net")",
        R"("wasbs://c@old.blob.core.windows.net/job": "wasbs://d@new.blob.core.windows.net")"}) {
    EXPECT_NE(rules.find(line), std::string::npos) << rules;
  }
}

TEST(MovePlan, OneSchemeForAllWhereTheUserWantsIt) {
  const References r =
      snapshot("s3://old/job/chk-2",
               {file("s3://old/job/shared/x"), file("s3p://old/job/shared/y"), file("gs://g/z")});
  MoveRequest request{"s3a://new", "", {{"gs://g", "gs://h"}}};
  MovePlan plan = plan_move(r, request);
  EXPECT_EQ(plan.new_base, "s3a://new/chk-2");
  EXPECT_EQ(schemes_kept(r, plan), (std::vector<std::string>{"s3", "s3p"}));
  request.scheme = "s3a";
  request.target = "s3://new";
  plan = plan_move(r, request);
  EXPECT_EQ(plan.new_base, "s3a://new/chk-2");
  EXPECT_EQ(targets(r, plan),
            (std::vector<std::string>{"s3a://new/shared/x", "s3a://new/shared/y", "gs://h/z"}));
  EXPECT_TRUE(schemes_kept(r, plan).empty());
  const std::string rules = rules_of(r, plan);
  EXPECT_NE(rules.find(R"("s3p://old/job": "s3a://new")"), std::string::npos) << rules;
  request.scheme = "gs";
  EXPECT_EQ(code_of(r, request), "E-ARG-USAGE");
}

TEST(MovePlan, OneSchemeOfAzure) {
  const References r = snapshot("wasbs://c@old.blob.core.windows.net/sp",
                                {file("wasbs://c@old.blob.core.windows.net/sp/x")});
  MoveRequest request{"wasbs://d@new.blob.core.windows.net/x", "", {}};
  request.scheme = "abfss";
  EXPECT_EQ(targets(r, plan_move(r, request)),
            (std::vector<std::string>{"abfss://d@new.dfs.core.windows.net/x/sp/x"}));
}

TEST(MovePlan, HandlesThatSpellTheirStoreOtherwiseFollow) {
  const References r = snapshot("hdfs://nn/job/chk-2", {file("hdfs://NN:8020/job/shared/x")});
  const MovePlan plan = plan_move(r, {"s3://new", "", {}});
  EXPECT_EQ(targets(r, plan), (std::vector<std::string>{"s3://new/shared/x"}));
  EXPECT_NE(rules_of(r, plan).find(R"("hdfs://NN:8020/job": "s3://new")"), std::string::npos);
}

TEST(MovePlan, ABucketIsNoRoot) {
  const References r =
      snapshot("s3://old/job/chk-2", {file("s3://old/a1/job/x"), file("s3://old/b2/job/y")});
  try {
    plan_move(r, {"s3://new", "", {}});
    FAIL() << "it was planned";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-MOVE-ROOTS");
    EXPECT_EQ(error.diagnostic().notes,
              (std::vector<std::string>{"s3://old/a1/job  1 file", "s3://old/b2/job  1 file"}));
  }
  EXPECT_EQ(code_of(r, {"s3://new", "s3://old", {}}), "none");
}

// The hint of the refusal; empty when there was none.
std::string hint_of(const References& references, const MoveRequest& request) {
  try {
    plan_move(references, request);
  } catch (const Error& error) {
    return error.diagnostic().hint;
  }
  return {};
}

TEST(MovePlan, ABucketIsNamedAsTheRootWhereItCanBeOne) {
  References r =
      snapshot("s3a://old/job/chk-2", {file("s3://old/a1/job/x"), file("s3://old/b2/job/y")});
  const std::string way = "--root s3a://old, or";
  EXPECT_NE(hint_of(r, {"s3://new", "", {}}).find(way), std::string::npos);
  EXPECT_EQ(code_of(r, {"s3://new", "s3a://old", {}}), "none") << "it works";
  EXPECT_EQ(hint_of(r, {"s3://old/new", "", {}}).find("--root"), std::string::npos)
      << "the target lies in it";
  r.files.push_back(file("gs://other/z"));
  EXPECT_EQ(hint_of(r, {"s3://new", "", {}}).find("--root"), std::string::npos);
  const References disk = snapshot("file:/a/chk-2", {file("file:/b/x")});
  EXPECT_EQ(hint_of(disk, {"s3://new", "", {}}).find("--root"), std::string::npos);
}

TEST(MovePlan, AStoreIsNoFile) {
  const References r = snapshot("s3://old/sp-1", {file("s3://old"), file("s3://old/sp-1/x")});
  EXPECT_EQ(code_of(r, {"s3://new/d", "", {}}), "E-MOVE-ROOTS");
  EXPECT_EQ(code_of(r, {"s3://new/d", "s3://old", {}}), "E-MOVE-ROOTS");
}

TEST(MovePlan, LocationsWithoutASchemeFollowInTheirForm) {
  References r = snapshot("file:/old/job/chk-2", {file("file:/old/job/shared/x")});
  r.store_roots = {"", "file:"};
  const auto rules = [&](const MoveRequest& request) { return rules_of(r, plan_move(r, request)); };
  const auto holds = [](const std::string& text, const char* line) {
    return text.find(std::string("        ") + line + "\n") != std::string::npos;
  };
  const std::string bare = rules({"file:/new", "", {}, "", true});
  EXPECT_TRUE(holds(bare, R"("/old/job": "/new")")) << bare;
  EXPECT_TRUE(holds(bare, R"("file:/old/job": "file:/new")")) << bare;
  const std::string full = rules({"file:/new", "", {}, "", false});
  EXPECT_TRUE(holds(full, R"("/old/job": "file:/new")")) << full;
  EXPECT_TRUE(holds(rules({"s3://new", "", {}}), R"("/old/job": "s3://new")"));
  r = snapshot("hdfs://nn/old/job/chk-2", {file("hdfs://nn/old/job/shared/x")});
  r.store_roots = {""};
  r.default_file_system = "hdfs://nn:8020";
  const std::string hdfs = rules({"file:/new", "", {}, "", true});
  EXPECT_TRUE(holds(hdfs, R"("/old/job": "file:/new")")) << "Flink would look in HDFS: " << hdfs;
}

TEST(MovePlan, ASnapshotInTheRootOfABucketMayLeaveIt) {
  const References r = snapshot("s3://old/", {file("s3://old/a"), file("s3://old/b", true)});
  const MovePlan plan = plan_move(r, {"s3://new/sp", "", {}});
  EXPECT_EQ(plan.new_base, "s3://new/sp");
  EXPECT_EQ(targets(r, plan), (std::vector<std::string>{"s3://new/sp/a", "s3://new/sp/b"}));
}

TEST(MovePlan, AFileInAnotherStoreNeedsAMap) {
  const References r =
      snapshot("s3://old/job/chk-2", {file("s3://old/job/shared/x"), file("s3://claimed/sp/y")});
  EXPECT_EQ(code_of(r, {"s3://new", "", {}}), "E-MOVE-ROOTS");
  const MovePlan plan = plan_move(r, {"s3://new", "", {{"s3://claimed/sp", "s3://new/claimed"}}});
  EXPECT_EQ(plan.root, "s3://old/job");
  EXPECT_EQ(targets(r, plan),
            (std::vector<std::string>{"s3://new/shared/x", "s3://new/claimed/y"}));
}

TEST(MovePlan, TheLongestPrefixWins) {
  const References r = snapshot(
      "s3://old/job/chk-2", {file("s3://old/job/shared/x"), file("s3://old/job/shared/deep/y")});
  const MovePlan plan = plan_move(r, {"s3://new", "", {{"s3://old/job/shared/deep", "gs://d"}}});
  EXPECT_EQ(targets(r, plan), (std::vector<std::string>{"s3://new/shared/x", "gs://d/y"}));
}

TEST(MovePlan, TwoFilesDoNotBecomeOne) {
  const References r =
      snapshot("s3://old/job/chk-2", {file("s3://old/job/shared/x"), file("s3://claimed/sp/x")});
  const MovePlan plan = plan_move(r, {"s3://new", "", {{"s3://claimed/sp", "s3://new/shared"}}});
  try {
    targets(r, plan);
    FAIL() << "they became one";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-RULE-COLLISION");
  }
}

TEST(MovePlan, SourceAndTargetLieApart) {
  const References r = snapshot("s3://old/job/chk-2", {file("s3://old/job/shared/x")});
  EXPECT_EQ(code_of(r, {"s3://old/job", "", {}}), "E-MOVE-NESTED");
  EXPECT_EQ(code_of(r, {"s3a://old/job/new", "", {}}), "E-MOVE-NESTED");
  EXPECT_EQ(code_of(r, {"s3://old", "", {}}), "E-MOVE-NESTED");
  EXPECT_EQ(code_of(r, {"s3://old/job2", "", {}}), "none");
}

TEST(MovePlan, ARootThatNobodyHasNamedIsExplained) {
  const References r = snapshot("file:/tmp/a/chk-2", {file("file:/tmp/b/shared/x")});
  EXPECT_NE(hint_of(r, {"file:/tmp/c", "", {}}).find("--map"), std::string::npos);
  EXPECT_EQ(hint_of(r, {"file:/tmp/c", "file:/tmp", {}}), "choose a target outside of file:/tmp");
}

TEST(MovePlan, WhatNobodyShouldFollowIsRefused) {
  References upwards = snapshot("s3://old/sp", {});
  upwards.unsafe = {"../x (operators[0])"};
  upwards.unsafe_count = 1;
  EXPECT_EQ(code_of(upwards, {"s3://new", "", {}}), "E-MOVE-UNSAFE");
  const References local = snapshot("s3://old/sp", {file("file:/etc/passwd")});
  EXPECT_EQ(code_of(local, {"s3://new", "", {{"file:/etc", "s3://new/etc"}}}), "E-MOVE-UNSAFE");
  References directory = snapshot("s3://old/sp", {file("s3://old/sp/x")});
  directory.directories = {"file:/etc/merged"};
  EXPECT_EQ(code_of(directory, {"s3://new", "", {{"file:/etc", "s3://new/etc"}}}), "E-MOVE-UNSAFE");
}

TEST(MovePlan, ARootMustHoldTheSnapshot) {
  const References r = snapshot("s3://old/job/chk-2", {file("s3://old/job/chk-2/x")});
  EXPECT_EQ(code_of(r, {"s3://new", "s3://old/other", {}}), "E-MOVE-ROOTS");
  const References files = snapshot("s3://old/job/chk-2", {file("s3://old/other/x")});
  EXPECT_EQ(code_of(files, {"s3://new", "s3://old/other", {}}), "E-MOVE-ROOTS")
      << "its files are not enough";
}

TEST(MovePlan, ARootHoldsAllThatNoMapNames) {
  References r = snapshot("s3://old/job/chk-2", {file("s3://old/job/shared/x")});
  r.files.push_back(file("s3://old/other/y"));
  EXPECT_EQ(code_of(r, {"s3://new", "s3://old/job", {}}), "E-MOVE-ROOTS");
  const std::vector<Relocation> maps = {{"s3://old/other", "s3://new-other"}};
  EXPECT_EQ(code_of(r, {"s3://new", "s3://old/job", maps}), "none");
  r.directories = {"s3://old/third/taskowned"};
  EXPECT_EQ(code_of(r, {"s3://new", "s3://old/job", maps}), "E-MOVE-ROOTS") << "a directory, too";
}

// Whoever lists snapshots would take it for one.
TEST(MovePlan, NoStateFileGetsTheNameOfASnapshot) {
  for (const char* name : {"_metadata", "_METADATA", "._metadata.inprogress.1"}) {
    const References r =
        snapshot("s3://old/sp", {file("s3://old/sp/deep/" + std::string(name), true)});
    try {
      targets(r, plan_move(r, {"s3://new", "", {}}));
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "E-MOVE-UNSAFE");
    }
  }
}

TEST(MovePlan, WhatWasMovedBeforeIsLeftOut) {
  const References r = snapshot("s3://old/job/chk-2",
                                {file("s3a://old/job/shared/x"), file("s3://old/job/shared/y")});
  EXPECT_EQ(targets(r, plan_move(r, {"s3://new", "", {}}), {"s3://old/job/shared/x"}),
            (std::vector<std::string>{"s3://new/shared/y"}));
}

TEST(MovePlan, TheRuleFileNamesEveryScheme) {
  const References r = snapshot("s3://old/${job}/chk-2", {file("s3a://old/${job}/shared/x")});
  const std::string rules = rules_of(r, plan_move(r, {"s3://new/\"q\"", "", {}}));
  EXPECT_NE(rules.find("        \"s3://old/$${job}\": \"s3://new/\\\"q\\\"\"\n"
                       "        \"s3a://old/$${job}\": \"s3a://new/\\\"q\\\"\"\n"),
            std::string::npos)
      << rules;
}

}  // namespace
}  // namespace stateferry
