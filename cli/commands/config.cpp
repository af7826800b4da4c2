#include "support/config.hpp"

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/stores.hpp"
#include "support/rule_loading.hpp"
#include "support/schema_command.hpp"

namespace stateferry::cli {
namespace {

// What every storage has to say of its keys.
ExitCode check(const std::string& file, const Context& context) {
  PluginRegistry registry = open_registry(context);
  const std::string path = config_path(file);
  const ParamNode config = load_config(path, registry);
  bool good = true;
  for (const std::string& name : registry.storage_names()) {
    const StorageOffer offer = registry.make_storage(name);
    for (const Diagnostic& problem : configure_storage(name, *offer.storage, config)) {
      say(problem);
      good = false;
    }
  }
  if (!good) throw Error("E-CONFIG", "the configuration can't be used: " + path);
  say(path.empty() ? "there is no configuration" : shown(path) + ": fine");
  return ExitCode::ok;
}

std::string schema(const Context& context) {
  PluginRegistry registry = open_registry(context);
  return config_schema("stateferry " STATEFERRY_VERSION, config_sections(registry));
}

}  // namespace

void declare_config(CLI::App& app, Context& context, Run& run) {
  app.require_subcommand(1);
  app.footer("Example:\n  stateferry config check");
  const auto file = std::make_shared<std::string>();
  CLI::App* check_app = app.add_subcommand("check", "check the configuration, with all storages");
  check_app->add_option("FILE", *file, "instead of ~/.config/stateferry/config.yaml")
      ->type_name("");
  check_app->footer("Example:\n  stateferry config check config.yaml");
  check_app->callback([&, file] { run = [&, file] { return check(*file, context); }; });

  declare_schema(app, context, run,
                 {"print the JSON Schema of the configuration, with all installed storages",
                  "stateferry config schema --output stateferry-config.schema.json", schema});
}

}  // namespace stateferry::cli
