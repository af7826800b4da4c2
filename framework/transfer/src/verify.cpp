#include "stateferry/transfer/verify.hpp"

#include <map>
#include <unordered_set>

#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/source_roots.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {

Mark judge(const Reference& reference, const std::optional<StoredFile>& found) noexcept {
  if (!found) return Mark::missing;
  const bool right =
      reference.size ? found->size == *reference.size : found->size >= reference.at_least;
  return right ? Mark::good : Mark::differs;
}

namespace {

constexpr std::size_t kShown = 10;

void count(VerifyReport& report, const Reference& reference, Mark mark) {
  ++report.files;
  if (mark == Mark::good) ++report.good;
  if (mark == Mark::differs) ++report.differs;
  if (mark != Mark::missing) return;
  ++report.missing;
  if (reference.relative) ++report.dangling;
}

}  // namespace

VerifyReport verify_references(Stores& stores, const References& references, bool strays,
                               const std::function<void(const Finding&)>& each) {
  VerifyReport report;
  std::vector<std::string> uris;
  uris.reserve(references.files.size());
  for (const Reference& file : references.files) uris.push_back(file.uri);
  stores.stat_many(uris, [&](std::size_t i, const std::optional<StoredFile>& file) {
    const Reference& reference = references.files[i];
    const Mark mark = judge(reference, file);
    count(report, reference, mark);
    if (file) report.bytes += file->size;
    each({mark, uris[i], &reference, file ? std::optional(file->size) : std::nullopt});
  });
  if (!strays) return report;
  std::unordered_set<std::string> known{canonical_uri(join_uri(references.base, "_metadata"))};
  for (const std::string& uri : uris) known.insert(canonical_uri(uri));
  stores.list(references.base, [&](const StoredFile& file) {
    if (known.contains(canonical_uri(file.uri))) return;
    ++report.strays;
    each({Mark::stray, file.uri, nullptr, file.size});
  });
  return report;
}

std::vector<std::string> roots_with_missing(Stores& stores, const References& references) {
  struct Root {
    std::uint64_t files = 0;
    std::uint64_t missing = 0;
  };
  const std::string base = canonical_uri(references.base);
  std::map<std::string, Root> roots;
  verify_references(stores, references, false, [&](const Finding& f) {
    Root& root = roots[root_of(f.uri, base)];
    ++root.files;
    if (f.mark == Mark::missing) ++root.missing;
  });
  std::vector<std::string> lines;
  const auto tell = [&](const std::string& uri, const Root& root) {
    std::string line = uri + "  " + count_of(root.files, "file");
    if (root.missing > 0) {
      line += root.missing == root.files ? ": none is there"
                                         : ": " + grouped(root.missing) +
                                               (root.missing == 1 ? " is" : " are") + " missing";
    }
    lines.push_back(std::move(line));
  };
  const auto own = roots.extract(tree_of(base));
  if (own) tell(own.key(), own.mapped());
  for (const auto& [uri, root] : roots) {
    if (lines.size() == kShown) {
      lines.push_back("… and " + grouped(roots.size() + (own ? 1 : 0) - kShown) +
                      " more directories");
      break;
    }
    tell(uri, root);
  }
  return lines;
}

std::vector<std::string> verify_targets(Stores& stores, std::span<const PlanRow> rows,
                                        std::uint64_t& wrong) {
  std::vector<std::string> lines;
  std::vector<std::string> targets;
  targets.reserve(rows.size());
  for (const PlanRow& row : rows) targets.push_back(row.target);
  wrong = 0;
  stores.stat_many(targets, [&](std::size_t i, const std::optional<StoredFile>& file) {
    const std::optional<std::uint64_t> exact =
        rows[i].range ? std::optional(rows[i].range->size) : rows[i].bytes;
    std::string problem;
    if (!file) {
      problem = "is not there";
    } else if (exact && file->size != *exact) {
      problem = "has " + std::to_string(file->size) + " bytes instead of " + std::to_string(*exact);
    } else if (!exact && file->size < rows[i].at_least) {
      problem = "has " + std::to_string(file->size) + " bytes, but at least " +
                std::to_string(rows[i].at_least) + " are needed";
    }
    if (problem.empty()) return;
    if (++wrong <= 10) lines.push_back(targets[i] + " " + problem);
  });
  return lines;
}

}  // namespace stateferry
