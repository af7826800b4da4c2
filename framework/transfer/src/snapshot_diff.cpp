#include "stateferry/transfer/snapshot_diff.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/model/holds_state.hpp"
#include "stateferry/model/visit.hpp"

namespace stateferry {
namespace {

// ------------------------------------------------------------------------------ reading

bool by_what(const HandleMark& a, const HandleMark& b) {
  return a.what < b.what;
}

// The handles of the operator in hand.
class HandleCollector final : public TreeVisitor {
 public:
  void handle(StreamStateHandle& handle, const Location& location) override {
    if (location.op == nullptr) return;
    handles.push_back({fingerprint_of(handle), state_size_of(handle)});
  }
  void inline_state(const Location& place, bool behind_a_handle) override {
    if (behind_a_handle || place.op == nullptr) return;
    const std::string_view bytes(reinterpret_cast<const char*>(place.state.data()),
                                 place.state.size());
    handles.push_back({fingerprint_of(bytes), bytes.size()});
  }
  std::vector<HandleMark> handles;
};

class MarksPass final : public PartVisitor {
 public:
  MarksPass(SnapshotMarks& marks, const OperatorNames* names)
      : marks_(marks), names_(names), walk_(collector_) {}

  void begin(CheckpointMetadata& root) override {
    marks_.checkpoint_id = root.checkpoint_id;
    marks_.rest = fingerprint_of(root, false, {});
    walk_.begin(root);
  }
  void begin_operator(OperatorState& op, std::uint32_t index) override {
    OperatorKey key{index, op.id, op.uid, op.name};
    if (names_ != nullptr) key = names_->complete(key);
    OperatorMarks& marks = marks_.operators.emplace_back();
    marks.name = to_utf8(key.name);
    marks.uid = to_utf8(key.uid);
    marks.hash = to_hex(op.id);
    marks.parallelism = op.parallelism;
    marks.max_parallelism = op.max_parallelism;
    marks.all = fingerprint_of(op, false, {});
    walk_.begin_operator(op, index);
  }
  void subtask(SubtaskEntry& entry, std::uint32_t index) override {
    OperatorMarks& marks = marks_.operators.back();
    marks.all = fingerprint_of(entry, marks.all);
    walk_.subtask(entry, index);
  }
  void end_operator(OperatorState& op) override {
    OperatorMarks& marks = marks_.operators.back();
    walk_.end_operator(op);
    marks.all = fingerprint_of(op, true, marks.all);
    marks.handles = std::exchange(collector_.handles, {});
    marks.handles.shrink_to_fit();
    std::sort(marks.handles.begin(), marks.handles.end(), by_what);
    for (const HandleMark& handle : marks.handles) marks.state_bytes += handle.bytes;
  }
  void end(CheckpointMetadata& root) override {
    walk_.end(root);
    marks_.rest = fingerprint_of(root, true, marks_.rest);
    marks_.kind = snapshot_kind(root.properties);
  }

