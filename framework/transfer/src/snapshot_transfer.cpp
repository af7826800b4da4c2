#include "stateferry/transfer/snapshot_transfer.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "local_target.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/missing.hpp"
#include "stateferry/transfer/self_contain.hpp"
#include "stateferry/transfer/shell_word.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/transfer/verify.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kShown = 10;

// Whether the target has this very _metadata already; another one stops the run.
bool finished_before(SnapshotTransfer& m) {
  const std::string pointer = m.new_pointer();
  if (!m.stores.stat(pointer)) return false;
  const std::string there = m.stores.digest(pointer);
  if (there == sha256_hex(m.metadata)) return true;
  if (there == sha256_hex(m.snapshot.document.input().bytes())) {
    throw IoError(
        "E-IO-EXISTS", "the source's own _metadata stands at the target: it was copied as it is",
        pointer, "make it right where it lies: stateferry adopt " + shell_word(m.new_base));
  }
  throw IoError("E-IO-EXISTS", "another _metadata stands at the target", pointer,
                "choose another target, or look what stands there; if something else than this "
                "command has copied it, 'stateferry adopt' makes it right where it lies");
}

void check_sources(const SnapshotTransfer& m) {
  std::vector<std::string> notes;
  MissingFiles missing(m.snapshot.references);
  const VerifyReport report =
      verify_references(m.stores, m.snapshot.references, false, [&](const Finding& f) {
        missing.note(*f.reference, f.mark != Mark::missing);
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
  d.hint = missing.hint();
  if (report.dangling == 0 && !m.help_if_missing.empty()) {
    d.hint += (d.hint.empty() ? "" : "; ") + m.help_if_missing;
  }
  throw Error(std::move(d));
}

// The bytes that are still to come to each local directory.
std::map<std::string, std::uint64_t> bytes_to_come(const SnapshotTransfer& m) {
  std::vector<std::string> targets;
  std::vector<std::uint64_t> sizes;
  for (const PlanRow& row : m.rows) {
    if (!is_local_uri(row.target)) continue;
    targets.push_back(row.target);
    sizes.push_back(row.bytes.value_or(row.at_least));
  }
  m.stores.stat_many(targets, [&](std::size_t i, const std::optional<StoredFile>& file) {
    if (file) sizes[i] -= std::min(sizes[i], file->size);
  });
  std::map<std::string, std::uint64_t> bytes;
  // Comes before what lies in it, so that it is named where all of it has no room.
  if (is_local_uri(m.target)) bytes[local_path_of(m.target)] = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (sizes[i] > 0) bytes[local_path_of(directory_of(targets[i]))] += sizes[i];
  }
  return bytes;
}

// What would hit every file is told before the first is copied.
void check_target(const SnapshotTransfer& m) {
  if (is_local_uri(m.target)) {
    check_local_target(local_path_of(m.target));
  } else {
    m.stores.check_target(m.target);
  }
  if (m.no_copy) return;
  const auto bytes = bytes_to_come(m);
  for (const auto& entry : bytes) check_local_target(entry.first);
  const auto shortage = find_shortage(bytes, local_path_of(m.source_root));
  if (!shortage) return;
  throw IoError("E-MOVE-SPACE",
                "the files need " + grouped(shortage->needed) +
                    " bytes, but the target's file system has " + grouped(shortage->room) + " left",
                "file:" + shortage->directory, "make room there, or choose another target");
}

// Whether all targets were looked at after they were written, by whoever knew what size they must
// have: some copiers only give their word.
bool seen_by_copy(const SnapshotTransfer& m) {
  return m.copied.seen == m.copied.copied &&
         std::all_of(m.rows.begin(), m.rows.end(),
                     [](const PlanRow& row) { return row.range || row.bytes; });
}

// Tells the observer that copying has ended, also when it ends by an exception.
class Copying {
 public:
  Copying(TransferObserver& observer, const CopyProgress& progress) : observer_(observer) {
    observer_.copying(progress);
  }
  ~Copying() { observer_.copied(); }
  Copying(const Copying&) = delete;
  Copying& operator=(const Copying&) = delete;

 private:
  TransferObserver& observer_;
};

struct Failure {
  Diagnostic first;
  std::uint64_t files = 1;
};

// What hits many files is told once: the failures that differ in more than the file.
std::vector<Failure> kinds_of(const std::vector<Diagnostic>& failures) {
  std::vector<Failure> kinds;
  for (const Diagnostic& d : failures) {
    const auto same = std::find_if(kinds.begin(), kinds.end(), [&](const Failure& kind) {
      return kind.first.code == d.code && kind.first.message == d.message;
    });
    if (same == kinds.end()) {
      kinds.push_back({d});
    } else {
      ++same->files;
    }
  }
  return kinds;
}

// Files that are needed for their segments alone, which get files of their own: canonical URIs.
std::unordered_set<std::string> merged_files(const References& references) {
  std::unordered_set<std::string> files;
  for (const Reference& file : references.files) {
    if (file.segments && !file.size) files.insert(canonical_uri(file.uri));
  }
  return files;
}

}  // namespace

TransferObserver::~TransferObserver() = default;
void TransferObserver::copying(const CopyProgress&) {}
void TransferObserver::copied() noexcept {}

std::string SnapshotTransfer::new_pointer() const {
  return join_uri(new_base, "_metadata");
}

RowTotals totals_of(const std::vector<PlanRow>& rows) {
  RowTotals totals;
  for (const PlanRow& row : rows) {
    totals.bytes += row.bytes.value_or(row.at_least);
    totals.exact &= row.bytes.has_value();
  }
  return totals;
}

