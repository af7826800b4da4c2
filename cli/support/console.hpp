// Where the command line speaks: results to stdout, talk to stderr.
#pragma once

#include <string>
#include <string_view>

#include "stateferry/diag/codes.hpp"
#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/transfer/counted.hpp"

namespace stateferry::cli {

/// Options that every command has.
struct GlobalOptions {
  int verbose = 0;                  ///< -v, -vv
  bool quiet = false;               ///< -q: errors only
  std::string log_format = "text";  ///< text | json
  std::string color = "auto";       ///< auto | always | never
};

/// Sets up logging and colour. Call before anything is said, and again when the options have
/// changed.
void configure_console(const GlobalOptions& options);

/// How often -v was given.
int verbosity();

/// Whether stderr's last line is one that is written over and over, which makes room for what is
/// said.
void set_line_open(bool open);

/// To stderr, unless -q. `debug` only with -v.
void say(std::string_view text);
void debug(std::string_view text);
/// A diagnostic to stderr, as text or as one JSON object per line.
void say(const Diagnostic& diagnostic);

/// Text for people to stdout, in whole lines: like all that is said, it loses what a terminal would
/// obey (diag/shown.hpp) and what gives access. A value from a file has to be shown() before it
/// becomes part of a line, or its line ends would make lines of their own.
void print(std::string_view text);
/// What programs read to stdout, byte for byte.
void print_exactly(std::string_view text);
/// Ends stdout: throws IoError when it could not take everything. A reader that has gone away
/// (`| head`) has all that it wants: then the rest is dropped, and the run's exit status is its
/// own.
void finish_stdout();

/// Colours for stdout and stderr; the text itself where colour is off.
std::string bold(std::string_view text);
std::string red(std::string_view text);
std::string green(std::string_view text);
std::string dim(std::string_view text);

/// `1.2 MiB`; exact below 1 KiB.
std::string human_size(std::uint64_t bytes);

/// Shows what comes at once and remembers the worst.
class ConsoleSink final : public DiagnosticSink {
 public:
  ~ConsoleSink() override;
  void report(Diagnostic diagnostic) override;
  std::size_t errors() const noexcept { return errors_; }
  std::size_t warnings() const noexcept { return warnings_; }
  /// Exit status of the first error; `ok` without one.
  ExitCode exit() const noexcept { return exit_; }

 private:
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  ExitCode exit_ = ExitCode::ok;
};

/// The exit status that belongs to a code.
ExitCode exit_of(std::string_view code);

}  // namespace stateferry::cli
