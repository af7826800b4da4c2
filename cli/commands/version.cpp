#include <memory>

#include "commands/commands.hpp"
#include "stateferry/plugin/abi.hpp"
#include "support/json.hpp"

namespace stateferry::cli {

void declare_version(CLI::App& app, Context&, Run& run) {
  const auto json = std::make_shared<bool>(false);
  app.add_flag("--json", *json, "as one JSON document");
  app.footer("Example:\n  stateferry version --json | jq -r .version");
  app.callback([&run, json] {
    run = [json] {
      if (!*json) {
        print("stateferry " STATEFERRY_VERSION "\n");
        return ExitCode::ok;
      }
      print_document("stateferry/version/1", [&](JsonText& text) {
        text.member("version", STATEFERRY_VERSION);
        text.member("plugin-abi", std::uint32_t{kPluginAbi});
      });
      return ExitCode::ok;
    };
  });
}

}  // namespace stateferry::cli
