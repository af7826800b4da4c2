#include "commands/move/move.hpp"
#include "stateferry/diag/shown.hpp"

namespace stateferry::cli {
namespace {

std::string deletion_text(const MoveArguments& o, const DeletionReport& d) {
  std::string text;
  for (const std::string& directory : d.others.looked_at) {
    text += "looked at  " + shown(directory) + "\n";
  }
  text += "others     " + count_of(d.others.snapshots, "snapshot") + "\n";
  for (const std::string& directory : o.not_looked_at)
    text += "not        " + shown(directory) + "\n";
  for (const std::string& directory : d.others.abandoned) {
    text += "abandoned  " + shown(directory) + ", without _metadata: counts for nothing\n";
  }
  for (const Referrer& referrer : d.others.referrers) {
    text +=
        "left       " + count_of(referrer.files, "file") + " for " + shown(referrer.pointer) + "\n";
  }
  if (d.other_roots > 0) {
    text += "left       " + count_of(d.other_roots, "file") + " outside of the root\n";
  }
  return text;
}

void write_deletion(JsonText& json, const MoveArguments& o, const DeletionReport& d) {
  json.values("looked-at", d.others.looked_at);
  json.values("not-looked-at", o.not_looked_at);
  json.values("abandoned", d.others.abandoned);
  json.member("other-snapshots", d.others.snapshots);
  json.objects("left", d.others.referrers, [&](const Referrer& referrer) {
    json.member("snapshot", referrer.pointer);
    json.member("files", referrer.files);
  });
  json.member("left-outside-of-root", d.other_roots);
}

// Where all would go, said while that can still be changed.
std::string endpoint_of(const MoveArguments& o, const SnapshotTransfer& m, const MovePlan& plan) {
  return o.dry_run ? m.stores.access(plan.target).endpoint : std::string();
}

}  // namespace

std::string report_text(const MoveArguments& o, const SnapshotTransfer& m, const MovePlan& plan,
                        const DeletionReport* deletion) {
  std::string text =
      "root       " + shown(plan.root) + "\n" + "goes to    " + shown(plan.target) + "\n";
  if (const std::string endpoint = endpoint_of(o, m, plan); !endpoint.empty()) {
    text += "endpoint   " + shown(endpoint) + "\n";
  }
  for (const Relocation& entry : plan.relocations.entries()) {
    if (entry.from == plan.root) continue;
    text += "also       " + shown(entry.from) + " to " + shown(entry.to) + "\n";
  }
  text += schemes_text(schemes_kept(m.snapshot.references, plan), plan, "schemes    ");
  text += "files      " + files_text(m, o.dry_run) + "\n" + "_metadata  " + shown(m.new_pointer()) +
          ", " + count_of(m.changes, "location") + " rewritten\n" + modes_text(m) + "\n";
  if (deletion != nullptr) text += deletion_text(o, *deletion);
  if (o.dry_run) return text + "dry run: nothing was copied or written";
  text += m.was_there   ? "this move was done before: everything is in place"
          : m.completes ? "_metadata stood at the target already; what was missing there was copied"
                        : "all files were seen at the target before _metadata was put in place";
  if (deletion != nullptr) {
    text +=
        "\n" + count_of(deletion->deleted, "file") +
        " of the source deleted; whether snapshots elsewhere need them, such as in other buckets, "
        "can't be seen";
  } else {
    text += "\nthe source was kept";
  }
  return text + "\n" + start_text(m.new_base);
}

void write_members(JsonText& json, const MoveArguments& o, const SnapshotTransfer& m,
                   const MovePlan& plan, const DeletionReport* deletion) {
  json.member("snapshot", m.snapshot.pointer);
  json.member("root", plan.root);
  json.member("target", plan.target);
  if (o.dry_run) json.member("endpoint", endpoint_of(o, m, plan));
  json.member("metadata", m.new_pointer());
  json.member("dry-run", o.dry_run);
  json.member("rewritten-locations", m.changes);
  json.values("schemes-kept", schemes_kept(m.snapshot.references, plan));
  write_transfer_members(json, m);
  json.member("deleted", deletion != nullptr ? deletion->deleted : 0);
  if (deletion != nullptr) write_deletion(json, o, *deletion);
  json.objects("maps", plan.relocations.entries(), [&](const Relocation& entry) {
    json.member("from", entry.from);
    json.member("to", entry.to);
  });
}

}  // namespace stateferry::cli
