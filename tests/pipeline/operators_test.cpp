// Operators renamed and dropped in every real and made snapshot that lies in the codecs' folders.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "../../plugins/transforms/test_support.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

std::vector<std::filesystem::path> golden_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& codec : std::filesystem::directory_iterator(test::testdata("plugins/codecs"))) {
    if (!std::filesystem::exists(codec.path() / "golden")) continue;
    for (const auto& file : std::filesystem::directory_iterator(codec.path() / "golden")) {
      if (file.path().extension() == ".bin") files.push_back(file.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Whether a Flink job wrote it, so that its ids are those that Flink makes.
bool is_real(const std::filesystem::path& file) {
  const std::string name = file.filename();
  return !name.starts_with("generated-") && !name.starts_with("synthetic-");
}

class Golden {
 public:
  explicit Golden(const std::filesystem::path& file)
      : bytes(test::read_file(file)),
        document(decode_document(memory_source(bytes, file), registry, problems)) {}
  const List<OperatorState>& operators() const { return document.root().operators; }

  std::vector<std::byte> run(std::string uses, const ParamNode& with,
                             const std::vector<std::byte>& input, RunReport& report) {
    Step step;
    step.id = "step";
    step.uses = std::move(uses);
    const auto transform = registry.make_transform(step.uses);
    EXPECT_TRUE(test::configure(*transform, with, accepted).empty());
    step.transform = transform;
    Pipeline pipeline;
    pipeline.steps.push_back(std::move(step));
    std::vector<std::byte> result;
    const auto sink = memory_sink(result);
    const auto source = memory_source(input, "golden");
    report = pipeline.run(*source, *sink, registry, {}, problems);
    return result;
  }

  PluginRegistry registry = test::plugin_registry();
  DiagnosticList problems;
  std::vector<std::byte> bytes;
  Document document;
  std::vector<std::string> accepted;
};

ParamNode renaming(const std::string& from, const std::string& to) {
  return test::map({{"map", test::map({{from, test::scalar(to)}})}});
}

TEST(GoldenOperators, IdsAreWhatFlinkMadeOfTheUids) {
  std::size_t seen = 0;
  for (const auto& file : golden_files()) {
    if (!is_real(file)) continue;
    const Golden golden(file);
    for (const OperatorState& op : golden.operators()) {
      if (op.uid.empty()) continue;
      EXPECT_EQ(to_hex(op.id), to_hex(operator_id_of_uid(to_utf8(op.uid)))) << file;
      ++seen;
    }
  }
  EXPECT_GE(seen, 20U);
}

TEST(GoldenOperators, RenamedAndBackTheBytesAreTheSame) {
  for (const auto& file : golden_files()) {
    SCOPED_TRACE(file);
    Golden golden(file);
    if (golden.operators().empty()) continue;
    // A made file gives uids that do not belong to the ids: those can't come back by uid.
    const OperatorState& op = golden.operators()[0];
    const std::string hash = "hash:" + to_hex(op.id);
    const bool by_uid = operator_id_of_uid(to_utf8(op.uid)) == op.id;
    if (!op.uid.empty() && !by_uid) continue;
    const std::string back = by_uid ? "uid:" + to_utf8(op.uid) : hash;
    RunReport report;
    const auto there =
        golden.run("operator.rename", renaming(hash, "uid:other"), golden.bytes, report);
    EXPECT_EQ(report.changed_operators, 1U);
    EXPECT_NE(there, golden.bytes);
    EXPECT_EQ(golden.run("operator.rename", renaming("other", back), there, report), golden.bytes);
    const auto again = golden.run("operator.rename", renaming(hash, "uid:other"), there, report);
    EXPECT_EQ(again, there);
    EXPECT_TRUE(report.already_applied());
  }
}

TEST(GoldenOperators, ADroppedOperatorLeavesTheOthersAsTheyWere) {
  for (const auto& file : golden_files()) {
    SCOPED_TRACE(file);
    Golden golden(file);
    golden.accepted = {"loses-state"};
    const std::uint32_t count = golden.operators().size();
    if (count == 0) continue;
    RunReport report;
    const auto result = golden.run(
        "operator.drop",
        test::map({{"operators", test::list({"hash:" + to_hex(golden.operators()[0].id)})}}),
        golden.bytes, report);
    EXPECT_EQ(report.changed_operators, 1U);
    const Document document =
        decode_document(memory_source(result, "result"), golden.registry, golden.problems);
    ASSERT_EQ(document.root().operators.size(), count - 1);
    for (std::uint32_t i = 1; i < count; ++i) {
      EXPECT_EQ(document.root().operators[i - 1].id, golden.operators()[i].id);
    }
    EXPECT_LT(result.size(), golden.bytes.size());
  }
}

}  // namespace
}  // namespace stateferry
