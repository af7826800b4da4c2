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
  json.object([&] {
    json.member("snapshot", t.kind);
    json.member("written-by", t.writer);
    json.member("restored-by", t.reader);
    json.member("restored", t.restored);
    if (!t.restored) json.member("reason", t.reason);
  });
}

void write_finding(JsonText& json, const ConversionFinding& f) {
  json.object([&] {
    json.member("class", loss_class_name(f.loss));
    json.member("what", f.what);
    json.member("reason", f.reason);
    if (!f.remedy.empty()) json.member("remedy", f.remedy);
    json.member("reversible", f.reversible);
    if (f.op) {
      json.object("operator", [&] {
        json.member("index", f.op->index);
        json.member("uid-hash", f.op->hash);
        if (!f.op->uid.empty()) json.member("uid", f.op->uid);
        if (!f.op->name.empty()) json.member("name", f.op->name);
      });
    }
    json.member("count", f.count);
    json.values("places", f.places);
  });
}

void write_account(JsonText& json, const ConversionAccount& a) {
  json.object("conversion", [&] {
    json.member("from-format-version", a.source.format_version);
    json.member("from-dialect", to_string(a.source));
    json.member("to-format-version", a.target.format_version);
    json.member("to-dialect", to_string(a.target));
    json.member("for-flink", a.reader ? std::optional(to_string(*a.reader)) : std::nullopt);
    json.member("class", loss_class_name(a.worst()));
    json.array("findings", a.findings, [&](const ConversionFinding& f) { write_finding(json, f); });
    json.objects("cautions", a.cautions, [&](const ConversionCaution& c) {
      json.member("what", c.what);
      json.member("reason", c.reason);
      json.member("remedy", c.remedy);
      json.member("operators", c.operators);
      json.member("place", c.place);
    });
    json.array("restores-seen", a.restores.trials,
               [&](const RestoreSeen& t) { write_restore(json, t); });
    json.member("canonical-savepoint-helps", a.restores.canonical_savepoint_helps);
  });
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
  json.objects("residuals", r.residuals, [&](const Residual& one) {
    if (!one.op.empty()) json.member("operator", one.op);
    json.member("role", role_name(one.role));
    json.member("count", one.count);
  });
  json.member("bytes-in", r.bytes_in);
  json.member("bytes-out", r.bytes_out);
  if (r.conversion) write_account(json, *r.conversion);
  json.objects("steps", r.steps, [&](const StepCounts& s) {
    json.member("id", s.id);
    json.member("uses", s.uses);
    json.member("selected", s.selected);
    json.member("changed", s.changed);
    json.member("already", s.already);
    json.member("unmatched", s.unmatched);
    json.member("matched", s.matched());
  });
}

void write_change(JsonText& json, const OperatorChange& change) {
  const std::string place = "operators[" + std::to_string(change.op.index) + "]";
  json.object([&] {
    json.member("path", change.field.empty() ? place : place + "." + std::string(change.field));
    write_operator(json, change.op);
    json.member("before", change.before);
    json.member("after", change.field.empty() ? std::nullopt : std::optional(change.after));
  });
}

void write_change(JsonText& json, const Change& change) {
  const Location& l = change.location;
  json.object([&] {
    json.member("path", l.path->text());
    json.member("handle", location_kind_name(l.kind));
    json.member("role", role_name(primary_role(l.roles)));
    if (l.op != nullptr) write_operator(json, *l.op);
    json.member("before", change.before);
    json.member("after", change.after);
  });
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
  json.object("error", [&] { write_diagnostic_members(json, failure); });
}

}  // namespace stateferry::cli
