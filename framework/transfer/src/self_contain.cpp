#include "stateferry/transfer/self_contain.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_set>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/model/handle_form.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

// Digests what it is given.
class DigestSink final : public ByteSink {
 public:
  void write(std::span<const std::byte> bytes) override { sha256_.update(bytes); }
  void commit() override {}
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return "(digest)"; }
  std::string hex() { return sha256_.hex(); }

 private:
  Sha256 sha256_;
};

std::string own_name(std::string_view uri) {
  std::string name(uri.substr(uri.rfind('/') + 1));
  // Flink would take what stands before a colon for a scheme.
  std::replace(name.begin(), name.end(), ':', '_');
  return name;
}

// Files that Flink deletes when no checkpoint needs them, rather than with their own one.
bool is_shared(const Reference& file) {
  return file.role == Role::incremental_shared || file.role == Role::changelog;
}

void refuse_segments(const References& references) {
  std::vector<std::string> notes;
  for (const Reference& file : references.files) {
    if (file.segments && notes.size() < 10) notes.push_back(file.uri);
  }
  if (notes.empty() && references.directories.empty()) return;
  Diagnostic d;
  d.code = "E-MOVE-SEGMENTS";
  d.message = "the snapshot has merged files, and no relative handle can name a part of a file";
  d.subject = references.base;
  d.notes = std::move(notes);
  d.hint = "cut them into files of their own with --unmerge";
  throw RuleError(std::move(d));
}

class Namer {
 public:
  Namer(const References& references, const std::string& directory, Stores& stores)
      : references_(references), directory_(directory), stores_(stores) {
    result_.base = references.base;
    for (const Reference& file : references.files) count(file);
  }

  DirectoryNames name(bool unmerge) {
    for (const Reference& file : references_.files) {
      if (unmerge && file.segments && !file.size) continue;
      const std::string canonical = canonical_uri(file.uri);
      if (result_.names.contains(canonical)) continue;
      result_.names.emplace(canonical, name_of(file, canonical));
    }
    return std::move(result_);
  }

 private:
  // What two files must have in common to be compared.
  using Likeness = std::tuple<std::uint64_t, bool, std::string>;
  static Likeness likeness(const Reference& file) {
    const bool local = scheme_of(file.uri) == "file";
    return {file.size.value_or(0), is_shared(file), local ? std::string() : own_name(file.uri)};
  }
  void count(const Reference& file) {
    if (file.size.value_or(0) == 0) return;
    if (seen_.insert(canonical_uri(file.uri)).second) ++alike_[likeness(file)];
  }

  std::string name_of(const Reference& file, const std::string& canonical) {
    if (file.size.value_or(0) > 0 && alike_[likeness(file)] > 1) {
      DigestSink digest;
      stores_.read(canonical, std::nullopt, digest);
      const auto [at, added] =
          by_content_.try_emplace({std::get<1>(likeness(file)), digest.hex()}, std::string());
      if (!added) {
        ++result_.one_copy;
        return at->second;
      }
      at->second = new_name(file);
      return at->second;
    }
    return new_name(file);
  }

  std::string new_name(const Reference& file) {
    const std::string own = own_name(file.uri);
    std::string name = own;
    for (int i = 2; !taken_.insert(name).second; ++i) name = own + "-" + std::to_string(i);
    if (name != own) ++result_.renamed;
    PlanRow row;
    row.source = file.uri;
    row.target = join_uri(directory_, name);
    row.bytes = file.size;
    row.at_least = file.at_least;
    row.role = std::string(role_name(file.role));
    row.op = references_.operator_text(file);
    row.handles = file.handles;
    result_.rows.push_back(std::move(row));
    return name;
  }

  const References& references_;
  const std::string& directory_;
  Stores& stores_;
  DirectoryNames result_;
  std::map<Likeness, std::uint64_t> alike_;
  std::unordered_set<std::string> seen_;
  std::map<std::pair<bool, std::string>, std::string> by_content_;
  std::set<std::string> taken_{"_metadata"};
};

std::string normal(std::string text) {
  auto made = normalize_flink_path(text);
  return made ? std::move(*made) : text;
}

// Replaces each file handle by a relative one.
class Relativizer final : public TreeVisitor {
 public:
  Relativizer(const DirectoryNames& names, Arena& arena) : names_(names), arena_(arena) {}

  void handle(StreamStateHandle& handle, const Location&) override {
    if (const auto* f = std::get_if<FileStateHandle>(&handle)) {
      replace(handle, normal(to_utf8(f->path.text)), f->size);
    } else if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) {
      replace(handle, normal(join_uri(names_.base, to_utf8(r->relative_path.text))), r->size);
    }
  }
  std::uint64_t changed = 0;

 private:
  void replace(StreamStateHandle& handle, const std::string& uri, std::int64_t size) {
    const std::string& name = names_.names.at(canonical_uri(uri));
    RelativeFileStateHandle relative;
    relative.relative_path.text = arena_.intern(from_utf8(name));
    relative.size = size;
    const auto* old = std::get_if<RelativeFileStateHandle>(&handle);
    if (old != nullptr && old->relative_path.text == relative.relative_path.text) return;
    handle = relative;
    ++changed;
  }

  const DirectoryNames& names_;
  Arena& arena_;
};

// Steps that the rule language has no words for: no parameters, for one run.
class OwnStep : public DocumentTransform {
 public:
  void configure(ParamBinder& params) final { params.finish(); }
};

class RelativeByNames final : public OwnStep {
 public:
  explicit RelativeByNames(const DirectoryNames& names) : names_(names) {}
  void apply(Document& document, DocumentContext& context) const override {
    Relativizer relativizer(names_, document.arena());
    walk(document.root(), relativizer);
    for (std::uint64_t i = 0; i < relativizer.changed; ++i) context.changed_elsewhere();
  }

 private:
  const DirectoryNames& names_;
};

class Unmerging final : public OwnStep {
 public:
  Unmerging(std::string directory, std::vector<PlanRow>& rows)
      : directory_(std::move(directory)), rows_(rows) {}
  void apply(Document& document, DocumentContext& context) const override {
    rows_.clear();
    const bool segments = has_segments(document);
    const UnmergeOptions options{directory_, true};
    for (const SegmentCopy& part : unmerge_segments(document.root(), document.arena(), options)) {
      PlanRow& row = rows_.emplace_back();
      row.source = part.source;
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
};

}  // namespace

DirectoryNames names_in_one_directory(const References& references, const std::string& directory,
                                      bool unmerge, Stores& stores) {
  if (!unmerge) refuse_segments(references);
  return Namer(references, directory, stores).name(unmerge);
}

std::shared_ptr<const Transform> relative_by_names(const DirectoryNames& names) {
  return std::make_shared<RelativeByNames>(names);
}

std::shared_ptr<const Transform> unmerging(std::string directory, std::vector<PlanRow>& rows) {
  return std::make_shared<Unmerging>(std::move(directory), rows);
}

}  // namespace stateferry
