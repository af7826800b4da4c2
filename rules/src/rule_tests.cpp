#include "stateferry/rules/rule_tests.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"

namespace stateferry {
namespace {

using Bytes = std::vector<std::byte>;

// --- pipelines for tries ------------------------------------------------------------------------

/// Whether an assertion says of each location by itself whether it is a fault, as assert.none does,
/// rather than something of their number. Its interface doesn't tell, so it is asked about sums.
bool judges_each(const Assertion& assertion) {
  constexpr std::uint64_t kMany = 1'000'000;
  const bool fault = assertion.matching_is_fault();
  const auto is_well = [&](std::uint64_t selected, std::uint64_t faults) {
    return assertion.verdict(selected, fault ? faults : selected - faults).empty();
  };
  return is_well(0, 0) && is_well(1, 0) && is_well(kMany, 0) && !is_well(kMany, 1);
}

bool is_about_one_location(const Step& step) {
  if (step.transform->kind() == TransformKind::document) return false;
  const auto* assertion = dynamic_cast<const Assertion*>(step.transform.get());
  return assertion == nullptr || guarded_call(step.uses, [&] { return judges_each(*assertion); });
}

/// Makes `where.scope` hold, or not, as the test says of its locations.
void force_scope(Scope scope, Selector& where) {
  if (where.scopes.empty()) return;
  const bool holds =
      std::find(where.scopes.begin(), where.scopes.end(), scope) != where.scopes.end();
  where.scopes.clear();
  if (!holds) where.uri_globs = {""};  // matches nothing
}

/// The steps that can be tried on locations, judged as one snapshot.
Pipeline for_locations(Pipeline pipeline, const TestLocation& location) {
  pipeline.require = {};
  std::erase_if(pipeline.steps,
                [](const Step& step) { return step.transform->kind() == TransformKind::document; });
  if (location.scope) {
    for (Step& step : pipeline.steps) force_scope(*location.scope, step.where);
  }
  return pipeline;
}

/// The same without all that is judged over a whole snapshot.
Pipeline for_each_location(Pipeline pipeline) {
  std::erase_if(pipeline.steps, [](const Step& step) { return !is_about_one_location(step); });
  for (Step& step : pipeline.steps) step.expect.clear();
  pipeline.untouched_uris = Untouched::allow;
  return pipeline;
}

TrialPlace place_of(const TestLocation& location) {
  return {location.roles,        location.handle,        location.operator_id,
          location.operator_uid, location.operator_name, location.state_name};
}

// --- one run ------------------------------------------------------------------------------------

/// What came of a run, or of the attempt to make one.
struct Attempt {
  std::optional<RunReport> report;  ///< nothing when the run was stopped
  Bytes result;
  std::vector<Diagnostic> complaints;  ///< errors, the one that stopped the run among them

  bool has(const std::string& code) const {
    return std::any_of(complaints.begin(), complaints.end(),
                       [&](const Diagnostic& d) { return d.code == code; });
  }
};

void keep_errors(const DiagnosticList& said, Attempt& attempt) {
  for (const Diagnostic& d : said.all()) {
    if (d.severity == Severity::error) attempt.complaints.push_back(d);
  }
}

/// Runs `f`, which returns a report and may throw Error.
template <class F>
Attempt attempt_run(F&& f) {
  Attempt attempt;
  DiagnosticList said;
  try {
    attempt.report = f(attempt.result, said);
  } catch (const Error& error) {
    attempt.complaints.push_back(error.diagnostic());
  }
  keep_errors(said, attempt);
  return attempt;
}

// --- one test -----------------------------------------------------------------------------------

/// Runs one test with its pipeline.
class TestRun {
 public:
  TestRun(const TestSpec& test, const RuleTestBench& bench, TestResult& result)
      : test_(test), bench_(bench), result_(result) {}

