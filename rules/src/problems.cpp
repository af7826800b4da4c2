#include "problems.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace stateferry::rules {

bool is_before(const SourceMark& a, const SourceMark& b,
               const std::vector<std::shared_ptr<const SourceText>>& files) {
  const auto key = [&files](const SourceMark& mark) {
    const auto file = std::find(files.begin(), files.end(), mark.source);
    const auto index = file == files.end() ? -1 : file - files.begin();
    return std::tuple(index, mark.line, mark.column);
  };
  return key(a) < key(b);
}

void report_first(std::vector<Diagnostic> diagnostics, std::size_t untold, DiagnosticSink& sink) {
  if (diagnostics.size() > kMaxReported) {
    untold += diagnostics.size() - kMaxReported;
    diagnostics.resize(kMaxReported);
  }
  for (Diagnostic& diagnostic : diagnostics) sink.report(std::move(diagnostic));
  if (untold == 0) return;
  sink.report({.severity = Severity::note,
               .message = std::to_string(untold) + " more problems are not shown"});
}

void Problems::error(const SourceMark& mark, std::string code, std::string message,
                     std::string hint, std::vector<std::string> notes) {
  add({.code = std::move(code),
       .message = std::move(message),
       .mark = mark,
       .hint = std::move(hint),
       .notes = std::move(notes)},
      mark);
}

void Problems::error_without_line(const SourceMark& mark, std::string code, std::string message,
                                  std::string hint) {
  add({.code = std::move(code),
       .message = std::move(message),
       .subject = place_text(mark),
       .hint = std::move(hint)},
      mark);
}

void Problems::add(Diagnostic diagnostic, const SourceMark& order) {
  if (found_.size() < kMaxReported) {
    found_.push_back({std::move(diagnostic), order});
  } else {
    ++untold_;
  }
}

void Problems::hide_line(const SourceMark& mark) {
  hidden_.push_back(mark);
}

bool Problems::is_hidden(const SourceMark& mark) const {
  return std::any_of(hidden_.begin(), hidden_.end(), [&](const SourceMark& line) {
    return line.source == mark.source && line.line == mark.line;
  });
}

void Problems::error_about(std::string subject, std::string code, std::string message,
                           std::string hint) {
  add({.code = std::move(code),
       .message = std::move(message),
       .subject = std::move(subject),
       .hint = std::move(hint)},
      {});
}

void Problems::report_to(DiagnosticSink& sink,
                         const std::vector<std::shared_ptr<const SourceText>>& files) {
  std::stable_sort(found_.begin(), found_.end(), [&](const Found& a, const Found& b) {
    return is_before(a.order, b.order, files);
  });
  std::vector<Diagnostic> sorted;
  for (Found& found : found_) {
    Diagnostic& diagnostic = found.diagnostic;
    if (diagnostic.mark && is_hidden(diagnostic.mark)) {
      diagnostic.subject = place_text(diagnostic.mark);
      diagnostic.mark = {};
    }
    sorted.push_back(std::move(diagnostic));
  }
  report_first(std::move(sorted), untold_, sink);
  found_.clear();
  untold_ = 0;
}

}  // namespace stateferry::rules
