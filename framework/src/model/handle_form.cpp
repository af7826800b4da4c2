#include "stateferry/model/handle_form.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

bool is_empty_segment(const StreamStateHandle& handle) noexcept {
  return std::holds_alternative<EmptySegmentFileStateHandle>(handle);
}

// ---------------------------------------------------------------------------- segments

// The last name of a path.
std::string_view last_name(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1);
}

// File names that are taken, whatever directory they are in: cheaper than to ask where each lies.
class NameCollector final : public TreeVisitor {
 public:
  explicit NameCollector(std::set<std::string>& names) : names_(names) {}
  void location(const Location& location, std::string_view& text) override {
    if (location.kind == LocationKind::file || location.kind == LocationKind::relative_file) {
      names_.insert(to_utf8(last_name(text)));
    }
  }

 private:
  std::set<std::string>& names_;
};

// Replaces segments by files; what is left are placeholders and the handles around.
class SegmentReplacer final : public TreeVisitor {
 public:
  SegmentReplacer(Arena& arena, const UnmergeOptions& options, std::set<std::string> names)
      : arena_(arena), options_(options), names_(std::move(names)) {}

  void enter_operator(const OperatorKey& op) override { op_ = op.index; }
  void handle(StreamStateHandle& handle, const Location& location) override {
    if (const auto* segment = std::get_if<SegmentFileStateHandle>(&handle)) {
      handle = file_of(*segment, location);
    }
  }
  std::vector<SegmentCopy> take() { return std::move(copies_); }

 private:
  // What SegmentFileStateHandle.equals compares. Flink has maps from handles: two that differ stay
  // two, even where they name the same bytes.
  using Part =
      std::tuple<std::string_view, std::int64_t, std::int64_t, std::int32_t, std::string_view>;

  StreamStateHandle file_of(const SegmentFileStateHandle& segment, const Location& location) {
    if (segment.size < 0) {
      throw CapabilityError("E-CAPABILITY-FIELD", "a segment of unknown size can't be cut out",
                            location.path->text());
    }
    const Part part{segment.path.text, segment.start_position, segment.size, segment.scope,
                    segment.logical_file_id};
    const auto [at, added] = names_of_parts_.try_emplace(part);
    if (added) at->second = copy_of(segment, location);
    if (options_.relative) return RelativeFileStateHandle{{at->second.name}, segment.size};
    return FileStateHandle{{at->second.target}, segment.size};
  }

  struct Texts {
    std::string_view name;    // modified UTF-8
    std::string_view target;  // modified UTF-8
  };
  Texts copy_of(const SegmentFileStateHandle& segment, const Location& location) {
    SegmentCopy copy;
    copy.source = to_utf8(segment.path.text);
    copy.offset = static_cast<std::uint64_t>(segment.start_position);
    copy.length = static_cast<std::uint64_t>(segment.size);
    copy.name = free_name(to_utf8(segment.logical_file_id));
    copy.target = join_prefix(options_.directory, "/" + copy.name);
    copy.role = primary_role(location.roles);
    copy.operator_index = op_;
    Texts texts{arena_.intern(from_utf8(copy.name)), arena_.intern(from_utf8(copy.target))};
    if (std::max(texts.name.size(), texts.target.size()) > kMaxUtfBytes) {
      throw CapabilityError("E-CAPABILITY-TEXT", "the path of a new file is too long",
                            location.path->text(), "choose a shorter directory");
    }
    copies_.push_back(std::move(copy));
    return texts;
  }

  // `wanted` if it can be a file name in any store and is free, else a name like it.
  std::string free_name(const std::string& wanted) {
    std::string name;
    for (const char c : wanted) {
      name += is_letter_or_digit(c) || c == '-' ? c : '_';
    }
    if (name.empty() || name.size() > kLongestName) name = "segment";
    if (!is_metadata(name) && names_.insert(name).second) return name;
    std::uint64_t& next = next_.try_emplace(name, 2).first->second;
    std::string free;
    do {
      free = name + "-" + std::to_string(next++);
    } while (!names_.insert(free).second);
    return free;
  }

  // In any case of letters: some stores don't tell them apart.
  static bool is_metadata(const std::string& name) { return in_small_letters(name) == "_metadata"; }

