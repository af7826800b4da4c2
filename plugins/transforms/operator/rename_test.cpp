#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_document.hpp"

namespace stateferry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Entries = std::vector<std::pair<std::string, std::string>>;

ParamNode with(const Entries& entries, bool strict = false) {
  std::vector<std::pair<std::string, ParamNode>> map;
  for (const auto& [from, to] : entries) map.emplace_back(from, test::scalar(to));
  return test::map(
      {{"map", test::map(std::move(map))}, {"strict", test::scalar(strict ? "true" : "false")}});
}

std::unique_ptr<DocumentTransform> rename(const Entries& entries, bool strict = false,
                                          const std::vector<std::string>& accept = {}) {
  return test::configured<DocumentTransform>("operator.rename", with(entries, strict), accept);
}

std::string hash(std::string_view uid) {
  return to_hex(operator_id_of_uid(uid));
}

TEST(OperatorRename, KeepsUidIdAndCoordinatorTogether) {
  OperatorState source = test::op("old", "Source: orders");
  const std::string old_id = hash("old");
  ByteStreamStateHandle coordinator;
  coordinator.handle_name.text = old_id;
  source.coordinator = coordinator;
  auto document = test::document({source, test::op("other")});
  EXPECT_THAT(test::apply(*rename({{"old", "new"}}), document),
              ElementsAre("0.uid: old > new", "0.id: " + old_id + " > " + hash("new"),
                          "0.coordinator.handle_name: " + old_id + " > " + hash("new")));
  const OperatorState& renamed = document.root().operators[0];
  EXPECT_EQ(renamed.uid, "new");
  EXPECT_EQ(to_hex(renamed.id), hash("new"));
  EXPECT_EQ(renamed.name, "Source: orders");
  EXPECT_EQ(std::get<ByteStreamStateHandle>(renamed.coordinator).handle_name.text, hash("new"));
}

TEST(OperatorRename, ACoordinatorOfAnotherNameKeepsIt) {
  OperatorState source = test::op("old");
  ByteStreamStateHandle coordinator;
  coordinator.handle_name.text = "coord";
  source.coordinator = coordinator;
  auto document = test::document({source});
  test::apply(*rename({{"old", "new"}}), document);
  const OperatorState& renamed = document.root().operators[0];
  EXPECT_EQ(std::get<ByteStreamStateHandle>(renamed.coordinator).handle_name.text, "coord");
}

TEST(OperatorRename, AHashGetsAUidAndBack) {
  const OperatorId generated = *operator_id_from_hex("4551bc7a44239d222055501a83d275a0");
  auto document = test::document({test::op("", "slow", generated)});
  test::apply(*rename({{"hash:4551BC7A44239D222055501A83D275A0", "slow-uid"}}), document);
  EXPECT_EQ(document.root().operators[0].uid, "slow-uid");
  EXPECT_EQ(to_hex(document.root().operators[0].id), hash("slow-uid"));
  test::apply(*rename({{"slow-uid", "4551bc7a44239d222055501a83d275a0"}}), document);
  EXPECT_EQ(document.root().operators[0].uid, "");
  EXPECT_EQ(document.root().operators[0].id, generated);
}

TEST(OperatorRename, FilesWithoutUidsOnlyGetTheId) {
  auto document = test::document({test::old_op("old")});
  EXPECT_THAT(test::apply(*rename({{"uid:old", "uid:new"}}), document),
              ElementsAre("0.id: " + hash("old") + " > " + hash("new")));
  EXPECT_EQ(document.root().operators[0].uid, "");
  // The uid of a hash that stays can't be written down there.
  EXPECT_THAT(test::apply(*rename({{"hash:" + hash("new"), "new"}}), document),
              ElementsAre("already 0"));
}

TEST(OperatorRename, UidsBeyondAscii) {
  auto document = test::document({test::op("old")});
  test::apply(*rename({{"old", "\xF0\x9F\x98\x80"}}), document);
  EXPECT_EQ(document.root().operators[0].uid, "\xED\xA0\xBD\xED\xB8\x80");
  EXPECT_EQ(to_hex(document.root().operators[0].id), "5c54e08755b16d15ba04e1cf3f082e29");
}

