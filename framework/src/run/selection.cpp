#include "run/selection.hpp"

#include <algorithm>
#include <iterator>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/glob.hpp"

namespace stateferry {
namespace {

constexpr std::string_view kScopeNames[] = {"exclusive", "shared", "taskowned", "foreign"};

bool any_glob(const std::vector<std::string>& globs, std::string_view text) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return glob_match(glob, text); });
}

// Whether all files of a directory have one scope: not so where a place that decides about scopes
// has itself the name of such a file.
bool has_one_scope(std::string_view directory, std::string_view base_uri) {
  const std::string_view job = parent_of(base_uri);
  const auto whole = [&](std::string_view place) {
    return below_prefix_in(directory, place) != Below::some;
  };
  return whole(base_uri) && whole(join_prefix(job, "/shared")) &&
         whole(join_prefix(job, "/taskowned"));
}

}  // namespace

std::string_view scope_name(Scope scope) noexcept {
  return kScopeNames[static_cast<std::size_t>(scope)];
}

Scope scope_of(std::string_view uri, std::string_view base_uri, std::string_view file_system) {
  if (!has_scheme(uri)) {
    if (!uri.starts_with('/')) return Scope::exclusive;
    const std::string full = with_default_file_system(uri, file_system);
    return has_scheme(full) ? scope_of(full, base_uri, file_system) : Scope::foreign;
  }
  if (below_prefix(uri, base_uri)) return Scope::exclusive;
  const std::string_view job = parent_of(base_uri);
  if (below_prefix(uri, join_prefix(job, "/shared"))) return Scope::shared;
  if (below_prefix(uri, join_prefix(job, "/taskowned"))) return Scope::taskowned;
  return Scope::foreign;
}

bool Selector::empty() const noexcept {
  return operator_uid.empty() && operator_uid_hash.empty() && operator_name.empty() &&
         state_name.empty() && roles == Role::none && scopes.empty() && handles.empty() &&
         uri_schemes.empty() && uri_globs.empty();
}

bool Selector::only_operators() const noexcept {
  return roles == Role::none && scopes.empty() && handles.empty() && uri_schemes.empty() &&
         uri_globs.empty();
}

bool Selector::needs_operator_uids() const {
  return std::any_of(operator_uid.begin(), operator_uid.end(), is_glob_pattern);
}

const char* const kNamesHint =
    "files before Flink 2.0 hold hashes only: give exact uids (they are hashed) or uid-hash, "
    "or name the operators with --uids FILE";

void OperatorsSeen::add(const OperatorKey& op, const OperatorNames* known) {
  any = true;
  // A file that stores one of the two stores both.
  if (!op.uid.empty() || !op.name.empty()) uids = names = true;
  if (known == nullptr) return;
  const OperatorKey key = known->complete(op);
  uids |= !key.uid.empty();
  names |= !key.name.empty();
}

const char* OperatorsSeen::unknown_of(const Selector& where) const {
  const bool known =
      (uids || !where.needs_operator_uids()) && (names || where.operator_name.empty());
  if (known || !any) return nullptr;
  return where.operator_name.empty() ? "uid" : "name";
}

namespace {

Selector without_kinds(Selector where) {
  where.handles.clear();
  return where;
}

}  // namespace

Selection::Selection(const Selector& where, const RunOptions& options, const OperatorNames* names)
    : where_(where),
      base_uri_(options.base_uri),
      file_system_(options.default_file_system),
      names_(names),
      by_kind_alone_(without_kinds(where).empty()),
      by_operator_(!where.operator_uid.empty() || !where.operator_uid_hash.empty() ||
                   !where.operator_name.empty()) {
  for (const LocationKind kind : kAllLocationKinds) {
    const bool wanted =
        where.handles.empty()
            ? is_absolute(kind)
            : std::find(where.handles.begin(), where.handles.end(), kind) != where.handles.end();
    if (wanted) kinds_ |= bit(kind);
  }
}

bool Selection::selects_further(const Location& location, std::string_view uri) {
  if (where_.roles != Role::none && !any(where_.roles, location.roles)) return false;
  if (by_operator_ && !selects_operator(location.op)) return false;
  if (!where_.state_name.empty() &&
      std::none_of(
          location.state_names.begin(), location.state_names.end(),
          [&](std::string_view name) { return any_glob(where_.state_name, to_utf8(name)); })) {
    return false;
  }
  return selects_uri(uri);
}

std::optional<bool> Selection::selects_directory(const Location& location,
                                                 std::string_view directory) {
  if (!selects_kind(location.kind)) return false;
  if (by_kind_alone_) return true;
  if (by_state()) return std::nullopt;
  // What belongs to the directory as a whole is judged by the text of one file in it.
  if (!where_.scopes.empty() &&
      !has_one_scope(with_default_file_system(directory, file_system_), base_uri_)) {
    return std::nullopt;
  }
  for (const std::string& glob : where_.uri_globs) {
    if (!glob_match_directory(glob, directory)) return std::nullopt;
  }
  return selects_further(location, std::string(directory) + "x");
}

bool Selection::selects_operator(const OperatorKey* op) {
  if (!by_operator_) return true;
  if (op == nullptr) return false;
  if (last_operator_ == op->index) return last_answer_;
  const OperatorKey key = names_ != nullptr ? names_->complete(*op) : *op;
  const std::string uid = to_utf8(key.uid);
  const auto& uids = where_.operator_uid;
  const auto& hashes = where_.operator_uid_hash;
  bool answer = true;
  if (!uids.empty() || !hashes.empty()) {
    answer = std::find(hashes.begin(), hashes.end(), op->id) != hashes.end() ||
             std::any_of(uids.begin(), uids.end(), [&](const std::string& glob) {
               if (!uid.empty() && glob_match(glob, uid)) return true;
               return !is_glob_pattern(glob) && operator_id_of_uid(glob) == op->id;
             });
  }
  if (answer && !where_.operator_name.empty()) {
    answer = any_glob(where_.operator_name, to_utf8(key.name));
  }
  last_operator_ = op->index;
  last_answer_ = answer;
  return answer;
}

bool Selection::selects_uri(std::string_view uri) const {
  if (!where_.uri_schemes.empty()) {
    const std::string_view scheme = split_flink_path(uri).scheme;
    if (std::find(where_.uri_schemes.begin(), where_.uri_schemes.end(), scheme) ==
        where_.uri_schemes.end()) {
      return false;
    }
  }
  if (!where_.uri_globs.empty() && !any_glob(where_.uri_globs, uri)) return false;
  if (!where_.scopes.empty() &&
      std::find(where_.scopes.begin(), where_.scopes.end(),
                scope_of(uri, base_uri_, file_system_)) == where_.scopes.end()) {
    return false;
  }
  return true;
}

}  // namespace stateferry
