#include "stateferry/transfer/mirror.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "refusal.hpp"
#include "stateferry/diag/codes.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/mirror_retention.hpp"
#include "stateferry/transfer/snapshot_files.hpp"
#include "stateferry/transfer/source_deletion.hpp"
#include "stateferry/transfer/verify.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kHashDigits = 8;
// What is no mistake of one job, and would meet all others, too.
bool stops_all(const Error& error) {
  return error.code() == "E-MIRROR-LEASE";
}

bool is_no_snapshot(const Error& error) {
  const CodeInfo* info = find_code(error.code());
  return info != nullptr && info->exit == ExitCode::bad_input;
}

bool is_there(const PlanRow& row, const std::optional<StoredFile>& file) {
  if (!file) return false;
  return row.bytes ? file->size == *row.bytes : file->size >= row.at_least;
}

// That a job at the target is of this source.
void refuse_other_source(const MirrorState& state, const std::string& source,
                         const std::string& target) {
  if (canonical_uri(state.source) == canonical_uri(source)) return;
  refuse("E-MIRROR-FOREIGN", "the mirror of another source stands there", target,
         {"it is of " + state.source, "and not of " + source},
         "give each source a target of its own");
}

// What the new metadata names must be what was copied, whatever rules have done to it.
void refuse_other_places(SnapshotTransfer& m, PluginRegistry& registry) {
  DiagnosticList said;
  PartReader reader(memory_source(m.metadata, m.new_pointer()), registry, said);
  const References made = collect_references(reader, m.new_base, m.stores.default_file_system());
  std::unordered_set<std::string> targets;
  for (const PlanRow& row : m.rows) targets.insert(canonical_uri(row.target));
  std::vector<std::string> notes = made.unsafe;
  for (const Reference& file : made.files) {
    if (!targets.contains(canonical_uri(file.uri))) notes.push_back(file.uri);
  }
  if (notes.empty()) return;
  refuse("E-MIRROR-RULES", "the rules make handles of places where the mirror puts no file",
         m.snapshot.pointer, std::move(notes), "leave out of the rules what changes locations");
}

// What was about to be put in place when a mirror was killed.
void settle_pending(Stores& stores, const std::string& job, NotedState& noted) {
  if (!noted.state.pending) return;
  const MirroredCheckpoint pending = *std::exchange(noted.state.pending, std::nullopt);
  const std::string pointer = join_uri(join_uri(job, pending.directory), "_metadata");
  // Another one is none that this mirror has made: refuse_foreign() tells it.
  if (stores.stat(pointer) && stores.digest(pointer) == pending.digest) {
    add_checkpoint(noted.state, pending);
  }
}

// What a job that runs at the target has written there, or whoever else.
void refuse_foreign(Stores& stores, const std::string& job, const NotedState& noted) {
  std::vector<JobSnapshot> there;
  try {
    there = list_snapshots(stores, job);
  } catch (const Error& error) {
    if (error.code() != "E-IO-NOT-FOUND") throw;
  }
  std::vector<std::string> foreign = foreign_snapshots(there, noted.state);
  if (foreign.empty()) return;
  refuse("E-MIRROR-FOREIGN",
         "the target holds a _metadata that this mirror didn't put there: maybe of a job that runs "
         "there under the same id",
         job, std::move(foreign),
         "nothing is written or deleted there: mirror to another directory, or move away what "
         "somebody else has written");
}

