// For tests that run rules with the plugins of the build tree.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stateferry/rules/rule_tests.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry::test {

/// The plugins of the build tree. Never unloaded: a leak checker could not see any more who holds
/// what the libraries of a plugin keep for the life of the process.
inline PluginRegistry& registry() {
  static PluginRegistry* const plugins = new PluginRegistry(plugin_registry());
  return *plugins;
}

/// All that a bench takes from plugins; fixtures are files of the source tree.
inline RuleTestBench bench_of_plugins() {
  RuleTestBench bench;
  bench.transforms.make = [](std::string_view name) { return registry().make_transform(name); };
  bench.plugin_version = [](std::string_view name) { return registry().version_of(name); };
  bench.make_snapshot = [](const TrialPlace& place, const std::vector<std::string>& texts) {
    return make_trial_snapshot(place, texts, registry());
  };
  bench.list = [](std::unique_ptr<ByteSource> source) {
    return list_locations(std::move(source), registry());
  };
  bench.open = [](const std::string& path) { return file_source(testdata(path).string(), path); };
  bench.directory_of = [](const std::string& path) {
    return "s3://fixtures/" + path.substr(0, path.rfind('/'));
  };
  bench.run = [](const Pipeline& pipeline, ByteSource& source, ByteSink& sink,
                 const RunOptions& options, DiagnosticSink& diagnostics) {
    return pipeline.run(source, sink, registry(), options, diagnostics);
  };
  return bench;
}

/// What failed, one paragraph per failure; empty when all tests passed.
inline std::string failures_text(const std::vector<TestResult>& results) {
  std::string text;
  for (const TestResult& result : results) {
    for (const TestFailure& failure : result.failures) {
      text += result.name + ": " + std::to_string(failure.mark.line) + ":" +
              std::to_string(failure.mark.column) + ": " + failure.message + "\n";
      if (failure.expected) text += "  expected " + *failure.expected + "\n";
      if (failure.actual) text += "  actual   " + *failure.actual + "\n";
      for (const Diagnostic& d : failure.diagnostics)
        text += "  " + d.code + " " + d.message + "\n";
    }
  }
  return text;
}

}  // namespace stateferry::test
