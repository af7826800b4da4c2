#include "commands/convert/report_json.hpp"

#include <string>

#include "stateferry/bytes/modified_utf8.hpp"
#include "support/inline_uris.hpp"

namespace stateferry::cli {
namespace {

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

void write_operator(JsonText& json, const OperatorKey& op) {
  json.member("operator-uid-hash", to_hex(op.id));
  if (!op.uid.empty()) json.member("operator-uid", to_utf8(op.uid));
}

}  // namespace

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

void write_run_members(JsonText& json, const RunReport& r, const ConvertJob& job,
                       const ConvertOptions& o) {
  json.member("input", job.in);
  if (!o.dry_run) json.member("output", job.out);
  json.member("dry-run", o.dry_run);
  json.member("written", r.committed);
  write_counts(json, r);
}

void write_failure(JsonText& json, const ConvertJob& job, const Diagnostic& failure,
                   const std::optional<ConversionAccount>& account) {
  json.member("input", job.in);
  json.member("written", false);
  if (account) write_account(json, *account);
  json.key("error");
  json.begin_object();
  write_diagnostic_members(json, failure);
  json.end_object();
}

}  // namespace stateferry::cli
