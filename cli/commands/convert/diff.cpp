#include "commands/convert/diff.hpp"

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/shown.hpp"
#include "support/console.hpp"

namespace stateferry::cli {
namespace {

std::string heading(const OperatorKey& op) {
  std::string text = "operator " + std::to_string(op.index);
  if (!op.uid.empty()) text += "  uid:" + shown(to_utf8(op.uid));
  if (!op.name.empty()) text += "  \"" + shown(to_utf8(op.name)) + "\"";
  return text + "  hash:" + to_hex(op.id);
}

// The path below the operator, which the heading names.
std::string place(const Location& l) {
  const std::string path = l.path->text();
  const auto dot = path.find("].");
  return l.op == nullptr || dot == std::string::npos ? path : path.substr(dot + 2);
}

}  // namespace

void DiffWriter::under(const OperatorKey* op) {
  std::string head = "snapshot";
  if (op != nullptr) head = heading(names_ != nullptr ? names_->complete(*op) : *op);
  if (head == heading_) return;
  heading_ = head;
  line_(bold(head));
}

void DiffWriter::change(const OperatorChange& change) {
  under(&change.op);
  if (change.field.empty()) {
    line_(red("  - dropped, " + std::string(change.after)));
    return;
  }
  line_("  " + dim(shown(change.field)));
  if (!change.before.empty()) line_(red("  - " + shown(change.before)));
  if (!change.after.empty()) line_(green("  + " + shown(change.after)));
}

void DiffWriter::change(const Change& change) {
  under(change.location.op);
  line_("  " + dim(shown(place(change.location))));
  line_(red("  - " + shown(change.before)));
  line_(green("  + " + shown(change.after)));
}

}  // namespace stateferry::cli