 private:
  SnapshotMarks& marks_;
  const OperatorNames* names_;
  HandleCollector collector_;
  TreeWalk walk_;
};

// ------------------------------------------------------------------------------ comparing

// Goes over two sorted lists; `only_first`, `only_second` and `both` get what is in them.
template <class T, class Key, class F, class G, class H>
void merge(const std::vector<T>& first, const std::vector<T>& second, Key&& key, F&& only_first,
           G&& only_second, H&& both) {
  auto a = first.begin();
  auto b = second.begin();
  while (a != first.end() && b != second.end()) {
    if (key(*a) < key(*b)) {
      only_first(*a++);
    } else if (key(*b) < key(*a)) {
      only_second(*b++);
    } else {
      both(*a++, *b++);
    }
  }
  for (; a != first.end(); ++a) only_first(*a);
  for (; b != second.end(); ++b) only_second(*b);
}

Exchange exchanged(const std::vector<HandleMark>& before, const std::vector<HandleMark>& after) {
  Exchange all;
  merge(
      before, after, [](const HandleMark& handle) { return handle.what; },
      [&](const HandleMark& one) { all.gone.add(one.bytes); },
      [&](const HandleMark& one) { all.added.add(one.bytes); },
      [&](const HandleMark&, const HandleMark& one) { all.shared.add(one.bytes); });
  return all;
}

void add(CountedBytes& to, const CountedBytes& more) {
  to.count += more.count;
  to.bytes += more.bytes;
}

// Finds out which operator of one is which of the other.
class Matching {
 public:
  Matching(const SnapshotMarks& before, const SnapshotMarks& after)
      : before_(before.operators),
        after_(after.operators),
        of_before_(before_.size()),
        of_after_(after_.size()) {
    by([](const OperatorMarks& op) { return op.hash; }, true);
    by([](const OperatorMarks& op) { return op.uid; });
    // One without state is like any other.
    by([](const OperatorMarks& op) { return handles_of(op); });
  }
  const std::optional<std::uint32_t>& of_before(std::uint32_t i) const { return of_before_[i]; }
  const std::optional<std::uint32_t>& of_after(std::uint32_t i) const { return of_after_[i]; }

 private:
  static std::string handles_of(const OperatorMarks& op) {
    std::string text;
    for (const HandleMark& handle : op.handles) {
      text.append(reinterpret_cast<const char*>(&handle.what), sizeof handle.what);
    }
    if (text.empty()) return text;
    const Fingerprint print = fingerprint_of(std::string_view(text));
    return {reinterpret_cast<const char*>(&print), sizeof print};
  }

  // Pairs those that have no other yet, and of whose key there is one on each side; or as many as
  // there are, in their order.
  template <class Key>
  void by(Key&& key, bool several = false) {
    struct Seen {
      std::vector<std::uint32_t> before;
      std::vector<std::uint32_t> after;
    };
    std::map<std::string, Seen> seen;
    for (std::uint32_t i = 0; i < before_.size(); ++i) {
      if (!of_before_[i]) seen[key(before_[i])].before.push_back(i);
    }
    for (std::uint32_t i = 0; i < after_.size(); ++i) {
      if (!of_after_[i]) seen[key(after_[i])].after.push_back(i);
    }
    for (const auto& [text, one] : seen) {
      const std::size_t pairs = std::min(one.before.size(), one.after.size());
      if (text.empty() || (!several && (one.before.size() > 1 || one.after.size() > 1))) continue;
      for (std::size_t i = 0; i < pairs; ++i) {
        of_before_[one.before[i]] = one.after[i];
        of_after_[one.after[i]] = one.before[i];
      }
    }
  }

  const std::vector<OperatorMarks>& before_;
  const std::vector<OperatorMarks>& after_;
  std::vector<std::optional<std::uint32_t>> of_before_;  // its index in the second
  std::vector<std::optional<std::uint32_t>> of_after_;   // its index in the first
};

OperatorDifference difference_of(const OperatorMarks& before, const OperatorMarks& after) {
  OperatorDifference d;
  d.handles = exchanged(before.handles, after.handles);
  if (before.all == after.all) return d;
  // A file before version 5 knows no names: that isn't another one.
  const auto other = [](const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
  };
  d.renamed =
      before.hash != after.hash || other(before.uid, after.uid) || other(before.name, after.name);
  d.rescaled =
      before.parallelism != after.parallelism || before.max_parallelism != after.max_parallelism;
  d.resized = before.state_bytes != after.state_bytes;
  const bool handles = d.handles.added.count + d.handles.gone.count > 0;
  d.otherwise = !d.renamed && !d.rescaled && !d.resized && !handles;
  return d;
}

class Comparison {
 public:
  Comparison(const SnapshotMarks& before, const SnapshotMarks& after)
      : before_(before), after_(after), matching_(before, after) {}

