#include "support/snapshot_transfer.hpp"

#include <cstdlib>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/transfer/verify.hpp"

namespace stateferry::cli {
namespace {

constexpr std::size_t kShown = 10;

// Whether the target has this very _metadata already; another one stops the run.
bool finished_before(const SnapshotTransfer& m) {
  const std::string pointer = m.new_pointer();
  if (!m.stores.stat(pointer)) return false;
  const std::string there = sha256_hex(*m.stores.open(pointer));
  if (there == sha256_hex(m.metadata)) return true;
  throw IoError("E-IO-EXISTS", "another _metadata stands at the target", pointer,
                "choose another target, or remove what stands there");
}

void check_sources(const SnapshotTransfer& m) {
  std::vector<std::string> notes;
  const VerifyReport report =
      verify_references(m.stores, m.snapshot.references, false, [&](const Finding& f) {
        if (f.mark == Mark::good || notes.size() >= kShown) return;
        notes.push_back(f.uri + (f.mark == Mark::differs ? " has another size"
                                 : f.reference->relative ? " is missing (a relative handle)"
                                                         : " is missing"));
      });
  if (report.complete()) return;
  Diagnostic d;
  d.code = "E-MOVE-MISSING";
  d.message = count_of(report.missing + report.differs, "file") +
              " that the snapshot needs can't be copied: " + grouped(report.missing) +
              " missing, " + grouped(report.differs) + " of another size";
  d.subject = m.snapshot.pointer;
  d.notes = std::move(notes);
  d.hint =
      report.dangling > 0
          ? "relative handles lead nowhere: if their files lie in a savepoint that was claimed, "
            "'convert' with handle.absolutize and its directory repairs the snapshot"
          : "if the files are at the target already, say --no-copy";
  throw Error(std::move(d));
}

void check_targets(const SnapshotTransfer& m) {
  std::uint64_t wrong = 0;
  std::vector<std::string> lines = verify_targets(m.stores, m.rows, wrong);
  if (wrong == 0) return;
  Diagnostic d;
  d.code = "E-MOVE-INCOMPLETE";
  d.message = count_of(wrong, "file") + " at the target " + (wrong == 1 ? "is" : "are") +
              " missing or of another size";
  d.subject = m.target;
  d.notes = std::move(lines);
  d.hint = m.no_copy ? "wait until everything is replicated, or leave --no-copy away"
                     : "run the same command again";
  throw Error(std::move(d));
}

// Beside nothing of the user's: where programs keep their state.
std::string journal_path(const SnapshotTransfer& m) {
  if (!m.journal.empty()) return m.journal;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  std::string folder = "/tmp";
  if (state != nullptr && *state != '\0') {
    folder = state;
  } else if (home != nullptr) {
    folder = std::string(home) + "/.local/state";
  }
  const std::string name = m.snapshot.pointer + "\n" + m.new_pointer();
  const std::string id = sha256_hex(std::as_bytes(std::span(name.data(), name.size())));
  return folder + "/stateferry/move-" + id.substr(0, 16) + ".journal";
}

void copy_files(SnapshotTransfer& m) {
  std::vector<CopyItem> items;
  items.reserve(m.rows.size());
  for (const PlanRow& row : m.rows) items.push_back(copy_item(row));
  CopyOptions options = copy_options(m.options);
  options.source_root = scheme_of(m.source_root) == "file" ? m.source_root : std::string();
  options.target_root = scheme_of(m.target) == "file" ? m.target : std::string();
  Journal journal(journal_path(m), plan_id(items), items.size());
  CopyProgress progress;
  {
    const ProgressDisplay display(progress, m.options, m.context.global);
    m.copied = run_copy(m.stores, items, options, &journal, progress);
  }
  throw_failures(m.copied);
  check_targets(m);
  journal.discard();
}

void put_metadata(const SnapshotTransfer& m) {
  const std::string pointer = m.new_pointer();
  const auto source = memory_source(m.metadata, pointer);
  m.stores.write_new(pointer, *source);
  if (sha256_hex(*m.stores.open(pointer)) != sha256_hex(m.metadata)) {
    throw IoError("E-VERIFY", "what was read back differs from what was written", pointer,
                  "suspect the store; remove the file before you try again");
  }
}

struct Totals {
  std::uint64_t bytes = 0;
  bool exact = true;
};

Totals totals_of(const std::vector<PlanRow>& rows) {
  Totals totals;
  for (const PlanRow& row : rows) {
    totals.bytes += row.bytes.value_or(row.at_least);
    totals.exact &= row.bytes.has_value();
  }
  return totals;
}

}  // namespace

std::string SnapshotTransfer::new_pointer() const {
  return join_uri(new_base, "_metadata");
}

void rewrite(SnapshotTransfer& m, const Pipeline& pipeline) {
  const auto source = memory_source(m.snapshot.document.input().bytes(), m.snapshot.pointer);
  const auto sink = memory_sink(m.metadata);
  RunOptions options;
  options.base_uri = m.snapshot.base;
  const RunReport report = pipeline.run(*source, *sink, m.registry, options, m.problems);
  m.changes = report.changed_locations + report.other_changes;
}

void look_first(SnapshotTransfer& m) {
  m.was_there = finished_before(m);
  if (!m.was_there && !m.no_copy) check_sources(m);
}

void carry_out(SnapshotTransfer& m) {
  if (m.was_there || m.no_copy) {
    check_targets(m);
  } else {
    copy_files(m);
  }
  if (!m.was_there) put_metadata(m);
}

std::string files_text(const SnapshotTransfer& m, bool dry_run) {
  const Totals totals = totals_of(m.rows);
  std::string text = count_of(m.rows.size(), "file") + ", " + (totals.exact ? "" : "at least ") +
                     human_size(totals.bytes);
  if (dry_run || m.was_there) return text;
  return text + (m.no_copy ? "; nothing was copied" : "; " + copy_text(m.copied));
}

void write_transfer_members(JsonText& json, const SnapshotTransfer& m) {
  const Totals totals = totals_of(m.rows);
  json.member("done-before", m.was_there);
  json.member("files", std::uint64_t{m.rows.size()});
  json.member("bytes", totals.bytes);
  json.member("bytes-exact", totals.exact);
  write_copy_members(json, m.copied);
}

}  // namespace stateferry::cli
