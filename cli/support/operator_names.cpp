#include "support/operator_names.hpp"

#include "stateferry/diag/error.hpp"
#include "stateferry/host/operator_names_file.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/io/sha256.hpp"
#include "support/console.hpp"
#include "support/files.hpp"
#include "support/run_files.hpp"
#include "support/uids_from_source.hpp"

namespace stateferry::cli {
namespace {

// `inspect --json` of a snapshot with a hundred thousand operators.
constexpr std::uint64_t kLargestNames = std::uint64_t{64} << 20;

}  // namespace

void add_uids_option(CLI::App& app, std::string& file) {
  app.add_option("--uids", file,
                 "names of operators for snapshots that store hashes only: a uid a line, "
                 "'HASH UID', CSV, or what inspect --json prints")
      ->type_name("FILE");
}

void add_uids_from_source_option(CLI::App& app, std::string& directory) {
  app.add_option("--uids-from-source", directory,
                 "the same from .uid(\"…\") in the job's source code: Java, Kotlin, Scala, Python")
      ->type_name("DIR");
}

LoadedNames load_operator_names(const std::string& file) {
  if (file.empty()) return {};
  const std::string path = local_path(file);
  run_files().reads("--uids", path);
  const auto text =
      std::make_shared<SourceText>(SourceText{file, read_text_file(path, path, {kLargestNames})});
  DiagnosticList problems;
  auto names = std::make_shared<OperatorNames>(parse_operator_names(text, problems));
  if (problems.all().empty()) {
    const std::string& bytes = text->text;
    return {names, sha256_hex(bytes)};
  }
  for (std::size_t i = 0; i + 1 < problems.all().size(); ++i) say(problems.all()[i]);
  throw Error(problems.all().back());
}

std::shared_ptr<const OperatorNames> load_operator_names(const std::string& file,
                                                         const std::string& source_directory) {
  const LoadedNames said = load_operator_names(file);
  if (source_directory.empty()) return said.names;
  auto names = std::make_shared<OperatorNames>(said.names ? *said.names : OperatorNames());
  add_uids_below(local_path(source_directory), *names);
  return names;
}

}  // namespace stateferry::cli
