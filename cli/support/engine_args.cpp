#include "support/engine_args.hpp"

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {

void add_engine_options(CLI::App& app, EngineArgs& args) {
  app.add_option("--engine", args.name,
                 "what copies the files (default auto: stateferry and its storages)")
      ->check(CLI::IsMember({"auto", "file", "rclone", "s5cmd", "distcp", "s3-batch"}))
      ->type_name("auto|file|rclone|s5cmd|distcp|s3-batch");
  app.add_option("--engine-list", args.list,
                 "don't run s5cmd or distcp, but write what they are to do to this directory; "
                 "s3-batch needs it")
      ->type_name("DIR");
  app.add_option("--engine-option", args.options,
                 "of s3-batch: account, role, manifest (repeatable)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

std::unique_ptr<Engine> open_engine(const EngineArgs& args, Stores& stores,
                                    const std::string& not_with) {
  EngineRequest request;
  request.kind = engine_from_name(args.name).value_or(EngineKind::automatic);
  if (!args.list.empty()) {
    const std::string uri = uri_of_argument(args.list);
    if (!is_local_uri(uri)) {
      throw Error("E-ARG-USAGE", "--engine-list takes a local directory, not '" + args.list + "'");
    }
    request.list_directory = without_slash(local_path_of(uri));
  }
  for (const std::string& option : args.options) {
    const auto equals = option.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error("E-ARG-USAGE", "--engine-option takes NAME=VALUE, not '" + option + "'");
    }
    request.options[option.substr(0, equals)] = option.substr(equals + 1);
  }
  auto engine = make_engine(request, stores);
  if (engine != nullptr && engine->hands_over() && !not_with.empty()) {
    throw Error("E-ARG-USAGE", not_with + " can't be used with --engine " + args.name,
                "leave one of them away");
  }
  return engine;
}

}  // namespace stateferry::cli
