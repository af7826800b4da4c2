// The sample rule files are valid for the plugins that ship, and do what their own tests say.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "bench.hpp"
#include "stateferry_test/support.hpp"
#include "support.hpp"

namespace stateferry::test {
namespace {

class SamplesTest : public testing::TestWithParam<std::string> {};

TEST_P(SamplesTest, DoesWhatItsTestsSay) {
  RuleTestBench bench = bench_of_plugins();
  bench.inputs.read = [](const std::string& path) { return read_text_file(path); };
  DiagnosticList problems;
  const auto results =
      run_rule_tests(std::string(STATEFERRY_TEST_SAMPLES) + "/" + GetParam(), bench, problems);
  EXPECT_EQ(rendered(problems), "");
  ASSERT_TRUE(results.has_value());
  EXPECT_FALSE(results->empty());
  EXPECT_EQ(failures_text(*results), "");
}

std::vector<std::string> all_samples() {
  std::vector<std::string> names;
  const std::filesystem::path root = STATEFERRY_TEST_SAMPLES;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".yaml") continue;
    names.push_back(std::filesystem::relative(entry.path(), root).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// What GoogleTest takes for a name.
std::string test_name(const testing::TestParamInfo<std::string>& sample) {
  std::string name = sample.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.' || c == '/'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, SamplesTest, testing::ValuesIn(all_samples()), test_name);

}  // namespace
}  // namespace stateferry::test
