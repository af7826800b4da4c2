#include "stateferry/transfer/references.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/recent_directories.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kUnsafeShown = 10;

std::string absolute_text(std::string text) {
  if (is_normal_flink_path(text)) return text;
  auto normal = normalize_flink_path(text);
  return normal ? std::move(*normal) : text;
}

bool leads_upwards(std::string_view path) {
  for (;;) {
    const auto slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

bool is_plain_relative(std::string_view path) {
  return !path.empty() && path.front() != '/' && !has_scheme(path) && !leads_upwards(path);
}
// Not a path below the working directory of whoever opens it, nor one that leads upwards.
bool may_be_followed(std::string_view uri) {
  return (has_scheme(uri) || uri.starts_with('/')) && !leads_upwards(uri);
}

// What a handle claims of its file.
struct Claim {
  ReferenceList::Place place;
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
  // `only` may be null.
  Collector(References& references, LocationFilter* only) : references_(references), only_(only) {}

  void enter_operator(const OperatorKey& op) override {
    if (only_ != nullptr) only_->enter_operator(op);
    references_.operators.push_back({operator_text(op)});
  }

  void handle(StreamStateHandle& handle, const Location& location) override {
    if (only_ != nullptr && !only_->selects(location, normal_text(location.text))) return;
    Claim claim;
    if (const auto* f = std::get_if<FileStateHandle>(&handle)) {
      claim.size = known_size(f->size);
      if (!locate(f->path.text, claim, location)) return;
    } else if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) {
      claim.size = known_size(r->size);
      claim.relative = true;
      if (!locate_relative(r->relative_path.text, claim, location)) return;
    } else if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) {
      claim.segment = true;
      const std::uint64_t start = known_size(s->start_position).value_or(0);
      claim.at_least = start + known_size(s->size).value_or(0);
      if (!locate(s->path.text, claim, location)) return;
    } else {
      return;
    }
    claim.at_least = std::max(claim.at_least, claim.size.value_or(0));
    // Flink counts what it has logged, not the byte in front that says whether it is compressed.
    if (any(location.roles, Role::changelog)) claim.size.reset();
    add(claim, location);
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
  // What is known of the files in a directory.
  struct Near {
    std::uint32_t directory = 0;
    bool bare = false;
  };

  static std::string normal_text(std::string_view text) { return absolute_text(to_utf8(text)); }
  // Where Flink would look for it.
  std::string located(std::string_view text) {
    const std::string uri = normal_text(text);
    const std::string_view root = store_root_of(uri);
    if (!has_root_ || root != last_root_) {
      last_root_ = root;
      has_root_ = true;
      references_.store_roots.insert(last_root_);
    }
    return with_default_file_system(uri, references_.default_file_system);
  }

  // The place of an absolute text; false: it is not to be followed.
  bool locate(std::string_view text, Claim& claim, const Location& location) {
    if (const auto* const near = recent_.find(text)) {
      claim.place = {near->known.directory, text.substr(near->directory.size())};
      claim.bare = near->known.bare;
      return true;
    }
    uri_ = located(text);
    claim.bare = last_root_.empty();
    if (!place(claim, location)) return false;
    remember(text, claim);
    return true;
  }
  // The same of a relative one.
  bool locate_relative(std::string_view text, Claim& claim, const Location& location) {
    const std::string path = to_utf8(text);
    if (!is_plain_relative(path)) {
      refuse(path, location);
      return false;
    }
    uri_ = absolute_text(join_uri(references_.base, path));
    return place(claim, location);
  }
  // That of uri_.
  bool place(Claim& claim, const Location& location) {
    if (!may_be_followed(uri_)) {
      refuse(uri_, location);
      return false;
    }
    claim.place = references_.files.place_of(uri_);
    return true;
  }
  // What holds of all files that lie where `text` does, if it came as Flink writes it.
  void remember(std::string_view text, const Claim& claim) {
    const std::string_view directory = plain_directory_of(text);
    const std::string as_it_came = with_default_file_system(text, references_.default_file_system);
    if (directory.empty() || uri_ != as_it_came) return;
    recent_.add(directory, {claim.place.directory, claim.bare}, [](const auto&) {});
  }

  void refuse(const std::string& text, const Location& location) {
    if (++references_.unsafe_count > kUnsafeShown) return;
    references_.unsafe.push_back(text + " (" + location.path->text() + ")");
  }

  void add(const Claim& claim, const Location& location) {
    const auto [file, added] = references_.files.at(claim.place, claim.relative);
    if (added) {
      file.op = location.op == nullptr ? kNoOperator : location.op->index;
      file.role = primary_role(location.roles);
      set_size(file, claim.size);
    }
    ++file.handles;
    file.segments |= claim.segment;
    file.bare |= claim.bare;
    // Handles that contradict each other: none can be believed.
    if (claim.size && file.has_size && *claim.size != file.size) set_size(file, std::nullopt);
    if (claim.size && !file.has_size && file.at_least == 0) set_size(file, claim.size);
    file.at_least = std::max(file.at_least, claim.at_least);
  }
  static void set_size(ReferenceList::Entry& file, std::optional<std::uint64_t> size) {
    file.has_size = size.has_value();
    file.size = size.value_or(0);
  }

  References& references_;
  LocationFilter* const only_;
  std::unordered_set<std::string> directories_;
  std::string last_root_;  // mostly the next one's, too
  bool has_root_ = false;
  std::string uri_;  // of the handle in hand, where it had to be worked out
  RecentDirectories<Near> recent_;
};

template <class Show>
References collect(const std::string& base, std::string_view file_system, LocationFilter* only,
                   Show&& show) {
  References references;
  references.base = without_slash(base);
  references.default_file_system = file_system;
  Collector collector(references, only);
  TreeWalk parts(collector);
  show(parts);
  return references;
}

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

std::string file_uri_of(const StreamStateHandle& handle, const std::string& base,
                        std::string_view file_system) {
  std::string uri;
  if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) {
    const std::string path = to_utf8(r->relative_path.text);
    if (!is_plain_relative(path)) return {};
    uri = absolute_text(join_uri(base, path));
  } else if (const auto* f = std::get_if<FileStateHandle>(&handle)) {
    uri = with_default_file_system(absolute_text(to_utf8(f->path.text)), file_system);
  } else if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) {
    uri = with_default_file_system(absolute_text(to_utf8(s->path.text)), file_system);
  }
  return may_be_followed(uri) ? uri : std::string();
}

References collect_references(Document& document, const std::string& base,
                              std::string_view file_system) {
  return collect(base, file_system, nullptr,
                 [&](PartVisitor& parts) { show_parts(document.root(), parts); });
}

References collect_references(PartReader& snapshot, const std::string& base,
                              std::string_view file_system, LocationFilter* only) {
  return collect(base, file_system, only, [&](PartVisitor& parts) { snapshot.read(parts); });
}

}  // namespace stateferry
