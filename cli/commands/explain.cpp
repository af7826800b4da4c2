#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry::cli {
namespace {

ExitCode explain(const std::string& code) {
  const CodeInfo* info = find_code(code);
  if (info == nullptr) {
    std::vector<std::string> known;
    for (const CodeInfo& row : all_codes()) known.emplace_back(row.code);
    throw Error("E-ARG-USAGE", "there is no code '" + code + "'" + did_you_mean(code, known),
                "codes stand in square brackets at the end of a message");
  }
  print(bold(info->code) + "\n");
  print(std::string(info->meaning) + "\n");
  print("What to do: " + std::string(info->advice) + "\n");
  print(info->exit == ExitCode::ok
            ? std::string("A warning: the run goes on.\n")
            : "Exit code: " + std::to_string(static_cast<int>(info->exit)) + "\n");
  return ExitCode::ok;
}

ExitCode list() {
  for (const CodeInfo& row : all_codes()) {
    print(std::string(row.code) + "  " + std::string(row.meaning) + "\n");
  }
  return ExitCode::ok;
}

}  // namespace

void declare_explain(CLI::App& app, Context&, Run& run) {
  const auto code = std::make_shared<std::string>();
  app.add_option("CODE", *code, "the code; without one all are listed")->type_name("");
  app.footer("Example:\n  stateferry explain E-RULE-UNMATCHED-URI");
  app.callback([&run, code] { run = [code] { return code->empty() ? list() : explain(*code); }; });
}

}  // namespace stateferry::cli
