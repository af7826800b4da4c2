#include "stateferry/model/dump.hpp"

#include "commands/commands.hpp"
#include "stateferry/host/part_reader.hpp"
#include "support/rule_loading.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs in;
  bool json = false;
  DumpOptions dump;
};

// The input is looked through before anything is printed: of a damaged one nothing is.
ExitCode dump(const Options& options, const Context& context) {
  SnapshotRun run(options.in, context);
  PartReader snapshot = run.parts();
  const SnapshotKind kind = snapshot.check();
  const TextSink out = [](std::string_view text) { print_exactly(text); };
  const auto dumping = options.json ? json_dump(snapshot.dialect(), kind, options.dump, out)
                                    : text_dump(snapshot.dialect(), options.dump, out);
  snapshot.read(*dumping);
  return ExitCode::ok;
}

}  // namespace

void declare_dump(CLI::App& app, Context& context, Run& run) {
  const auto options = std::make_shared<Options>();
  add_snapshot_argument(app, options->in, "_metadata file or its directory, a path or URI, or -");
  app.add_flag("--json", options->json, "one JSON document instead of a line per field");
  app.add_flag("--bytes", options->dump.bytes, "show inline bytes too (base64)");
  add_store_options(app, options->in.stores, false);
  app.footer(
      "Examples:\n  stateferry dump savepoint-b9888f/_metadata | grep 's3://old-bucket'\n"
      "  diff <(stateferry dump a/_metadata) <(stateferry dump b/_metadata)");
  app.callback([&, options] { run = [&, options] { return dump(*options, context); }; });
}

}  // namespace stateferry::cli
