// Copying by a plan, through the real storage `file`.
#include "stateferry/transfer/copy_run.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "lying_storage.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;

class CopyRun : public testing::Test {
 protected:
  CopyRun() : registry(test::plugin_registry()), stores(registry, {}) {
    fs::create_directories(directory.path() / "from");
    for (int i = 0; i < 5; ++i) {
      const std::string name = std::to_string(i);
      test::write_file(directory.path() / "from" / name, "content " + name);
      items.push_back({"file:" + directory.file("from/" + name),
                       "file:" + directory.file("to/" + name), std::nullopt, 9});
    }
  }
  CopyReport run(Journal* journal = nullptr) {
    CopyProgress progress;
    CopyOptions options;
    options.source_root = options.target_root = "file:" + directory.path().string();
    return run_copy(stores, items, options, journal, progress);
  }
  std::string journal_path() const { return directory.file("journal"); }

  test::TemporaryDirectory directory;
  PluginRegistry registry;
  DiagnosticList sink;
  Stores stores;
  std::vector<CopyItem> items;
};

TEST_F(CopyRun, GoesOnByTheJournal) {
  {
    Journal journal(journal_path(), plan_id(items), items.size());
    EXPECT_TRUE(journal.done().empty());
    EXPECT_EQ(run(&journal).copied, 5U);
  }
  fs::remove(directory.path() / "to" / "2");
  fs::remove(directory.path() / "to" / "3");
  Journal journal(journal_path(), plan_id(items), items.size());
  EXPECT_EQ(journal.done().size(), 5U);
  const CopyReport report = run(&journal);
  EXPECT_EQ(report.resumed, 3U);
  EXPECT_EQ(report.copied, 2U);
}

// Its size says nothing of a file that no journal has.
TEST_F(CopyRun, AFileOfTheRightSizeIsNotDoneByThat) {
  {
    Journal journal(journal_path(), plan_id(items), items.size());
    journal.record(0);
  }
  fs::create_directories(directory.path() / "to");
  test::write_file(directory.path() / "to" / "0", "content 0");
  test::write_file(directory.path() / "to" / "1", "CONTENT 1");
  Journal journal(journal_path(), plan_id(items), items.size());
  const CopyReport report = run(&journal);
  EXPECT_EQ(report.resumed, 1U);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].code, "E-STORE-CONFLICT");
}

// Of a file that its writer writes on, the rest alone is copied, and counted.
TEST_F(CopyRun, OfWhatHasGrownTheRestIsCopied) {
  for (CopyItem& item : items) item.size.reset();
  run();
  test::write_file(directory.path() / "from" / "1", "content 1 and more");
  const std::string other = directory.file("other name");
  test::write_file(directory.path() / "from" / "2", "content 2 and more");
  fs::create_hard_link(directory.path() / "to" / "2", other);
  const CopyReport report = run();
  EXPECT_EQ(report.failed, 0U);
  EXPECT_EQ(report.copied, 2U);
  EXPECT_EQ(report.grown, 2U);
  EXPECT_EQ(report.existed, 3U);
  // The one with another name, which may be another copy, is replaced.
  EXPECT_EQ(report.bytes, 9U + 18U);
  EXPECT_EQ(test::read_text_file(directory.path() / "to" / "1"), "content 1 and more");
  EXPECT_EQ(test::read_text_file(directory.path() / "to" / "2"), "content 2 and more");
  EXPECT_EQ(test::read_text_file(other), "content 2");
}

// What the journal has of a checkpoint before says nothing of what came since.
TEST_F(CopyRun, TheJournalDoesNotHideWhatHasGrown) {
  for (CopyItem& item : items) item.size.reset();
  {
    Journal journal(journal_path(), plan_id(items), items.size());
    run(&journal);
  }
  test::write_file(directory.path() / "from" / "1", "content 1 and more");
  Journal journal(journal_path(), plan_id(items), items.size());
  const CopyReport report = run(&journal);
  EXPECT_EQ(report.resumed, 4U);
  EXPECT_EQ(report.grown, 1U);
  EXPECT_EQ(test::read_text_file(directory.path() / "to" / "1"), "content 1 and more");
}

// What stands there is as it was: it is the source that has changed.
TEST_F(CopyRun, ASourceThatBecameShorterIsToldAsThat) {
  run();
  test::write_file(directory.path() / "from" / "1", "content");
  const CopyReport report = run();
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].code, "E-STORE-SIZE");
  EXPECT_EQ(report.failures[0].subject, items[1].source);
}

// The journal doesn't say whether they were safe from a power failure.
TEST_F(CopyRun, WhatAnEarlierRunHasCopiedIsMadeDurable) {
  test::LyingStore store;
  store.put("s3://b/a", "state");
  store.put("s3://c/a", "state");
  const std::vector<CopyItem> copies = {{"s3://b/a", "s3://c/a", std::nullopt, 5}};
  { Journal(journal_path(), plan_id(copies), 1).record(0); }
  for (const bool sync : {false, true}) {
    Stores lying(store.finder(), {});
    Journal journal(journal_path(), plan_id(copies), 1);
    CopyOptions options;
    options.sync = sync;
    CopyProgress progress;
    EXPECT_EQ(run_copy(lying, copies, options, &journal, progress).resumed, 1U);
    EXPECT_EQ(store.durable.contains("s3://c/a"), sync);
  }
}

