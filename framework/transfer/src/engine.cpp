#include "stateferry/transfer/engine.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "engines.hpp"
#include "plan_engines.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/io/find_program.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/shell_word.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {
namespace {

constexpr std::array<std::pair<std::string_view, EngineKind>, 6> kNames = {
    {{"auto", EngineKind::automatic},
     {"file", EngineKind::file},
     {"rclone", EngineKind::rclone},
     {"s5cmd", EngineKind::s5cmd},
     {"distcp", EngineKind::distcp},
     {"s3-batch", EngineKind::s3_batch}}};

// The storages of this program, of which the user names one.
class OwnEngine final : public Engine {
 public:
  explicit OwnEngine(bool local) : local_(local) {}

  void check(std::span<const PlanRow> rows) override {
    for (const PlanRow& row : rows) {
      if ((is_local_uri(row.source) && is_local_uri(row.target)) == local_) continue;
      throw RuleError({.code = "E-PLAN-ENGINE",
                       .message = local_ ? "the engine 'file' copies between local paths only"
                                         : "the engine 'rclone' is not used between local paths",
                       .subject = row.source,
                       .hint = "leave --engine away",
                       .notes = {"to " + row.target}});
    }
  }
  bool hands_over() const noexcept override { return false; }
  void copy(std::span<const PlanRow>, CopyProgress&) override {}

 private:
  bool local_;
};

void check_options(const EngineRequest& request) {
  const bool batch = request.kind == EngineKind::s3_batch;
  const bool own = request.kind <= EngineKind::rclone;
  if (own && !request.list_directory.empty()) {
    throw Error("E-ARG-USAGE", "--engine-list is for s5cmd, distcp and s3-batch",
                "name the engine with --engine, or leave it away");
  }
  if (!batch && !request.options.empty()) {
    throw Error("E-ARG-USAGE", "this engine has no options", "leave --engine-option away");
  }
}

}  // namespace

std::optional<EngineKind> engine_from_name(std::string_view name) noexcept {
  for (const auto& [known, kind] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::unique_ptr<Engine> make_engine(const EngineRequest& request, Stores& stores) {
  check_options(request);
  switch (request.kind) {
    case EngineKind::automatic:
      return nullptr;
    case EngineKind::file:
    case EngineKind::rclone:
      return std::make_unique<OwnEngine>(request.kind == EngineKind::file);
    case EngineKind::s5cmd:
      return make_s5cmd_engine(request, stores);
    case EngineKind::distcp:
      return make_distcp_engine(request);
    case EngineKind::s3_batch:
      break;
  }
  return make_batch_engine(request);
}

std::string written_rows(PlanFormat format, std::span<const PlanRow> rows) {
  std::string text;
  const auto writer =
      make_engine_writer(format, {}, {}, [&](std::string_view line) { text += line; });
  for (const PlanRow& row : rows) writer->row(row);
  return text;
}

void check_rows(PlanFormat format, std::span<const PlanRow> rows) {
  const auto writer = make_engine_writer(format, {}, {}, [](std::string_view) {});
  for (const PlanRow& row : rows) writer->row(row);
}

void refuse_local(const std::string& engine, std::span<const PlanRow> rows) {
  for (const PlanRow& row : rows) {
    if (scheme_of(row.source) != "file" && scheme_of(row.target) != "file") continue;
    throw RuleError({.code = "E-PLAN-ENGINE",
                     .message = engine + " copies between stores, and this is a local file",
                     .subject = row.source,
                     .hint = "leave --engine away",
                     .notes = {"to " + row.target}});
  }
}

std::string engine_program(const std::string& name, const std::string& hint) {
  const char* const path = std::getenv("PATH");
  std::string program = find_program(name, path == nullptr ? "" : path);
  if (!program.empty()) return program;
  throw IoError("E-STORE-ENGINE", "it is in no absolute folder of PATH", name, hint);
}

std::string write_list(const std::string& directory, const std::string& name,
                       const std::string& ending, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const auto bytes = std::as_bytes(std::span(text));
  std::string path = directory;
  path += "/" + name + "-" + sha256_hex(bytes).substr(0, 16) + ending;
  if (std::filesystem::exists(path, error)) {
    // What was written whole; its name says so unless somebody has changed it.
    if (sha256_hex(*file_source(path, path)) == sha256_hex(bytes)) return path;
    throw IoError("E-IO-EXISTS", "something else stands where a list is to be written", path,
                  "nothing is replaced: remove it, or choose another --engine-list");
  }
  const auto sink = atomic_file_sink(path, {});
  sink->write(bytes);
  sink->commit();
  return path;
}

std::string command_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    const bool plain = !word.empty() && word.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789-_./:=,+@%") == std::string::npos;
    if (plain) {
      line += word;
    } else {
      append_shell_word(line, word);
    }
  }
  return line;
}

void wait_for(const std::string& engine, const std::string& directory,
              std::vector<std::string> commands) {
  throw Error({.code = "E-ENGINE-WAITS",
               .message = "what " + engine + " is to copy is written down; it is for you to run",
               .subject = directory,
               .hint = "when it is done, run this very command again: it looks at all files and "
                       "puts _metadata in place",
               .notes = std::move(commands)});
}

void fail_engine(const std::string& engine, const std::string& why, std::vector<std::string> notes,
                 const std::string& hint) {
  throw Error({.code = "E-ENGINE-FAILED",
               .message = engine + " has not copied everything: " + why,
               .hint = hint.empty() ? "what was copied stays; run the same command again when the "
                                      "reason is gone: it goes on"
                                    : hint,
               .notes = std::move(notes)});
}

}  // namespace stateferry
