#include "stateferry/transfer/mirror_retention.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <set>
#include <utility>

#include "refusal.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/transfer/mirror_round.hpp"
#include "stateferry/transfer/place_proof.hpp"
#include "stateferry/transfer/referrers.hpp"
#include "stateferry/transfer/snapshot.hpp"
#include "stateferry/transfer/source_deletion.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kCheckedEvery = 100;
// Of the list: some millions of files.
constexpr std::size_t kMostBytes = std::size_t{256} << 20;

// A checkpoint that is to go.
struct Old {
  std::size_t job;
  MirroredCheckpoint checkpoint;
  std::string pointer;
};

class Retention {
 public:
  Retention(const RetentionPlace& place, std::vector<RetainedJob>& jobs)
      : p_(place),
        jobs_(jobs),
        report_(jobs.size()),
        list_(join_uri(place.target, kMirrorRetired)) {}

  void run(std::uint64_t keep) {
    choose(keep);
    take_up_list();
    if (old_.empty() && files_.empty()) return;
    directories_ = {p_.target};
    for (const std::string& job : directories_in(p_.stores, p_.target)) {
      directories_.push_back(join_uri(p_.target, job));
    }
    prove_places();
    prove_directories(files_, p_.target);
    const std::vector<bool> needed = look();
    check();
    write_list(needed);
    remove_metadata();
    remove_files(needed);
    if (!listed_.empty()) p_.stores.remove(list_, p_.target);
  }
  const std::vector<RetiredCheckpoints>& report() const noexcept { return report_; }

