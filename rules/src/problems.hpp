// Collects what is wrong with a rule file, so that all of it can be told at once, in the order of
// the text rather than in the order of the checks.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/diag/source_mark.hpp"
#include "stateferry/host/map_fields.hpp"

namespace stateferry::rules {

/// Whether `a` stands before `b`: by file as in `files`, then by line and column. What is in none
/// of the files, such as the command line, comes first.
bool is_before(const SourceMark& a, const SourceMark& b,
               const std::vector<std::shared_ptr<const SourceText>>& files);

/// More problems than this are counted, not told: nobody reads them, and a file can be made of
/// nothing else.
inline constexpr std::size_t kMaxReported = 200;
/// Hands the first kMaxReported of `diagnostics` to `sink`, and a note if there are more, of which
/// `untold` are not in the list.
void report_first(std::vector<Diagnostic> diagnostics, std::size_t untold, DiagnosticSink& sink);

/// See the head of this file. Lives for one parse, on one thread.
class Problems {
 public:
  Problems() = default;
  Problems(const Problems&) = delete;
  Problems& operator=(const Problems&) = delete;

  /// An error at `mark`; notes that name other places are made with place_text().
  void error(const SourceMark& mark, std::string code, std::string message, std::string hint = {},
             std::vector<std::string> notes = {});
  /// The same without the line of the file, which may hold a secret.
  void error_without_line(const SourceMark& mark, std::string code, std::string message,
                          std::string hint = {});
  /// Keeps a line of a file out of all errors, also out of those told before.
  void hide_line(const SourceMark& mark);
  /// An error without a place in a file; told before all others.
  void error_about(std::string subject, std::string code, std::string message,
                   std::string hint = {});

  /// Number of errors so far.
  std::size_t count() const noexcept { return found_.size() + untold_; }
  /// Hands everything to `sink`, ordered as is_before() says.
  void report_to(DiagnosticSink& sink, const std::vector<std::shared_ptr<const SourceText>>& files);

 private:
  struct Found {
    Diagnostic diagnostic;
    SourceMark order;  ///< where it is told
  };
  bool is_hidden(const SourceMark& mark) const;
  void add(Diagnostic diagnostic, const SourceMark& order);

  std::vector<Found> found_;
  std::size_t untold_ = 0;
  std::vector<SourceMark> hidden_;
};

}  // namespace stateferry::rules
