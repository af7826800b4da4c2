#include "support/schema_command.hpp"

#include <memory>
#include <utility>

#include "support/run_files.hpp"

namespace stateferry::cli {
namespace {

struct SchemaOptions {
  std::string output;  // empty: stdout
  bool force = false;
};

ExitCode put_schema(const std::string& text, const SchemaOptions& options) {
  if (options.output.empty()) {
    print_exactly(text);
  } else {
    put_in_place(*open_output("--output", options.output, {.replace = options.force}), text);
  }
  return ExitCode::ok;
}

}  // namespace

void declare_schema(CLI::App& above, Context& context, Run& run, SchemaCommand command) {
  const auto options = std::make_shared<SchemaOptions>();
  CLI::App* app = above.add_subcommand("schema", command.summary);
  app->add_option("--output", options->output, "write it here instead of stdout")
      ->type_name("FILE");
  app->add_flag("--force", options->force, "replace an existing FILE");
  app->footer(std::string("Example:\n  ") + command.example);
  app->callback([&, options, text = std::move(command.text)] {
    run = [&, options, text] { return put_schema(text(context), *options); };
  });
}

}  // namespace stateferry::cli