 private:
  void choose(std::uint64_t keep) {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      for (MirroredCheckpoint& one : beyond(jobs_[i].noted.state, keep)) {
        std::string pointer = join_uri(join_uri(jobs_[i].target, one.directory), "_metadata");
        const bool there = p_.stores.stat(pointer).has_value();
        if (there) take(pointer, one, i);
        old_.push_back({i, std::move(one), there ? std::move(pointer) : std::string()});
      }
    }
  }

  // Only what this mirror has made: of another one nobody knows who needs it.
  void take(const std::string& pointer, const MirroredCheckpoint& one, std::size_t job) {
    if (p_.stores.digest(pointer) != one.digest) {
      refuse("E-MIRROR-FOREIGN",
             "a _metadata at the target is not the one that the mirror put there", pointer, {},
             "look who has written it");
    }
    const SnapshotReferences read =
        read_references(pointer, {}, p_.stores, p_.registry, p_.problems);
    for (const Reference& file : read.references.files) add(file.uri, job);
  }

  void add(const std::string& uri, std::size_t job) {
    if (!lies_in(uri, p_.target) || !seen_.insert(canonical_uri(uri)).second) return;
    files_.push_back(uri);
    job_of_.push_back(job);
  }

  // What a run that was killed had begun. The list may be anybody's: all looks are made of it.
  void take_up_list() {
    const auto noted = read_note(p_.stores, list_, kMostBytes);
    if (!noted) return;
    listed_ = sha256_hex(*noted);
    rapidjson::Document list;
    list.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(
        noted->data(), noted->size());
    if (list.HasParseError() || !list.IsArray()) {
      refuse("E-MIRROR-STATE", "the list of what was to be deleted can't be read", list_, {},
             "look who has written it, and remove it");
    }
    for (const rapidjson::Value& uri : list.GetArray()) {
      const std::string text = uri.IsString() ? uri.GetString() : "";
      // A snapshot, and what the mirror has noted, never stand on it.
      const bool plain = is_normal_flink_path(text) && text.find("/../") == std::string::npos &&
                         !last_name(text).starts_with('_') && lies_in(text, p_.target) &&
                         snapshot_name(text) == SnapshotName::other;
      if (plain && !begins_as_snapshot(p_.stores, text)) add(text, 0);
    }
  }

  // That no job's directory is the source's under another name: its files would go, too. Of which
  // job those on the list were, nobody knows.
  void prove_places() const {
    std::set<std::size_t> wanted;
    for (const Old& one : old_) wanted.insert(one.job);
    for (std::size_t i = 0; !listed_.empty() && i < jobs_.size(); ++i) wanted.insert(i);
    PlaceProof proof(p_.stores);
    for (const std::size_t i : wanted) proof.apart(jobs_[i].target, jobs_[i].source);
    proof.remove();
  }

  std::vector<bool> look() {
    OwnSnapshots own;
    for (const Old& one : old_) {
      if (!one.pointer.empty()) own.pointers.push_back(one.pointer);
    }
    for (const RetainedJob& job : jobs_) {
      for (const GivenUp& one : job.noted.state.given_up) {
        own.unfinished.push_back(join_uri(job.target, one.directory));
      }
    }
    const std::vector<std::string> left_out;
    ReferrerSearch search(p_.registry, p_.stores, p_.problems, own, files_, left_out);
    search.knows(list_);
    search.knows(join_uri(p_.target, kMirrorLease));
    for (const std::string& job : directories_) search.knows(join_uri(job, kMirrorState));
    for (const std::string& file : files_) search.knows(file);
    search.run({p_.target}, seconds_now());
    std::vector<bool> needed(files_.size());
    for (std::size_t i = 0; i < files_.size(); ++i) needed[i] = search.needed(i);
    return needed;
  }

  // Right before something goes: that nobody else has begun to write there.
  void check() {
    p_.lease.check();
    refuse_failed_over();
    for (const Old& one : old_) {
      refuse_changed(p_.stores, jobs_[one.job].target, jobs_[one.job].noted);
    }
  }

  // A job that runs at the target in CLAIM mode deletes the checkpoint that it was started from,
  // and writes its own wherever it likes: from then on nothing here says what it needs.
  void refuse_failed_over() const {
    for (const std::string& job : directories_) {
      if (!read_noted(p_.stores, job).state.failover) continue;
      refuse("E-MIRROR-FAILED-OVER",
             "a job was failed over to the target, and may need files of others", job, {},
             "when it runs at the source again, say --resume-after-failover");
    }
  }

  void write_list(const std::vector<bool>& needed) {
    std::string text = "[";
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (needed[i]) continue;
      text += (text.size() > 1 ? ",\n" : "\n") + json_string(files_[i]);
    }
    text += "\n]\n";
    const auto source = memory_source(std::as_bytes(std::span(text.data(), text.size())), list_);
    if (listed_.empty()) {
      p_.stores.write_new(list_, *source);
    } else {
      p_.stores.replace(list_, *source, {listed_, true});
    }
    listed_ = sha256_hex(text);
  }

  void remove_metadata() {
    std::set<std::size_t> changed;
    for (const Old& one : old_) {
      if (!one.pointer.empty()) {
        p_.stores.remove(one.pointer, p_.target);
        ++report_[one.job].files;
      }
      ++report_[one.job].checkpoints;
      std::erase_if(jobs_[one.job].noted.state.checkpoints,
                    [&](const MirroredCheckpoint& m) { return m.source == one.checkpoint.source; });
      changed.insert(one.job);
    }
    for (const std::size_t job : changed) {
      write_noted(p_.stores, jobs_[job].target, jobs_[job].noted);
    }
  }

  void remove_files(const std::vector<bool>& needed) {
    std::vector<std::size_t> there;
    p_.stores.stat_many(files_, [&](std::size_t i, const std::optional<StoredFile>& file) {
      if (file && !needed[i]) there.push_back(i);
    });
    for (std::size_t k = 0; k < there.size(); ++k) {
      if (k % kCheckedEvery == 0) p_.lease.check();
      p_.stores.remove(files_[there[k]], p_.target);
      ++report_[job_of_[there[k]]].files;
    }
  }

  const RetentionPlace& p_;
  std::vector<RetainedJob>& jobs_;
  std::vector<RetiredCheckpoints> report_;
  const std::string list_;
  std::string listed_;                    // digest of the list; empty: there is none
  std::vector<std::string> directories_;  // in which there may be notes of a job
  std::vector<Old> old_;
  std::vector<std::string> files_;
  std::vector<std::size_t> job_of_;  // for each
  std::set<std::string> seen_;
};

}  // namespace

std::vector<RetiredCheckpoints> retire_checkpoints(const RetentionPlace& place,
                                                   std::vector<RetainedJob>& jobs,
                                                   std::uint64_t keep) {
  Retention retention(place, jobs);
  try {
    retention.run(keep);
  } catch (const Error& error) {
    if (error.code() == "E-MIRROR-LEASE") throw;
    Diagnostic d = error.diagnostic();
    d.notes.insert(d.notes.begin(), d.message);
    d.severity = Severity::warning;
    d.code = "W-MIRROR-RETENTION";
    d.message = "old checkpoints at the target could not be deleted (" + error.code() + ")";
    d.hint = "look at what the message names; the next round tries again";
    place.problems.report(std::move(d));
  }
  return retention.report();
}

}  // namespace stateferry
