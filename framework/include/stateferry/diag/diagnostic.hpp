// What went wrong, where, and what to do about it: the one form in which every layer reports.
//
// A Diagnostic is plain data and never refers to plugin code, so it outlives the plugin that made
// it. Nothing here prints; only the command line does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/source_mark.hpp"
#include "stateferry/export.hpp"

namespace stateferry {

/// How bad it is. `error` makes the run fail; `warning` and `note` never do.
enum class Severity : std::uint8_t { note, warning, error };

/// A place in a metadata file.
struct BytePlace {
  std::optional<std::uint64_t> offset;  ///< absolute byte offset from the start of the file
  std::string model_path;  ///< e.g. `operators[3].subtasks[0].managed_keyed.shared["000123.sst"]`
};

/// One message. `code` is a stable word from diag/codes.hpp (`E-FORMAT-TRUNCATED`); `message` is
/// one sentence without the place; `hint` says what to do and may be empty. Whoever makes one names
/// the members that it has: `{.code = …, .message = …}`.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code = {};
  std::string message = {};
  std::string subject = {};             ///< file or URI this is about; empty when `mark` names it
  SourceMark mark = {};                 ///< place in a rule file, if any
  std::optional<BytePlace> place = {};  ///< place in a metadata file, if any
  std::string hint = {};
  std::vector<std::string> notes = {};  ///< further lines, most important first
};

/// Where diagnostics go when several can be told at once. Implementations need not be thread-safe;
/// each run has its own.
class STATEFERRY_API DiagnosticSink {
 public:
  virtual ~DiagnosticSink();
  /// Takes one message; must not throw.
  virtual void report(Diagnostic diagnostic) = 0;
};

/// Keeps everything it is told, in order.
class STATEFERRY_API DiagnosticList final : public DiagnosticSink {
 public:
  ~DiagnosticList() override;
  void report(Diagnostic diagnostic) override;
  const std::vector<Diagnostic>& all() const noexcept { return all_; }
  /// Number of messages with severity `error`.
  std::size_t errors() const noexcept { return errors_; }

 private:
  std::vector<Diagnostic> all_;
  std::size_t errors_ = 0;
};

/// The message as text for a terminal, several lines, without colour:
/// `place: error: message [CODE]`, then the source line with a caret where there is one, then notes
/// and the hint, each on a line of its own. No line end after the last line.
STATEFERRY_API std::string render(const Diagnostic& diagnostic);

/// The candidate nearest to `word` by edit distance, if it is near enough to be a likely slip of
/// the keyboard (at most a third of the word's length, at least one edit allowed).
STATEFERRY_API std::optional<std::string> nearest(std::string_view word,
                                                  const std::vector<std::string>& candidates);
/// `, did you mean 'x'?` or the empty string: the usual end of a message about an unknown name.
STATEFERRY_API std::string did_you_mean(std::string_view word,
                                        const std::vector<std::string>& candidates);

}  // namespace stateferry
