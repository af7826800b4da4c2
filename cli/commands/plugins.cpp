#include <algorithm>

#include "commands/commands.hpp"
#include "stateferry/bytes/text.hpp"
#include "support/json.hpp"
#include "support/rule_loading.hpp"
#include "support/table.hpp"

namespace stateferry::cli {
namespace {

// ---------------------------------------------------------------------------- list

void list_json(const std::vector<PluginInfo>& plugins) {
  print_document("stateferry/plugins-list/1", [&](JsonText& json) {
    json.member("abi", kPluginAbi);
    json.member("abi-tag", kAbiTag);
    json.objects("plugins", plugins, [&](const PluginInfo& p) {
      json.member("kind", plugin_kind_name(p.kind));
      json.member("name", p.name);
      json.member("file", p.file.string());
      json.member("loaded", p.loaded);
      if (p.loaded) json.member("version", p.version);
      json.objects("items", p.items, [&](const PluginInfo::Item& item) {
        json.member("name", item.name);
        json.member("summary", item.summary);
      });
      if (p.refused) {
        json.object("refused", [&] { write_diagnostic_members(json, *p.refused); });
      }
    });
  });
}

void list_text(const std::vector<PluginInfo>& plugins) {
  Table table({"KIND", "NAME", "VERSION", "WHAT", "FILE"});
  for (const PluginInfo& p : plugins) {
    if (!p.loaded) continue;
    for (const PluginInfo::Item& item : p.items) {
      table.row({plugin_kind_name(p.kind), item.name, p.version, item.summary, p.file.string()});
    }
  }
  if (!table.empty()) print(table.text());
  for (const PluginInfo& p : plugins) {
    if (!p.refused) continue;
    Diagnostic d = *p.refused;
    d.severity = Severity::warning;
    say(d);
  }
  if (plugins.empty()) say("no plugins were found; look with -vv where they are searched");
}

ExitCode list(bool json, const Context& context) {
  PluginRegistry registry = open_registry(context);
  registry.load_all();
  const std::vector<PluginInfo> plugins = registry.list();
  if (json) {
    list_json(plugins);
  } else {
    list_text(plugins);
  }
  return ExitCode::ok;
}

// ---------------------------------------------------------------------------- describe

const char* type_name(ParamSchema::Type type) {
  switch (type) {
    case ParamSchema::Type::string:
      return "string";
    case ParamSchema::Type::uri_prefix:
      return "uri-prefix";
    case ParamSchema::Type::integer:
      return "integer";
    case ParamSchema::Type::boolean:
      return "boolean";
    case ParamSchema::Type::list:
      return "list";
    case ParamSchema::Type::map:
      return "map";
    case ParamSchema::Type::text_or_map:
      return "string-or-map";
    case ParamSchema::Type::group:
      break;
  }
  return "group";
}

void param_json(JsonText& json, const ParamSchema& p) {
  json.object([&] {
    if (!p.name.empty()) json.member("name", p.name);
    json.member("type", type_name(p.type));
    if (!p.help.empty()) json.member("help", p.help);
    json.member("required", p.required);
    if (!p.default_text.empty()) json.member("default", p.default_text);
    if (!p.allowed.empty()) {
      json.values("allowed", p.allowed);
    }
    if (!p.children.empty()) {
      json.array("children", p.children,
                 [&](const ParamSchema& child) { param_json(json, child); });
    }
  });
}

std::string type_text(const ParamSchema& p) {
  if (p.allowed.empty()) return type_name(p.type);
  return joined(p.allowed, " | ");
}

void add_params(Table& table, const std::vector<ParamSchema>& params, const std::string& indent) {
  for (const ParamSchema& p : params) {
    std::string need = p.required ? "required" : "optional";
    if (!p.default_text.empty()) need += ", default " + p.default_text;
    const bool element = p.name.empty();
    table.row({indent + (element ? "(each)" : p.name), type_text(p), element ? "" : need, p.help});
    add_params(table, p.children, indent + "  ");
  }
}

void describe_json(const std::string& name, const std::string& summary,
                   const TransformSchema& schema) {
  print_document("stateferry/plugins-describe/1", [&](JsonText& json) {
    json.member("name", name);
    json.member("summary", summary);
    json.array("params", schema.params, [&](const ParamSchema& p) { param_json(json, p); });
    json.objects("hazards", schema.hazards, [&](const HazardSchema& h) {
      json.member("name", h.name);
      json.member("help", h.help);
    });
  });
}

void describe_text(const std::string& name, const std::string& summary, const char* head,
                   const TransformSchema& schema) {
  print(bold(name) + ": " + summary + "\n");
  if (!schema.params.empty()) {
    Table table({head, "TYPE", "", "WHAT"});
    add_params(table, schema.params, "");
    print("\n" + table.text());
  }
  for (const HazardSchema& h : schema.hazards) {
    print("\nhazard " + bold(h.name) + ": " + h.help + "\n");
  }
}

// What `plugins describe` tells of: a storage by its plugin's name, else a transform.
struct Described {
  std::string summary;
  const char* head;  // of the column with names
  TransformSchema schema;
};

Described described(const std::string& name, PluginRegistry& registry) {
  const auto storages = registry.storage_names();
  if (std::find(storages.begin(), storages.end(), name) != storages.end()) {
    const StorageOffer offer = registry.make_storage(name);
    if (offer.storage != nullptr) {
      return {offer.summary + " (" + offer.schemes + "); keys of config.yaml", "KEY",
              guarded_call(name, [&] { return describe_params(*offer.storage); })};
    }
  }
  const auto transform = registry.make_transform(name);
  TransformSchema schema = guarded_call(name, [&] { return describe_params(*transform); });
  return {registry.summary_of(name), "PARAMETER", std::move(schema)};
}

ExitCode describe(const std::string& name, bool json, const Context& context) {
  PluginRegistry registry = open_registry(context);
  const Described plugin = described(name, registry);
  if (json) {
    describe_json(name, plugin.summary, plugin.schema);
  } else {
    describe_text(name, plugin.summary, plugin.head, plugin.schema);
  }
  return ExitCode::ok;
}

}  // namespace

void declare_plugins(CLI::App& app, Context& context, Run& run) {
  app.require_subcommand(1);
  app.footer("Example:\n  stateferry plugins list");
  const auto json = std::make_shared<bool>(false);
  CLI::App* list_app =
      app.add_subcommand("list", "what is installed, from where, and what was refused and why");
  list_app->add_flag("--json", *json, "one JSON document");
  list_app->footer("Example:\n  stateferry plugins list --plugin-dir ./build/plugins");
  list_app->callback([&, json] { run = [&, json] { return list(*json, context); }; });

  const auto name = std::make_shared<std::string>();
  CLI::App* describe_app = app.add_subcommand(
      "describe", "the parameters of a transform, or a storage's keys of config.yaml");
  describe_app->add_option("NAME", *name, "such as uri.replace-prefix or rclone")
      ->required()
      ->type_name("");
  describe_app->add_flag("--json", *json, "one JSON document");
  describe_app->footer("Example:\n  stateferry plugins describe uri.map-prefix");
  describe_app->callback(
      [&, name, json] { run = [&, name, json] { return describe(*name, *json, context); }; });
}

}  // namespace stateferry::cli