  /// The file can't be used with the values of the test, for these reasons.
  void refused(const Attempt& attempt) {
    if (test_.fails_with.empty()) {
      fail("the rules can't be used with the values of this test", test_.mark, attempt.complaints);
    } else if (!attempt.has(test_.fails_with)) {
      fail_otherwise(attempt);
    }
  }

  void run(const Pipeline& pipeline) {
    if (test_.fixture.empty()) {
      run_uris(pipeline);
    } else {
      run_fixture(pipeline);
    }
  }

  void compare_hashes() {
    for (const TestSpec::UidHash& hash : test_.uid_hashes) {
      compare("uid '" + hash.uid + "'", hash.mark, to_hex(hash.expected),
              to_hex(operator_id_of_uid(hash.uid)));
    }
  }

 private:
  void fail(std::string message, const SourceMark& mark, std::vector<Diagnostic> said = {}) {
    result_.failures.push_back({std::move(message), mark, {}, {}, std::move(said)});
  }

  void compare(std::string what, const SourceMark& mark, std::string expected, std::string actual) {
    if (expected == actual) return;
    result_.failures.push_back({std::move(what), mark, std::move(expected), std::move(actual), {}});
  }

  /// A run that must fail, and doesn't, or not so.
  void fail_otherwise(const Attempt& attempt) {
    std::string codes;
    for (const Diagnostic& d : attempt.complaints) {
      if (codes.find(d.code) == std::string::npos) codes += (codes.empty() ? "" : ", ") + d.code;
    }
    result_.failures.push_back({"the run must be stopped", test_.fails_with_mark, test_.fails_with,
                                codes.empty() ? "nothing stops it" : codes, attempt.complaints});
  }

  std::string base_uri() const {
    if (!test_.base_uri.empty() || test_.fixture.empty()) return test_.base_uri;
    return bench_.directory_of(test_.fixture);
  }

  Attempt run_over(const Pipeline& pipeline,
                   const std::function<std::unique_ptr<ByteSource>()>& open) {
    return attempt_run([&](Bytes& result, DiagnosticSink& said) {
      const auto source = open();
      const auto sink = memory_sink(result);
      RunOptions options;
      options.base_uri = base_uri();
      options.base_uri_said = !test_.base_uri.empty();
      return bench_.run(pipeline, *source, *sink, options, said);
    });
  }

  // ------------------------------------------------------------------------ URIs

  void run_uris(const Pipeline& pipeline) {
    Pipeline whole = for_locations(pipeline, test_.location);
    // The snapshot around the URIs is made up: what another format makes of it says nothing.
    whole.output = OutputFormat{};
    if (!test_.fails_with.empty()) {
      std::vector<std::string> texts;
      for (const TestSpec::Uri& uri : test_.uris) texts.push_back(uri.uri);
      const Attempt attempt = try_texts(whole, texts);
      if (!attempt.has(test_.fails_with)) return fail_otherwise(attempt);
    }
    const Pipeline each = for_each_location(whole);
    for (const TestSpec::Uri& uri : test_.uris) run_uri(each, uri);
    judge_counts();
  }

  Attempt try_texts(const Pipeline& pipeline, const std::vector<std::string>& texts) {
    Bytes snapshot;
    Attempt attempt = run_over(pipeline, [&] {
      snapshot = bench_.make_snapshot(place_of(test_.location), texts);
      return memory_source(snapshot, "the URIs of this test");
    });
    for (Diagnostic& d : attempt.complaints) {
      if (d.code == "E-RULE-BASE-URI") {
        d.hint =
            "say 'base-uri' beside 'uris', the directory of _metadata; for 'where.scope' alone "
            "'scope' will do";
      }
    }
    return attempt;
  }

