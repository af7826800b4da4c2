#include "support/config.hpp"

#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/transfer/stores.hpp"
#include "support/files.hpp"
#include "support/rule_loading.hpp"
#include "support/run_files.hpp"

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
  say(path.empty() ? "there is no configuration" : path + ": fine");
  return ExitCode::ok;
}

ExitCode schema(const std::string& output, bool force, const Context& context) {
  PluginRegistry registry = open_registry(context);
  const std::string text =
      config_schema("stateferry " STATEFERRY_VERSION, config_sections(registry));
  if (output.empty()) {
    print_exactly(text);
  } else {
    FileSinkOptions sink;
    sink.replace = force;
    put_in_place(*open_output("--output", output, sink), text);
  }
  return ExitCode::ok;
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

  struct SchemaOptions {
    std::string output;
    bool force = false;
  };
  const auto o = std::make_shared<SchemaOptions>();
  CLI::App* schema_app = app.add_subcommand(
      "schema", "print the JSON Schema of the configuration, with all installed storages");
  schema_app->add_option("--output", o->output, "write it here instead of stdout")
      ->type_name("FILE");
  schema_app->add_flag("--force", o->force, "replace an existing FILE");
  schema_app->footer("Example:\n  stateferry config schema --output stateferry-config.schema.json");
  schema_app->callback([&, o] { run = [&, o] { return schema(o->output, o->force, context); }; });
}

}  // namespace stateferry::cli
