#include "support/shared_files.hpp"

#include <algorithm>

#include "stateferry/model/operator_ref.hpp"

namespace stateferry::cli {

std::uint32_t SharedFiles::operator_number(const Inventory& inventory, std::uint32_t index) {
  if (index >= inventory.operators.size()) return 0;
  const OperatorInventory& op = inventory.operators[index];
  const auto number = static_cast<std::uint32_t>(operators_.size());
  const auto [at, added] = operator_numbers_.try_emplace(op.hash, number);
  if (added) operators_.push_back({});
  // Other snapshots of the job may know more.
  Operator& known = operators_[at->second];
  if (added || !op.uid.empty()) known.text = operator_text(op.uid, op.hash);
  if (!op.name.empty()) known.name = op.name;
  return at->second;
}

void SharedFiles::add(const Inventory& inventory, const References& references) {
  const std::uint32_t snapshot = snapshots_++;
  for (const Reference& file : references.files) {
    const auto [entry, added] = files_.at(files_.place_of(file.uri), false);
    if (added) {
      // Where the row is, until all are there.
      entry.op = static_cast<std::uint32_t>(rows_.size());
      rows_.push_back({.op = operator_number(inventory, file.op), .relative = file.relative});
      entry.role = file.role;
      entry.has_size = file.size.has_value();
      entry.size = file.size.value_or(0);
    }
    Row& row = rows_[entry.op];
    // One that is referred to both absolutely and relatively comes twice.
    if (row.last != snapshot) row.set = sets_.with(row.set, snapshot);
    row.last = snapshot;
    entry.handles += file.handles;
    entry.segments = entry.segments || file.segments;
    // Merged files grow.
    if (file.size) {
      entry.has_size = true;
      entry.size = std::max(entry.size, *file.size);
    }
    entry.at_least = std::max(entry.at_least, file.at_least);
  }
}

SharedFiles::File SharedFiles::file(std::size_t i) const {
  Reference reference = files_[i];
  const Row& row = rows_[reference.op];
  reference.relative = row.relative;
  return {std::move(reference), &operators_[row.op].text, &operators_[row.op].name, row.set};
}

std::vector<SharedFiles::Share> SharedFiles::shares() const {
  std::vector<Share> by_set(sets_.size());
  for (const Reference& file : files_) {
    Share& share = by_set[rows_[file.op].set];
    ++share.files;
    share.bytes += file.size.value_or(file.at_least);
  }
  std::vector<Share> shares;
  for (std::uint32_t set = 0; set < by_set.size(); ++set) {
    if (by_set[set].files == 0) continue;
    by_set[set].snapshots = sets_.members(set);
    shares.push_back(std::move(by_set[set]));
  }
  std::stable_sort(shares.begin(), shares.end(),
                   [](const Share& a, const Share& b) { return a.bytes > b.bytes; });
  return shares;
}

std::vector<SharedFiles::Sum> SharedFiles::sums() const {
  std::vector<Sum> sums(snapshots_);
  for (const Reference& file : files_) {
    const std::vector<std::uint32_t> users = sets_.members(rows_[file.op].set);
    for (const std::uint32_t user : users) {
      Sum& sum = sums[user];
      const std::uint64_t bytes = file.size.value_or(file.at_least);
      ++sum.files;
      sum.bytes += bytes;
      if (users.size() > 1) sum.shared_bytes += bytes;
      sum.exact = sum.exact && file.size.has_value();
    }
  }
  return sums;
}

}  // namespace stateferry::cli
