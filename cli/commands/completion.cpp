#include "support/completion.hpp"

#include "commands/commands.hpp"

namespace stateferry::cli {

void declare_completion(CLI::App& app, Context&, Run& run) {
  const auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("");
  app.footer(
      "Examples:\n"
      "  source <(stateferry completion bash)\n"
      "  stateferry completion zsh >~/.zfunc/_stateferry\n"
      "  stateferry completion fish >~/.config/fish/completions/stateferry.fish");
  app.callback([&run, shell] {
    run = [shell] {
      print_exactly(completion_script(*shell));
      return ExitCode::ok;
    };
  });
}

}  // namespace stateferry::cli
