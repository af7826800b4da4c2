// The files of a mirror at its target, in any store: what it has noted, and its lease.
//
// A file is replaced only as it was read (E-STORE-CONFLICT), but no store promises that between the
// look and the write: two mirrors that begin in the same moment may not see each other at once. The
// one that lost sees it when it reads its lease again, which it does before each `_metadata` and
// each deletion.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "stateferry/transfer/mirror_state.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry {

/// Seconds since 1970 by the clock of this machine.
std::int64_t seconds_now();

/// What this machine calls itself; empty where it doesn't say.
std::string host_name();

/// The text of a note of at most `most` bytes, which anybody may have written; nothing where there
/// is none. Throws Error: E-MIRROR-STATE when it is larger, and whatever keeps it from being read.
std::optional<std::string> read_note(Stores& stores, const std::string& uri, std::size_t most);

/// What is noted of a job, and as what it was read.
struct NotedState {
  MirrorState state;
  std::string digest;  ///< SHA-256 of the file; empty: there is none
  std::string text;    ///< as it was read or written last
};

/// Reads `_mirror.json` of the job's directory at the target. Throws Error: E-MIRROR-STATE, and
/// whatever keeps it from being read.
NotedState read_noted(Stores& stores, const std::string& job);
/// Writes it, if it is what `noted` says (E-STORE-CONFLICT). Nothing is written where nothing but
/// the time of the last look has changed. `like`: see NewFileOptions.
void write_noted(Stores& stores, const std::string& job, NotedState& noted,
                 const std::string& like = {});
/// Throws Error (E-STORE-CONFLICT) when somebody else has written it since.
void refuse_changed(Stores& stores, const std::string& job, const NotedState& noted);

/// The lease as it stands at a target; nothing where there is none. Throws Error.
std::optional<MirrorLease> read_lease(Stores& stores, const std::string& target);

/// Holds the lease on a target, and renews it on a thread of its own until it goes.
class LeaseKeeper {
 public:
  struct Times {
    std::chrono::seconds length{60};
    std::chrono::milliseconds renewed{20'000};  ///< how often
  };

  /// Takes the lease: when there is none, it has run out, or its mirror has the same name. Throws
  /// Error (E-MIRROR-LEASE) when another one has it. `stores` outlives it.
  LeaseKeeper(Stores& stores, std::string target, std::string name)
      : LeaseKeeper(stores, std::move(target), std::move(name), Times()) {}
  LeaseKeeper(Stores& stores, std::string target, std::string name, Times times);
  /// Gives it back, as far as it can.
  ~LeaseKeeper();
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

  /// Reads it again. Throws Error (E-MIRROR-LEASE) when it is not ours any more.
  void check();
  const std::string& holder() const noexcept { return mine_.holder; }

 private:
  void take();
  bool put(const std::string& before);
  void renew_until(const std::stop_token& stop);

  Stores& stores_;
  const std::string target_;
  const Times times_;
  MirrorLease mine_;
  std::mutex mutex_;  // of the file and what is known of it
  std::string digest_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace stateferry
