// A store in memory that lies and fails on purpose: what real stores do on their bad days.
//
// It knows names only, like an object store. A file's place is its URI without the scheme, after
// `aliases`: two authorities or prefixes may be one place. Faults are set on the store and hold for
// all storages that were made of it. Times are what the test says.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stateferry/plugin/storage.hpp"
#include "stateferry/transfer/stores.hpp"

namespace stateferry::test {

/// See the head of this file. Lives longer than the storages that it makes.
class LyingStore {
 public:
  // ---- what is there

  /// Puts a file, replacing one; `modified` in seconds since 1970, long ago by default.
  void put(const std::string& uri, std::string_view content, std::int64_t modified = 1'000'000);
  /// Its content, or nothing.
  std::optional<std::string> content(const std::string& uri) const;
  /// Whether it is really there.
  bool has(const std::string& uri) const { return content(uri).has_value(); }
  /// How many files are there.
  std::size_t size() const { return files_.size(); }
  /// Takes a file away.
  void erase(const std::string& uri);
  /// Forgets every file that was copied without `sync`.
  void power_failure();

  // ---- how it lies

  /// One place under two names: what is named below `name` lies below `place`. `s3://b`,
  /// `s3://b/x`.
  void alias(const std::string& name, const std::string& place);
  /// Tells two names of one file apart and one place as one, as local disks do.
  bool knows_identity = false;
  /// stat() sees files that are not there, of this size.
  std::map<std::string, std::uint64_t> invented;
  /// copy() says that these were copied, and writes nothing.
  std::set<std::string> not_copied;
  /// copy() says that these were copied, and leaves off the last byte.
  std::set<std::string> copied_short;
  /// What is read of these is not what was written: the last byte is another one.
  std::set<std::string> read_wrong;
  /// The same from a later read on: how many are right before.
  std::map<std::string, unsigned> read_wrong_after;
  /// These are in no listing.
  std::set<std::string> not_listed;
  /// Whether it lists the directories in a directory without what lies in them, where that is asked
  /// for; it shows no files then.
  bool lists_flat = false;
  /// These are in the listings of the directories above, though they are not there any more; a
  /// directory with a slash at its end.
  std::set<std::string> still_listed;
  /// Says of no file when it was modified.
  bool tells_no_times = false;
  /// What lies below these can't be read, and no listing gets past it.
  std::set<std::string> denied;
  /// Copies nothing itself: each file is read here and written there.
  bool copies_nothing = false;
  /// These can't be copied.
  std::set<std::string> not_copyable;
  std::string not_copyable_code = "E-STORE-TEMPORARY";  ///< why
  /// replace() says that these were replaced, and changes nothing.
  std::set<std::string> not_replaced;
  /// write_new() says that files with this in their name were written, and writes nothing.
  std::string not_written;
  /// check_target() refuses what lies below this.
  std::string no_target;
  /// make_durable() fails.
  bool forgets = false;
  /// Read of these, once each, is the first half, and then E-STORE-TEMPORARY.
  std::set<std::string> read_cut;
  /// The first listing shows its first file, and then fails with E-STORE-TEMPORARY.
  bool list_cut = false;
  /// Somebody else puts these right before the storage does: what was not there when it was looked
  /// for. Their contents.
  std::map<std::string, std::string> comes_first;
  /// The same while a copier's batch gets its names.
  std::map<std::string, std::string> comes_last;
  /// Copiers end their batches with this code for these.
  std::map<std::string, std::string> not_finished;
  /// Copiers don't keep the access of these.
  std::set<std::string> access_lost;
  /// finish() throws what is no Error.
  bool finish_throws = false;
  /// make_copier() makes none.
  bool makes_no_copier = false;
  /// Copiers don't say how large files have become.
  bool tells_no_sizes = false;
  /// Bytes of each file that a copier tells of as they come; the first attempt at these then fails
  /// with E-STORE-TEMPORARY.
  std::uint64_t shows = 0;
  std::set<std::string> copied_twice;
  /// The n-th call that changes something fails, counted from 1, and all after it: as if the
  /// process had been killed. 0: none.
  std::uint64_t dies_at = 0;
  /// The n-th call of any kind fails with E-STORE-TEMPORARY, once. 0: none.
  std::uint64_t fails_at = 0;
  /// The n-th call that changes something does so, and says E-STORE-TEMPORARY, once. 0: none.
  std::uint64_t unheard_at = 0;
  /// How often calls are made in all, and how many files a batch has.
  unsigned tries = 1;
  std::size_t batch = 1;

  // ---- what was done

  /// Calls so far, of any kind, and those that changed something.
  std::uint64_t calls = 0;
  std::uint64_t changes = 0;
  /// URIs that make_durable() was called for before anything was removed.
  std::set<std::string> durable;
  /// URIs that were removed, in order; directories that were listed.
  std::vector<std::string> removed;
  std::vector<std::string> listed;
  /// Below which directory links were refused when a file was read last, and whose access a new
  /// file was to have; by URI. How many files were read, and the items that were prepared.
  std::map<std::string, std::optional<std::string>> read_root;
  std::map<std::string, std::string> likes;
  std::size_t reads = 0;
  std::vector<std::string> prepared;
  /// How often a storage was configured.
  std::size_t configured = 0;

  /// For Stores: serves s3, s3a, gs and hdfs.
  StorageFinder finder();

 private:
  friend class LyingStorage;
  friend class LyingCopier;
  struct File {
    std::string content;
    std::int64_t modified = 0;
    bool synced = true;
  };
  std::string place_of(const std::string& uri) const;
  std::optional<std::int64_t> told(std::int64_t modified) const {
    return tells_no_times ? std::nullopt : std::optional(modified);
  }
  void call(const std::string& uri);
  bool is_read_wrong(const std::string& uri);
  void refuse_denied(const std::string& uri) const;
  void change(const std::string& uri);
  void changed(const std::string& uri);

  std::map<std::string, File> files_;  // by place
  std::vector<std::pair<std::string, std::string>> aliases_;
  bool dead_ = false;
  // Callers call again from within a listing.
  std::shared_ptr<std::recursive_mutex> mutex_ = std::make_shared<std::recursive_mutex>();
};

}  // namespace stateferry::test
