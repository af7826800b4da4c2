// Snapshots that something else has copied: where their files lie now, and that nothing is written
// before all of them were seen.
#include "stateferry/transfer/adoption.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lying_storage.hpp"
#include "relocating.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry_test/support.hpp"
#include "tiny_snapshot.hpp"

namespace stateferry {
namespace {

using testing::HasSubstr;

constexpr const char* kBase = "s3://new/app/job/chk-2";

class AdoptionTest : public testing::Test {
 protected:
  AdoptionTest() : registry(test::plugin_registry()) {}

  void put(const std::string& uri) { store.put(uri, "state"); }
  void put_metadata(std::vector<test::TinyFile> files) {
    store.put(std::string(kBase) + "/_metadata", test::tiny_snapshot(files));
  }
  // `OLD > NEW files, …`, or the code of the error, whose lines are in `notes`.
  std::string find(const AdoptRequest& request = {}) {
    DiagnosticList sink;
    Stores stores(store.finder(), {});
    try {
      const Snapshot snapshot =
          read_snapshot(std::string(kBase) + "/_metadata", {}, stores, registry, sink);
      const Adoption found = find_adoption(stores, snapshot.references, request);
      std::string text;
      for (const AdoptedRoot& root : found.roots) {
        text += root.root.from + " > " + root.root.to + " " + std::to_string(root.files) + "; ";
      }
      return text;
    } catch (const Error& error) {
      notes = error.diagnostic().notes;
      return error.code();
    }
  }
  // The whole of it; returns the code of the error, else `ok`.
  std::string adopt() {
    DiagnosticList sink;
    Stores stores(store.finder(), {});
    const std::string pointer = std::string(kBase) + "/_metadata";
    try {
      SnapshotTransfer m{registry, stores, sink,
                         read_snapshot(pointer, {}, stores, registry, sink)};
      m.target = m.new_base = m.snapshot.base;
      const Adoption found = find_adoption(stores, m.snapshot.references, {});
      if (found.roots.empty()) return "nothing";
      const Relocations wrong(wrong_rules);
      rewrite(m, rules_skipped         ? Pipeline()
                 : wrong_rules.empty() ? test::relocating(found.relocations)
                                       : test::relocating(wrong));
      check_adopted(m, found);
      if (meanwhile) store.put(pointer, *meanwhile);
      put_adopted(m, pointer, pointer + ".bak");
      return "ok";
    } catch (const Error& error) {
      return error.code();
    }
  }

