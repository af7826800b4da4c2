#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/transfer/plan_file.hpp"
#include "stateferry/transfer/verify.hpp"
#include "support/files.hpp"
#include "support/rule_loading.hpp"
#include "support/run_files.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

// Ten million rows.
constexpr std::uint64_t kLargestPlan = std::uint64_t{4} << 30;

struct Options {
  std::string plan;
  std::string journal;
  bool json = false;
  StoreOptions stores;
};

ExitCode copy(const Options& o, const Context& context) {
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  Stores stores = open_stores(o.stores, registry);
  const std::string path = local_path(o.plan);
  std::vector<PlanRow> rows;
  read_plan(read_text_file(path, path, {kLargestPlan}), path,
            [&](const PlanRow& row) { rows.push_back(row); });
  std::vector<CopyItem> items;
  for (const PlanRow& row : rows) items.push_back(copy_item(row));

  CopyOptions options = copy_options(o.stores);
  options.source_root = local_root(rows, &PlanRow::source);
  options.target_root = local_root(rows, &PlanRow::target);
  const std::string journal_path = o.journal.empty() ? path + ".journal" : o.journal;
  run_files().reads("PLAN", path);
  run_files().writes("--journal", journal_path);
  run_files().copies(rows);
  run_files().check();
  Journal journal(journal_path, plan_id(items), items.size());
  CopyProgress progress;
  CopyReport report;
  {
    ProgressDisplay display(o.stores, context.global);
    display.copying(progress);
    report = run_copy(stores, items, options, &journal, progress);
  }
  throw_failures(report, problems);
  std::uint64_t wrong = 0;
  const std::vector<std::string> lines = verify_targets(stores, rows, wrong);
  if (wrong > 0) {
    throw Error({.code = "E-MOVE-INCOMPLETE",
                 .message = count_of(wrong, "file") +
                            " of the plan are not there in full size after copying",
                 .subject = path,
                 .notes = lines});
  }
  if (o.json) {
    print_document("stateferry/copy/1", [&](JsonText& json) {
      json.member("plan", path);
      json.member("files", std::uint64_t{rows.size()});
      write_copy_members(json, report);
    });
  } else {
    say(copy_text(report) + "; all " + count_of(rows.size(), "file") + " of the plan are in place");
  }
  return ExitCode::ok;
}

}  // namespace

void declare_copy(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  app.add_option("PLAN", o->plan, "a plan in CSV or JSONL, from 'stateferry plan'")
      ->required()
      ->type_name("");
  app.add_option("--journal", o->journal, "what is done already (default PLAN.journal)")
      ->type_name("FILE");
  app.add_flag("--json", o->json, "what was done as one JSON document");
  add_store_options(app, o->stores, true);
  app.footer(
      "Example:\n"
      "  stateferry plan old/chk-9 /mnt/new/job >plan.csv\n"
      "  stateferry copy plan.csv");
  app.callback([&, o] { run = [&, o] { return copy(*o, context); }; });
}

}  // namespace stateferry::cli
