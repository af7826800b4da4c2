// Runs the `tests` of a rule file: by the same pipeline that rewrites snapshots, over snapshots
// made up for the purpose or kept as fixtures.
//
// A test about URIs asks what the steps make of each. Every URI is tried in a snapshot of its own,
// so that several may become one. What is judged over a whole snapshot (`expect` of steps,
// `untouched-uris`, collisions, sums of assertions) is judged in tests with `fails-with` only, and
// `require` never. Steps that change operators are left out: fixtures are for these.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/host/trial.hpp"
#include "stateferry/rules/build_pipeline.hpp"
#include "stateferry/rules/rule_file.hpp"

namespace stateferry {

/// What tests need besides the rule file: functions of the caller, as for build_pipeline(). All are
/// set. They throw Error.
struct RuleTestBench {
  /// As for the file itself; `vars`, `allow_unset` and `skip_tests` are set here.
  RuleInputs inputs;
  TransformFactory transforms;
  VersionLookup plugin_version;
  /// make_trial_snapshot() with the caller's plugins.
  std::function<std::vector<std::byte>(const TrialPlace&, const std::vector<std::string>&)>
      make_snapshot;
  /// list_locations() with the caller's plugins.
  std::function<std::vector<TrialLocation>(std::unique_ptr<ByteSource>)> list;
  /// Opens the fixture of this path.
  std::function<std::unique_ptr<ByteSource>(const std::string& path)> open;
  /// The directory of that fixture in Flink's form.
  std::function<std::string(const std::string& path)> directory_of;
  /// Pipeline::run() with the caller's plugins.
  std::function<RunReport(const Pipeline&, ByteSource&, ByteSink&, const RunOptions&,
                          DiagnosticSink&)>
      run;
};

/// One thing that a test expects and that is otherwise. Holds no value of a secret variable.
struct TestFailure {
  std::string message;                  ///< what it is about: a URI, a count
  SourceMark mark;                      ///< of the expectation
  std::optional<std::string> expected;  ///< where two texts can be compared
  std::optional<std::string> actual;
  std::vector<Diagnostic> diagnostics;  ///< what the run said
};

/// What came of one test.
struct TestResult {
  std::string name;
  SourceMark mark;  ///< of the name
  std::vector<TestFailure> failures;
  bool passed() const noexcept { return failures.empty(); }
};

/// Loads and checks the rule file and runs its tests, in order. What is wrong with the file goes to
/// `sink`; then no test is run and nothing is returned. Variables without a value are no problem
/// where the tests that need them give one.
std::optional<std::vector<TestResult>> run_rule_tests(const std::string& path,
                                                      const RuleTestBench& bench,
                                                      DiagnosticSink& sink);

}  // namespace stateferry
