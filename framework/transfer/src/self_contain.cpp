#include "stateferry/transfer/self_contain.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "refusal.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/model/handle_form.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/transfer/restore_modes.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

std::string own_name(std::string_view uri) {
  std::string name(last_name(uri));
  // Flink would take what stands before a colon for a scheme.
  std::replace(name.begin(), name.end(), ':', '_');
  return name;
}

void refuse_segments(const References& references) {
  std::vector<std::string> notes;
  for (const Reference& file : references.files) {
    if (file.segments && notes.size() < 10) notes.push_back(file.uri);
  }
  if (notes.empty() && references.directories.empty()) return;
  refuse("E-MOVE-SEGMENTS",
         "the snapshot has merged files, and no relative handle can name a part of a file",
         references.base, std::move(notes), "cut them into files of their own with --unmerge");
}

std::string normal(std::string text) {
  auto made = normalize_flink_path(text);
  return made ? std::move(*made) : text;
}

// What a handle of a whole file says of it.
struct NamedFile {
  std::string uri;  // in Flink's form
  bool relative = false;
  bool bare = false;  // its text has no scheme
};
std::optional<NamedFile> named_file(const StreamStateHandle& handle, const std::string& base,
                                    const std::string& file_system) {
  if (const auto* f = std::get_if<FileStateHandle>(&handle)) {
    const std::string text = normal(to_utf8(f->path.text));
    return NamedFile{with_default_file_system(text, file_system), false, !has_scheme(text)};
  }
  if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) {
    return NamedFile{normal(join_uri(base, to_utf8(r->relative_path.text))), true, false};
  }
  return std::nullopt;
}

// Equal for handles that Flink takes for equal, and for no others: it has maps from handles, so two
// that become one lose what belongs to the other. s3 and s3a are two here.
std::string identity_of(const NamedFile& file) {
  return (file.relative ? "\n" : file.bare ? "\n\n" : "") + file.uri;
}

// Gives each handle of another identity a name of its own.
class Namer final : public TreeVisitor {
 public:
  Namer(const References& references, const std::string& directory)
      : references_(references), directory_(directory) {
    result_.base = references.base;
    result_.file_system = references.default_file_system;
    std::size_t number = 0;
    for (const Reference& file : references.files) {
      known_.emplace(identity_of({canonical_uri(file.uri), file.relative, false}), number++);
    }
  }
  DirectoryNames take() { return std::move(result_); }

  void handle(StreamStateHandle& handle, const Location& location) override {
    const auto file = named_file(handle, references_.base, result_.file_system);
    if (!file) return;
    const auto [at, added] = rows_.try_emplace(identity_of(*file), result_.rows.size());
    if (added) {
      result_.names.emplace(at->first, new_name(*file, location));
    } else {
      ++result_.rows[at->second].handles;
    }
  }

 private:
  std::string new_name(const NamedFile& file, const Location& location) {
    const Reference known =
        references_.files[known_.at(identity_of({canonical_uri(file.uri), file.relative, false}))];
    std::string name = free_name(own_name(file.uri));
    PlanRow row;
    row.source = file.uri;
    row.target = join_uri(directory_, name);
    row.bytes = known.size;
    row.at_least = known.at_least;
    row.role = std::string(role_name(primary_role(location.roles)));
    if (location.op != nullptr) row.op = references_.operators[location.op->index].text;
    refuse_metadata_name(row);
    result_.rows.push_back(std::move(row));
    return name;
  }

  std::string free_name(const std::string& own) {
    std::string name = own;
    if (take_name(own)) return name;
    ++result_.renamed;
    std::uint64_t& next = next_.try_emplace(own, 2).first->second;
    do name = own + "-" + std::to_string(next++);
    while (!take_name(name));
    return name;
  }
  bool take_name(const std::string& name) {
    ++result_.tried;
    return taken_.insert(name).second;
  }

  const References& references_;
  const std::string& directory_;
  DirectoryNames result_;
  std::unordered_map<std::string, std::size_t> known_;  // places in the list
  std::unordered_map<std::string, std::size_t> rows_;
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, std::uint64_t> next_;  // number behind a name that is taken
};

// Replaces each file handle by a relative one.
class Relativizer final : public TreeVisitor {
 public:
  Relativizer(const DirectoryNames& names, Arena& arena) : names_(names), arena_(arena) {}

