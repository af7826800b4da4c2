#include "stateferry/model/operator_ref.hpp"

#include <gtest/gtest.h>

namespace stateferry {
namespace {

std::optional<OperatorRef> parse(std::string_view text) {
  OperatorRefProblem problem;
  auto ref = parse_operator_ref(text, problem);
  EXPECT_EQ(ref.has_value(), problem.text.empty());
  return ref;
}

OperatorKey key(std::string_view uid, std::string_view name = {}) {
  return {0, operator_id_of_uid(uid), uid, name};
}

TEST(OperatorRef, FormsOfText) {
  EXPECT_EQ(parse("orders")->by, OperatorRef::By::uid);
  EXPECT_EQ(parse("uid:hash:x")->text, "hash:x");
  EXPECT_EQ(parse("name:Source: a")->text, "Source: a");
  const auto bare = parse("4551BC7A44239D222055501A83D275A0");
  EXPECT_EQ(bare->by, OperatorRef::By::hash);
  EXPECT_EQ(bare->text, "4551bc7a44239d222055501a83d275a0");
  EXPECT_EQ(parse("uid:4551bc7a44239d222055501a83d275a0")->by, OperatorRef::By::uid);
  for (const char* bad : {"", "uid:", "name:", "hash:", "hash:12", "hash:orders"}) {
    EXPECT_FALSE(parse(bad)) << bad;
  }
}

TEST(OperatorRef, AUidMatchesByItsTextOrItsHash) {
  EXPECT_TRUE(parse("a")->names(key("a")));
  EXPECT_TRUE(parse("a")->names({0, operator_id_of_uid("a"), {}, {}})) << "as old files hold it";
  EXPECT_TRUE(parse("a")->names({0, operator_id_of_uid("z"), "a", {}})) << "after setUidHash()";
  EXPECT_FALSE(parse("a")->names(key("b")));
}

TEST(OperatorRef, OnlyMatchesTakesPatterns) {
  EXPECT_TRUE(parse("or*")->matches(key("orders")));
  EXPECT_FALSE(parse("or*")->names(key("orders")));
  EXPECT_TRUE(parse("or*")->names(key("or*")));
  EXPECT_FALSE(parse("*")->matches({0, operator_id_of_uid("a"), {}, {}})) << "its uid is unknown";
  EXPECT_TRUE(parse("name:Source: *")->matches(key("a", "Source: orders")));
  EXPECT_FALSE(parse("name:*")->matches(key("a")));
}

TEST(OperatorNames, CompleteWhatTheFileDoesNotSay) {
  OperatorNames names;
  const OperatorId id = operator_id_of_uid("a");
  EXPECT_TRUE(names.add(id, "a", ""));
  EXPECT_TRUE(names.add(id, "a", "Source: a"));
  EXPECT_FALSE(names.add(id, "b", ""));
  EXPECT_TRUE(names.add(operator_id_of_uid("z"), "\xF0\x9F\x98\x80", ""));
  EXPECT_EQ(names.size(), 2U);
  const OperatorKey full = names.complete({7, id, {}, {}});
  EXPECT_EQ(full.uid, "a");
  EXPECT_EQ(full.name, "Source: a");
  EXPECT_EQ(full.index, 7U);
  EXPECT_EQ(names.complete({0, id, "of-the-file", {}}).uid, "of-the-file");
  EXPECT_EQ(names.complete({0, operator_id_of_uid("z"), {}, {}}).uid, "\xED\xA0\xBD\xED\xB8\x80")
      << "modified UTF-8, as in files";
  EXPECT_EQ(names.complete({0, operator_id_of_uid("unknown"), {}, {}}).uid, "");
}

}  // namespace
}  // namespace stateferry
