#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_document.hpp"

namespace stateferry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::unique_ptr<DocumentTransform> drop(const std::vector<std::string>& operators) {
  return test::configured<DocumentTransform>(
      "operator.drop", test::map({{"operators", test::list(operators)}}), {"loses-state"});
}

Document three() {
  return test::document({test::op("orders-source", "Source: orders"),
                         test::op("orders-sink", "Sink: orders"), test::op("rates", "Rates")});
}

TEST(OperatorDrop, ByUidHashAndName) {
  auto document = three();
  EXPECT_THAT(test::apply(*drop({"orders-sink"}), document), ElementsAre("drop 1"));
  EXPECT_THAT(test::apply(*drop({"uid:orders-*"}), document), ElementsAre("drop 0", "drop 1"));
  EXPECT_THAT(test::apply(*drop({"hash:" + to_hex(operator_id_of_uid("rates"))}), document),
              ElementsAre("drop 2"));
  EXPECT_THAT(test::apply(*drop({to_hex(operator_id_of_uid("rates")), "name:Sink: *"}), document),
              ElementsAre("drop 1", "drop 2"));
}

TEST(OperatorDrop, DropsNothingThatIsNotNamed) {
  auto document = three();
  EXPECT_THAT(test::apply(*drop({"uid:orders", "name:orders"}), document), IsEmpty());
}

TEST(OperatorDrop, LeavesAloneWhatWhereDoesNotSelect) {
  auto document = three();
  test::FakeContext context(document);
  context.left_out = 0;
  EXPECT_THAT(test::apply(*drop({"uid:*"}), document, context), ElementsAre("drop 1", "drop 2"));
}

TEST(OperatorDrop, InOldFilesAnExactUidIsHashedAndAPatternIsAnError) {
  auto document = test::document({test::old_op("orders-source"), test::old_op("rates")});
  EXPECT_THAT(test::apply(*drop({"rates"}), document), ElementsAre("drop 1"));
  EXPECT_THAT(test::apply(*drop({"uid:r*"}), document), ElementsAre("E-RULE-NAMES"));
  EXPECT_THAT(test::apply(*drop({"name:Rates"}), document), ElementsAre("E-RULE-NAMES"));
}

TEST(OperatorDrop, TheLossMustBeAccepted) {
  EXPECT_THAT(test::problems_of("operator.drop", test::map({{"operators", test::list({"a"})}})),
              ElementsAre("E-RULE-HAZARD"));
}

std::unique_ptr<DocumentTransform> drop_empty(const std::vector<std::string>& operators) {
  return test::configured<DocumentTransform>(
      "operator.drop",
      test::map({{"operators", test::list(operators)}, {"only-empty", test::scalar("true")}}));
}

TEST(OperatorDrop, OnlyEmptyNeedsNoHazardAndDropsWhatHoldsNothing) {
  auto document = three();
  EXPECT_THAT(test::apply(*drop_empty({"uid:orders-*"}), document),
              ElementsAre("drop 0", "drop 1"));
}

TEST(OperatorDrop, OnlyEmptyStopsBeforeAnythingIsDropped) {
  for (const auto& fill : test::kinds_of_state()) {
    SCOPED_TRACE(fill.what);
    auto document = three();
    fill.into(document.root().operators[1], document.arena());
    EXPECT_THAT(test::apply(*drop_empty({"uid:*"}), document), ElementsAre("E-RULE-HOLDS-STATE"));
    EXPECT_THAT(test::apply(*drop_empty({"orders-source", "rates"}), document),
                ElementsAre("drop 0", "drop 2"));
  }
}

TEST(OperatorDrop, OnlyEmptySaysWhichOnesAndWhy) {
  auto document = three();
  document.root().operators[0].fully_finished = true;
  document.root().operators[2].coordinator = ByteStreamStateHandle{};
  test::FakeContext context(document);
  try {
    drop_empty({"uid:*"})->apply(document, context);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.diagnostic().notes,
                ElementsAre("operators[0] (uid:orders-source) is marked as finished",
                            "operators[2] (uid:rates) holds state"));
  }
}

TEST(OperatorDrop, BadNamesAreTold) {
  const auto with = test::map({{"operators", test::list({"uid:", "hash:12", "uid:a\\"})}});
  EXPECT_THAT(test::problems_of("operator.drop", with, {"loses-state"}),
              ElementsAre("E-RULE-VALUE", "E-RULE-VALUE", "E-RULE-VALUE"));
}

}  // namespace
}  // namespace stateferry
