#include "support/inventory.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/holds_state.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/recent_directories.hpp"
#include "stateferry/uri/uri_scanner.hpp"

namespace stateferry::cli {
namespace {

// As many as a list for programs holds.
constexpr std::size_t kMostInlineUris = 1000;

// Counts handles and locations.
class Counter final : public TreeVisitor {
 public:
  Counter(Inventory& inventory, std::string base_uri, std::string file_system,
          const OperatorNames* names)
      : inventory_(inventory),
        base_uri_(std::move(base_uri)),
        file_system_(std::move(file_system)),
        names_(names) {}

  void enter_operator(const OperatorKey& op) override { op_ = &inventory_.operators[op.index]; }

  void handle(StreamStateHandle& handle, const Location& location) override {
    const std::uint64_t bytes = state_size_of(handle);
    if (std::holds_alternative<RelativeFileStateHandle>(handle)) ++inventory_.relative_files;
    if (op_ == nullptr) return;
    if (std::holds_alternative<ByteStreamStateHandle>(handle)) op_->inline_bytes += bytes;
    (any(location.roles, Role::coordinator) ? op_->coordinator_bytes : op_->total_bytes) += bytes;
  }

  void location(const Location& location, std::string_view& text) override {
    if (!is_absolute(location.kind)) return;
    const bool is_directory = location.kind == LocationKind::directory;
    if (auto* const near = is_directory ? nullptr : recent_.find(text)) {
      ++near->known.again;
      outside_ |= lies_outside(location, near->known.scope);
      return;
    }
    std::string uri = to_utf8(text);
    if (auto normal = normalize_flink_path(uri)) uri = std::move(*normal);
    inventory_.roots.add(uri, is_directory);
    const Scope scope = scope_here(uri);
    outside_ |= lies_outside(location, scope);
    if (is_directory || uri != text) return;
    const std::string_view directory = plain_directory_of(uri);
    if (directory.empty() || may_hold_a_place(directory)) return;
    recent_.add(directory, {scope, uri, 0}, [&](auto& entry) { count(entry.known); });
  }

  void inline_state(const Location& place, bool /*behind_a_handle*/) override {
    find_uris(place.state,
              [&](const FoundUri& uri) { inventory_.inline_uris.add(place, uri, names_); });
  }

  void finish() {
    recent_.for_each([&](auto& entry) { count(entry.known); });
    const std::size_t roots = inventory_.roots.all().size();
    if (roots > 1) {
      inventory_.verdict = Verdict::rewrite_map;
    } else if (roots == 1) {
      inventory_.verdict = outside_ ? Verdict::not_self_contained : Verdict::rewrite;
    } else {
      inventory_.verdict =
          inventory_.inline_uris.count > 0 ? Verdict::opaque : Verdict::relocatable;
    }
  }

 private:
  // What holds of all files in a directory.
  struct Near {
    Scope scope = Scope::foreign;
    std::string uri;          // of the first of them
    std::uint64_t again = 0;  // how many more there were
  };

  void count(Near& near) {
    if (near.again > 0) inventory_.roots.add(near.uri, false, near.again);
    near.again = 0;
  }
  Scope scope_here(const std::string& uri) const {
    return base_uri_.empty() ? Scope::foreign : scope_of(uri, base_uri_, file_system_);
  }
  // Whether the snapshot's own directory, or one beside it, lies below: of such a directory not all
  // files have one scope.
  bool may_hold_a_place(std::string_view directory) const {
    return with_default_file_system(base_uri_, file_system_)
        .starts_with(with_default_file_system(directory, file_system_));
  }
  // Whether the file lies outside of the snapshot's own directory. A copy of _metadata elsewhere
  // says nothing about where it came from; then the kind of state does: shared, merged and
  // changelog files are never in it.
  static bool lies_outside(const Location& location, Scope scope) {
    if (scope != Scope::foreign) return scope != Scope::exclusive;
    return location.kind != LocationKind::file ||
           any(location.roles, Role::incremental_shared | Role::changelog);
  }

  Inventory& inventory_;
  std::string base_uri_;
  std::string file_system_;
  const OperatorNames* names_;
  OperatorInventory* op_ = nullptr;
  bool outside_ = false;
  RecentDirectories<Near> recent_;
};

// Counts handles by class, through the same list of members that dumps use.
class HandleCounter {
 public:
  template <ModelRecord R>
  void count(const R& record) {
    for_each_member(record, [&](const Field&, const auto& member) { count_member(member); });
  }
  std::map<std::string, std::uint64_t> counts() const {
    std::map<std::string, std::uint64_t> by_name;
    for (const auto& [type, count] : counts_) by_name[type] += count;
    return by_name;
  }
  template <class T>
  void count_member(const T& value) {
    if constexpr (kIsList<T>) {
      for (const auto& element : value) count_member(element);
    } else if constexpr (kIsVariant<T>) {
      std::visit([&](const auto& h) { alternative(h); }, value);
    } else if constexpr (ModelRecord<T>) {
      count(value);
    }
  }

 private:
  template <class H>
  void alternative(const H& h) {
    if constexpr (std::is_pointer_v<H>) {
      alternative(*h);
    } else if constexpr (!std::is_same_v<H, NoHandle>) {
      ++count_of(Members<H>::type);
      count(h);
    }
  }
  // Of a few classes, those first that come first.
  std::uint64_t& count_of(const char* type) {
    for (auto& [known, count] : counts_) {
      if (known == type) return count;
    }
    return counts_.emplace_back(type, 0).second;
  }

