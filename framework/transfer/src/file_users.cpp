#include "stateferry/transfer/file_users.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <unordered_set>

#include "refusal.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/part_reader.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/transfer/references.hpp"
#include "stateferry/transfer/snapshot.hpp"
#include "stateferry/transfer/snapshot_files.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {
namespace {

constexpr std::uint64_t kMagicBytes = 4;

// Tells whether a URI is a name of the file.
class FileNames {
 public:
  FileNames(Stores& stores, const std::string& file)
      : stores_(stores),
        scheme_(scheme_of(file)),
        name_(broad_uri(file)),
        identity_(stores.identity(file)) {}

  bool hold(const std::string& uri) {
    const std::string broad = broad_uri(uri);
    if (broad == name_) return true;
    if (!identity_ || scheme_of(uri) != scheme_) return false;
    // Most snapshots of a job share most files: each is looked at once.
    if (!others_.insert(broad).second) return false;
    const auto place = stores_.identity(scheme_ == "file" ? broad : uri);
    if (place != identity_) return false;
    others_.erase(broad);
    return true;
  }

 private:
  Stores& stores_;
  const std::string scheme_;
  const std::string name_;
  const std::optional<std::string> identity_;
  std::unordered_set<std::string> others_;  // that are other files
};

// Counts the handles for certain files, by operator and role.
class UseCounter final : public TreeVisitor {
 public:
  UseCounter(const std::set<std::string>& uris, const References& references)
      : uris_(uris), references_(references) {}

  void handle(StreamStateHandle& handle, const Location& location) override {
    const std::string uri = file_uri_of(handle, references_.base, references_.default_file_system);
    if (uri.empty() || !uris_.contains(uri)) return;
    FileUse use;
    if (location.op != nullptr) {
      use.op = references_.operators.at(location.op->index).text;
      use.name = to_utf8(location.op->name);
    }
    use.role = primary_role(location.roles);
    // Those of an operator stand together, so those of others before it are not looked at.
    for (auto one = uses.rbegin(); one != uses.rend() && one->op == use.op; ++one) {
      if (one->role != use.role) continue;
      ++one->handles;
      return;
    }
    use.handles = 1;
    uses.push_back(std::move(use));
  }
  std::vector<FileUse> uses;

 private:
  const std::set<std::string>& uris_;
  const References& references_;
};

// That a store is away says nothing about a snapshot.
bool is_about_the_store(const Error& error) {
  return error.code() == "E-STORE-UNREACHABLE" || error.code() == "E-STORE-TEMPORARY" ||
         error.code() == "E-STORE-ENGINE" || error.code() == "E-STORE-ENDPOINT";
}

class UserSearch {
 public:
  UserSearch(Stores& stores, PluginRegistry& registry, DiagnosticSink& sink,
             const std::string& file)
      : stores_(stores), registry_(registry), sink_(sink), file_(stores, file) {}

  FileUsers run(const std::string& root) {
    ListOptions options;
    options.directories = options.follow_links = true;
    stores_.list(root, options, [&](const StoredFile& file) { see(file, root); });
    std::sort(pointers_.begin(), pointers_.end());
    for (const std::string& pointer : pointers_) look_at(pointer);
    for (const auto& entry : checkpoints_.unfinished()) found_.unfinished.push_back(entry.first);
    return std::move(found_);
  }

 private:
  void see(const StoredFile& file, const std::string& root) {
    checkpoints_.see(file);
    if (file.uri.ends_with('/')) return;
    const SnapshotName name = snapshot_name(file.uri);
    if (name == SnapshotName::completed_checkpoint) {
      found_.unread.push_back(
          {file.uri,
           {.code = "E-WHO-UNSURE",
            .message = "a file for high availability: which checkpoint it names can't be told",
            .subject = file.uri,
            .hint = "name a directory that has none in it"}});
      return;
    }
    const bool is_metadata = last_name(file.uri) == "_metadata";
    const bool may_be = name == SnapshotName::snapshot ||
                        (scheme_of(file.uri) == "file" && !in_state_directory(file.uri, root));
    if (is_metadata ||
        (may_be && file.size >= kMagicBytes && begins_as_snapshot(stores_, file.uri))) {
      pointers_.push_back(file.uri);
    }
  }

  void look_at(const std::string& pointer) {
    try {
      read(pointer);
    } catch (const Error& error) {
      if (is_about_the_store(error)) throw;
      // One that has gone since it was listed needs nothing.
      if (error.code() == "E-IO-NOT-FOUND" && !stores_.stat(pointer)) return;
      found_.unread.push_back({pointer, error.diagnostic()});
    }
  }

  void read(const std::string& pointer) {
    PartReader snapshot(open_metadata(pointer, stores_), registry_, sink_);
    const std::string base = without_slash(parent_of(pointer));
    const References references = collect_references(snapshot, base, stores_.default_file_system());
    if (references.unsafe_count > 0) {
      refuse("E-WHO-UNSURE", "the snapshot names places that are not followed", pointer,
             references.unsafe, "read it with 'dump'");
    }
    std::set<std::string> uris;
    for (const Reference& file : references.files) {
      const std::string own = references.in_own_store(file);
      if (file_.hold(file.uri) || (!own.empty() && file_.hold(own))) uris.insert(file.uri);
    }
    FileUser user{pointer, {}};
    if (file_.hold(pointer)) user.uses.push_back({{}, {}, Role::none, 1});
    if (!uris.empty()) {
      UseCounter counter(uris, references);
      TreeWalk walk(counter);
      snapshot.read(walk);
      for (FileUse& use : counter.uses) user.uses.push_back(std::move(use));
    }
    ++found_.snapshots;
    if (!user.uses.empty()) found_.users.push_back(std::move(user));
  }

  Stores& stores_;
  PluginRegistry& registry_;
  DiagnosticSink& sink_;
  FileNames file_;
  UnfinishedCheckpoints checkpoints_;
  std::vector<std::string> pointers_;
  FileUsers found_;
};

}  // namespace

FileUsers find_users(Stores& stores, PluginRegistry& registry, DiagnosticSink& sink,
                     const std::string& file, const std::string& root) {
  return UserSearch(stores, registry, sink, file).run(root);
}

}  // namespace stateferry
