// A codec with a field of its own in every record that can have one, of every type.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "golden.hpp"
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/conversion.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry_test/equal.hpp"

namespace stateferry::test {
namespace {

using Record = ExtendedRecord;

constexpr ExtraField kFields[] = {
    {Record::key_groups,
     {"expires_at"},
     ExtraType::i64,
     true,
     LossClass::drops_information,
     "when state expires is dropped",
     "remember it"},
    {Record::key_groups,
     {"tier"},
     ExtraType::text,
     false,
     LossClass::lossless,
     "tiers are dropped"},
    {Record::key_groups_savepoint,
     {"pinned"},
     ExtraType::flag,
     true,
     LossClass::impossible,
     "state that is pinned"},
    {Record::operator_state,
     {"slots"},
     ExtraType::i32,
     false,
     LossClass::drops_information,
     "slots are dropped"},
    {Record::subtask_state, {"attempt"}, ExtraType::i32, true},
    {Record::incremental, {"epoch"}, ExtraType::i64, false},
    {Record::changelog, {"compacted"}, ExtraType::flag, false},
    {Record::operator_stream, {"owner"}, ExtraType::text, true},
};
constexpr codecs::Layout kV8{.dialect = {8, {2, 5}}, .experimental = true, .extras = kFields};
constexpr codecs::Layout kV7{.dialect = {7, {2, 4}}, .experimental = true};

struct CodecV8 final : codecs::GrammarCodec {
  CodecV8() : GrammarCodec({&kV8, 1}) {}
};
struct CodecV7 final : codecs::GrammarCodec {
  CodecV7() : GrammarCodec({&kV7, 1}) {}
};

/// A snapshot with a value in each of the fields.
class ExtrasTest : public testing::Test {
 protected:
  ExtrasTest() {
    root_.properties = checkpoint_properties(DeclaredKind::unknown);
    OperatorState& op = root_.operators.emplace_back(arena_);
    op.parallelism = op.max_parallelism = 4;
    add(op.extras, "slots", ExtraType::i32, 3);
    for (std::int32_t i = 0; i < 4; ++i) op.subtasks.emplace_back(arena_).index = i;
    KeyGroupsStateHandle groups;
    groups.delegate = FileStateHandle{{"s3://b/f"}, 7};
    add(groups.extras, "expires_at", ExtraType::i64, 99);
    add(groups.extras, "tier", ExtraType::text, 0, "hot");
    state(0).managed_keyed = groups;
    KeyGroupsSavepointStateHandle savepoint;
    savepoint.delegate = groups.delegate;
    add(savepoint.extras, "pinned", ExtraType::flag, 1);
    state(1).managed_keyed = savepoint;
    IncrementalRemoteKeyedStateHandle incremental;
    add(incremental.extras, "epoch", ExtraType::i64, 5);
    state(2).managed_keyed = incremental;
    auto* changelog = arena_.make<ChangelogStateBackendHandle>();
    changelog->checkpointed_size = changelog->materialization_id = 0;
    changelog->state_handle_id = "";
    add(changelog->extras, "compacted", ExtraType::flag, 1);
    state(3).managed_keyed = changelog;
    OperatorStreamStateHandle stream;
    stream.delegate = groups.delegate;
    add(stream.extras, "owner", ExtraType::text, 0, "me");
    state(0).managed_operator.push_back(arena_, stream);
    add(state(3).extras, "attempt", ExtraType::i32, -2);
  }

  OperatorSubtaskState& state(std::size_t i) { return root_.operators[0].subtasks[i].state; }
  void add(Extras& extras, const char* name, ExtraType type, std::int64_t number,
           std::string_view text = {}) {
    extras.push_back(arena_, {keep_field({name}, arena_), type, number, text});
  }
  ByteVector encoded() const { return encode_file(v8_, kV8.dialect, root_); }
  const DialectInfo& info() const { return v8_.dialects().front(); }
  ConversionAccount to_v7() {
    return convert_tree(root_, arena_, info(), {v7_.dialects().front(), std::nullopt}, {});
  }
  std::string refusal() const {
    try {
      encoded();
    } catch (const CapabilityError& error) {
      return error.diagnostic().place->model_path + ": " + error.what();
    }
    return "";
  }

