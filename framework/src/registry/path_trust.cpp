#include "registry/path_trust.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <system_error>

namespace stateferry {
namespace {

namespace fs = std::filesystem;

class SystemAccounts final : public Accounts {
 public:
  std::optional<User> user(uid_t uid) const override {
    const struct passwd* const entry = ::getpwuid(uid);
    if (entry == nullptr) return std::nullopt;
    return User{entry->pw_name, entry->pw_gid};
  }
  std::optional<Group> group(gid_t gid) const override {
    const struct group* const entry = ::getgrgid(gid);
    if (entry == nullptr) return std::nullopt;
    Group group{entry->gr_name, {}};
    for (char** member = entry->gr_mem; *member != nullptr; ++member) {
      group.members.emplace_back(*member);
    }
    return group;
  }
  std::vector<uid_t> with_primary_group(gid_t gid) const override {
    std::vector<uid_t> users;
    ::setpwent();
    while (const struct passwd* const entry = ::getpwent()) {
      if (entry->pw_gid == gid) users.push_back(entry->pw_uid);
    }
    ::endpwent();
    return users;
  }
};

template <class T>
bool holds(const std::vector<T>& list, T value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Whether an access list gives rights to single users or groups. The mode's group bits are then the
// most that any of them has.
bool has_access_list(const fs::path& path) {
  return ::lgetxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

std::string number_and_name(const char* word, unsigned number, const std::string* name) {
  const std::string digits = std::to_string(number);
  return name == nullptr ? word + (" " + digits) : word + (" " + *name) + " (" + digits + ")";
}

PathFault unreadable(const fs::path& component, int error) {
  return {component, std::generic_category().message(error), "look at the path and its rights",
          error};
}

// Whether `directory` lies on the way to `file`; both without links.
bool lies_above(const fs::path& directory, const fs::path& file) {
  const auto [end, unused] =
      std::mismatch(directory.begin(), directory.end(), file.begin(), file.end());
  return end == directory.end() && directory != file;
}

}  // namespace

const Accounts& system_accounts() {
  static const SystemAccounts accounts;
  return accounts;
}

bool is_private_group(gid_t gid, uid_t uid, const Accounts& accounts) {
  const auto others = accounts.with_primary_group(gid);
  if (std::any_of(others.begin(), others.end(), [uid](uid_t other) { return other != uid; })) {
    return false;
  }
  const auto user = accounts.user(uid);
  const auto group = accounts.group(gid);
  if (!user || !group) return !user && !group && gid == uid;
  return user->primary_group == gid && group->name == user->name &&
         std::all_of(group->members.begin(), group->members.end(),
                     [&](const std::string& member) { return member == user->name; });
}

PathTrust::PathTrust(uid_t user, const Accounts& accounts)
    : accounts_(accounts), owners_{0, user} {}

void PathTrust::trust_writers_of(const fs::path& executable) {
  executable_ = executable;
  for (const fs::path& path : {executable, executable.parent_path()}) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) continue;
    owners_.push_back(status.st_uid);
    const bool sticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
    if ((status.st_mode & S_IWGRP) != 0 && !sticky) groups_.push_back(status.st_gid);
  }
}

bool PathTrust::is_harmless_group(const struct stat& status) const {
  if (status.st_gid == 0 && status.st_uid == 0) return true;
  if (holds(groups_, status.st_gid)) return true;
  const auto key = std::pair(status.st_gid, status.st_uid);
  const auto [known, is_new] = private_groups_.try_emplace(key, false);
  if (is_new) known->second = is_private_group(status.st_gid, status.st_uid, accounts_);
  return known->second;
}

std::optional<PathFault> PathTrust::judge(const fs::path& component,
                                          const struct stat& status) const {
  if (lies_above(component, executable_)) return std::nullopt;
  if (!holds(owners_, status.st_uid)) {
    const auto owner = accounts_.user(status.st_uid);
    return PathFault{
        component,
        "this belongs to " + number_and_name("user", status.st_uid, owner ? &owner->name : nullptr),
        "let it belong to root or to the user who runs stateferry"};
  }
  // Of a link only the owner counts. In a sticky directory only the owner of an entry can replace
  // it, and the entry is judged next.
  if (S_ISLNK(status.st_mode)) return std::nullopt;
  if (S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0) return std::nullopt;
  if ((status.st_mode & S_IWOTH) != 0) {
    return PathFault{component, "every user may write here", "chmod o-w " + component.string()};
  }
  if ((status.st_mode & S_IWGRP) == 0) return std::nullopt;
  const std::string mend = "chmod g-w " + component.string();
  if (has_access_list(component)) {
    return PathFault{component, "an access list lets others write here", mend};
  }
  if (is_harmless_group(status)) return std::nullopt;
  const auto group = accounts_.group(status.st_gid);
  return PathFault{
      component,
      number_and_name("group", status.st_gid, group ? &group->name : nullptr) + " may write here",
      mend};
}

FollowedPath PathTrust::follow(const fs::path& path) const {
  return follow_from({}, {path.begin(), path.end()});
}

FollowedPath PathTrust::follow_in(const FollowedPath& directory, const fs::path& name) const {
  return follow_from(directory, {name});
}

FollowedPath PathTrust::follow_from(FollowedPath result, std::deque<fs::path> rest) const {
  constexpr unsigned kMaxLinks = 40;  // as the system's own limit
  unsigned links = 0;
  while (!rest.empty() && !result.fault) {
    const fs::path name = rest.front();
    rest.pop_front();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      result.real = result.real.parent_path();  // it holds no links
      continue;
    }
    const fs::path next = result.real / name;
    struct stat status {};
    if (::lstat(next.c_str(), &status) != 0) {
      result.fault = unreadable(next, errno);
      break;
    }
    result.fault = judge(next, status);
    if (!S_ISLNK(status.st_mode)) {
      result.real = next;
      result.mode = status.st_mode;
      continue;
    }
    std::error_code error;
    const fs::path target = fs::read_symlink(next, error);
    if (error || ++links > kMaxLinks) {
      result.fault = unreadable(next, error ? error.value() : ELOOP);
      break;
    }
    rest.insert(rest.begin(), target.begin(), target.end());
  }
  return result;
}

}  // namespace stateferry
