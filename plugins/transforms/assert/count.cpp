// assert.count: as many locations as a bound says must match.
#include "location_test.hpp"
#include "stateferry/plugin/count_bound.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::asserts {
namespace {

class Count final : public Assertion {
 public:
  // Without a test, what `where` selects is counted.
  void configure(ParamBinder& params) override {
    std::string count;
    params.required("count", "how many must match: 0, \">=1\", \">=1 <=5\"", count);
    test_.declare(params);
    if (!params.finish()) return;
    test_.check(params);
    if (auto bound = parse_count_bound(count)) {
      bound_ = std::move(*bound);
    } else {
      params.error("count", "E-RULE-VALUE", "'" + count + "' is not a bound on a count",
                   "a number, or bounds such as \">=1 <=5\"");
    }
  }

  bool matches(std::string_view uri) const override { return test_.matches(uri); }
  bool matches_inline(std::string_view name, std::span<const std::byte> state) const override {
    return test_.matches(name) || test_.matches_state(state);
  }
  std::optional<bool> matches_directory(std::string_view directory) const override {
    return test_.matches_directory(directory);
  }
  // Where there may be too many, those that match are shown; else those that should.
  bool matching_is_fault() const noexcept override { return bound_.most != UINT64_MAX; }
  std::string verdict(std::uint64_t selected, std::uint64_t matching) const override {
    if (bound_.holds(matching)) return {};
    return std::to_string(matching) + " of " + std::to_string(selected) +
           " selected locations match, but 'count' is " + bound_.text;
  }

 private:
  LocationTest test_;
  CountBound bound_;
};

}  // namespace

STATEFERRY_TRANSFORM(Count, "assert.count", "stops the run when too few or too many match")

}  // namespace stateferry::asserts