  PluginRegistry registry;
  test::LyingStore store;
  std::vector<std::string> notes;
  std::optional<std::string> meanwhile;
  bool rules_skipped = false;
  std::vector<Relocation> wrong_rules;
};

TEST_F(AdoptionTest, ABucketThatWasReplicatedWhole) {
  put_metadata({{"own", 5}, {"s3a://old/app/job/shared/a", 5}, {"s3a://old/app/job/shared/b", 5}});
  put("s3://new/app/job/chk-2/own");
  put("s3://new/app/job/shared/a");
  put("s3://new/app/job/shared/b");
  EXPECT_EQ(find(), "s3a://old/app/job > s3://new/app/job 2; ");
}

TEST_F(AdoptionTest, AnotherJobsFilesAreFoundByTheirPath) {
  put_metadata({{"s3://old/app/job/shared/a", 5}, {"s3://old/savepoints/sp/b", 5}});
  put("s3://new/app/job/shared/a");
  put("s3://new/savepoints/sp/b");
  EXPECT_EQ(find(), "s3://old/app/job > s3://new/app/job 1; s3://old/ > s3://new/ 1; ");
  EXPECT_EQ(find({{}, {}, "s3://old/app/job/chk-2"}),
            "s3://old/app/job > s3://new/app/job 1; s3://old/ > s3://new/ 1; ");
}

TEST_F(AdoptionTest, TheNameAloneIsEnoughOnlyInTheSnapshotsOwnTree) {
  put_metadata({{"s3://old/x/y/a", 5}});
  put("s3://new/app/a");
  EXPECT_EQ(find(), "E-ADOPT-MISSING");
  put("s3://new/app/job/a");
  EXPECT_EQ(find(), "s3://old/x/y > s3://new/app/job 1; ");
}

TEST_F(AdoptionTest, TwoPlacesAreNotGuessed) {
  put_metadata({{"s3://old/job/shared/a", 5}});
  put("s3://new/app/job/shared/a");
  put("s3://new/app/job/job/shared/a");
  EXPECT_EQ(find(), "E-ADOPT-UNCLEAR");
  EXPECT_THAT(notes.at(0), HasSubstr("s3://new/app/job/shared s3://new/app/job/job/shared"));
  const AdoptRequest said{{}, {{"s3://old/job", "s3://new/app/job/job"}}, {}};
  EXPECT_EQ(find(said), "s3://old/job > s3://new/app/job/job 1; ");
  EXPECT_EQ(find({{"s3://new/app/job/job"}, {}, {}}), "s3://old/job > s3://new/app/job/job 1; ");
}

TEST_F(AdoptionTest, WhatIsOnlyAtTheOldPlaceIsNotGuessed) {
  put_metadata({{"own", 5}, {"s3://old/job/shared/a", 5}});
  put("s3://new/app/job/chk-2/own");
  put("s3://old/job/shared/a");
  EXPECT_EQ(find(), "E-ADOPT-UNCLEAR");
  EXPECT_EQ(find({{}, {{"s3://old/job", "s3://old/job"}}, {}}), "");
}

TEST_F(AdoptionTest, OfTwoPlacesThatCountsWhichHasTheFilesInFull) {
  put_metadata({{"s3://old/job/shared/a", 5}});
  store.put("s3://new/app/job/shared/a", "cut");
  put("s3://new/app/job/job/shared/a");
  EXPECT_EQ(find(), "s3://old/job > s3://new/app/job/job 1; ");
}

// Its files are told one by one, then.
TEST_F(AdoptionTest, ADirectoryIsFoundByAnyOfItsFiles) {
  put_metadata({{"s3://old/job/shared/a", 5}, {"s3://old/job/shared/b", 5}});
  put("s3://new/app/job/shared/b");
  EXPECT_EQ(find(), "E-ADOPT-MISSING");
  EXPECT_EQ(notes, std::vector<std::string>{"s3://new/app/job/shared/a is missing"});
}

TEST_F(AdoptionTest, WhatIsToStayDoesNotMoveWithWhatLayBesideIt) {
  put_metadata({{"s3://old/job/shared/a", 5}, {"s3://old/job/chk-1/b", 5}});
  put("s3://new/app/job/shared/a");
  put("s3://old/job/chk-1/b");
  EXPECT_EQ(find({{}, {{"s3://old/job/chk-1", "s3://old/job/chk-1"}}, {}}),
            "s3://old/job/shared > s3://new/app/job/shared 1; ");
}

// A pair that moves into itself would move what has moved.
TEST_F(AdoptionTest, NoPairHoldsItsTarget) {
  put_metadata({{"s3://new/app/job/d/shared/a", 5}});
  put("s3://new/app/job/job/d/shared/a");
  EXPECT_EQ(find(), "s3://new/app/job/d > s3://new/app/job/job/d 1; ");
}

TEST_F(AdoptionTest, NothingThatLeadsOutOfTheDirectoryIsFollowed) {
  put_metadata({{"../shared/a", 5}});
  put("s3://new/app/job/shared/a");
  EXPECT_EQ(find(), "E-MOVE-UNSAFE");
}

// They hold no files by which they could be found.
TEST_F(AdoptionTest, DirectoriesOfMergedFilesAreNotGuessed) {
  put("s3://new/app/job/shared/a");
  References references;
  references.base = kBase;
  Reference file;
  file.uri = "s3://old/app/job/shared/a";
  file.size = 5;
  references.files.push_back(file);
  DiagnosticList sink;
  Stores stores(store.finder(), {});
  references.directories = {"s3://old/app/job/taskowned/tm"};
  EXPECT_EQ(find_adoption(stores, references, {}).relocations.target_of(references.directories[0]),
            "s3://new/app/job/taskowned/tm");
  references.directories = {"s3://elsewhere/job/taskowned/tm"};
  try {
    find_adoption(stores, references, {});
    FAIL() << "it stays where it was";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-ADOPT-UNCLEAR");
    EXPECT_EQ(error.diagnostic().notes, references.directories);
  }
}

TEST_F(AdoptionTest, EveryFileMustBeThereInFull) {
  put_metadata({{"own", 5}, {"s3://old/job/shared/a", 5}, {"s3://old/job/shared/b", 6}});
  put("s3://new/app/job/chk-2/own");
  put("s3://new/app/job/shared/a");
  put("s3://new/app/job/shared/b");
  EXPECT_EQ(find(), "E-ADOPT-MISSING");
  EXPECT_EQ(notes, std::vector<std::string>{"s3://new/app/job/shared/b has another size"});
  store.put("s3://new/app/job/shared/b", "states");
  store.erase("s3://new/app/job/chk-2/own");
  EXPECT_EQ(find(), "E-ADOPT-MISSING");
  EXPECT_EQ(notes, std::vector<std::string>{"s3://new/app/job/chk-2/own is missing"});
}

TEST_F(AdoptionTest, LocalNamesInARemoteSnapshotAreNotLookedAt) {
  put_metadata({{"file:/etc/shared/a", 5}});
  put("s3://new/app/job/shared/a");
  EXPECT_EQ(find(), "file:/etc > s3://new/app/job 1; ");
  store.erase("s3://new/app/job/shared/a");
  EXPECT_EQ(find(), "E-ADOPT-MISSING");
}

TEST_F(AdoptionTest, RelativeHandlesAndThoseThatAreRightNeedNothing) {
  put_metadata({{"own", 5}, {"s3://new/app/job/shared/a", 5}});
  put("s3://new/app/job/chk-2/own");
  put("s3://new/app/job/shared/a");
  EXPECT_EQ(find(), "");
}

TEST_F(AdoptionTest, ItGoesOnWhereverItWasKilled) {
  const std::string pointer = std::string(kBase) + "/_metadata";
  const std::vector<test::TinyFile> files = {{"s3://old/app/job/shared/a", 5}};
  const std::string old = test::tiny_snapshot(files);
  put("s3://new/app/job/shared/a");
  for (store.dies_at = 1; store.dies_at < 3; ++store.dies_at) {
    put_metadata(files);
    store.erase(pointer + ".bak");
    store.changes = 0;
    EXPECT_NE(adopt(), "ok");
    EXPECT_EQ(store.content(pointer), old);
    const std::uint64_t at = std::exchange(store.dies_at, 0);
    EXPECT_EQ(adopt(), "ok");
    EXPECT_EQ(store.content(pointer), test::tiny_snapshot({{"s3://new/app/job/shared/a", 5}}));
    EXPECT_EQ(store.content(pointer + ".bak"), old);
    EXPECT_EQ(adopt(), "nothing");
    store.dies_at = at;
  }
}

TEST_F(AdoptionTest, WhatSomebodyElseHasWrittenMeanwhileStays) {
  put_metadata({{"s3://old/app/job/shared/a", 5}});
  put("s3://new/app/job/shared/a");
  meanwhile = "another";
  EXPECT_EQ(adopt(), "E-STORE-CONFLICT");
  EXPECT_EQ(store.content(std::string(kBase) + "/_metadata"), "another");
}

TEST_F(AdoptionTest, AForeignFileWithTheBackupsNameIsLeftAlone) {
  const std::string pointer = std::string(kBase) + "/_metadata";
  put_metadata({{"s3://old/app/job/shared/a", 5}});
  put("s3://new/app/job/shared/a");
  const auto old = store.content(pointer);
  store.put(pointer + ".bak", "somebody's");
  EXPECT_EQ(adopt(), "E-IO-EXISTS");
  EXPECT_EQ(store.content(pointer + ".bak"), "somebody's");
  EXPECT_EQ(store.content(pointer), old) << "nothing is replaced without a backup";
}

TEST_F(AdoptionTest, WhatWasReplacedIsReadBack) {
  const std::string pointer = std::string(kBase) + "/_metadata";
  put_metadata({{"s3://old/app/job/shared/a", 5}});
  put("s3://new/app/job/shared/a");
  store.not_replaced = {pointer};
  EXPECT_EQ(adopt(), "E-VERIFY");
  store.not_replaced = {};
  EXPECT_EQ(adopt(), "ok");
}

// The rules are one thing, and what was decided about each handle another.
TEST_F(AdoptionTest, WhatTheRulesHaveMadeIsHeldAgainstWhatWasDecided) {
  put_metadata({{"own", 5}, {"s3://old/app/job/shared/a", 5}});
  put("s3://new/app/job/chk-2/own");
  put("s3://new/app/job/shared/a");
  rules_skipped = true;
  EXPECT_EQ(adopt(), "E-ADOPT-UNCLEAR");
  EXPECT_EQ(store.changes, 0U);
}

TEST_F(AdoptionTest, NoTwoHandlesComeToNameOneFile) {
  put_metadata({{"a", 6}, {"s3://old/app/job/shared/a", 5}});
  store.put("s3://new/app/job/chk-2/a", "states");
  put("s3://new/app/job/shared/a");
  wrong_rules = {{"s3://old/app/job/shared", kBase}};
  EXPECT_EQ(find(), "s3://old/app/job > s3://new/app/job 1; ");
  EXPECT_EQ(adopt(), "E-ADOPT-UNCLEAR");
  EXPECT_EQ(store.changes, 0U);
}

TEST_F(AdoptionTest, MetadataAndItsBackupOutliveAPowerFailure) {
  const std::string pointer = std::string(kBase) + "/_metadata";
  put_metadata({{"s3://old/app/job/shared/a", 5}});
  put("s3://new/app/job/shared/a");
  EXPECT_EQ(adopt(), "ok");
  store.power_failure();
  EXPECT_TRUE(store.has(pointer));
  EXPECT_TRUE(store.has(pointer + ".bak"));
}

TEST_F(AdoptionTest, ACopyIsKnownByItsFiles) {
  DiagnosticList sink;
  const auto copied = [&] {
    Stores stores(store.finder(), {});
    return looks_copied(
        stores,
        read_snapshot(std::string(kBase) + "/_metadata", {}, stores, registry, sink).references);
  };
  put_metadata({{"s3://old/app/job/shared/a", 5}});
  put("s3://old/app/job/shared/a");
  EXPECT_FALSE(copied());
  put("s3://new/app/job/shared/a");
  EXPECT_TRUE(copied());
  put_metadata({{"s3://new/app/job/shared/a", 5}});
  EXPECT_FALSE(copied());
  put("s3://new/app/job/chk-2/a");
  EXPECT_FALSE(copied()) << "a handle of its own tree names no old place";
}

}  // namespace
}  // namespace stateferry
