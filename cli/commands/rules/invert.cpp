#include "stateferry/rules/invert.hpp"

#include "commands/rules/rules_commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/trial.hpp"
#include "stateferry/rules/resolved.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/rule_loading.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

struct InvertOptions {
  std::string file;
  std::string against;
  std::string base_uri;
  std::string default_scheme;
  std::vector<std::string> set;
  StoreOptions stores;  // used where `against` lies in one
  bool json = false;
};

std::string base_uri(const InvertOptions& options) {
  if (options.base_uri.empty()) return directory_anywhere(options.against);
  const auto normal = normalize_flink_path(options.base_uri);
  if (normal && has_scheme(*normal)) return *normal;
  throw Error("E-ARG-USAGE", "--base-uri '" + options.base_uri + "' is not an absolute URI",
              "give the directory of _metadata, such as s3://bucket/savepoints/savepoint-1");
}

InvertBench bench_of(const InvertOptions& options, PluginRegistry& registry) {
  InvertBench bench;
  bench.transforms = transforms_of(registry);
  bench.plugin_version = versions_of(registry);
  bench.list = [&](std::unique_ptr<ByteSource> source) {
    return list_locations(std::move(source), registry);
  };
  bench.run = [&](const Pipeline& pipeline, ByteSource& source, ByteSink& sink,
                  const RunOptions& run_options, DiagnosticSink& diagnostics) {
    return pipeline.run(source, sink, registry, run_options, diagnostics);
  };
  bench.base_uri = base_uri(options);
  bench.default_file_system = default_file_system(options.default_scheme);
  return bench;
}

ExitCode invert(const InvertOptions& options, const Context& context) {
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  const auto rules = load_rules(options.file, options.set, false, registry, problems);
  if (!rules || !rules->pipeline) {
    return problems.exit() == ExitCode::ok ? ExitCode::bad_rules : problems.exit();
  }
  std::optional<Stores> stores;
  if (is_remote(options.against)) stores.emplace(open_stores(options.stores, registry));
  const auto source =
      stores ? open_anywhere(options.against, *stores) : open_input(options.against);
  auto tree =
      invert_rules(rules->file, *rules->pipeline, *source, bench_of(options, registry), problems);
  if (!tree) return problems.exit();
  if (!options.json) {
    print_exactly("# Takes back what " + shown(options.file) + " did to " + shown(options.against) +
                  "; proved on that snapshot, to the byte.\n" + rule_file_text(*tree));
    return ExitCode::ok;
  }
  print_document("stateferry/rules-invert/1", [&](JsonText& json) {
    json.member("file", options.file);
    json.member("against", options.against);
    json.key("rules");
    write_tree(json, *tree);
  });
  return ExitCode::ok;
}

}  // namespace

void declare_rules_invert(CLI::App& rules, Context& context, Run& run) {
  CLI::App* app = rules.add_subcommand(
      "invert", "print the rule file that takes back what another does to a snapshot");
  const auto options = std::make_shared<InvertOptions>();
  app->add_option("FILE", options->file, "the rule file")->required()->type_name("");
  app->add_option(
         "--against", options->against,
         "the snapshot from before: _metadata or its directory, a path or URI, - for stdin")
      ->required()
      ->type_name("METADATA");
  app->add_option("--base-uri", options->base_uri,
                  "where _metadata lives, if not where it is read from")
      ->type_name("URI");
  add_default_scheme_option(*app, options->default_scheme);
  add_set_option(*app, options->set);
  add_store_options(*app, options->stores, false);
  app->add_flag("--json", options->json, "one JSON document");
  app->footer(
      "Example:\n  stateferry rules invert move.yaml --against old/_metadata >move-back.yaml");
  app->callback([&, options] { run = [&, options] { return invert(*options, context); }; });
}

}  // namespace stateferry::cli