  std::vector<std::pair<const char*, std::uint64_t>> counts_;
};

// Of all bodies of the version: a file often fits several.
std::string releases_that_write(std::span<const DialectInfo> bodies) {
  ReleaseRange range;
  for (const DialectInfo& d : bodies) {
    if (d.written_by.empty()) continue;
    range.first = std::min(range.first, d.written_by.first);
    range.last = std::max(range.last, d.written_by.last);
  }
  if (range.empty()) return "no released Flink";
  return "Flink " + to_string(range.first) +
         (range.first == range.last ? "" : " … " + to_string(range.last));
}

std::uint64_t inline_changes(const KeyedStateHandle& handle) {
  std::uint64_t bytes = 0;
  if (const auto* log = std::get_if<InMemoryChangelogStateHandle>(&handle)) {
    for (const StateChange& change : log->changes) bytes += change.change.size();
  } else if (const auto* backend = std::get_if<ChangelogStateBackendHandle*>(&handle)) {
    for (const KeyedStateHandle& part : (*backend)->non_materialized) {
      bytes += inline_changes(part);
    }
  }
  return bytes;
}

OperatorInventory operator_figures(const OperatorState& op, const OperatorNames* names) {
  OperatorKey key{0, op.id, op.uid, op.name};
  if (names != nullptr) key = names->complete(key);
  OperatorInventory figures;
  figures.name = to_utf8(key.name);
  figures.uid = to_utf8(key.uid);
  figures.hash = to_hex(op.id);
  figures.parallelism = op.parallelism;
  figures.max_parallelism = op.max_parallelism;
  figures.fully_finished = op.fully_finished;
  return figures;
}

// Shows each part to all that count.
class InventoryPass final : public PartVisitor {
 public:
  InventoryPass(Inventory& inventory, Counter& counter, ReadersSearch& readers,
                const OperatorNames* names)
      : inventory_(inventory), walk_(counter), readers_(readers), names_(names) {}

  void begin(CheckpointMetadata& root) override {
    inventory_.checkpoint_id = root.checkpoint_id;
    inventory_.master_states = root.master_states.size();
    for_each_visitor([&](PartVisitor& visitor) { visitor.begin(root); });
  }
  void begin_operator(OperatorState& op, std::uint32_t index) override {
    inventory_.operators.push_back(operator_figures(op, names_));
    for_each_member_before<SubtaskEntry>(
        op, [&](const Field&, const auto& member) { handles_.count_member(member); });
    for_each_visitor([&](PartVisitor& visitor) { visitor.begin_operator(op, index); });
  }
  void subtask(SubtaskEntry& entry, std::uint32_t index) override {
    OperatorInventory& figures = inventory_.operators.back();
    ++figures.subtasks;
    if (entry.finished) ++figures.finished_subtasks;
    const std::uint64_t bytes = inline_changes(entry.state.managed_keyed);
    figures.total_bytes += bytes;
    figures.inline_bytes += bytes;
    handles_.count(entry);
    for_each_visitor([&](PartVisitor& visitor) { visitor.subtask(entry, index); });
  }
  void end_operator(OperatorState& op) override {
    for_each_visitor([&](PartVisitor& visitor) { visitor.end_operator(op); });
  }
  void end(CheckpointMetadata& root) override {
    inventory_.kind = snapshot_kind(root.properties);
    inventory_.handles = handles_.counts();
    for_each_visitor([&](PartVisitor& visitor) { visitor.end(root); });
  }

 private:
  template <class F>
  void for_each_visitor(F&& f) {
    f(walk_);
    f(readers_);
  }

  Inventory& inventory_;
  TreeWalk walk_;
  ReadersSearch& readers_;
  HandleCounter handles_;
  const OperatorNames* names_;
};

}  // namespace

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::relocatable:
      return "relocatable";
    case Verdict::rewrite:
      return "rewrite";
    case Verdict::rewrite_map:
      return "rewrite-map";
    case Verdict::not_self_contained:
      return "not-self-contained";
    case Verdict::opaque:
      break;
  }
  return "opaque";
}

const char* verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::relocatable:
      return "all handles are relative or inline: just copy the directory";
    case Verdict::rewrite:
      return "absolute URIs below one root: rewrite them when the files move";
    case Verdict::rewrite_map:
      return "absolute URIs below several roots: rewrite them with a map of prefixes";
    case Verdict::not_self_contained:
      return "files outside of the snapshot's own directory: move them together and rewrite";
    case Verdict::opaque:
      break;
  }
  return "all handles are relative or inline, but inline bytes hold storage URIs: nobody can "
         "promise";
}

Inventory take_inventory(PartReader& snapshot, const Dialects& dialects,
                         const std::string& base_uri, const std::string& file_system,
                         const OperatorNames* names) {
  Inventory inventory;
  inventory.dialect = snapshot.dialect();
  const auto bodies = dialects.of_version(inventory.dialect.format_version);
  inventory.written_by = releases_that_write(bodies);
  inventory.released = std::any_of(bodies.begin(), bodies.end(),
                                   [](const DialectInfo& d) { return !d.read_by.empty(); });
  inventory.inline_uris.limit = kMostInlineUris;
  Counter counter(inventory, base_uri, file_system, names);
  ReadersSearch readers(*dialects.find(inventory.dialect), dialects);
  InventoryPass pass(inventory, counter, readers, names);
  snapshot.read(pass);
  counter.finish();
  inventory.readers = readers.result();
  return inventory;
}

}  // namespace stateferry::cli
