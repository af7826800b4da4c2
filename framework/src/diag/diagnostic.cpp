#include "stateferry/diag/diagnostic.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/shown.hpp"

namespace stateferry {

std::string_view SourceText::line(int number) const noexcept {
  std::string_view rest = text;
  for (int i = 1; i < number; ++i) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

DiagnosticSink::~DiagnosticSink() = default;
DiagnosticList::~DiagnosticList() = default;

void DiagnosticList::report(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) ++errors_;
  all_.push_back(std::move(diagnostic));
}

namespace {

// As people and logs may have it.
std::string told(std::string_view text) {
  return shown(without_secrets(text));
}

std::string_view severity_word(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

std::string place_of(const Diagnostic& d) {
  std::string place;
  if (d.mark) {
    place = told(d.mark.source->name) + ":" + std::to_string(d.mark.line) + ":" +
            std::to_string(d.mark.column) + ": ";
  } else if (!d.subject.empty()) {
    place = told(d.subject) + ": ";
  }
  return place;
}

// The source line and a caret below the column. A tab is shown as one blank.
std::string excerpt(const SourceMark& mark) {
  std::string line(mark.source->line(mark.line));
  if (line.empty()) return {};
  std::replace(line.begin(), line.end(), '\t', ' ');
  const auto before = static_cast<std::size_t>(std::max(mark.column - 1, 0));
  const std::size_t inside = std::min(before, line.size());
  const std::size_t blanks =
      columns_of(told(std::string_view(line).substr(0, inside))) + before - inside;
  return "\n  " + told(line) + "\n  " + std::string(blanks, ' ') + "^";
}

}  // namespace

std::string render(const Diagnostic& d) {
  std::string text = place_of(d) + std::string(severity_word(d.severity)) + ": " + told(d.message);
  if (!d.code.empty()) text += " [" + d.code + "]";
  if (d.mark) text += excerpt(d.mark);
  if (d.place) {
    std::string where;
    if (d.place->offset) where = "byte " + std::to_string(*d.place->offset);
    if (!d.place->model_path.empty()) {
      where += (where.empty() ? "" : ", ") + told(d.place->model_path);
    }
    if (!where.empty()) text += "\n  at " + where;
  }
  for (const std::string& note : d.notes) text += "\n  " + told(note);
  if (!d.hint.empty()) text += "\n  help: " + told(d.hint);
  return text;
}

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  // Swapped neighbours count as two edits; four-letter words such as 'form' deserve them.
  if (word.size() >= 4) best_distance = std::max<std::size_t>(best_distance, 3);
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    const bool has_same_letters =
        std::is_permutation(word.begin(), word.end(), candidate.begin(), candidate.end());
    if (distance < best_distance ||
        (best != nullptr && distance == best_distance && has_same_letters)) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best == nullptr ? std::nullopt : std::optional(*best);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto match = nearest(word, candidates);
  return match ? ", did you mean '" + *match + "'?" : std::string();
}

}  // namespace stateferry
