// From the text of a rule file to a pipeline that can be run.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/rules/build_pipeline.hpp"
#include "stateferry/rules/rule_file.hpp"

namespace {

using namespace stateferry;

std::string rule_text(std::int64_t steps) {
  std::string text = "rules: \"v1\"\nsteps:\n";
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::string number = std::to_string(i);
    text += "  - id: step-" + number + "\n    uses: uri.replace-prefix\n";
    text += "    where: {scope: shared, operator: {uid: \"uid-" + number + "*\"}}\n";
    text += "    with: {from: \"s3://old-" + number + "/a\", to: \"s3://new-" + number + "/a\"}\n";
  }
  return text;
}

void load_rules(benchmark::State& state) {
  PluginRegistry registry = default_registry({});
  const TransformFactory factory{
      [&registry](std::string_view name) { return registry.make_transform(name); }, nullptr};
  const VersionLookup version = [&registry](std::string_view name) {
    return registry.version_of(name);
  };
  const std::string text = rule_text(state.range(0));
  for (auto _ : state) {
    DiagnosticList problems;
    const auto rules = parse_rule_file("bench.yaml", text, RuleInputs{}, problems);
    if (!rules || !build_pipeline(*rules, factory, version, problems)) {
      state.SkipWithError("the rules are not valid");
      break;
    }
  }
}
BENCHMARK(load_rules)->ArgName("steps")->Arg(1)->Arg(10)->Unit(benchmark::kMicrosecond);

}  // namespace
