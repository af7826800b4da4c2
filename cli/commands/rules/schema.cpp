#include "stateferry/rules/schema.hpp"

#include <span>

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "support/files.hpp"
#include "support/rule_loading.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {
namespace {

struct SchemaOptions {
  std::string output;  // empty: stdout
  bool force = false;
};

// A plugin that can't be used is told and left out: the others still get their schema.
void warn(Diagnostic diagnostic) {
  diagnostic.severity = Severity::warning;
  say(diagnostic);
}

void add_transforms(const PluginInfo& plugin, PluginRegistry& registry, SchemaSource& source) {
  source.plugins.push_back({plugin.name, plugin.version});
  for (const PluginInfo::Item& item : plugin.items) {
    try {
      const auto transform = registry.make_transform(item.name);
      TransformSchema declared =
          guarded_call(item.name, [&] { return describe_params(*transform); });
      source.transforms.push_back({item.name, item.summary, std::move(declared)});
    } catch (const Error& error) {
      warn(error.diagnostic());
    }
  }
}

SchemaSource schema_source(PluginRegistry& registry) {
  SchemaSource source;
  source.generator = "stateferry " STATEFERRY_VERSION;
  source.versions = registry.dialects().versions();
  registry.load_all();
  for (const PluginInfo& plugin : registry.list()) {
    if (plugin.refused) {
      warn(*plugin.refused);
    } else if (plugin.kind == PluginKind::transform) {
      add_transforms(plugin, registry, source);
    }
  }
  return source;
}

ExitCode schema(const SchemaOptions& options, const Context& context) {
  PluginRegistry registry = open_registry(context);
  const std::string text = rule_schema(schema_source(registry));
  if (options.output.empty()) {
    print_exactly(text);
  } else {
    FileSinkOptions sink;
    sink.replace = options.force;
    put_in_place(*open_output("--output", options.output, sink), text);
  }
  return ExitCode::ok;
}

}  // namespace

void declare_rules_schema(CLI::App& rules, Context& context, Run& run) {
  CLI::App* app = rules.add_subcommand(
      "schema", "print the JSON Schema of rule files, with all installed transforms");
  const auto options = std::make_shared<SchemaOptions>();
  app->add_option("--output", options->output, "write it here instead of stdout")
      ->type_name("FILE");
  app->add_flag("--force", options->force, "replace an existing FILE");
  app->footer("Example:\n  stateferry rules schema --output stateferry-rules.schema.json");
  app->callback([&, options] { run = [&, options] { return schema(*options, context); }; });
}

}  // namespace stateferry::cli