// Where everything goes, and the new metadata in memory.
std::vector<PlanRow> decide(SnapshotTransfer& m, const MirrorOptions& options,
                            const MirrorPipeline& pipeline_of, const std::string& directory) {
  const References& references = m.snapshot.references;
  MoveRequest request{options.target, options.source, {}, {}, options.bare, options.scheme};
  for (const std::string& from : options.take_from) {
    request.maps.push_back(outside_relocation(from, options.target));
  }
  const std::string own(last_name(references.base));
  if (directory != own) {  // an earlier run's checkpoint of this number stands there
    const auto rest = below_prefix(references.base, options.source);
    const std::string place = join_prefix(options.target, rest.value_or("/" + own));
    request.maps.push_back(
        {references.base, join_uri(directory_of(place), directory), options.bare});
  }
  MovePlan plan;
  try {
    plan = plan_move(references, request);
  } catch (RuleError& error) {
    if (error.code() == "E-MOVE-ROOTS") {
      error.diagnostic().hint =
          "mirror the directory that holds all jobs, or say with --take-from DIR what else may be "
          "copied; it goes below " +
          join_uri(options.target, kMirrorOutside);
    }
    throw;
  }
  if (directory != own) plan.new_base = *plan.relocations.target_of(references.base);
  refuse_unsayable(plan.relocations);
  refuse_one_place(m.stores, plan);
  Pipeline pipeline = pipeline_of(m, rules_of(references, plan));
  decide_move(m, plan, std::move(pipeline), false);
  refuse_other_places(m, m.registry);
  return m.rows;
}

}  // namespace

void refuse_nested_mirror(Stores& stores, const MirrorOptions& options) {
  const std::string source = canonical_uri(options.source);
  const std::string target = canonical_uri(options.target);
  if (lies_in(source, target) || lies_in(target, source)) {
    refuse("E-MOVE-NESTED",
           "source and target are one place or lie in one another: " + options.source + " and " +
               options.target,
           {}, {}, "choose a target outside of the source");
  }
  MovePlan plan;
  plan.relocations = Relocations({{options.source, options.target}});
  refuse_one_place(stores, plan);
}

Relocation outside_relocation(const std::string& directory, const std::string& target) {
  const std::string canonical = canonical_uri(without_slash(directory));
  std::string name(last_name(canonical));
  if (is_store_root(canonical) || name.empty()) name = "root";
  name += "-" + sha256_hex(canonical).substr(0, kHashDigits);
  return {without_slash(directory), join_uri(join_uri(target, kMirrorOutside), name)};
}

std::vector<PlanRow> rows_to_copy(Stores& stores, const std::vector<PlanRow>& rows,
                                  const std::string& base) {
  std::vector<std::string> targets;
  targets.reserve(rows.size());
  for (const PlanRow& row : rows) targets.push_back(row.target);
  std::vector<bool> there(rows.size());
  stores.stat_many(targets, [&](std::size_t i, const std::optional<StoredFile>& file) {
    there[i] = is_there(rows[i], file);
  });
  std::vector<PlanRow> missing;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!there[i]) missing.push_back(rows[i]);
  }
  std::stable_partition(missing.begin(), missing.end(),
                        [&](const PlanRow& row) { return lies_in(row.source, base); });
  return missing;
}

Mirror::Mirror(PluginRegistry& registry, Stores& stores, DiagnosticSink& problems,
               LeaseKeeper& lease, MirrorOptions options, MirrorPipeline pipeline)
    : registry_(registry),
      stores_(stores),
      problems_(problems),
      lease_(lease),
      options_(std::move(options)),
      pipeline_(std::move(pipeline)) {}

// ------------------------------------------------------------------------------ rounds

std::string Mirror::at_source(const std::string& job) const {
  return job.empty() ? options_.source : join_uri(options_.source, job);
}
std::string Mirror::at_target(const std::string& job) const {
  return job.empty() ? options_.target : join_uri(options_.target, job);
}

std::vector<std::string> Mirror::jobs() {
  std::vector<std::string> jobs;
  for (const std::string& name : directories_in(stores_, options_.source)) {
    if (checkpoint_number(name)) return {std::string()};
    // What a mirror puts beside the jobs, when it goes the way home.
    if (!name.starts_with('_') && !name.starts_with('.')) jobs.push_back(name);
  }
  return jobs;
}