  Arena arena_;
  CheckpointMetadata root_;
  CodecV7 v7_;
  CodecV8 v8_;
};

TEST_F(ExtrasTest, ComeBack) {
  const ByteVector file = encoded();
  Arena arena;
  const auto again = decode_file(v8_, kV8.dialect, file, arena);
  EXPECT_EQ(test::first_difference(root_, again), std::nullopt);
  EXPECT_EQ(encode_file(v8_, kV8.dialect, again), file);
  RecordingEditor editor;
  ByteReader in(file);
  EXPECT_EQ(splice_file(v8_, kV8.dialect, in, editor), file);
  EXPECT_EQ(editor.lines.size(), 4U) << "the operator and three files";
}

TEST_F(ExtrasTest, EachIsCompared) {
  const ByteVector file = encoded();
  const auto differs = [&] {
    ByteReader in(file);
    in.take(kHeaderBytes);
    Arena arena;
    const auto original = decode_file(v8_, kV8.dialect, file, arena);
    EXPECT_NE(test::first_difference(original, root_), std::nullopt);
    return v8_.difference(root_, kV8.dialect, in).value_or("");
  };
  auto& groups = std::get<KeyGroupsStateHandle>(state(0).managed_keyed);
  groups.extras[1].text = "cold";
  EXPECT_EQ(differs(), "operators[0].subtasks[0].managed_keyed.tier");
  groups.extras[1].text = "hot";
  groups.extras[0].number = 98;
  EXPECT_EQ(differs(), "operators[0].subtasks[0].managed_keyed.expires_at");
  groups.extras[0].number = 99;
  state(3).extras = {};
  EXPECT_EQ(differs(), "operators[0].subtasks[3].attempt");
}

TEST_F(ExtrasTest, StandInDumpsUnderTheirNames) {
  std::string json;
  dump_json(root_, kV8.dialect, {}, [&](std::string_view piece) { json += piece; });
  EXPECT_THAT(json, testing::HasSubstr("\"expires_at\": 99,\n"));
  EXPECT_THAT(json, testing::HasSubstr("\"tier\": \"hot\"\n"));
  EXPECT_THAT(json, testing::HasSubstr("\"pinned\": true\n"));
  EXPECT_THAT(json, testing::Not(testing::HasSubstr("extras")));
  std::string text;
  dump_text(root_, kV8.dialect, {}, [&](std::string_view piece) { text += piece; });
  EXPECT_THAT(text, testing::HasSubstr("operators[0].slots: 3\n"));
  EXPECT_THAT(text, testing::HasSubstr("operators[0].subtasks[3].attempt: -2\n"));
  EXPECT_THAT(text, testing::HasSubstr("managed_operator[0].owner: \"me\"\n"));
}

TEST_F(ExtrasTest, WhatTheDialectHasNoPlaceForIsRefused) {
  Extras& extras = root_.operators[0].extras;
  add(extras, "colour", ExtraType::i32, 1);
  EXPECT_EQ(refusal(), "operators[0].extras: this dialect has no place for this field");
  extras.truncate(0);
  EXPECT_EQ(refusal(), "operators[0].slots: a field that this dialect needs is missing");
  add(extras, "slots", ExtraType::i64, 1);
  EXPECT_EQ(refusal(),
            "operators[0].slots: this dialect has a field of this name and another type");
  extras.truncate(0);
  add(extras, "slots", ExtraType::i32, std::int64_t{1} << 31);
  EXPECT_EQ(refusal(), "operators[0].slots: a number is too large");
}

TEST_F(ExtrasTest, AMarkerThatIsNeitherIsRefused) {
  ByteVector file = encoded();
  const ByteVector marker = hex("01 0000000000000063 0003 686F74");
  const auto at = std::search(file.begin(), file.end(), marker.begin(), marker.end());
  ASSERT_NE(at, file.end());
  *at = std::byte{2};
  Arena arena;
  EXPECT_THROW(decode_file(v8_, kV8.dialect, file, arena), FormatError);
}

TEST_F(ExtrasTest, LossesAreWhatTheCodecSays) {
  const auto account = to_v7();
  std::vector<std::string> found;
  for (const ConversionFinding& f : account.findings) {
    found.push_back(std::string(loss_class_name(f.loss)) + " " + f.what + " at " +
                    f.places.front());
  }
  EXPECT_THAT(
      found,
      testing::UnorderedElementsAre(
          "drops-information expires-at at operators[0].subtasks[0].managed_keyed.expires_at",
          "lossless tier at operators[0].subtasks[0].managed_keyed.tier",
          "impossible pinned at operators[0].subtasks[1].managed_keyed.pinned",
          "drops-information epoch at operators[0].subtasks[2].managed_keyed.epoch",
          "drops-information compacted at operators[0].subtasks[3].managed_keyed.compacted",
          "drops-information owner at operators[0].subtasks[0].managed_operator[0].owner",
          "drops-information attempt at operators[0].subtasks[3].attempt",
          "drops-information slots at operators[0].slots"));
  EXPECT_EQ(account.worst(), LossClass::impossible);
  const auto expires =
      std::find_if(account.findings.begin(), account.findings.end(),
                   [](const ConversionFinding& f) { return f.what == "expires-at"; });
  EXPECT_EQ(expires->reason, "when state expires is dropped");
  EXPECT_EQ(expires->remedy, "remember it");
  EXPECT_NO_THROW(encode_file(v7_, kV7.dialect, root_));
}

TEST_F(ExtrasTest, UpwardsWhatIsNeededIsMadeUpAndGoesAwayAgain) {
  to_v7();
  const ByteVector seven = encode_file(v7_, kV7.dialect, root_);
  const DialectInfo& v7 = v7_.dialects().front();
  auto account = convert_tree(root_, arena_, v7, {info(), std::nullopt}, {});
  EXPECT_TRUE(account.findings.empty());
  EXPECT_NO_THROW(encoded());
  EXPECT_EQ(root_.operators[0].extras.size(), 1U);
  EXPECT_EQ(root_.operators[0].extras[0].number, 0);
  EXPECT_TRUE(state(3).extras.empty()) << "it may be absent";
  account = to_v7();
  EXPECT_TRUE(account.findings.empty()) << "nothing was said that gets lost";
  EXPECT_EQ(encode_file(v7_, kV7.dialect, root_), seven);
}

// ---------------------------------------------------------------------------- counted sizes

codecs::LeastSizes least_of(Dialect dialect, std::span<const ExtraField> extras = {}) {
  return codecs::plan_of({.dialect = dialect, .extras = extras}).least;
}

// Added up by hand from the format's description.
TEST(LeastSizes, AreThoseOfTheFormat) {
  EXPECT_EQ(least_of({2, {1, 3}}).of<OperatorState>(), 32U);
  EXPECT_EQ(least_of({3, {1, 11}}).of<OperatorState>(), 29U);
  EXPECT_EQ(least_of({5, {2, 0}}).of<OperatorState>(), 33U);
  EXPECT_EQ(least_of({2, {1, 3}}).of<SubtaskEntry>(), 4U + 8 + 4 + 4 + 4 + 1 + 1);
  EXPECT_EQ(least_of({3, {1, 11}}).of<SubtaskEntry>(), 4U + 4 + 4 + 1 + 1 + 4 + 4);
  EXPECT_EQ(least_of({3, {1, 12}}).of<SubtaskEntry>(), 4U) << "one that has finished";
  EXPECT_EQ(least_of({3, {1, 11}}).of<InputChannelStateHandle>(), 21U);
  EXPECT_EQ(least_of({3, {1, 12}}).of<ResultSubpartitionStateHandle>(), 25U);
  EXPECT_EQ(least_of({6, {2, 1}}).of<InputChannelStateHandle>(), 1U + 4 + 8 + 1 + 4 + 4)
      << "a merged one without entries";
  const codecs::LeastSizes v6 = least_of({6, {2, 1}});
  EXPECT_EQ(v6.of<MasterState>(), 18U);
  EXPECT_EQ(v6.of<OperatorStateMetaInfo>(), 7U);
  EXPECT_EQ(v6.of<HandleAndLocalPath>(), 3U);
  EXPECT_EQ(v6.of<ChangelogFile>(), 9U);
  EXPECT_EQ(v6.of<StateChange>(), 8U);
  EXPECT_EQ(v6.of<MergedChannelEntry<InputChannelInfo>>(), 20U);
  EXPECT_EQ(v6.of<KeyedStateHandle>(), 1U);
  EXPECT_EQ(v6.of<OperatorStateHandle>(), 1U);
}

TEST(LeastSizes, GrowByExtraFields) {
  constexpr ExtraField kInOperator[] = {
      {Record::operator_state, {"a"}, ExtraType::text, false},
      {Record::operator_state, {"b"}, ExtraType::i64, true},
      {Record::operator_state, {"c"}, ExtraType::i64, false},
      {Record::operator_state, {"d"}, ExtraType::i32, false},
      {Record::operator_state, {"e"}, ExtraType::flag, false},
      {Record::subtask_state, {"f"}, ExtraType::i64, false},
  };
  EXPECT_EQ(least_of({7, {2, 4}}, kInOperator).of<OperatorState>(), 33U + 2 + 1 + 8 + 4 + 1);
}

// A vendor's version has a number of its own and the fields of some Flink.
TEST(Layouts, MayHaveTheFieldsOfAnotherDialect) {
  const auto plan = codecs::plan_of({.dialect = {100, {1, 18}}, .fields_of = {3, {1, 11}}});
  EXPECT_EQ(plan.info.dialect, (Dialect{100, {1, 18}}));
  EXPECT_FALSE(plan.info.has(BodyPart::finished_markers));
  EXPECT_TRUE(plan.info.has(BodyPart::coordinator));
  EXPECT_TRUE(codecs::plan_of({.dialect = {100, {1, 18}}}).info.has(BodyPart::ref_checkpoint_id));
}

}  // namespace
}  // namespace stateferry::test
