#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "conversion/converter.hpp"
#include "stateferry/host/conversion.hpp"

namespace stateferry {
namespace {

// What a release makes of a file depends on the body that it takes it for, and on what it knows and
// copes with: mostly many releases are one reader.
class Reader {
 public:
  Reader(const DialectInfo& source, const DialectInfo& body, const ReleaseInfo& release)
      : body_(&body),
        target_{body, release},
        examination_(conversion::examination(source, target_, options_)) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool is(const DialectInfo& body, const ReleaseInfo& release) const noexcept {
    const ReleaseInfo& own = *target_.reader;
    return body_ == &body && own.copes == release.copes &&
           (own.knows & body.tags) == (release.knows & body.tags);
  }
  // The first thing that keeps it from reading; null: nothing so far.
  const ConversionFinding* obstacle() const noexcept {
    const auto& findings = examination_->account().findings;
    return findings.empty() ? nullptr : &findings.front();
  }
  conversion::Examination& examination() noexcept { return *examination_; }
  // Properties come last in a file, and first in an account.
  void properties(CheckpointMetadata& root) {
    auto& findings = examination_->account().findings;
    const auto before = static_cast<std::ptrdiff_t>(findings.size());
    examination_->properties(root);
    std::rotate(findings.begin(), findings.begin() + before, findings.end());
  }

 private:
  const DialectInfo* body_;
  const ConversionTarget target_;
  const ConversionOptions options_{};
  std::unique_ptr<conversion::Examination> examination_;
};

}  // namespace

class ReadersSearch::Search {
 public:
  Search(const DialectInfo& source, const Dialects& dialects) : source_(source) {
    for (const ReleaseInfo& release : all_releases()) {
      const DialectInfo* body = dialects.read_by(release.release, source.dialect.format_version);
      by_release_.push_back(body == nullptr ? nullptr : reader(*body, release));
    }
  }

  // Shows a part to the readers that have met no obstacle yet.
  template <class F>
  void show(F&& part) {
    for (Reader& reader : readers_) {
      if (reader.obstacle() == nullptr) part(reader.examination());
    }
  }
  void properties(CheckpointMetadata& root) {
    for (Reader& reader : readers_) reader.properties(root);
  }

  std::optional<Readers> result() const {
    const auto reads = [](const Reader* reader) {
      return reader != nullptr && reader->obstacle() == nullptr;
    };
    const auto oldest = std::find_if(by_release_.begin(), by_release_.end(), reads);
    if (oldest == by_release_.end()) return std::nullopt;
    const auto newest = std::find_if(by_release_.rbegin(), by_release_.rend(), reads);
    const auto release_at = [&](auto at) {
      return all_releases()[static_cast<std::size_t>(at - by_release_.begin())].release;
    };
    Readers found;
    found.oldest = release_at(oldest);
    found.newest = release_at(std::prev(newest.base()));
    const Reader* const before = oldest == by_release_.begin() ? nullptr : *std::prev(oldest);
    if (before == nullptr) {
      found.construct = "format-version";
      found.reason = "format version " + std::to_string(source_.dialect.format_version) +
                     ", which is read since Flink " + to_string(found.oldest);
      return found;
    }
    found.construct = before->obstacle()->what;
    found.reason = before->obstacle()->reason;
    found.place = before->obstacle()->places.front();
    return found;
  }

 private:
  Reader* reader(const DialectInfo& body, const ReleaseInfo& release) {
    const auto at = std::find_if(readers_.begin(), readers_.end(),
                                 [&](const Reader& r) { return r.is(body, release); });
    return at != readers_.end() ? &*at : &readers_.emplace_back(source_, body, release);
  }

  const DialectInfo& source_;
  std::deque<Reader> readers_;
  std::vector<Reader*> by_release_;  // null: it takes no body of the version
};

ReadersSearch::ReadersSearch(const DialectInfo& source, const Dialects& dialects)
    : search_(std::make_unique<Search>(source, dialects)) {}
ReadersSearch::~ReadersSearch() = default;

void ReadersSearch::begin(CheckpointMetadata& root) {
  search_->show([&](PartVisitor& visitor) { visitor.begin(root); });
}
void ReadersSearch::begin_operator(OperatorState& op, std::uint32_t index) {
  search_->show([&](PartVisitor& visitor) { visitor.begin_operator(op, index); });
}
void ReadersSearch::subtask(SubtaskEntry& entry, std::uint32_t index) {
  search_->show([&](PartVisitor& visitor) { visitor.subtask(entry, index); });
}
void ReadersSearch::end_operator(OperatorState& op) {
  search_->show([&](PartVisitor& visitor) { visitor.end_operator(op); });
}
void ReadersSearch::end(CheckpointMetadata& root) {
  search_->show([&](PartVisitor& visitor) { visitor.end(root); });
  search_->properties(root);
}
std::optional<Readers> ReadersSearch::result() const {
  return search_->result();
}

std::optional<Readers> readers_of(const CheckpointMetadata& root, const DialectInfo& source,
                                  const Dialects& dialects) {
  ReadersSearch search(source, dialects);
  CheckpointMetadata copy = root;  // shallow, and nothing is changed
  show_parts(copy, search);
  return search.result();
}

}  // namespace stateferry
