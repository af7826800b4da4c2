#include "stateferry/transfer/mirror_failover.hpp"

#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/mirror_store.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/transfer/verify.hpp"

namespace stateferry {
namespace {

constexpr unsigned kAttempts = 10;

// Why a job can't be started from a checkpoint; nothing where it can.
std::optional<std::string> look_at(Stores& stores, const MirroredCheckpoint& one,
                                   FailoverChoice& choice) {
  References& references = choice.snapshot.references;
  if (sha256_hex(choice.snapshot.document.input().bytes()) != one.digest) {
    return "its _metadata is not the one that the mirror put there";
  }
  if (references.unsafe_count > 0) return "it names places that are not followed";
  const VerifyReport report = verify_references(stores, references, false, [](const Finding&) {});
  choice.files = report.files;
  choice.bytes = report.bytes;
  if (report.complete()) return std::nullopt;
  return grouped(report.missing) + " of its files are missing, " + grouped(report.differs) +
         " have another size";
}

}  // namespace

void note_failover(Stores& stores, MirroredJob& job, const std::string& checkpoint) {
  const std::string host = host_name();
  for (unsigned i = 1;; ++i) {
    NotedState noted = read_noted(stores, job.uri);
    noted.state.failover = FailoverNote{seconds_now(), checkpoint, host.empty() ? "?" : host};
    try {
      write_noted(stores, job.uri, noted);
      job.state = std::move(noted.state);
      return;
    } catch (const Error& error) {
      if (error.code() != "E-STORE-CONFLICT" || i == kAttempts) throw;
    }
  }
}

FailoverChoice choose_for_failover(Stores& stores, PluginRegistry& registry,
                                   DiagnosticSink& problems, const MirroredJob& job) {
  // What a mirror was about to put there may stand there.
  std::vector<MirroredCheckpoint> all = job.state.checkpoints;
  if (job.state.pending) all.insert(all.begin(), *job.state.pending);
  std::vector<std::string> passed_over;
  for (const MirroredCheckpoint& one : all) {
    const std::string directory = join_uri(job.uri, one.directory);
    try {
      FailoverChoice choice{
          one,
          read_snapshot(join_uri(directory, "_metadata"), directory, stores, registry, problems),
          0,
          0,
          {}};
      const auto why = look_at(stores, one, choice);
      if (!why) {
        choice.passed_over = std::move(passed_over);
        return choice;
      }
      passed_over.push_back(one.directory + ": " + *why);
    } catch (const Error& error) {
      // One that was pending and never came is nothing to be told.
      if (job.state.pending && one.directory == job.state.pending->directory &&
          error.code() == "E-IO-NOT-FOUND") {
        continue;
      }
      passed_over.push_back(one.directory + ": " + error.diagnostic().message);
    }
  }
  throw Error({.code = "E-MIRROR-EMPTY",
               .message = "no mirrored checkpoint is there that a job can be started from",
               .subject = job.uri,
               .hint = "look at each with 'stateferry verify'",
               .notes = std::move(passed_over)});
}

}  // namespace stateferry
