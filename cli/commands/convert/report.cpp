#include "commands/convert/report.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/sha256.hpp"
#include "support/console.hpp"
#include "support/inline_uris.hpp"
#include "support/table.hpp"

namespace stateferry::cli {
namespace {

// ---------------------------------------------------------------------------- the diff

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

// ---------------------------------------------------------------------------- the report

const char* path_name(RunReport::Path path) {
  switch (path) {
    case RunReport::Path::copied:
      return "copied";
    case RunReport::Path::spliced:
      return "spliced";
    case RunReport::Path::reencoded:
      break;
  }
  return "reencoded";
}

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

void write_counts(JsonText& json, const RunReport& r) {
  json.member("format-version", r.dialect.format_version);
  json.member("dialect", to_string(r.dialect));
  json.member("snapshot", snapshot_type_name(r.snapshot));
  json.member("changed", r.changed());
  json.member("already-applied", r.already_applied());
  json.member("path", path_name(r.path));
  json.member("verified", r.verified);
  json.member("locations", r.locations);
  json.member("absolute-uris", r.absolute);
  json.member("changed-locations", r.changed_locations);
  json.member("changed-operators", r.changed_operators);
  json.member("other-changes", r.other_changes);
  json.member("untouched-uris", r.untouched);
  write_inline_uris(json, r.inline_uris);
  json.member("inline-uris-moved", r.inline_uris_moved.count);
  json.member("bytes-in", r.bytes_in);
  json.member("bytes-out", r.bytes_out);
  if (r.conversion) write_account(json, *r.conversion);
  json.key("steps");
  json.begin_array();
  for (const StepCounts& s : r.steps) {
    json.begin_object();
    json.member("id", s.id);
    json.member("uses", s.uses);
    json.member("selected", s.selected);
    json.member("changed", s.changed);
    json.member("already", s.already);
    json.member("unmatched", s.unmatched);
    json.member("matched", s.matched());
    json.end_object();
  }
  json.end_array();
}

std::string sha256_of(std::string_view text) {
  return sha256_hex(std::as_bytes(std::span(text.data(), text.size())));
}

void write_plugins(JsonText& json, const PluginRegistry& registry) {
  json.key("plugins");
  json.begin_array();
  for (const PluginInfo& p : registry.list()) {
    if (!p.loaded) continue;
    json.begin_object();
    json.member("kind", plugin_kind_name(p.kind));
    json.member("name", p.name);
    json.member("version", p.version);
    json.end_object();
  }
  json.end_array();
}

void write_rules(JsonText& json, const RuleFile* rules) {
  json.key("rules");
  json.begin_array();
  if (rules != nullptr) {
    for (const auto& source : rules->sources) {
      json.begin_object();
      json.member("file", source->name);
      json.member("sha256", sha256_of(source->text));
      json.end_object();
    }
  }
  json.end_array();
  json.key("hazards-accepted");
  json.begin_array();
  if (rules != nullptr) {
    for (const StepSpec& step : rules->steps) {
      for (const std::string& hazard : step.accept) {
        json.begin_object();
        json.member("step", step.id);
        json.member("hazard", hazard);
        json.end_object();
      }
    }
  }
  json.end_array();
}

void write_restore(JsonText& json, const RestoreSeen& t) {
  json.begin_object();
  json.member("snapshot", t.kind);
  json.member("written-by", t.writer);
  json.member("restored-by", t.reader);
  json.member("restored", t.restored);
  if (!t.restored) json.member("reason", t.reason);
  json.end_object();
}

void write_finding(JsonText& json, const ConversionFinding& f) {
  json.begin_object();
  json.member("class", loss_class_name(f.loss));
  json.member("what", f.what);
  json.member("reason", f.reason);
  if (!f.remedy.empty()) json.member("remedy", f.remedy);
  json.member("reversible", f.reversible);
  if (f.op) {
    json.key("operator");
    json.begin_object();
    json.member("index", f.op->index);
    json.member("uid-hash", f.op->hash);
    if (!f.op->uid.empty()) json.member("uid", f.op->uid);
    if (!f.op->name.empty()) json.member("name", f.op->name);
    json.end_object();
  }
  json.member("count", f.count);
  json.key("places");
  json.begin_array();
  for (const std::string& place : f.places) json.value(place);
  json.end_array();
  json.end_object();
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

void write_account(JsonText& json, const ConversionAccount& a) {
  json.key("conversion");
  json.begin_object();
  json.member("from-format-version", a.source.format_version);
  json.member("from-dialect", to_string(a.source));
  json.member("to-format-version", a.target.format_version);
  json.member("to-dialect", to_string(a.target));
  json.key("for-flink");
  if (a.reader) {
    json.value(to_string(*a.reader));
  } else {
    json.null();
  }
  json.member("class", loss_class_name(a.worst()));
  json.key("findings");
  json.begin_array();
  for (const ConversionFinding& f : a.findings) write_finding(json, f);
  json.end_array();
  json.key("cautions");
  json.begin_array();
  for (const ConversionCaution& c : a.cautions) {
    json.begin_object();
    json.member("what", c.what);
    json.member("reason", c.reason);
    json.member("remedy", c.remedy);
    json.member("operators", c.operators);
    json.member("place", c.place);
    json.end_object();
  }
  json.end_array();
  json.key("restores-seen");
  json.begin_array();
  for (const RestoreSeen& t : a.restores.trials) write_restore(json, t);
  json.end_array();
  json.member("canonical-savepoint-helps", a.restores.canonical_savepoint_helps);
  json.end_object();
}

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

namespace {

void write_operator(JsonText& json, const OperatorKey& op) {
  json.member("operator-uid-hash", to_hex(op.id));
  if (!op.uid.empty()) json.member("operator-uid", to_utf8(op.uid));
}

}  // namespace

void write_change(JsonText& json, const OperatorChange& change) {
  const std::string place = "operators[" + std::to_string(change.op.index) + "]";
  json.begin_object();
  json.member("path", change.field.empty() ? place : place + "." + std::string(change.field));
  write_operator(json, change.op);
  json.member("before", change.before);
  json.key("after");
  if (change.field.empty()) {
    json.null();
  } else {
    json.value(change.after);
  }
  json.end_object();
}

void write_change(JsonText& json, const Change& change) {
  const Location& l = change.location;
  json.begin_object();
  json.member("path", l.path->text());
  json.member("handle", location_kind_name(l.kind));
  json.member("role", role_name(primary_role(l.roles)));
  if (l.op != nullptr) write_operator(json, *l.op);
  json.member("before", change.before);
  json.member("after", change.after);
  json.end_object();
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

void write_run_members(JsonText& json, const RunReport& r, const ConvertJob& job,
                       const ConvertOptions& o) {
  json.member("input", job.in);
  if (!o.dry_run) json.member("output", job.out);
  json.member("dry-run", o.dry_run);
  json.member("written", r.committed);
  write_counts(json, r);
}

std::string record_text(const RunReport& r, const ConvertJob& job, const ConvertOptions& o,
                        const RuleFile* rules, const RecordSums& sums,
                        const PluginRegistry& registry) {
  JsonText json;
  json.begin_object();
  json.member("schema", "stateferry/record/1");
  json.member("stateferry", STATEFERRY_VERSION);
  write_plugins(json, registry);
  json.key("input");
  json.begin_object();
  json.member("file", without_secrets(job.in));
  json.member("sha256", sums.input);
  json.end_object();
  json.key("output");
  json.begin_object();
  json.member("file", without_secrets(job.out));
  json.member("written", r.committed);
  if (r.committed) json.member("sha256", sums.output);
  json.end_object();
  write_rules(json, rules);
  if (!sums.uids.empty()) {
    json.key("uids");
    json.begin_object();
    json.member("file", o.uids);
    json.member("sha256", sums.uids);
    json.end_object();
  }
  write_counts(json, r);
  json.end_object();
  return json.text() + "\n";
}

}  // namespace stateferry::cli
