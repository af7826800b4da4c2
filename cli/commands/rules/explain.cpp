#include "commands/rules/rules_commands.hpp"
#include "stateferry/rules/resolved.hpp"
#include "support/json.hpp"
#include "support/rule_loading.hpp"

namespace stateferry::cli {
namespace {

struct ExplainOptions {
  std::string file;
  std::vector<std::string> set;
  bool json = false;
};

ExitCode explain_rules(const ExplainOptions& options, const Context& context) {
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  const auto rules = load_rules(options.file, options.set, true, registry, problems);
  if (!rules || problems.errors() > 0) {
    return problems.exit() == ExitCode::ok ? ExitCode::bad_rules : problems.exit();
  }
  const ParamNode tree =
      resolved_rules(rules->file, rules->pipeline ? &*rules->pipeline : nullptr,
                     [&](std::string_view uses) { return registry.summary_of(uses); });
  if (!options.json) {
    print_exactly(rule_file_text(tree));
    return ExitCode::ok;
  }
  print_document("stateferry/rules-explain/1", [&](JsonText& json) {
    json.member("file", options.file);
    json.key("rules");
    write_tree(json, tree);
  });
  return ExitCode::ok;
}

}  // namespace

void declare_rules_explain(CLI::App& rules, Context& context, Run& run) {
  CLI::App* app = rules.add_subcommand(
      "explain", "show what a rule file does: includes spliced, variables replaced");
  const auto options = std::make_shared<ExplainOptions>();
  app->add_option("FILE", options->file, "the rule file")->required()->type_name("");
  add_set_option(*app, options->set);
  app->add_flag("--json", options->json, "one JSON document");
  app->footer("Example:\n  stateferry rules explain move.yaml --set to=s3://new-bucket/flink");
  app->callback([&, options] { run = [&, options] { return explain_rules(*options, context); }; });
}

}  // namespace stateferry::cli
