#include "commands/commands.hpp"
#include "commands/rules/rules_commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/rules/lint.hpp"
#include "support/json.hpp"
#include "support/rule_loading.hpp"

namespace stateferry::cli {
namespace {

struct CheckOptions {
  std::vector<std::string> files;
  std::vector<std::string> set;
  bool json = false;
};

// Shows problems as they come and keeps them for JSON.
class CheckSink final : public DiagnosticSink {
 public:
  explicit CheckSink(bool silent) : silent_(silent) {}
  void report(Diagnostic diagnostic) override {
    if (diagnostic.severity == Severity::error) ++errors;
    if (!silent_) say(diagnostic);
    all.push_back(std::move(diagnostic));
  }
  std::vector<Diagnostic> all;
  std::size_t errors = 0;

 private:
  bool silent_;
};

void write_file(JsonText& json, const std::string& path, const std::optional<LoadedRules>& rules,
                const CheckSink& sink) {
  json.object([&] {
    json.member("file", path);
    json.member("valid", sink.errors == 0);
    if (rules) {
      json.member("name", rules->file.name);
      json.objects("steps", rules->file.steps, [&](const StepSpec& step) {
        json.member("id", step.id);
        json.member("uses", step.uses);
      });
    }
    json.objects("problems", sink.all,
                 [&](const Diagnostic& d) { write_diagnostic_members(json, d); });
  });
}

ExitCode check(const CheckOptions& options, const Context& context) {
  PluginRegistry registry = open_registry(context);
  ExitCode exit = ExitCode::ok;
  JsonText json;
  json.object([&] {
    json.member("schema", "stateferry/rules-check/1");
    json.array("files", options.files, [&](const std::string& path) {
      CheckSink sink(options.json);
      const auto rules = load_rules(path, options.set, true, registry, sink);
      if (rules && rules->pipeline) warn_of_idle_rules(*rules->pipeline, sink);
      if (sink.errors > 0) {
        if (exit == ExitCode::ok) exit = exit_of(sink.all.front().code);
        say(shown(path) + ": " + count_of(sink.errors, "problem"));
      } else if (!options.json && rules) {
        const std::string verdict =
            sink.all.empty() ? "no problems" : count_of(sink.all.size(), "warning");
        print(shown(path) + ": " + count_of(rules->file.steps.size(), "step") + ", " + verdict +
              "\n");
      }
      write_file(json, path, rules, sink);
    });
  });
  if (options.json) print_json(json);
  return exit;
}

}  // namespace

void declare_rules(CLI::App& app, Context& context, Run& run) {
  app.require_subcommand(1);
  CLI::App* check_app =
      app.add_subcommand("check", "validate rule files: shape, steps, parameters, variables");
  const auto options = std::make_shared<CheckOptions>();
  check_app->add_option("FILE", options->files, "rule files")->required()->type_name("");
  add_set_option(*check_app, options->set);
  check_app->add_flag("--json", options->json, "one JSON document");
  check_app->footer("Example:\n  stateferry rules check rules/samples/*.yaml");
  check_app->callback([&, options] { run = [&, options] { return check(*options, context); }; });
  declare_rules_init(app, context, run);
  declare_rules_schema(app, context, run);
  declare_rules_test(app, context, run);
  declare_rules_explain(app, context, run);
  declare_rules_invert(app, context, run);
  app.footer("Example:\n  stateferry rules check move.yaml");
}

}  // namespace stateferry::cli
