#include "stateferry/host/operator_names_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stateferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kHash = "4551bc7a44239d222055501a83d275a0";

struct Parsed {
  OperatorNames names;
  std::vector<std::string> problems;  ///< `line:column: message`

  // `uid|name` of the operator with this id.
  std::string of(const OperatorId& id) const {
    const OperatorKey key = names.complete({0, id, {}, {}});
    return std::string(key.uid) + "|" + std::string(key.name);
  }
  std::string of_hash() const { return of(*operator_id_from_hex(kHash)); }
  std::string of_uid(std::string_view uid) const { return of(operator_id_of_uid(uid)); }
};

Parsed parse(std::string text) {
  const auto file = std::make_shared<SourceText>(SourceText{"uids", std::move(text)});
  DiagnosticList list;
  Parsed parsed{parse_operator_names(file, list), {}};
  for (const Diagnostic& d : list.all()) {
    EXPECT_EQ(d.code, "E-ARG-UIDS");
    parsed.problems.push_back(std::to_string(d.mark.line) + ":" + std::to_string(d.mark.column) +
                              ": " + d.message);
  }
  return parsed;
}

TEST(OperatorNamesFile, OneUidALine) {
  const Parsed p = parse("# the job's uids\norders-source\r\n\n  with blanks in it \nuid:#odd");
  EXPECT_EQ(p.names.size(), 3U);
  EXPECT_EQ(p.of_uid("orders-source"), "orders-source|");
  EXPECT_EQ(p.of_uid("with blanks in it"), "with blanks in it|");
  EXPECT_EQ(p.of_uid("#odd"), "#odd|");
  EXPECT_TRUE(p.problems.empty());
}

TEST(OperatorNamesFile, HashAndUid) {
  EXPECT_EQ(parse(std::string(kHash) + " slow uid").of_hash(), "slow uid|");
  EXPECT_EQ(parse(std::string(kHash) + "\tslow").of_hash(), "slow|");
  EXPECT_EQ(
      parse("hash,uid,name\n" + std::string(kHash) + ",slow,\"Slow, very \"\"slow\"\"\"").of_hash(),
      "slow|Slow, very \"slow\"");
  EXPECT_EQ(parse("\"" + std::string(kHash) + "\",slow").of_hash(), "slow|");
  EXPECT_EQ(parse(std::string(kHash) + ",,Name").of_hash(), "|Name");
  // Not a hash: one digit more.
  EXPECT_EQ(parse(std::string(kHash) + "0 x").of_uid(std::string(kHash) + "0 x"),
            std::string(kHash) + "0 x|");
}

TEST(OperatorNamesFile, Json) {
  EXPECT_EQ(parse(R"(["a", "b"])").of_uid("b"), "b|");
  EXPECT_EQ(
      parse(R"([{"hash": ")" + std::string(kHash) + R"(", "uid": "slow", "name": "S"}])").of_hash(),
      "slow|S");
  const Parsed inspected = parse(R"(
    {"schema": "stateferry/inspect/1", "operators": [
      {"operator-uid": null, "operator-name": null, "operator-uid-hash": "ffffffffffffffffffffffffffffffff"},
      {"operator-uid": "slow", "operator-name": "S", "operator-uid-hash": ")" +
                                 std::string(kHash) + R"("}]})");
  EXPECT_TRUE(inspected.problems.empty());
  EXPECT_EQ(inspected.names.size(), 1U);
  EXPECT_EQ(inspected.of_hash(), "slow|S");
}

TEST(OperatorNamesFile, ProblemsAreToldWithTheirPlaces) {
  EXPECT_THAT(parse("a\n" + std::string(kHash) + "\n").problems,
              ElementsAre("2:1: this operator has no uid"));
  EXPECT_THAT(parse(std::string(kHash) + " a\n" + std::string(kHash) + " b").problems,
              ElementsAre(HasSubstr("2:1: the operator")));
  EXPECT_THAT(parse(std::string(kHash) + ",\"a").problems, ElementsAre(HasSubstr("CSV")));
  EXPECT_THAT(parse(std::string(kHash) + ",a,b,c").problems, ElementsAre(HasSubstr("CSV")));
  EXPECT_THAT(parse("[\n  \"a\",\n  b]").problems, ElementsAre(HasSubstr("3:3: this is not JSON")));
  EXPECT_THAT(parse("{}").problems, ElementsAre(HasSubstr("no list of operators")));
  EXPECT_THAT(
      parse(R"([1, {"name": "x"}, {"uid": 1, "hash": "12"}, {"uid": "a", "hash": "12"}])").problems,
      ElementsAre(HasSubstr("operator 1 of the list is neither"),
                  HasSubstr("operator 2 of the list has neither"),
                  HasSubstr("operator 3 of the list has a 'uid'"),
                  HasSubstr("'12' is not an operator's hash")));
}

}  // namespace
}  // namespace stateferry
