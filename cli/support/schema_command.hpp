// The sub-command `schema`, which prints a JSON Schema or writes it to a file.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "commands/commands.hpp"

namespace stateferry::cli {

/// What one such command is.
struct SchemaCommand {
  const char* summary;
  const char* example;
  std::function<std::string(const Context&)> text;  ///< the schema, with a line end
};

/// Adds it to `above`; `context` and `run` outlive it.
void declare_schema(CLI::App& above, Context& context, Run& run, SchemaCommand command);

}  // namespace stateferry::cli