  SnapshotDifference run() {
    all_.checkpoint = before_.checkpoint_id != after_.checkpoint_id;
    all_.format = !(before_.dialect == after_.dialect);
    all_.rest = before_.rest != after_.rest;
    operators();
    files();
    for (const OperatorDifference& op : all_.operators) {
      add(all_.handles.added, op.handles.added);
      add(all_.handles.gone, op.handles.gone);
      add(all_.handles.shared, op.handles.shared);
    }
    std::stable_sort(all_.operators.begin(), all_.operators.end(),
                     [](const OperatorDifference& a, const OperatorDifference& b) {
                       return std::pair(a.files.added.bytes, a.handles.added.bytes) >
                              std::pair(b.files.added.bytes, b.handles.added.bytes);
                     });
    return std::move(all_);
  }

 private:
  // First those of the second, in its order, then those that only the first has.
  void operators() {
    for (std::uint32_t i = 0; i < after_.operators.size(); ++i) {
      const OperatorMarks& op = after_.operators[i];
      const auto before = matching_.of_after(i);
      OperatorDifference d =
          before ? difference_of(before_.operators[*before], op) : OperatorDifference{};
      if (!before) d.handles = exchanged({}, op.handles);
      d.before = before;
      d.after = i;
      all_.operators.push_back(std::move(d));
    }
    row_of_before_.resize(before_.operators.size());
    for (std::uint32_t i = 0; i < before_.operators.size(); ++i) {
      if (const auto after = matching_.of_before(i)) {
        row_of_before_[i] = *after;
        continue;
      }
      row_of_before_[i] = static_cast<std::uint32_t>(all_.operators.size());
      OperatorDifference& d = all_.operators.emplace_back();
      d.before = i;
      d.handles = exchanged(before_.operators[i].handles, {});
    }
  }

  void files() {
    const std::vector<FileMark> first = marks_of(before_.references.files);
    const std::vector<FileMark> second = marks_of(after_.references.files);
    const auto count = [&](CountedBytes Exchange::*member, const FileMark& file,
                           std::uint32_t row) {
      (all_.files.*member).add(file.bytes);
      if (row < all_.operators.size()) (all_.operators[row].files.*member).add(file.bytes);
    };
    merge(
        first, second, [](const FileMark& file) { return file.place; },
        [&](const FileMark& file) {
          const bool known = file.op < row_of_before_.size();
          count(&Exchange::gone, file, known ? row_of_before_[file.op] : kNoOperator);
          all_.gone_files.push_back(file.index);
        },
        [&](const FileMark& file) {
          count(&Exchange::added, file, file.op);
          all_.new_files.push_back(file.index);
        },
        [&](const FileMark&, const FileMark& file) { count(&Exchange::shared, file, file.op); });
    std::sort(all_.new_files.begin(), all_.new_files.end());
    std::sort(all_.gone_files.begin(), all_.gone_files.end());
  }

  const SnapshotMarks& before_;
  const SnapshotMarks& after_;
  const Matching matching_;
  std::vector<std::uint32_t> row_of_before_;
  SnapshotDifference all_;
};

}  // namespace

std::string OperatorMarks::text() const {
  return operator_text(uid, hash);
}

SnapshotMarks read_marks(PartReader& snapshot, const std::string& base,
                         std::string_view file_system, const OperatorNames* names) {
  SnapshotMarks marks;
  marks.dialect = snapshot.dialect();
  MarksPass pass(marks, names);
  snapshot.read(pass);
  marks.references = collect_references(snapshot, base, file_system);
  return marks;
}

bool OperatorDifference::changed() const noexcept {
  return !before || !after || renamed || rescaled || resized || otherwise ||
         handles.added.count + handles.gone.count + files.added.count + files.gone.count > 0;
}

bool SnapshotDifference::same() const noexcept {
  return !checkpoint && !format && !rest && new_files.empty() && gone_files.empty() &&
         std::none_of(operators.begin(), operators.end(),
                      [](const OperatorDifference& op) { return op.changed(); });
}

SnapshotDifference compare(const SnapshotMarks& before, const SnapshotMarks& after) {
  return Comparison(before, after).run();
}

}  // namespace stateferry