void rewrite(SnapshotTransfer& m, const Pipeline& pipeline) {
  const auto source = memory_source(m.snapshot.document.input().bytes(), m.snapshot.pointer);
  const auto sink = memory_sink(m.metadata);
  RunOptions options;
  options.base_uri = m.snapshot.base;
  options.default_file_system = m.stores.default_file_system();
  options.state_moves = true;
  options.fail_on_residual = m.fail_on_residual;
  RunReport report = pipeline.run(*source, *sink, m.registry, options, m.problems);
  m.changes = report.changed_locations + report.other_changes;
  m.inline_uris = std::move(report.inline_uris);
  // What there was to say of its content has been said.
  DiagnosticList said;
  Document made = decode_document(memory_source(m.metadata, m.new_pointer()), m.registry, said);
  m.modes = restore_modes(restore_traits(made));
}

void decide_move(SnapshotTransfer& m, const MovePlan& plan, Pipeline pipeline, bool unmerge) {
  const References& references = m.snapshot.references;
  m.target = plan.target;
  m.new_base = plan.new_base;
  if (scheme_of(plan.root) == "file") m.source_root = plan.root;
  const auto skip = unmerge ? merged_files(references) : std::unordered_set<std::string>();
  for_each_row(references, plan, skip, [&](const PlanRow& row) { m.rows.push_back(row); });
  std::vector<PlanRow> parts;
  if (unmerge) {
    pipeline.steps.insert(pipeline.steps.begin(),
                          unmerging(plan.new_base, parts, references.default_file_system));
    pipeline.steps.push_back(anchoring(plan.new_base));
  }
  rewrite(m, pipeline);
  for (const PlanRow& part : parts) refuse_metadata_target(part, m.new_base);
  m.rows.insert(m.rows.end(), parts.begin(), parts.end());
}

void look_first(SnapshotTransfer& m) {
  if (m.engine != nullptr) m.engine->check(m.rows);
  m.was_there = finished_before(m);
  if (m.was_there && !m.no_copy) {
    std::uint64_t wrong = 0;
    verify_targets(m.stores, m.rows, wrong);
    m.completes = wrong > 0;
    m.was_there = wrong == 0;
  }
  if (m.was_there) return;
  if (m.engine != nullptr) m.engine->make_ready();
  if (!m.no_copy && !m.journal.empty()) check_journal_place(m.journal);
  if (!m.no_copy) check_sources(m);
  check_target(m);
}

void check_targets(const SnapshotTransfer& m) {
  std::uint64_t wrong = 0;
  std::vector<std::string> lines = verify_targets(m.stores, m.rows, wrong);
  if (wrong == 0) return;
  throw Error({.code = "E-MOVE-INCOMPLETE",
               .message = count_of(wrong, "file") + " at the target " +
                          (wrong == 1 ? "is" : "are") + " missing or of another size",
               .subject = m.target,
               .hint = m.no_copy ? "wait until everything is replicated, or leave --no-copy away"
                                 : "run the same command again",
               .notes = std::move(lines)});
}

void copy_rows(SnapshotTransfer& m, TransferObserver& observer) {
  std::vector<CopyItem> items;
  items.reserve(m.rows.size());
  for (const PlanRow& row : m.rows) items.push_back(copy_item(row));
  CopyOptions options = m.copying;
  options.source_root = scheme_of(m.source_root) == "file" ? m.source_root : std::string();
  options.target_root = scheme_of(m.target) == "file" ? m.target : std::string();
  std::optional<Journal> journal;
  if (!m.journal.empty()) journal.emplace(m.journal, plan_id(items), items.size());
  CopyProgress progress;
  {
    const Copying copying(observer, progress);
    Journal* const notes = journal ? &*journal : nullptr;
    m.copied = m.engine != nullptr && m.engine->hands_over()
                   ? run_engine(m.stores, *m.engine, m.rows, notes, progress)
                   : run_copy(m.stores, items, options, notes, progress);
  }
  throw_failures(m.copied, m.problems);
  if (!seen_by_copy(m)) check_targets(m);
  if (journal) journal->discard();
}

void put_metadata(SnapshotTransfer& m) {
  const std::string pointer = m.new_pointer();
  const auto source = memory_source(m.metadata, pointer);
  if (!m.stores.write_new(pointer, *source, {m.snapshot.pointer, m.copying.sync})) {
    ++m.copied.access_not_kept;
  }
  if (m.stores.digest(pointer) == sha256_hex(m.metadata)) return;
  IoError error("E-VERIFY", "what was read back differs from what was written", pointer,
                "suspect the store; run the same command again");
  try {
    m.stores.remove(pointer, m.target);
  } catch (const Error& why) {
    error.diagnostic().notes = {"it could not be removed: " + why.diagnostic().message};
    error.diagnostic().hint = "remove the file: nobody may restore from it";
  }
  throw error;
}

void carry_out(SnapshotTransfer& m, TransferObserver& observer) {
  if (m.no_copy) {
    check_targets(m);
  } else if (!m.was_there) {  // else look_first() has seen all of them
    copy_rows(m, observer);
  }
  if (!m.was_there && !m.completes) put_metadata(m);
}

void throw_failures(const CopyReport& report, DiagnosticSink& problems) {
  if (report.failed == 0) return;
  std::vector<Failure> failures = kinds_of(report.failures);
  for (Failure& failure : failures) {
    if (failure.files > 1) {
      failure.first.notes.push_back("so it is with " + count_of(failure.files - 1, "further file"));
    }
  }
  for (std::size_t i = 1; i < failures.size(); ++i) problems.report(failures[i].first);
  Diagnostic first = std::move(failures.front().first);
  if (report.failed > report.failures.size()) {
    first.notes.push_back(count_of(report.failed - report.failures.size(), "further failure"));
  }
  if (report.stopped) first.notes.push_back("too many failures: the rest was not tried");
  throw Error(std::move(first));
}

}  // namespace stateferry
