// The engines, and what they have in common.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stateferry/transfer/engine.hpp"
#include "stateferry/transfer/plan_file.hpp"

namespace stateferry {

std::unique_ptr<Engine> make_s5cmd_engine(const EngineRequest& request, Stores& stores);
std::unique_ptr<Engine> make_distcp_engine(const EngineRequest& request);
std::unique_ptr<Engine> make_batch_engine(const EngineRequest& request);

/// The rows in a format of plan_file.hpp. Throws RuleError (E-PLAN-ENGINE).
std::string written_rows(PlanFormat format, std::span<const PlanRow> rows);
/// Throws what written_rows() would.
void check_rows(PlanFormat format, std::span<const PlanRow> rows);

/// Throws RuleError (E-PLAN-ENGINE) for a row of a local file: other programs see other machines'
/// files, follow links, and don't wait for the disk.
void refuse_local(const std::string& engine, std::span<const PlanRow> rows);

/// Absolute path of a program in PATH. Throws IoError (E-STORE-ENGINE).
std::string engine_program(const std::string& name, const std::string& hint);

/// Writes `text` into a file of `directory`, whose name is made of its content: the same text has
/// the same name, and a file that stands there stays. Returns its path. Throws IoError.
std::string write_list(const std::string& directory, const std::string& name,
                       const std::string& ending, const std::string& text);

/// A command line that a shell understands.
std::string command_line(const std::vector<std::string>& words);

/// Throws E-ENGINE-WAITS: `engine` has to be run by somebody else.
[[noreturn]] void wait_for(const std::string& engine, const std::string& directory,
                           std::vector<std::string> commands);
/// Throws E-ENGINE-FAILED.
[[noreturn]] void fail_engine(const std::string& engine, const std::string& why,
                              std::vector<std::string> notes, const std::string& hint = {});

}  // namespace stateferry