std::vector<JobRound> Mirror::round(TransferObserver& observer) {
  std::vector<JobRound> rounds;
  std::vector<Kept> kept;
  for (const std::string& job : jobs()) {
    NotedState noted;
    JobRound round = job_round(job, noted, observer);
    if (round.state.source.empty() && !round.failure) continue;  // no job's directory
    rounds.push_back(std::move(round));
    if (options_.keep > 0 && !rounds.back().failure) {
      kept.push_back({job, std::move(noted), rounds.size() - 1});
    }
  }
  if (!kept.empty()) retire(kept, rounds);
  return rounds;
}

JobRound Mirror::job_round(const std::string& job, NotedState& noted, TransferObserver& observer) {
  JobRound round;
  round.job = job;
  try {
    std::vector<JobSnapshot> listed = list_snapshots(stores_, at_source(job));
    const auto is_ours = [](const JobSnapshot& one) { return one.number.has_value(); };
    if (!std::any_of(listed.begin(), listed.end(), is_ours)) return round;  // no job's directory
    noted = read_noted(stores_, at_target(job));
    take_up(round, noted);
    const auto wanted = new_checkpoints(listed, noted.state, options_.savepoints);
    if (!wanted.empty() || options_.keep > 0) refuse_foreign(stores_, at_target(job), noted);
    if (!wanted.empty()) noted.state.broken.clear();
    for (const JobSnapshot& one : wanted) mirror(round, noted, one, observer);
    if (!wanted.empty()) listed = list_snapshots(stores_, at_source(job));
    round.lag = lag_of(listed, noted.state, seconds_now());
    noted.state.behind = round.lag.checkpoints;
    noted.state.lag = round.lag.seconds;
    if (round.lag.checkpoints == 0) noted.state.lag_bytes = 0;
    noted.state.looked = seconds_now();
    write_noted(stores_, at_target(job), noted);
  } catch (const Error& error) {
    if (stops_all(error)) throw;
    round.failure = error.diagnostic();
  }
  round.state = noted.state;
  return round;
}

// What an earlier round, of whatever process, has left.
void Mirror::take_up(JobRound& round, NotedState& noted) {
  const std::string target = at_target(round.job);
  MirrorState& state = noted.state;
  if (!noted.digest.empty()) refuse_other_source(state, at_source(round.job), target);
  state.source = at_source(round.job);
  state.mirror = options_.name;
  if (state.failover) {
    if (!options_.resume) {
      refuse(
          "E-MIRROR-FAILED-OVER", "the job was failed over to the target: nothing is written there",
          target, {"from " + state.failover->checkpoint + ", noted by " + state.failover->by},
          "when the job runs at the source again, say --resume-after-failover; to go home, mirror "
          "from there to an empty directory");
    }
    state.failover.reset();
    round.resumed = true;
  }
  settle_pending(stores_, target, noted);
}

// ------------------------------------------------------------------------------ a checkpoint

std::optional<Snapshot> Mirror::read_whole(JobRound& round, const JobSnapshot& snapshot) {
  const std::string pointer = join_uri(snapshot.uri, "_metadata");
  try {
    Snapshot read = read_snapshot(pointer, snapshot.uri, stores_, registry_, problems_);
    // Not every store shows a file only when it is whole: the second look.
    if (stores_.digest(pointer) == sha256_hex(read.document.input().bytes())) return read;
  } catch (const Error& error) {
    if (error.code() != "E-IO-NOT-FOUND" && !is_no_snapshot(error)) throw;
    if (error.code() == "E-IO-NOT-FOUND") {
      ++round.given_up;
      return std::nullopt;
    }
  }
  ++round.being_written;
  return std::nullopt;
}

