#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_document.hpp"

namespace stateferry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> problems_of(const std::string& value) {
  return test::problems_of("operator.max-parallelism", test::map({{"value", test::scalar(value)}}));
}

std::unique_ptr<DocumentTransform> max_parallelism(const std::string& value) {
  return test::configured<DocumentTransform>("operator.max-parallelism",
                                             test::map({{"value", test::scalar(value)}}));
}

Document three() {
  return test::document({test::op("source"), test::op("keyed"), test::op("sink")});
}

TEST(OperatorMaxParallelism, SetsItForOperatorsWithoutKeyedState) {
  auto document = three();
  OperatorState& source = document.root().operators[0];
  test::subtask(source, document.arena())
      .managed_operator.push_back(document.arena(), OperatorStreamStateHandle{});
  document.root().operators[2].max_parallelism = 512;
  EXPECT_THAT(
      test::apply(*max_parallelism("512"), document),
      ElementsAre("0.max_parallelism: 128 > 512", "1.max_parallelism: 128 > 512", "already 2"));
  for (const OperatorState& op : document.root().operators) EXPECT_EQ(op.max_parallelism, 512);
  EXPECT_THAT(test::apply(*max_parallelism("512"), document),
              ElementsAre("already 0", "already 1", "already 2"));
}

TEST(OperatorMaxParallelism, RefusesKeyedStateAndChangesNothingThen) {
  for (const bool raw : {false, true}) {
    auto document = three();
    OperatorSubtaskState& state = test::subtask(document.root().operators[1], document.arena());
    (raw ? state.raw_keyed : state.managed_keyed) = KeyGroupsStateHandle{};
    EXPECT_THAT(test::apply(*max_parallelism("512"), document),
                ElementsAre("E-RULE-MAX-PARALLELISM"));
    for (const OperatorState& op : document.root().operators) EXPECT_EQ(op.max_parallelism, 128);
    // The others alone, and a value that the keyed one has already, are fine.
    test::FakeContext context(document);
    context.left_out = 1;
    EXPECT_THAT(test::apply(*max_parallelism("512"), document, context),
                ElementsAre("0.max_parallelism: 128 > 512", "2.max_parallelism: 128 > 512"));
    EXPECT_EQ(document.root().operators[1].max_parallelism, 128);
    EXPECT_THAT(
        test::apply(*max_parallelism("128"), document),
        ElementsAre("0.max_parallelism: 512 > 128", "already 1", "2.max_parallelism: 512 > 128"));
  }
}

TEST(OperatorMaxParallelism, RefusesLessThanTheParallelism) {
  auto document = three();
  document.root().operators[2].parallelism = 8;
  EXPECT_THAT(test::apply(*max_parallelism("7"), document), ElementsAre("E-RULE-MAX-PARALLELISM"));
  EXPECT_THAT(test::apply(*max_parallelism("8"), document),
              ElementsAre("0.max_parallelism: 128 > 8", "1.max_parallelism: 128 > 8",
                          "2.max_parallelism: 128 > 8"));
}

TEST(OperatorMaxParallelism, TheValueIsOneThatFlinkAllows) {
  EXPECT_THAT(problems_of("1"), IsEmpty());
  EXPECT_THAT(problems_of("32768"), IsEmpty());
  EXPECT_THAT(problems_of("0"), ElementsAre("E-RULE-VALUE"));
  EXPECT_THAT(problems_of("-1"), ElementsAre("E-RULE-VALUE"));
  EXPECT_THAT(problems_of("32769"), ElementsAre("E-RULE-VALUE"));
  EXPECT_THAT(problems_of("4294967297"), ElementsAre("E-RULE-VALUE"));
  EXPECT_THAT(problems_of("many"), ElementsAre("E-RULE-TYPE"));
}

}  // namespace
}  // namespace stateferry
