#include <array>
#include <cstdint>
#include <utility>

#include "refusal.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/transfer/move_plan.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/plain_name.hpp"
#include "stateferry/uri/recent_directories.hpp"

namespace stateferry {
namespace {

constexpr std::string_view kMetadata = "_metadata";

// All of a row but its target. The row before gives its memory.
void fill_row(const References& references, const Reference& file, PlanRow& row) {
  row.source = file.uri;
  row.bytes = file.size;
  row.at_least = file.at_least;
  row.role = role_name(file.role);
  if (file.op < references.operators.size()) {
    row.op = references.operators[file.op].text;
  } else {
    row.op.clear();
  }
  row.handles = file.handles;
}

// Where files go. Asks once for each directory, where that answers for all files with plain names.
class RowTargets {
 public:
  RowTargets(const References& references, const MovePlan& plan)
      : files_(references.files), plan_(plan), base_(canonical_uri(plan.base)) {}

  void put(const Reference& file, std::string& target) {
    const Way& way = way_of(file);
    const std::string_view name = files_.name_of(file);
    if (!way.target.empty() && is_plain_name(name)) {
      target.assign(way.target).append(name);
    } else {
      target = target_of(file);
    }
  }

 private:
  struct Way {
    std::uint32_t directory = UINT32_MAX;
    bool relative = false;
    std::string target;  // with its slash; empty: each file is asked for
  };

  const Way& way_of(const Reference& file) {
    Way& way = ways_[(file.directory * 2 + (file.relative ? 1 : 0)) % ways_.size()];
    if (way.directory != file.directory || way.relative != file.relative) {
      way = {file.directory, file.relative, directory_target(file)};
    }
    return way;
  }
  std::string directory_target(const Reference& file) const {
    const std::string_view directory = files_.directories().uri(file.directory);
    if (!directory.ends_with('/')) return {};
    const auto target = file.relative
                            ? plain_directory_below(plan_.new_base, canonical_uri(directory), base_)
                            : plan_.relocations.directory_target(directory);
    return target.value_or(std::string());
  }
  std::string target_of(const Reference& file) const {
    if (!file.relative) return plan_.relocations.target_of(file.uri).value();
    return join_prefix(plan_.new_base, below_prefix(canonical_uri(file.uri), base_).value());
  }

  const ReferenceList& files_;
  const MovePlan& plan_;
  const std::string base_;
  std::array<Way, 64> ways_;
};

// Says of each row whether its target is that of none before.
class Collisions {
 public:
  explicit Collisions(const ReferenceList& files) : files_(files) {}

  // False: the same file was told before. Throws when another one has this target.
  bool is_new(const PlanRow& row, std::uint32_t number) {
    const auto [entry, added] = targets_.at(targets_.place_of(row.target), false);
    if (added) {
      entry.op = number;
      return true;
    }
    const std::string other = canonical_uri(files_[entry.op].uri);
    if (other == canonical_uri(row.source)) return false;
    refuse("E-RULE-COLLISION", "two different files would become one: " + row.target, row.source,
           {"the other is " + other}, "give the roots different targets");
  }

 private:
  const ReferenceList& files_;
  ReferenceList targets_;  // in the place of an operator, the number of the file
};

bool is_skipped(const std::unordered_set<std::string>& skip, const Reference& file) {
  return !skip.empty() && skip.contains(canonical_uri(file.uri));
}

}  // namespace

void add_needed(const References& references, NeededBytes& needed) {
  for (const Reference& file : references.files) {
    std::uint64_t& bytes = needed[canonical_uri(file.uri)];
    bytes = std::max(bytes, file.size.value_or(file.at_least));
  }
}

std::unordered_set<std::string> files_within(const References& references, const NeededBytes& had) {
  std::unordered_set<std::string> within;
  for (const Reference& file : references.files) {
    std::string uri = canonical_uri(file.uri);
    const auto before = had.find(uri);
    if (before == had.end() || before->second < file.size.value_or(file.at_least)) continue;
    within.insert(std::move(uri));
  }
  return within;
}

void refuse_metadata_target(const PlanRow& row, const std::string& new_base) {
  if (last_name(row.target) != kMetadata) return;
  if (canonical_uri(row.target) != canonical_uri(join_uri(new_base, kMetadata))) return;
  refuse("E-RULE-COLLISION", "a state file would get the place of the new _metadata", row.source,
         {"its target is " + row.target},
         "the file may be forged; rename it with rules, or give it another target with --map");
}

void for_each_row(const References& references, const MovePlan& plan,
                  const std::unordered_set<std::string>& skip, const RowSink& row) {
  const bool may_collide = plan.relocations.entries().size() > 1;
  Collisions collisions(references.files);
  RowTargets targets(references, plan);
  PlanRow r;
  std::uint32_t number = 0;
  for (const Reference& file : references.files) {
    const std::uint32_t own = number++;
    if (is_skipped(skip, file)) continue;
    fill_row(references, file, r);
    targets.put(file, r.target);
    refuse_metadata_target(r, plan.new_base);
    if (may_collide && !collisions.is_new(r, own)) continue;
    refuse_metadata_name(r);
    row(r);
  }
}

void refuse_metadata_name(const PlanRow& row) {
  const std::string_view own = last_name(row.target);
  // What most are not, without a look at each letter.
  if (!own.starts_with('_') && !own.starts_with('.')) return;
  const std::string name = in_small_letters(own);
  if (name != kMetadata && !name.starts_with("._metadata")) return;
  refuse("E-MOVE-UNSAFE", "a state file would get the name of a snapshot's own file: " + row.target,
         row.source, {}, "no Flink writes such a name: find out who wrote the metadata");
}

void for_each_row(const References& references, const std::unordered_set<std::string>& skip,
                  const RowSink& row) {
  PlanRow r;
  for (const Reference& file : references.files) {
    if (is_skipped(skip, file)) continue;
    fill_row(references, file, r);
    row(r);
  }
}

CopyItem copy_item(const PlanRow& row) {
  CopyItem item{row.source, row.target, row.range, row.bytes};
  if (row.range) item.size = row.range->size;
  return item;
}

}  // namespace stateferry
