#include "commands/convert/report.hpp"

#include <algorithm>
#include <vector>

#include "stateferry/diag/shown.hpp"
#include "support/console.hpp"
#include "support/table.hpp"

namespace stateferry::cli {
namespace {

// What changed, in words: `3 locations and 1 operator`.
std::string changes_text(const RunReport& r) {
  std::vector<std::string> parts;
  if (r.changed_locations > 0) parts.push_back(count_of(r.changed_locations, "location"));
  if (r.changed_operators > 0) parts.push_back(count_of(r.changed_operators, "operator"));
  if (r.other_changes > 0) parts.push_back(count_of(r.other_changes, "other thing"));
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

bool has_operator_step(const RunReport& r) {
  return std::any_of(r.steps.begin(), r.steps.end(),
                     [](const StepCounts& s) { return s.kind == TransformKind::document; });
}

// `V6 for Flink 1.20 (V4)`, `V3 of Flink 1.11`.
std::string formats(const ConversionAccount& a) {
  std::string text = to_string(a.source);
  if (a.source == a.target) {
    text += ", as it is";
  } else {
    text += " becomes " + to_string(a.target);
  }
  if (a.reader) text += ", for Flink " + to_string(*a.reader);
  return text;
}

std::size_t number_of(const ConversionAccount& a, LossClass loss) {
  return static_cast<std::size_t>(
      std::count_if(a.findings.begin(), a.findings.end(),
                    [&](const ConversionFinding& f) { return f.loss == loss; }));
}

const char* words_of(LossClass loss) {
  switch (loss) {
    case LossClass::lossless:
      return "lossless";
    case LossClass::drops_information:
      return "drops information";
    case LossClass::impossible:
      break;
  }
  return "impossible";
}

std::string operator_words(const ConversionFinding::Operator& op) {
  std::string text = "operator " + std::to_string(op.index);
  if (!op.uid.empty()) return text + " uid:" + shown(op.uid);
  return text + " hash:" + op.hash;
}

std::string place_text(const ConversionFinding& f) {
  std::string text = "      " + (f.op ? operator_words(*f.op) + " " : std::string());
  text += dim("at " + shown(f.places.front()));
  if (f.count > 1) text += dim(" and " + grouped(f.count - 1) + " more");
  return text + "\n";
}

// All findings of one class, by reason.
std::string findings_text(const ConversionAccount& a, LossClass loss) {
  std::vector<std::string> reasons;
  std::string text;
  for (const ConversionFinding& first : a.findings) {
    if (first.loss != loss) continue;
    if (std::find(reasons.begin(), reasons.end(), first.reason) != reasons.end()) continue;
    reasons.push_back(first.reason);
    text += "    " + shown(first.reason) + "\n";
    for (const ConversionFinding& f : a.findings) {
      if (f.reason == first.reason && f.loss == loss) text += place_text(f);
    }
    if (!first.remedy.empty()) text += "      what can be done: " + first.remedy + "\n";
  }
  return text;
}

// What the reader must be configured for.
std::string cautions_text(const ConversionAccount& a) {
  std::string text;
  for (const ConversionCaution& c : a.cautions) {
    text += "\n  up to the configuration\n    " + c.reason + "\n      " + dim("at " + c.place);
    if (c.operators > 1) text += dim(" and " + grouped(c.operators - 1) + " more");
    text += "\n      what is to be done: " + c.remedy + "\n";
  }
  return text;
}

// What real Flink did with such snapshots; nothing where there is no question.
std::string restores_text(const ConversionAccount& a) {
  const RestoresSeen& seen = a.restores;
  if (!seen.to_older || a.worst() == LossClass::impossible) return {};
  std::string text = "\n  restored by real Flink\n";
  if (!seen.reader_tried) {
    text +=
        "    Flink " + to_string(*a.reader) +
        " was not tried with such a snapshot; an older state backend may not understand what is "
        "in its files\n";
  }
  for (const RestoreSeen& t : seen.trials) {
    text += "    " + std::string(t.kind) + ", from Flink " + std::string(t.writer) + " to " +
            std::string(t.reader) + ": " + (t.restored ? "restored" : bold("refused")) + "\n";
    if (!t.restored) text += "      " + dim(std::string(t.reason)) + "\n";
  }
  if (seen.canonical_savepoint_helps) {
    text +=
        "    what can be done: start the job with the newer Flink and take a canonical savepoint, "
        "which goes further down\n";
  }
  return text;
}

// What a conversion has cost, in one line; the losses have been told one by one.
std::string conversion_line(const ConversionAccount& a) {
  std::string text = formats(a);
  const std::size_t lost = number_of(a, LossClass::drops_information);
  if (lost > 0) {
    text += "; drops information (" + count_of(lost, "finding") + ")";
  } else {
    text += "; lossless";
  }
  return text;
}

std::string verdict(const RunReport& r, const ConvertOptions& o) {
  if (r.conversion && r.changes() == 0) return conversion_line(*r.conversion);
  if (o.rules.empty()) return "decoded and encoded " + count_of(r.locations, "location");
  if (r.changed()) {
    std::string text = (o.dry_run ? "would change " : "changed ") + changes_text(r);
    if (r.changed_locations > 0 && r.absolute > 0) {
      text += " (the snapshot has " + count_of(r.absolute, "absolute URI") + ")";
    }
    return text;
  }
  if (r.already_applied()) return "already applied: all that the steps match is in place";
  if (r.absolute == 0 && !has_operator_step(r)) {
    return "nothing to rewrite: the snapshot holds no absolute URI, so its directory can be copied "
           "as it is";
  }
  return "nothing changed";
}

std::string outcome(const RunReport& r, const ConvertJob& job, const ConvertOptions& o) {
  if (o.dry_run) return "dry run: nothing was written";
  if (!r.committed) return "the file is left as it is";
  if (job.out == "-") return {};
  std::string text = "wrote " + shown(job.out) + " (" + human_size(r.bytes_out);
  if (r.verified) text += ", read back and compared";
  text += ")";
  if (o.in_place) text += "; the old file is " + shown(job.out + o.backup);
  return text;
}

}  // namespace

std::string account_text(const ConversionAccount& a) {
  std::string text = formats(a) + "\n  verdict     " + bold(words_of(a.worst())) + "\n";
  for (const LossClass loss :
       {LossClass::impossible, LossClass::drops_information, LossClass::lossless}) {
    if (number_of(a, loss) == 0) continue;
    text += std::string("\n  ") + words_of(loss) + "\n";
    text += findings_text(a, loss);
  }
  return text + cautions_text(a) + restores_text(a);
}

std::string report_text(const RunReport& r, const ConvertJob& job, const ConvertOptions& o) {
  std::string text;
  if (!r.steps.empty()) {
    Table table({"STEP", "USES", ">SELECTED", ">CHANGED", ">ALREADY", ">UNMATCHED"});
    for (const StepCounts& s : r.steps) {
      table.row({s.id, s.uses, grouped(s.selected), grouped(s.changed), grouped(s.already),
                 grouped(s.unmatched)});
    }
    text = table.text();
  }
  text += verdict(r, o);
  if (r.conversion && r.changes() > 0) text += "\n" + conversion_line(*r.conversion);
  if (r.collision_check) text += "\nall results were compared: no two locations become one";
  if (const std::string end = outcome(r, job, o); !end.empty()) text += "\n" + end;
  return text;
}

}  // namespace stateferry::cli