void Mirror::mirror(JobRound& round, NotedState& noted, const JobSnapshot& snapshot,
                    TransferObserver& observer) {
  std::optional<Snapshot> read = read_whole(round, snapshot);
  if (!read) return;
  SnapshotTransfer m{registry_, stores_, problems_, std::move(*read)};
  m.copying = options_.copying;
  const std::string directory = directory_for(identity_of(snapshot), noted.state);
  std::vector<PlanRow> rows = decide(m, options_, pipeline_, directory);
  m.rows = rows_to_copy(stores_, rows, m.snapshot.base);
  MirroredCheckpoint next;
  next.source = identity_of(snapshot);
  next.directory = directory;
  next.digest = sha256_hex(m.metadata);
  next.files = rows.size();
  next.bytes = totals_of(rows).bytes;
  noted.state.lag_bytes = totals_of(m.rows).bytes;
  noted.state.pending = std::move(next);
  write_noted(stores_, at_target(round.job), noted, m.snapshot.pointer);
  try {
    carry_out(round, noted, m, std::move(rows), observer);
  } catch (const Error& error) {
    if (stops_all(error)) throw;
    give_up(round, noted, m, error);
  }
}

void Mirror::carry_out(JobRound& round, NotedState& noted, SnapshotTransfer& m,
                       std::vector<PlanRow> rows, TransferObserver& observer) {
  if (!m.rows.empty()) copy_rows(m, observer);
  std::swap(m.rows, rows);
  // What was there before may have gone meanwhile.
  check_targets(m);
  lease_.check();
  refuse_changed(stores_, at_target(round.job), noted);
  put_metadata(m);
  MirroredCheckpoint done = *std::exchange(noted.state.pending, std::nullopt);
  done.mirrored = seconds_now();
  done.copied_files = m.copied.copied;
  done.copied_bytes = m.copied.bytes;
  done.seconds = m.copied.seconds;
  add_checkpoint(noted.state, std::move(done));
  write_noted(stores_, at_target(round.job), noted);
  ++round.mirrored;
  round.copied_files += m.copied.copied;
  round.copied_bytes += m.copied.bytes;
}

// A file that is missing has gone with its checkpoint, or the source is broken by itself.
void Mirror::give_up(JobRound& round, NotedState& noted, SnapshotTransfer& m, const Error& why) {
  const std::string& pointer = m.snapshot.pointer;
  const bool same = stores_.stat(pointer).has_value() &&
                    stores_.digest(pointer) == sha256_hex(m.snapshot.document.input().bytes());
  if (same) {
    std::vector<std::string> lost;
    const VerifyReport report =
        verify_references(stores_, m.snapshot.references, false, [&](const Finding& finding) {
          if (finding.mark != Mark::good) lost.push_back(finding.uri);
        });
    if (report.complete() || !stores_.stat(pointer)) throw why;
    noted.state.pending.reset();
    noted.state.broken = m.snapshot.pointer + " names " +
                         count_of(report.missing + report.differs, "file") +
                         " that are missing or of another size, such as " + lost.front();
    return;
  }
  GivenUp one;
  one.source = noted.state.pending->source;
  one.directory = noted.state.pending->directory;
  one.why = "the source has deleted it: " + why.diagnostic().message;
  one.at = seconds_now();
  one.bytes = noted.state.lag_bytes;
  one.copied = m.copied.bytes;
  one.seconds = m.copied.seconds;
  noted.state.pending.reset();
  add_given_up(noted.state, std::move(one));
  write_noted(stores_, at_target(round.job), noted);
  ++round.given_up;
  round.copied_files += m.copied.copied;
  round.copied_bytes += m.copied.bytes;
}

void Mirror::retire(std::vector<Kept>& jobs, std::vector<JobRound>& rounds) {
  std::vector<RetainedJob> retained;
  for (Kept& one : jobs) {
    retained.push_back({at_source(one.job), at_target(one.job), one.noted});
  }
  const RetentionPlace place{registry_, stores_, problems_, lease_, options_.target};
  const auto retired = retire_checkpoints(place, retained, options_.keep);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    JobRound& round = rounds[jobs[i].round];
    round.retired = retired[i].checkpoints;
    round.deleted_files = retired[i].files;
    round.state = jobs[i].noted.state;
  }
}

}  // namespace stateferry