TEST(OperatorRename, ASecondRunFindsItInPlace) {
  auto document = test::document({test::op("a"), test::op("other")});
  const auto transform = rename({{"a", "b"}}, true);
  test::apply(*transform, document);
  EXPECT_THAT(test::apply(*transform, document), ElementsAre("already 0"));
}

TEST(OperatorRename, WhatIsNotThereIsNoErrorUnlessStrict) {
  auto document = test::document({test::op("a")});
  EXPECT_THAT(test::apply(*rename({{"gone", "b"}}), document), IsEmpty());
  EXPECT_THAT(test::apply(*rename({{"gone", "b"}}, true), document),
              ElementsAre("E-RULE-NO-OPERATOR"));
  test::FakeContext context(document);
  context.left_out = 0;
  EXPECT_THAT(test::apply(*rename({{"a", "b"}}), document, context), IsEmpty());
  EXPECT_THAT(test::apply(*rename({{"a", "b"}}, true), document, context),
              ElementsAre("E-RULE-NO-OPERATOR"));
  EXPECT_EQ(document.root().operators[0].uid, "a");
}

TEST(OperatorRename, TwoOperatorsMustNotBecomeOne) {
  auto both = test::document({test::op("a"), test::op("b")});
  EXPECT_THAT(test::apply(*rename({{"a", "b"}}), both), ElementsAre("E-RULE-OPERATOR-TWICE"));
  EXPECT_EQ(both.root().operators[0].uid, "a") << "nothing is changed before all is decided";
  auto twice = test::document({test::op("a"), test::op("c"), test::op("c")});
  EXPECT_THAT(test::apply(*rename({{"a", "b"}}), twice), ElementsAre("E-RULE-OPERATOR-TWICE"));
}

TEST(OperatorRename, TwoEntriesMustNotBeForOneOperator) {
  // setUidHash() gives an operator another id than that of its uid.
  auto document = test::document({test::op("a", "", operator_id_of_uid("x"))});
  EXPECT_THAT(test::apply(*rename({{"a", "b"}, {"x", "y"}}), document),
              ElementsAre("E-RULE-OPERATOR-TWICE"));
}

TEST(OperatorRename, NamesCanBeExchangedIfThatIsAccepted) {
  const Entries swap = {{"a", "b"}, {"b", "a"}};
  EXPECT_THAT(test::problems_of("operator.rename", with(swap)),
              ElementsAre("E-RULE-IDEMPOTENT", "E-RULE-IDEMPOTENT"));
  auto document = test::document({test::op("a", "first"), test::op("b", "second")});
  test::apply(*rename(swap, true, {"not-idempotent"}), document);
  EXPECT_EQ(document.root().operators[0].uid, "b");
  EXPECT_EQ(document.root().operators[0].name, "first");
  EXPECT_EQ(document.root().operators[1].uid, "a");
}

TEST(OperatorRename, ParametersAreChecked) {
  const auto problems = [](const Entries& entries) {
    return test::problems_of("operator.rename", with(entries));
  };
  EXPECT_THAT(problems({}), ElementsAre("E-RULE-VALUE"));
  EXPECT_THAT(problems({{"a", "a"}}), ElementsAre("E-RULE-VALUE"));
  EXPECT_THAT(problems({{"name:a", "b"}}), ElementsAre("E-RULE-VALUE"));
  EXPECT_THAT(problems({{"a", "uid:"}}), ElementsAre("E-RULE-VALUE"));
  EXPECT_THAT(problems({{"a", std::string(65536, 'x')}}), ElementsAre("E-RULE-VALUE"));
  EXPECT_THAT(problems({{"a", "c"}, {"b", hash("c")}}), ElementsAre("E-RULE-DUPLICATE"));
  EXPECT_THAT(problems({{"a", "b"}, {hash("a"), "c"}}), ElementsAre("E-RULE-DUPLICATE"));
}

}  // namespace
}  // namespace stateferry