  void handle(StreamStateHandle& handle, const Location&) override {
    const auto file = named_file(handle, names_.base, names_.file_system);
    if (!file) return;
    const std::string& name = names_.names.at(identity_of(*file));
    RelativeFileStateHandle relative;
    relative.relative_path.text = arena_.intern(from_utf8(name));
    relative.size = size_of(handle);
    const auto* old = std::get_if<RelativeFileStateHandle>(&handle);
    if (old != nullptr && old->relative_path.text == relative.relative_path.text) return;
    handle = relative;
    ++changed;
  }
  std::uint64_t changed = 0;

 private:
  static std::int64_t size_of(const StreamStateHandle& handle) {
    const auto* file = std::get_if<FileStateHandle>(&handle);
    return file != nullptr ? file->size : std::get<RelativeFileStateHandle>(handle).size;
  }

  const DirectoryNames& names_;
  Arena& arena_;
};

// Replaces the relative handles that Flink takes over into later checkpoints by absolute ones.
class Anchor final : public TreeVisitor {
 public:
  Anchor(const std::string& directory, Arena& arena) : directory_(directory), arena_(arena) {}

  void handle(StreamStateHandle& handle, const Location& location) override {
    const auto* relative = std::get_if<RelativeFileStateHandle>(&handle);
    if (relative == nullptr || !is_reused(location)) return;
    handle = absolute_handle(*relative, directory_, arena_);
    ++changed;
  }
  std::uint64_t changed = 0;

 private:
  const std::string& directory_;
  Arena& arena_;
};

// Steps that the rule language has no words for: no parameters, for one run.
class OwnStep : public DocumentTransform {
 public:
  void configure(ParamBinder& params) final { params.finish(); }
};

// Changes handles by a visitor that is made of `Of` and the arena, and counts what it changes.
template <class Visitor, class Of>
class Walking final : public OwnStep {
 public:
  explicit Walking(Of of) : of_(std::move(of)) {}
  void apply(Document& document, DocumentContext& context) const override {
    Visitor visitor(of_, document.arena());
    walk(document.root(), visitor);
    for (std::uint64_t i = 0; i < visitor.changed; ++i) context.changed_elsewhere();
  }

 private:
  Of of_;
};

class Unmerging final : public OwnStep {
 public:
  Unmerging(std::string directory, std::vector<PlanRow>& rows, std::string file_system)
      : directory_(std::move(directory)), rows_(rows), file_system_(std::move(file_system)) {}
  void apply(Document& document, DocumentContext& context) const override {
    rows_.clear();
    const bool segments = has_segments(document);
    const UnmergeOptions options{directory_, true};
    for (const SegmentCopy& part : unmerge_segments(document.root(), document.arena(), options)) {
      PlanRow& row = rows_.emplace_back();
      row.source = with_default_file_system(part.source, file_system_);
      row.target = part.target;
      row.bytes = row.at_least = part.length;
      row.range = ByteRange{part.offset, part.length};
      row.role = std::string(role_name(primary_role(part.role)));
      context.changed_elsewhere();
    }
    if (rows_.empty() && segments) context.changed_elsewhere();
  }

 private:
  // Whether there is anything of file merging, if only placeholders without data.
  static bool has_segments(Document& document) {
    const References references = collect_references(document, {});
    return !references.directories.empty() ||
           std::any_of(references.files.begin(), references.files.end(),
                       [](const Reference& file) { return file.segments; });
  }

  std::string directory_;
  std::vector<PlanRow>& rows_;
  std::string file_system_;
};

template <class T, class... Args>
Step own_step(const char* name, Args&&... args) {
  Step step;
  step.id = step.uses = name;
  step.transform = std::make_shared<T>(std::forward<Args>(args)...);
  return step;
}

}  // namespace

DirectoryNames names_in_one_directory(Document& document, const References& references,
                                      const std::string& directory, bool unmerge) {
  if (!unmerge) refuse_segments(references);
  Namer namer(references, directory);
  walk(document.root(), namer);
  return namer.take();
}

Step relative_by_names(const DirectoryNames& names) {
  return own_step<Walking<Relativizer, const DirectoryNames&>>("relative", names);
}

Step anchoring(std::string directory) {
  return own_step<Walking<Anchor, std::string>>("anchor", std::move(directory));
}

Step unmerging(std::string directory, std::vector<PlanRow>& rows, std::string file_system) {
  return own_step<Unmerging>("unmerge", std::move(directory), rows, std::move(file_system));
}

}  // namespace stateferry