  static constexpr std::size_t kLongestName = 100;
  Arena& arena_;
  const UnmergeOptions& options_;
  std::set<std::string> names_;
  std::map<std::string, std::uint64_t> next_;  // number behind a name that is taken
  std::map<Part, Texts> names_of_parts_;
  std::vector<SegmentCopy> copies_;
  std::uint32_t op_ = 0;
};

// Placeholders where a handle must be.
class PlaceholderReplacer final : public TreeVisitor {
 public:
  void handle(StreamStateHandle& handle, const Location&) override {
    if (is_empty_segment(handle)) handle = empty_inline_handle();
  }
};

// The handle without merging; absent when it has no data.
OperatorStateHandle unmerged(const OperatorStateHandle& handle) {
  if (const auto* merging = std::get_if<FileMergingOperatorStreamStateHandle>(&handle)) {
    if (merging->empty || is_empty_segment(merging->delegate)) return NoHandle{};
    return OperatorStreamStateHandle{merging->states, merging->delegate};
  }
  const auto* plain = std::get_if<OperatorStreamStateHandle>(&handle);
  if (plain != nullptr && is_empty_segment(plain->delegate)) return NoHandle{};
  return handle;
}

void unmerge_list(List<OperatorStateHandle>& handles) {
  std::uint32_t kept = 0;
  for (const OperatorStateHandle& handle : handles) {
    const OperatorStateHandle result = unmerged(handle);
    const bool vanished =
        std::holds_alternative<NoHandle>(result) && !std::holds_alternative<NoHandle>(handle);
    if (!vanished) handles[kept++] = result;
  }
  handles.truncate(kept);
}

bool has_no_data(const KeyedStateHandle& handle) noexcept {
  if (const auto* k = std::get_if<KeyGroupsStateHandle>(&handle)) {
    return is_empty_segment(k->delegate);
  }
  const auto* s = std::get_if<KeyGroupsSavepointStateHandle>(&handle);
  return s != nullptr && is_empty_segment(s->delegate);
}

void unmerge_subtask(OperatorSubtaskState& state) {
  unmerge_list(state.managed_operator);
  unmerge_list(state.raw_operator);
  if (has_no_data(state.managed_keyed)) state.managed_keyed = NoHandle{};
  if (has_no_data(state.raw_keyed)) state.raw_keyed = NoHandle{};
}

}  // namespace

FileStateHandle absolute_handle(const RelativeFileStateHandle& relative, std::string_view directory,
                                Arena& arena) {
  const std::string joined = std::string(directory) + "/" + to_utf8(relative.relative_path.text);
  const auto path = normalize_flink_path(joined);
  if (!path) {
    throw RuleError("E-RULE-NOT-PATH", "'" + joined + "' is not a path as Flink writes it");
  }
  FileStateHandle absolute;
  absolute.size = relative.size;
  absolute.path.text = arena.intern(from_utf8(*path));
  return absolute;
}

std::optional<RelativeFileStateHandle> relative_handle(const FileStateHandle& file,
                                                       std::string_view directory, Arena& arena,
                                                       std::string_view file_system) {
  const std::string text = to_utf8(file.path.text);
  const auto normal = normalize_flink_path(text);
  if (!normal) return std::nullopt;
  const std::string uri = with_default_file_system(*normal, file_system);
  const auto rest = below_prefix(uri, with_default_file_system(directory, file_system));
  if (!rest || rest->size() < 2) return std::nullopt;
  const std::string_view name = rest->substr(1);
  // Path(directory, name) would take a colon for the end of a scheme.
  if (name.find_first_of("/:") != std::string_view::npos) return std::nullopt;
  RelativeFileStateHandle relative;
  relative.size = file.size;
  relative.relative_path.text = arena.intern(from_utf8(name));
  return relative;
}

ByteStreamStateHandle empty_inline_handle() noexcept {
  return ByteStreamStateHandle{{"empty-segment"}, {}};
}

std::vector<SegmentCopy> unmerge_segments(CheckpointMetadata& root, Arena& arena,
                                          const UnmergeOptions& options) {
  std::set<std::string> names;
  NameCollector collector(names);
  walk(root, collector);
  SegmentReplacer replacer(arena, options, std::move(names));
  walk(root, replacer);
  for (OperatorState& op : root.operators) {
    for (SubtaskEntry& entry : op.subtasks) unmerge_subtask(entry.state);
  }
  PlaceholderReplacer placeholders;
  walk(root, placeholders);
  return replacer.take();
}

}  // namespace stateferry
