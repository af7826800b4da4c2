// The sample rule files are valid for the plugins that ship, and do what their own tests say.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "stateferry/host/plugin_registry.hpp"
#include "support.hpp"

namespace stateferry::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The plugins that ship. Never unloaded: a leak checker could not see any more who holds what the
/// libraries of a plugin keep for the life of the process.
PluginRegistry& registry() {
  static PluginRegistry* const plugins = [] {
    auto* made = new PluginRegistry;
    made->add_directory(STATEFERRY_TEST_PLUGIN_DIR, true);
    return made;
  }();
  return *plugins;
}

class SamplesTest : public testing::TestWithParam<std::string> {
 protected:
  /// The file and its pipeline with the values that a test gives.
  std::optional<Pipeline> build(const std::vector<VarValue>& vars, std::vector<TestSpec>& tests) {
    World world;
    world.vars = vars;
    DiagnosticList list;
    const std::string path = std::string(STATEFERRY_TEST_SAMPLES) + "/" + GetParam();
    const auto file = parse_rule_file(GetParam(), read_file(path), world.inputs(), list);
    std::optional<Pipeline> pipeline;
    if (file) {
      tests = file->tests;
      TransformFactory transforms;
      transforms.make = [](std::string_view name) { return registry().make_transform(name); };
      pipeline = build_pipeline(
          *file, transforms, [](std::string_view name) { return registry().version_of(name); },
          list);
    }
    EXPECT_EQ(rendered(list), "");
    return pipeline;
  }
};

/// What the steps make of `uri`; `touched` tells whether one of them knew it.
std::string rewritten(const Pipeline& pipeline, std::string uri, bool& touched) {
  for (const Step& step : pipeline.steps) {
    const auto& transform = dynamic_cast<const UriTransform&>(*step.transform);
    std::string result;
    const Outcome outcome = transform.rewrite(uri, result);
    if (outcome != Outcome::unmatched) touched = true;
    if (outcome == Outcome::changed) uri = result;
  }
  return uri;
}

TEST_P(SamplesTest, DoesWhatItsTestsSay) {
  std::vector<TestSpec> tests;
  ASSERT_TRUE(build({}, tests).has_value());
  ASSERT_FALSE(tests.empty());
  for (const TestSpec& test : tests) {
    std::vector<TestSpec> ignored;
    const auto pipeline = build(test.vars, ignored);
    ASSERT_TRUE(pipeline.has_value());
    bool all_touched = true;
    for (const TestSpec::Uri& uri : test.uris) {
      bool touched = false;
      EXPECT_EQ(rewritten(*pipeline, uri.uri, touched), uri.expected.value_or(uri.uri))
          << test.name;
      all_touched = all_touched && touched;
    }
    if (test.fails_with.empty()) continue;
    EXPECT_EQ(test.fails_with, "E-RULE-UNMATCHED-URI");
    EXPECT_FALSE(all_touched) << test.name;
  }
}

std::vector<std::string> all_samples() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(STATEFERRY_TEST_SAMPLES)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// What GoogleTest takes for a name.
std::string test_name(const testing::TestParamInfo<std::string>& sample) {
  std::string name = sample.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, SamplesTest, testing::ValuesIn(all_samples()), test_name);

}  // namespace
}  // namespace stateferry::test
