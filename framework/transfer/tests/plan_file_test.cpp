#include "stateferry/transfer/plan_file.hpp"

#include <gtest/gtest.h>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

PlanRow row(std::string source, std::string target) {
  PlanRow r;
  r.source = std::move(source);
  r.target = std::move(target);
  r.bytes = 10;
  r.at_least = 10;
  r.role = "managed-keyed";
  r.op = "uid:orders";
  return r;
}

std::string written(PlanFormat format, const std::vector<PlanRow>& rows) {
  std::string text;
  const auto writer = make_plan_writer(format, "s3://old/job", "s3://new/job",
                                       [&](std::string_view piece) { text += piece; });
  for (const PlanRow& r : rows) writer->row(r);
  return text;
}

// What an engine says against a row.
std::string refusal(PlanFormat format, const std::vector<PlanRow>& rows) {
  try {
    written(format, rows);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-PLAN-ENGINE");
    EXPECT_EQ(error.diagnostic().subject, rows.back().source);
    return error.what();
  }
  return "none";
}

std::vector<PlanRow> read(const std::string& text) {
  std::vector<PlanRow> rows;
  read_plan(text, "plan", [&](const PlanRow& r) { rows.push_back(r); });
  return rows;
}

std::string problem(const std::string& text) {
  try {
    read(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E-PLAN-FORMAT");
    return error.what();
  }
  return "none";
}

const std::string kHeader = "source,target,bytes,at-least,offset,length,role,operator,handles\r\n";

TEST(PlanFile, CsvAndJsonlComeBack) {
  std::vector<PlanRow> rows = {row("s3://b/a,\"b\"\nc", "file:/x y"), row("s3://b/é", "s3://c/é")};
  rows[0].bytes.reset();
  rows[1].range = ByteRange{7, 10};
  rows[1].handles = 3;
  for (const PlanFormat format : {PlanFormat::csv, PlanFormat::jsonl}) {
    const auto again = read(written(format, rows));
    ASSERT_EQ(again.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(again[i].source, rows[i].source);
      EXPECT_EQ(again[i].target, rows[i].target);
      EXPECT_EQ(again[i].bytes, rows[i].bytes);
      EXPECT_EQ(again[i].at_least, rows[i].at_least);
      EXPECT_EQ(again[i].handles, rows[i].handles);
      EXPECT_EQ(again[i].op, rows[i].op);
    }
    EXPECT_FALSE(again[0].range.has_value());
    EXPECT_EQ(again[1].range.value().offset, 7U);
    EXPECT_EQ(again[1].range.value().size, 10U);
  }
}

TEST(PlanFile, CsvIsThatOfRfc4180) {
  EXPECT_EQ(written(PlanFormat::csv, {row("s3://b/a,b", "s3://c/\"")}),
            kHeader + "\"s3://b/a,b\",\"s3://c/\"\"\",10,10,,,managed-keyed,uid:orders,1\r\n");
}

TEST(PlanFile, ProblemsNameTheLine) {
  EXPECT_EQ(problem("a,b\r\n"),
            "line 1: the header is not " + kHeader.substr(0, kHeader.size() - 2));
  EXPECT_EQ(problem(kHeader + "s3://a/b,s3://c/d\r\n"), "line 2: 2 fields instead of 9");
  EXPECT_EQ(problem(kHeader + "s3://a/b,s3://c/d,x,0,,,,,1\r\n"), "line 2: 'x' is no number");
  EXPECT_EQ(problem(kHeader + "s3://a/b,s3://c/d,1,0,4,,,,1\r\n"),
            "line 2: offset and length belong together");
  EXPECT_EQ(problem(kHeader + "\"s3://a/b,s3://c/d\r\n"), "line 2: a quote is not closed");
  EXPECT_EQ(problem(kHeader + "\"s3://a/b\"x,s3://c/d\r\n"),
            "line 2: something stands behind a closing quote");
  EXPECT_EQ(problem(kHeader + "s3://a/b,,1,1,,,,,1\r\n"),
            "line 2: the target is missing: the plan was made without a target directory");
  EXPECT_EQ(problem(kHeader + "/a,s3://c/d,1,1,,,,,1\r\n"),
            "line 2: '/a' is no absolute URI as Flink writes it");
  EXPECT_EQ(problem("{\"source\": \"s3://a/b\""), "line 1: this is no JSON object");
  EXPECT_EQ(problem("{\"source\": \"s3://a/b\"}"),
            "line 1: the target is missing: the plan was made without a target directory");
  EXPECT_EQ(problem("{\"a\":" + std::string(1'000'000, '[')), "line 1: this is no JSON object");
  EXPECT_EQ(read("").size(), 0U);
}

TEST(PlanFile, Rclone) {
  EXPECT_EQ(written(PlanFormat::rclone, {row("s3a://old/job/shared/x", "s3://new/job/shared/x")}),
            "shared/x\n");
  EXPECT_EQ(refusal(PlanFormat::rclone, {row("s3://old/job/a", "s3://new/job/a"),
                                         row("s3://old/job/x", "s3://new/job/y")}),
            "rclone --files-from can't copy row 2: it doesn't keep its place below s3://old/job");
  EXPECT_NE(refusal(PlanFormat::rclone, {row("s3://old/job/#x", "s3://new/job/#x")}), "none");
  const std::vector<std::string> names = {"a\nb",      "a\rb",          {"a\0b", 3}, " a",
                                          "a ",        "\ta",           "a\v",       "\xC2\x85x",
                                          "a\xC2\xA0", "a\xE3\x80\x80", ";x"};
  for (const std::string& name : names) {
    EXPECT_NE(refusal(PlanFormat::rclone, {row("s3://old/job/" + name, "s3://new/job/" + name)}),
              "none")
        << name;
  }
  for (const PlanFormat format : {PlanFormat::s5cmd, PlanFormat::distcp}) {
    for (const std::string& name : {names[0], names[1], names[2]}) {
      EXPECT_NE(refusal(format, {row("s3://old/job/" + name, "s3://new/job/" + name)}), "none");
    }
  }
}

TEST(PlanFile, S5cmd) {
  EXPECT_EQ(written(PlanFormat::s5cmd, {row("s3a://old/job/it's *", "file:/mnt/x")}),
            "cp --raw 's3://old/job/it'\\''s *' '/mnt/x'\n");
  EXPECT_NE(refusal(PlanFormat::s5cmd, {row("gs://old/a", "s3://new/a")}), "none");
}

TEST(PlanFile, Distcp) {
  EXPECT_EQ(written(PlanFormat::distcp,
                    {row("hdfs://nn/a/x", "s3a://b/c/x"), row("hdfs://nn/other/y", "s3a://b/c/y")}),
            "hdfs://nn/a/x\nhdfs://nn/other/y\n");
  EXPECT_NE(refusal(PlanFormat::distcp,
                    {row("hdfs://nn/a/x", "s3a://b/c/x"), row("hdfs://nn/a/y", "s3a://b/d/y")}),
            "none");
  EXPECT_NE(refusal(PlanFormat::distcp, {row("hdfs://nn/a/x", "s3a://b/c/y")}), "none");
  EXPECT_NE(refusal(PlanFormat::distcp, {row("hdfs://nn/a/{x}", "s3a://b/c/{x}")}), "none");
}

TEST(PlanFile, S3Batch) {
  EXPECT_EQ(written(PlanFormat::s3_batch, {row("s3://old/job/a b,é", "s3a://new/copy/job/a b,é")}),
            "old,job/a%20b%2C%C3%A9\n");
  EXPECT_NE(refusal(PlanFormat::s3_batch, {row("s3://old/job/a", "s3://new/job/b")}), "none");
  EXPECT_NE(refusal(PlanFormat::s3_batch, {row("s3://old/job/a", "s3://new/job/a"),
                                           row("s3://old/job/b", "s3://new/x/job/b")}),
            "none");
  PlanRow large = row("s3://old/job/a", "s3://new/job/a");
  large.bytes = (std::uint64_t{5} << 30) + 1;
  EXPECT_NE(refusal(PlanFormat::s3_batch, {large}), "none");
}

TEST(PlanFile, NoEngineCopiesParts) {
  PlanRow part = row("s3://old/job/a", "s3://new/job/a");
  part.range = ByteRange{0, 5};
  for (const PlanFormat format :
       {PlanFormat::rclone, PlanFormat::s5cmd, PlanFormat::distcp, PlanFormat::s3_batch}) {
    EXPECT_NE(refusal(format, {part}).find("only a part of the file"), std::string::npos);
  }
  EXPECT_EQ(plan_format_from_name("s3-batch"), PlanFormat::s3_batch);
  EXPECT_FALSE(plan_format_from_name("tar").has_value());
}

}  // namespace
}  // namespace stateferry
