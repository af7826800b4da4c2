// Whether somebody else could change what lies at a path: for files whose code is run.
//
// A name is followed from the root, one component after the other, as the system does, and each
// directory and each link on the way is judged before the next step. What passes can be changed by
// nobody but those who are trusted, from that moment on: so the path that comes out may be opened
// later, by its name, without a race against others. (Opening it once and loading /proc/self/fd/N
// would take the plugin's $ORIGIN away from it, and win nothing.)
//
// The rules are those of OpenSSH's StrictModes as Debian has them, with sticky directories.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stateferry {

/// Users and groups, as the system's databases tell them.
class Accounts {
 public:
  struct User {
    std::string name;
    gid_t primary_group = 0;
  };
  struct Group {
    std::string name;
    std::vector<std::string> members;  ///< those who have it beside their primary group
  };
  virtual ~Accounts() = default;
  virtual std::optional<User> user(uid_t uid) const = 0;
  virtual std::optional<Group> group(gid_t gid) const = 0;
  /// All users whose primary group it is, as far as the database can be listed.
  virtual std::vector<uid_t> with_primary_group(gid_t gid) const = 0;
};

/// Those of this machine. Used by one thread at a time.
const Accounts& system_accounts();

/// Whether the group is the user's own: of the user's name, primary for the user and for nobody
/// else, without other members. A user without an entry (as in containers) has the group of the
/// same number, if that has no entry either.
bool is_private_group(gid_t gid, uid_t uid, const Accounts& accounts);

/// What keeps a path from being trusted.
struct PathFault {
  std::filesystem::path component;  ///< the directory, link or file that is at fault
  std::string why;                  ///< half a sentence: `every user may write here`
  std::string mend;                 ///< what to do, for the user
  int error = 0;                    ///< errno, where it can't even be looked at
};

/// Where a path leads.
struct FollowedPath {
  std::filesystem::path real;      ///< absolute, without links; as far as it was followed
  mode_t mode = 0;                 ///< st_mode of what lies there
  std::optional<PathFault> fault;  ///< why it is not trusted, or can't be followed
};

/// See the head of this file. Used by one thread at a time.
class PathTrust {
 public:
  /// Trusts root and `user`. `accounts` must outlive this.
  explicit PathTrust(uid_t user, const Accounts& accounts = system_accounts());

  /// Trusts, too, whoever can replace this executable (absolute, without links): its owner and that
  /// of its directory, the groups that may write them, and whoever may write above it. Who runs it
  /// is in their hands already.
  void trust_writers_of(const std::filesystem::path& executable);

  /// Follows an absolute path to its end, or to the first fault.
  FollowedPath follow(const std::filesystem::path& path) const;
  /// The same for what is named `name` in a directory that was followed: the way there has been
  /// judged, so nobody can have changed it since but those who are trusted.
  FollowedPath follow_in(const FollowedPath& directory, const std::filesystem::path& name) const;

 private:
  FollowedPath follow_from(FollowedPath result, std::deque<std::filesystem::path> rest) const;
  std::optional<PathFault> judge(const std::filesystem::path& component,
                                 const struct stat& status) const;
  bool is_harmless_group(const struct stat& status) const;

  const Accounts& accounts_;
  std::vector<uid_t> owners_;
  std::vector<gid_t> groups_;
  std::filesystem::path executable_;
  mutable std::map<std::pair<gid_t, uid_t>, bool> private_groups_;  ///< databases can be slow
};

}  // namespace stateferry
