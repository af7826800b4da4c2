#include "stateferry/transfer/references.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kUnsafeShown = 10;

bool leads_upwards(std::string_view path) {
  for (;;) {
    const auto slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

// What a handle claims of its file.
struct Claim {
  std::string uri;
  bool relative = false;
  bool bare = false;
  bool segment = false;
  std::optional<std::uint64_t> size;
  std::uint64_t at_least = 0;
};

std::optional<std::uint64_t> known_size(std::int64_t size) {
  return size < 0 ? std::nullopt : std::optional<std::uint64_t>(static_cast<std::uint64_t>(size));
}

class Collector final : public TreeVisitor {
 public:
  explicit Collector(References& references) : references_(references) {}

  void enter_operator(const OperatorKey& op) override {
    references_.operators.push_back(
        {op.uid.empty() ? "hash:" + to_hex(op.id) : "uid:" + to_utf8(op.uid)});
  }

  void handle(StreamStateHandle& handle, const Location& location) override {
    Claim claim;
    if (const auto* f = std::get_if<FileStateHandle>(&handle)) {
      claim.uri = located(f->path.text);
      claim.bare = last_root_.empty();
      claim.size = known_size(f->size);
    } else if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) {
      const std::string path = to_utf8(r->relative_path.text);
      if (path.empty() || path.front() == '/' || has_scheme(path) || leads_upwards(path)) {
        return refuse(path, location);
      }
      claim.uri = absolute_text(join_uri(references_.base, path));
      claim.relative = true;
      claim.size = known_size(r->size);
    } else if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) {
      claim.uri = located(s->path.text);
      claim.bare = last_root_.empty();
      claim.segment = true;
      const std::uint64_t start = known_size(s->start_position).value_or(0);
      claim.at_least = start + known_size(s->size).value_or(0);
    } else {
      return;
    }
    // A path below the working directory of whoever opens it.
    if (!has_scheme(claim.uri) && !claim.uri.starts_with('/')) return refuse(claim.uri, location);
    if (leads_upwards(claim.uri)) return refuse(claim.uri, location);
    claim.at_least = std::max(claim.at_least, claim.size.value_or(0));
    // Flink counts what it has logged, not the byte in front that says whether it is compressed.
    if (any(location.roles, Role::changelog)) claim.size.reset();
    add(std::move(claim), location);
  }

  void location(const Location& location, std::string_view& text) override {
    if (location.kind != LocationKind::directory) return;
    std::string directory = without_slash(located(text));
    if (directory.empty()) return;
    if (leads_upwards(directory)) return refuse(directory, location);
    if (directories_.insert(directory).second) {
      references_.directories.push_back(std::move(directory));
    }
  }

 private:
  static std::string absolute_text(std::string text) {
    if (is_normal_flink_path(text)) return text;
    auto normal = normalize_flink_path(text);
    return normal ? std::move(*normal) : text;
  }
  // Where Flink would look for it.
  std::string located(std::string_view text) {
    const std::string uri = absolute_text(to_utf8(text));
    const std::string_view root = store_root_of(uri);
    if (!has_root_ || root != last_root_) {
      last_root_ = root;
      has_root_ = true;
      references_.store_roots.insert(last_root_);
    }
    return with_default_file_system(uri, references_.default_file_system);
  }

  void refuse(const std::string& text, const Location& location) {
    if (++references_.unsafe_count > kUnsafeShown) return;
    references_.unsafe.push_back(text + " (" + location.path->text() + ")");
  }

  void add(Claim claim, const Location& location) {
    std::string key = canonical_uri(claim.uri);
    if (claim.relative) key += '\n';  // in no URI that Flink writes
    const auto [at, added] = index_.try_emplace(std::move(key), references_.files.size());
    if (added) {
      Reference file;
      file.uri = std::move(claim.uri);
      file.relative = claim.relative;
      file.op = location.op == nullptr ? kNoOperator : location.op->index;
      file.role = primary_role(location.roles);
      file.size = claim.size;
      references_.files.push_back(std::move(file));
    }
    Reference& file = references_.files[at->second];
    ++file.handles;
    file.segments |= claim.segment;
    file.bare |= claim.bare;
    // Handles that contradict each other: none can be believed.
    if (claim.size && file.size && *claim.size != *file.size) file.size.reset();
    if (claim.size && !file.size && file.at_least == 0) file.size = claim.size;
    file.at_least = std::max(file.at_least, claim.at_least);
  }

  References& references_;
  std::unordered_map<std::string, std::size_t> index_;
  std::unordered_set<std::string> directories_;
  std::string last_root_;  // mostly the next one's, too
  bool has_root_ = false;
};

}  // namespace

std::string References::in_own_store(const Reference& file) const {
  if (!file.bare) return {};
  std::string own(store_root_of(base));
  own += split_flink_path(file.uri).path;
  return canonical_uri(own) == canonical_uri(file.uri) ? std::string() : own;
}

std::string References::operator_text(const Reference& file) const {
  return file.op < operators.size() ? operators[file.op].text : std::string();
}

References collect_references(Document& document, const std::string& base,
                              std::string_view file_system) {
  References references;
  references.base = without_slash(base);
  references.default_file_system = file_system;
  Collector collector(references);
  walk(document.root(), collector);
  return references;
}

}  // namespace stateferry