TEST_F(CopyRun, ALineThatWasCutOffCountsForNothing) {
  { const Journal journal(journal_path(), plan_id(items), items.size()); }
  std::ofstream(journal_path(), std::ios::app) << "0\n3\n4";
  {
    Journal journal(journal_path(), plan_id(items), items.size());
    EXPECT_EQ(journal.done(), (std::vector<std::size_t>{0, 3}));
    journal.record(1);
  }
  const Journal journal(journal_path(), plan_id(items), items.size());
  EXPECT_EQ(journal.done(), (std::vector<std::size_t>{0, 1, 3}));
}

TEST_F(CopyRun, AJournalOfAnotherPlanIsBegunAnew) {
  {
    Journal journal(journal_path(), plan_id(items), items.size());
    journal.record(1);
  }
  items[0].target += "x";
  const Journal journal(journal_path(), plan_id(items), items.size());
  EXPECT_TRUE(journal.done().empty());
}

TEST_F(CopyRun, OneRunAtATime) {
  const Journal journal(journal_path(), plan_id(items), items.size());
  try {
    const Journal second(journal_path(), plan_id(items), items.size());
    FAIL() << "two runs share a journal";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-STORE-TEMPORARY");
  }
}

TEST_F(CopyRun, FailuresAreCounted) {
  fs::remove(directory.path() / "from" / "1");
  Journal journal(journal_path(), plan_id(items), items.size());
  const CopyReport report = run(&journal);
  EXPECT_EQ(report.failed, 1U);
  EXPECT_EQ(report.copied, 4U);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].code, "E-IO-NOT-FOUND");
  EXPECT_EQ(test::read_text_file(journal_path()).find("end"), std::string::npos);
}

// So many have one reason, which won't go away.
TEST_F(CopyRun, TooManyFailuresStopIt) {
  items.assign(1000, items[0]);
  for (std::size_t i = 0; i < items.size(); ++i) items[i].source += "-" + std::to_string(i);
  const CopyReport report = run();
  EXPECT_TRUE(report.stopped);
  EXPECT_GE(report.failed, 100U);
  EXPECT_LT(report.failed, items.size());
  items.resize(99);
  EXPECT_FALSE(run().stopped);
}

// Who is busy for so many files in a row is not asked for all others; one that works in between
// shows that it goes on.
TEST_F(CopyRun, AStoreThatIsBusyForManyFilesStopsIt) {
  test::LyingStore store;
  items.clear();
  for (int i = 0; i < 50; ++i) {
    const std::string name = std::to_string(i);
    store.put("s3://old/" + name, "state");
    items.push_back({"s3://old/" + name, "s3://new/" + name, std::nullopt, 5});
    store.not_copyable.insert("s3://new/" + name);
  }
  Stores busy(store.finder(), {}, {std::chrono::milliseconds(0), std::chrono::milliseconds(9)});
  CopyProgress progress;
  CopyOptions options;
  options.jobs = 1;
  const CopyReport report = run_copy(busy, items, options, nullptr, progress);
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(report.failed, 8U);
  for (int i = 7; i < 50; i += 8) store.not_copyable.erase("s3://new/" + std::to_string(i));
  CopyProgress again;
  const CopyReport all = run_copy(busy, items, options, nullptr, again);
  EXPECT_FALSE(all.stopped);
  EXPECT_EQ(all.failed, 44U);
  EXPECT_EQ(all.copied, 6U);
  // Who is not there at all is not asked a second time.
  store.not_copyable_code = "E-STORE-UNREACHABLE";
  store.not_copyable.insert("s3://new/0");
  CopyProgress last;
  EXPECT_EQ(run_copy(busy, items, options, nullptr, last).failed, 1U);
}

// Else a journal would pass for that of another copy, whose files were never copied.
TEST_F(CopyRun, AllThatDecidesWhatIsCopiedIsInThePlansId) {
  const std::string id = plan_id(items);
  EXPECT_EQ(plan_id(items), id);
  std::vector<CopyItem> others = items;
  others[4].source += "x";
  EXPECT_NE(plan_id(others), id);
  others = items;
  others[4].target += "x";
  EXPECT_NE(plan_id(others), id);
  others = items;
  others[4].range = ByteRange{0, 9};
  const std::string part = plan_id(others);
  EXPECT_NE(part, id);
  others[4].range = ByteRange{1, 9};
  EXPECT_NE(plan_id(others), part);
  others[4].range = ByteRange{0, 8};
  EXPECT_NE(plan_id(others), part);
}

TEST_F(CopyRun, NobodyServesTheScheme) {
  items[0].source = "nowhere://b/k";
  try {
    run();
    FAIL() << "it was copied";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-STORE-SCHEME");
  }
}

}  // namespace
}  // namespace stateferry
