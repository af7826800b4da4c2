#include "support/inventory.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::cli {
namespace {

// As many as a list for programs holds.
constexpr std::size_t kMostInlineUris = 1000;

class Counter final : public TreeVisitor {
 public:
  Counter(Inventory& inventory, std::string base_uri, std::string file_system)
      : inventory_(inventory),
        base_uri_(std::move(base_uri)),
        file_system_(std::move(file_system)) {}

  void enter_operator(const OperatorKey& op) override { op_ = &inventory_.operators[op.index]; }

  void handle(StreamStateHandle& handle, const Location& location) override {
    std::uint64_t bytes = 0;
    if (const auto* b = std::get_if<ByteStreamStateHandle>(&handle)) {
      bytes = b->data.size();
      if (op_ != nullptr) op_->inline_bytes += bytes;
    } else if (const auto* f = std::get_if<FileStateHandle>(&handle)) {
      bytes = f->size > 0 ? static_cast<std::uint64_t>(f->size) : 0;
    } else if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) {
      bytes = r->size > 0 ? static_cast<std::uint64_t>(r->size) : 0;
      ++inventory_.relative_files;
    } else if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) {
      bytes = s->size > 0 ? static_cast<std::uint64_t>(s->size) : 0;
    }
    if (op_ == nullptr) return;
    (any(location.roles, Role::coordinator) ? op_->coordinator_bytes : op_->total_bytes) += bytes;
  }

  void location(const Location& location, std::string_view& text) override {
    if (!is_absolute(location.kind)) return;
    std::string uri = to_utf8(text);
    if (auto normal = normalize_flink_path(uri)) uri = std::move(*normal);
    inventory_.roots.add(uri, location.kind == LocationKind::directory);
    outside_ |= lies_outside(location, uri);
  }

  void finish() {
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
  // Whether the file lies outside of the snapshot's own directory. A copy of _metadata elsewhere
  // says nothing about where it came from; then the kind of state does: shared, merged and
  // changelog files are never in it.
  bool lies_outside(const Location& location, const std::string& uri) const {
    const Scope scope = base_uri_.empty() ? Scope::foreign : scope_of(uri, base_uri_, file_system_);
    if (scope != Scope::foreign) return scope != Scope::exclusive;
    return location.kind != LocationKind::file ||
           any(location.roles, Role::incremental_shared | Role::changelog);
  }

  Inventory& inventory_;
  std::string base_uri_;
  std::string file_system_;
  OperatorInventory* op_ = nullptr;
  bool outside_ = false;
};

// Counts handles by class, through the same list of members that dumps use.
class HandleCounter {
 public:
  explicit HandleCounter(std::map<std::string, std::uint64_t>& counts) : counts_(counts) {}
  template <ModelRecord R>
  void count(const R& record) {
    for_each_member(record, [&](const Field&, const auto& member) { count_member(member); });
  }

 private:
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
  template <class H>
  void alternative(const H& h) {
    if constexpr (std::is_pointer_v<H>) {
      alternative(*h);
    } else if constexpr (!std::is_same_v<H, NoHandle>) {
      ++counts_[Members<H>::type];
      count(h);
    }
  }

  std::map<std::string, std::uint64_t>& counts_;
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
  figures.subtasks = op.subtasks.size();
  for (const SubtaskEntry& entry : op.subtasks) {
    if (entry.finished) ++figures.finished_subtasks;
    const std::uint64_t bytes = inline_changes(entry.state.managed_keyed);
    figures.total_bytes += bytes;
    figures.inline_bytes += bytes;
  }
  return figures;
}

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

Inventory take_inventory(Document& document, const Dialects& dialects, const std::string& base_uri,
                         const std::string& file_system, const OperatorNames* names) {
  CheckpointMetadata& root = document.root();
  Inventory inventory;
  inventory.dialect = document.source_dialect();
  const auto bodies = dialects.of_version(inventory.dialect.format_version);
  inventory.written_by = releases_that_write(bodies);
  inventory.kind = snapshot_kind(root.properties);
  inventory.checkpoint_id = root.checkpoint_id;
  inventory.master_states = root.master_states.size();
  for (const OperatorState& op : root.operators) {
    inventory.operators.push_back(operator_figures(op, names));
  }
  inventory.released = std::any_of(bodies.begin(), bodies.end(),
                                   [](const DialectInfo& d) { return !d.read_by.empty(); });
  inventory.readers = readers_of(root, *dialects.find(inventory.dialect), dialects);
  HandleCounter(inventory.handles).count(root);
  inventory.inline_uris = find_inline_uris(root, names, kMostInlineUris);
  Counter counter(inventory, base_uri, file_system);
  walk(root, counter);
  counter.finish();
  return inventory;
}

}  // namespace stateferry::cli
