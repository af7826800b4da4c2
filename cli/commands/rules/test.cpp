#include "commands/rules/junit.hpp"
#include "commands/rules/rules_commands.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/trial.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/operator_names.hpp"
#include "support/rule_loading.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {
namespace {

struct TestOptions {
  std::vector<std::string> files;
  std::vector<std::string> set;
  std::string junit;
  std::string uids;
  bool force = false;
  bool json = false;
};

// `names` may be null: then only those in the fixtures are known.
RuleTestBench bench_of(const std::vector<std::string>& set, PluginRegistry& registry,
                       std::shared_ptr<const OperatorNames> names) {
  RuleTestBench bench;
  bench.inputs = rule_inputs(set, registry);
  bench.transforms = transforms_of(registry);
  bench.plugin_version = versions_of(registry);
  bench.make_snapshot = [&](const TrialPlace& place, const std::vector<std::string>& texts) {
    return make_trial_snapshot(place, texts, registry);
  };
  bench.list = [&](std::unique_ptr<ByteSource> source) {
    return list_locations(std::move(source), registry);
  };
  bench.open = open_input;
  bench.directory_of = base_uri_of;
  bench.run = [&registry, names = std::move(names)](const Pipeline& pipeline, ByteSource& source,
                                                    ByteSink& sink, const RunOptions& options,
                                                    DiagnosticSink& diagnostics) {
    RunOptions named = options;
    named.operator_names = names;
    return pipeline.run(source, sink, registry, named, diagnostics);
  };
  return bench;
}

ExitCode exit_of_file(const TestedFile& file) {
  if (file.results) return file.failed() > 0 ? ExitCode::findings : ExitCode::ok;
  for (const Diagnostic& d : file.problems) {
    if (d.severity == Severity::error) return exit_of(d.code);
  }
  return ExitCode::bad_rules;
}

// ---------------------------------------------------------------------------- for people

void print_file(const TestedFile& file) {
  for (const Diagnostic& d : file.problems) say(d);
  if (!file.results) {
    print(shown(file.path) + ": the file is broken, its tests were not run\n");
    return;
  }
  for (const TestResult& test : *file.results) {
    print((test.passed() ? green("ok    ") : red("FAIL  ")) + shown(test.name) + "\n");
    for (const TestFailure& failure : test.failures) print(failure_text(failure, "      "));
  }
  const std::size_t tests = file.results->size();
  print(shown(file.path) + ": " + (tests == 0 ? "no tests" : count_of(tests, "test")) +
        (file.failed() > 0 ? ", " + grouped(file.failed()) + " failed" : "") + "\n");
}

// ---------------------------------------------------------------------------- JSON

void write_problems(JsonText& json, const std::vector<Diagnostic>& problems) {
  json.objects("problems", problems,
               [&](const Diagnostic& d) { write_diagnostic_members(json, d); });
}

void write_place(JsonText& json, const SourceMark& mark) {
  if (!mark) return;
  json.member("file", mark.source->name);
  json.member("line", mark.line);
  json.member("column", mark.column);
}

void write_test(JsonText& json, const TestResult& test) {
  json.object([&] {
    json.member("name", test.name);
    write_place(json, test.mark);
    json.member("passed", test.passed());
    json.objects("failures", test.failures, [&](const TestFailure& failure) {
      json.member("message", failure.message);
      write_place(json, failure.mark);
      if (failure.expected) json.member("expected", *failure.expected);
      if (failure.actual) json.member("actual", *failure.actual);
      write_problems(json, failure.diagnostics);
    });
  });
}

void print_results(const std::vector<TestedFile>& files) {
  std::size_t tests = 0;
  std::size_t failed = 0;
  print_document("stateferry/rules-test/1", [&](JsonText& json) {
    json.array("files", files, [&](const TestedFile& file) {
      json.object([&] {
        json.member("file", file.path);
        json.member("valid", file.results.has_value());
        json.array("tests", file.results.value_or(std::vector<TestResult>()),
                   [&](const TestResult& test) {
                     write_test(json, test);
                     ++tests;
                   });
        write_problems(json, file.problems);
      });
      failed += file.failed();
    });
    json.member("tests", std::uint64_t{tests});
    json.member("failed", std::uint64_t{failed});
  });
}

// ---------------------------------------------------------------------------- the command

ExitCode run_tests(const TestOptions& options, const Context& context) {
  // Opened before the tests, so that a report that can't be written stops them.
  std::unique_ptr<ByteSink> report;
  if (!options.junit.empty()) {
    report = open_output("--junit", options.junit, {.replace = options.force});
  }
  PluginRegistry registry = open_registry(context);
  const RuleTestBench bench =
      bench_of(options.set, registry, load_operator_names(options.uids).names);
  ExitCode exit = ExitCode::ok;
  std::vector<TestedFile> files;
  for (const std::string& path : options.files) {
    TestedFile& file = files.emplace_back();
    file.path = path;
    DiagnosticList problems;
    run_files().reads("the rule file", local_path(path));
    file.results = run_rule_tests(local_path(path), bench, problems);
    file.problems = problems.all();
    if (exit == ExitCode::ok) exit = exit_of_file(file);
    if (!options.json) print_file(file);
  }
  if (options.json) print_results(files);
  if (report != nullptr) {
    put_in_place(*report, junit_text(files));
  }
  return exit;
}

}  // namespace

void declare_rules_test(CLI::App& rules, Context& context, Run& run) {
  CLI::App* app = rules.add_subcommand("test", "run the tests in rule files");
  const auto options = std::make_shared<TestOptions>();
  app->add_option("FILE", options->files, "rule files")->required()->type_name("");
  add_set_option(*app, options->set);
  app->add_option("--junit", options->junit, "also write the results as JUnit's XML")
      ->type_name("FILE");
  add_uids_option(*app, options->uids);
  app->add_flag("--force", options->force, "replace an existing JUnit file");
  app->add_flag("--json", options->json, "one JSON document");
  app->footer("Example:\n  stateferry rules test rules/samples/*.yaml --junit results.xml");
  app->callback([&, options] { run = [&, options] { return run_tests(*options, context); }; });
}

}  // namespace stateferry::cli