  void run_uri(const Pipeline& pipeline, const TestSpec::Uri& uri) {
    Attempt attempt = try_texts(pipeline, {uri.uri});
    if (!attempt.report) {
      // Told by fails-with; what a stopped run would have made of the URI nobody knows.
      if (test_.fails_with.empty() || !attempt.has(test_.fails_with)) {
        fail("'" + uri.uri + "' stops the run", uri.mark, std::move(attempt.complaints));
      }
      return;
    }
    const auto locations = bench_.list(memory_source(attempt.result, "the result of this test"));
    compare("'" + uri.uri + "'", uri.mark, uri.expected.value_or(uri.uri),
            locations.empty() ? std::string("no location is left") : locations.front().text);
    count(*attempt.report, locations);
  }

  // ------------------------------------------------------------------------ fixtures

  void run_fixture(const Pipeline& pipeline) {
    Attempt attempt = run_over(pipeline, [&] { return bench_.open(test_.fixture); });
    if (!test_.fails_with.empty()) {
      if (!attempt.has(test_.fails_with)) fail_otherwise(attempt);
      return;
    }
    if (!attempt.report) {
      fail("the run over '" + test_.fixture + "' is stopped", test_.fixture_mark,
           std::move(attempt.complaints));
      return;
    }
    const auto locations = bench_.list(memory_source(attempt.result, test_.fixture));
    count(*attempt.report, locations);
    judge_counts();
  }

  // ------------------------------------------------------------------------ counts

  void count(const RunReport& report, const std::vector<TrialLocation>& locations) {
    for (const StepCounts& step : report.steps) {
      StepCounts& sum = counts_[step.id];
      sum.selected += step.selected;
      sum.changed += step.changed;
      sum.already += step.already;
      sum.unmatched += step.unmatched;
    }
    for (const auto& [text, bound] : test_.residual) {
      for (const TrialLocation& location : locations) {
        if (is_absolute(location.kind) && location.text.find(text) != std::string::npos) {
          residual_[text].push_back(location.text + "  (" + location.path + ")");
        }
      }
    }
  }

  static std::uint64_t count_named(const StepCounts& counts, const std::string& name) {
    if (name == "selected") return counts.selected;
    if (name == "changed") return counts.changed;
    if (name == "already") return counts.already;
    if (name == "unmatched") return counts.unmatched;
    return counts.matched();
  }

  void judge_counts() {
    for (const auto& [name, bounds] : test_.expect) {
      for (const auto& [id, bound] : bounds) {
        const std::uint64_t number = count_named(counts_[id], name);
        if (bound.holds(number)) continue;
        compare(name + " of step '" + id + "'", bound.mark, bound.text, std::to_string(number));
      }
    }
    for (const auto& [text, bound] : test_.residual) judge_residual(text, bound);
  }

  void judge_residual(const std::string& text, const CountBound& bound) {
    static constexpr std::size_t kSamples = 10;
    std::vector<std::string>& holders = residual_[text];
    if (bound.holds(holders.size())) return;
    const std::string number = std::to_string(holders.size());
    Diagnostic samples;
    samples.severity = Severity::note;
    samples.message = "still there";
    if (holders.size() > kSamples) {
      holders.resize(kSamples);
      holders.emplace_back("…");
    }
    samples.notes = holders;
    std::vector<Diagnostic> said;
    if (!holders.empty()) said.push_back(std::move(samples));
    result_.failures.push_back({"absolute URIs that hold '" + text + "'", bound.mark, bound.text,
                                number, std::move(said)});
  }

  const TestSpec& test_;
  const RuleTestBench& bench_;
  TestResult& result_;
  std::map<std::string, StepCounts> counts_;
  std::map<std::string, std::vector<std::string>> residual_;
};

// --- secrets ------------------------------------------------------------------------------------

/// Takes the values of secret variables out of texts.
class Mask {
 public:
  explicit Mask(const std::vector<VarSpec>& vars) {
    for (const VarSpec& var : vars) {
      if (var.secret && !var.value.empty()) secrets_.push_back(var.value);
    }
  }

  void apply(TestResult& result) const {
    if (secrets_.empty()) return;
    for (TestFailure& failure : result.failures) {
      hide(failure.message);
      if (failure.expected) hide(*failure.expected);
      if (failure.actual) hide(*failure.actual);
      for (Diagnostic& d : failure.diagnostics) hide(d);
    }
  }

