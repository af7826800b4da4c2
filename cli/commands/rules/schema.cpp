#include "stateferry/rules/schema.hpp"

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "support/rule_loading.hpp"
#include "support/schema_command.hpp"

namespace stateferry::cli {
namespace {

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

std::string schema(const Context& context) {
  PluginRegistry registry = open_registry(context);
  return rule_schema(schema_source(registry));
}

}  // namespace

void declare_rules_schema(CLI::App& rules, Context& context, Run& run) {
  declare_schema(rules, context, run,
                 {"print the JSON Schema of rule files, with all installed transforms",
                  "stateferry rules schema --output stateferry-rules.schema.json", schema});
}

}  // namespace stateferry::cli
