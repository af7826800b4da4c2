#include "stateferry/transfer/missing.hpp"

#include <algorithm>

#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kShownOperators = 5;

}  // namespace

MissingFiles::MissingFiles(const References& references) : references_(references) {}

void MissingFiles::note(const Reference& file, bool there) {
  if (!file.relative) {
    const std::string directory = directory_of(canonical_uri(file.uri));
    directories_.try_emplace(directory, true).first->second &= !there;
  }
  Seen& op = operators_[file.op];
  if (there) {
    ++there_;
    ++op.there;
    return;
  }
  ++missing_;
  if (file.relative) {
    ++relative_;
    ++op.relative;
    if (file.role == Role::incremental_shared) ++op.shared;
  }
}

// Whether of the operators with dangling handles nothing is there, and others are not touched.
bool MissingFiles::are_whole_operators() const {
  std::size_t touched = 0;
  for (const auto& [index, op] : operators_) {
    if (op.relative == 0) continue;
    if (op.there > 0) return false;
    ++touched;
  }
  return touched < references_.operators.size();
}

bool MissingFiles::are_shared() const {
  return std::all_of(operators_.begin(), operators_.end(), [](const auto& entry) {
    return entry.second.relative == entry.second.shared;
  });
}

std::string MissingFiles::operators_text() const {
  std::string text;
  std::size_t shown = 0;
  std::size_t all = 0;
  for (const auto& [index, op] : operators_) {
    if (op.relative == 0 || index >= references_.operators.size()) continue;
    if (++all > kShownOperators) continue;
    text += (shown++ == 0 ? "" : ", ") + references_.operators[index].text;
  }
  if (all > shown) text += " and " + std::to_string(all - shown) + " more";
  return text;
}

// Of absolute handles: a directory of which nothing is left where it is said to be.
std::string MissingFiles::elsewhere_hint() const {
  const std::string base = canonical_uri(references_.base);
  const auto other = std::find_if(directories_.begin(), directories_.end(), [&](const auto& entry) {
    return entry.second && !below_prefix(entry.first, base);
  });
  if (other == directories_.end()) return {};
  return "nothing is left in " + other->first +
         ", which isn't the snapshot's own directory: if they have moved, 'convert' with "
         "uri.replace-prefix says where they are now";
}

std::string MissingFiles::hint() const {
  if (missing_ == 0) return {};
  if (relative_ == 0) return elsewhere_hint();
  if (there_ == 0) {
    return "none of the files is there: copy them beside _metadata, or say with --base-uri where "
           "it "
           "belongs. After the State Processor API they lie in the savepoint that it has read: "
           "'convert' with handle.absolutize and that directory names them there";
  }
  if (are_shared()) {
    return "relative handles lead nowhere: if their files lie in another directory (a savepoint "
           "that was claimed), 'convert' with handle.absolutize, that directory and 'where: {role: "
           "incremental-shared}' repairs the snapshot";
  }
  if (are_whole_operators()) {
    return "all files of " + operators_text() +
           " are missing, and their handles are relative: so it is in a savepoint that the State "
           "Processor API has made of another one, where the handles of untouched operators "
           "lead nowhere. Copy these files from the old savepoint's directory, or run 'convert' "
           "with handle.absolutize, that directory and 'where: {operator: [" +
           operators_text() + "]}'";
  }
  return "relative handles lead nowhere: copy their files beside _metadata from where the snapshot "
         "was made";
}

}  // namespace stateferry