 private:
  void hide(Diagnostic& d) const {
    hide(d.message);
    hide(d.hint);
    for (std::string& note : d.notes) hide(note);
  }
  void hide(std::string& text) const {
    static constexpr std::string_view kHidden = "(secret)";
    for (const std::string& secret : secrets_) {
      for (auto at = text.find(secret); at != std::string::npos;
           at = text.find(secret, at + kHidden.size())) {
        text.replace(at, secret.size(), kHidden);
      }
    }
  }

  std::vector<std::string> secrets_;
};

// --- all tests of a file ------------------------------------------------------------------------

/// Keeps the texts of files that were read, since each test with values of its own parses them.
std::function<std::string(const std::string&)> read_once(
    std::function<std::string(const std::string&)> read) {
  auto texts = std::make_shared<std::map<std::string, std::string>>();
  return [texts, read = std::move(read)](const std::string& path) {
    const auto known = texts->find(path);
    if (known != texts->end()) return known->second;
    return texts->emplace(path, read(path)).first->second;
  };
}

/// The steps that have no value for one of their variables.
std::vector<Diagnostic> unset_variables(const RuleFile& file, const TestSpec& test) {
  std::vector<Diagnostic> missing;
  std::vector<std::string> told;
  for (const StepSpec& step : file.steps) {
    for (const std::string& name : step.unset) {
      if (std::find(told.begin(), told.end(), name) != told.end()) continue;
      told.push_back(name);
      missing.push_back(
          {.code = "E-RULE-VARIABLE",
           .message = "variable '" + name + "', which step '" + step.id + "' needs, has no value",
           .mark = test.mark,
           .hint = "give it one under 'vars' of the test"});
    }
  }
  return missing;
}

/// Runs the tests of one file.
class FileRun {
 public:
  FileRun(std::string path, RuleTestBench bench)
      : path_(std::move(path)), bench_(std::move(bench)) {
    bench_.inputs.read = read_once(bench_.inputs.read);
    bench_.inputs.allow_unset = true;
  }

  std::optional<std::vector<TestResult>> run(DiagnosticSink& sink) {
    DiagnosticList problems;
    const auto file = load_rule_file(path_, bench_.inputs, problems);
    if (file) build_pipeline(*file, bench_.transforms, bench_.plugin_version, problems);
    for (const Diagnostic& d : problems.all()) sink.report(d);
    if (!file || problems.errors() > 0) return std::nullopt;
    std::vector<TestResult> results;
    for (const TestSpec& test : file->tests) results.push_back(run_test(test));
    return results;
  }

 private:
  TestResult run_test(const TestSpec& test) {
    TestResult result{test.name, test.mark, {}};
    TestRun run(test, bench_, result);
    if (!test.uid_hashes.empty()) {
      run.compare_hashes();
      return result;
    }
    RuleInputs inputs = bench_.inputs;
    inputs.vars = test.vars;
    inputs.skip_tests = true;
    DiagnosticList problems;
    const auto file = load_rule_file(path_, inputs, problems);
    std::optional<Pipeline> pipeline;
    if (file) {
      pipeline = build_pipeline(*file, bench_.transforms, bench_.plugin_version, problems);
    }
    if (pipeline) {
      run.run(*pipeline);
    } else {
      Attempt refused;
      keep_errors(problems, refused);
      if (file && refused.complaints.empty()) refused.complaints = unset_variables(*file, test);
      run.refused(refused);
    }
    if (file) Mask(file->vars).apply(result);
    return result;
  }

  std::string path_;
  RuleTestBench bench_;
};

}  // namespace

std::optional<std::vector<TestResult>> run_rule_tests(const std::string& path,
                                                      const RuleTestBench& bench,
                                                      DiagnosticSink& sink) {
  return FileRun(path, bench).run(sink);
}

}  // namespace stateferry
