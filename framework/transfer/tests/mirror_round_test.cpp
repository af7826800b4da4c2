// What a round of a mirror decides, and what it makes of notes that anybody may have written.
#include "stateferry/transfer/mirror_round.hpp"

#include <gtest/gtest.h>

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/mirror.hpp"

namespace stateferry {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
const std::string kDigest(64, 'a');

JobSnapshot listed(std::uint64_t number, std::int64_t seconds, bool whole = true) {
  const std::string name = "chk-" + std::to_string(number);
  return {"s3://b/job/" + name, name, number, whole, seconds * kSecond};
}

MirroredCheckpoint mirrored(const std::string& name, std::int64_t seconds) {
  MirroredCheckpoint one;
  one.source = {name, seconds * kSecond};
  one.directory = name;
  one.digest = kDigest;
  one.mirrored = seconds + 1;
  return one;
}

std::vector<std::string> names_of(const std::vector<JobSnapshot>& all) {
  std::vector<std::string> names;
  for (const JobSnapshot& one : all) names.push_back(one.name);
  return names;
}

TEST(MirrorRound, ANumberIsNoIdentity) {
  MirrorState state;
  add_checkpoint(state, mirrored("chk-3", 100));
  const std::vector<JobSnapshot> same = {listed(3, 100)};
  EXPECT_TRUE(new_checkpoints(same, state, false).empty());
  const std::vector<JobSnapshot> afresh = {listed(3, 200), listed(5, 90), listed(2, 80, false)};
  EXPECT_EQ(names_of(new_checkpoints(afresh, state, false)),
            (std::vector<std::string>{"chk-3", "chk-5"}));
  EXPECT_EQ(directory_for({"chk-3", 200}, state), "chk-3.at-200");
  EXPECT_EQ(directory_for({"chk-3", 100 * kSecond}, state), "chk-3");
  EXPECT_EQ(directory_for({"chk-4", 100}, state), "chk-4");
}

TEST(MirrorRound, SavepointsAreMirroredWhereThatIsAskedFor) {
  JobSnapshot savepoint = listed(1, 100);
  savepoint.name = "savepoint-x";
  savepoint.number.reset();
  EXPECT_TRUE(new_checkpoints({savepoint}, {}, false).empty());
  EXPECT_EQ(new_checkpoints({savepoint}, {}, true).size(), 1U);
}

TEST(MirrorRound, TheNewestIsByTimeAndTheOldestGoFirst) {
  MirrorState state;
  add_checkpoint(state, mirrored("chk-9", 100));
  add_checkpoint(state, mirrored("chk-1", 300));
  add_checkpoint(state, mirrored("chk-2", 200));
  EXPECT_EQ(state.checkpoints.front().source.name, "chk-1");
  const auto old = beyond(state, 1);
  ASSERT_EQ(old.size(), 2U);
  EXPECT_EQ(old[0].source.name, "chk-9");
  EXPECT_EQ(old[1].source.name, "chk-2");
  EXPECT_TRUE(beyond(state, 3).empty());
  EXPECT_EQ(beyond(state, 0).size(), 2U);  // the newest never goes
}

TEST(MirrorRound, LagIsSaidOfWhatIsNewerAlone) {
  MirrorState state;
  add_checkpoint(state, mirrored("chk-2", 200));
  const MirrorLag lag =
      lag_of({listed(4, 400), listed(3, 300), listed(2, 200), listed(1, 100)}, state, 410);
  EXPECT_EQ(lag.checkpoints, 2U);
  EXPECT_EQ(lag.seconds, 110);
  EXPECT_EQ(lag_of({listed(2, 200)}, state, 999).seconds, 0);
}

TEST(MirrorRound, WhatTheMirrorDidNotPutThereIsForeign) {
  MirrorState state;
  add_checkpoint(state, mirrored("chk-2", 200));
  state.pending = mirrored("chk-3", 300);
  EXPECT_TRUE(
      foreign_snapshots({listed(2, 200), listed(3, 300), listed(4, 0, false)}, state).empty());
  EXPECT_EQ(foreign_snapshots({listed(7, 200)}, state), std::vector<std::string>{"chk-7"});
}

GivenUp given_up(std::int64_t seconds) {
  GivenUp one;
  one.source = {"chk-" + std::to_string(seconds), seconds * kSecond};
  one.directory = one.source.name;
  one.bytes = 10'000;
  one.copied = 4'000;
  one.seconds = 2;
  return one;
}

TEST(MirrorRound, StarvationIsToldWithNumbersAfterThree) {
  MirrorState state;
  add_given_up(state, given_up(1));
  add_given_up(state, given_up(2));
  EXPECT_FALSE(starvation_advice(state));
  add_given_up(state, given_up(3));
  const auto advice = starvation_advice(state);
  ASSERT_TRUE(advice);
  EXPECT_DOUBLE_EQ(advice->needed, 10'000);  // one a second
  EXPECT_DOUBLE_EQ(advice->had, 2'000);
  EXPECT_EQ(advice->retain, 6U);  // ⌈5 s ÷ 1 s⌉ + 1
  add_checkpoint(state, mirrored("chk-4", 4));
  EXPECT_FALSE(starvation_advice(state));
}

TEST(MirrorRound, OutsideDirectoriesGetAPlaceOfTheirOwn) {
  const Relocation a = outside_relocation("s3://b/claimed", "s3://d/m");
  const Relocation b = outside_relocation("s3://c/claimed", "s3://d/m");
  EXPECT_TRUE(a.to.starts_with("s3://d/m/_outside/claimed-"));
  EXPECT_NE(a.to, b.to);
  EXPECT_EQ(outside_relocation("s3a://b/claimed/", "s3://d/m").to, a.to);
}

std::string code_of(const std::string& text) {
  try {
    parse_mirror_state(text, "s3://d/_mirror.json");
    return "ok";
  } catch (const Error& error) {
    return error.code();
  }
}

TEST(MirrorState, ComesBackAsItWasWritten) {
  MirrorState state;
  state.mirror = "a\n\"b\"";
  state.source = "s3://b/job";
  add_checkpoint(state, mirrored("chk-2", 200));
  add_given_up(state, given_up(3));
  state.pending = mirrored("chk-3", 300);
  state.failover = FailoverNote{5, "chk-2", "host"};
  const std::string text = text_of(state);
  const MirrorState read = parse_mirror_state(text, "");
  EXPECT_EQ(text_of(read), text);
  EXPECT_EQ(read.mirror, state.mirror);
  EXPECT_EQ(read.failover->checkpoint, "chk-2");
  EXPECT_EQ(read.checkpoints.front().source, state.checkpoints.front().source);
}

TEST(MirrorState, IsHostileUntilChecked) {
  MirrorState state;
  add_checkpoint(state, mirrored("chk-2", 200));
  const std::string good = text_of(state);
  EXPECT_EQ(code_of(good), "ok");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return code_of(text);
  };
  EXPECT_EQ(with("\"directory\": \"chk-2\"", "\"directory\": \"../chk-2\""), "E-MIRROR-STATE");
  EXPECT_EQ(with("\"directory\": \"chk-2\"", "\"directory\": \"..\""), "E-MIRROR-STATE");
  EXPECT_EQ(with("\"directory\": \"chk-2\"", "\"directory\": \"\""), "E-MIRROR-STATE");
  EXPECT_EQ(with("\"directory\": \"chk-2\"", "\"directory\": \"a\\nb\""), "E-MIRROR-STATE");
  EXPECT_EQ(with(kDigest, "xyz"), "E-MIRROR-STATE");
  EXPECT_EQ(with("\"behind\": 0", "\"behind\": -1"), "E-MIRROR-STATE");
  EXPECT_EQ(with("mirror-state/1", "mirror-state/2"), "E-MIRROR-STATE");
  EXPECT_EQ(code_of(""), "E-MIRROR-STATE");
  EXPECT_EQ(code_of("[]"), "E-MIRROR-STATE");
  EXPECT_EQ(code_of(std::string(1'000'000, '[')), "E-MIRROR-STATE");
}

}  // namespace
}  // namespace stateferry
