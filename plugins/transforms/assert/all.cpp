// assert.all: each selected location must match.
#include "location_test.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::asserts {
namespace {

class All final : public Assertion {
 public:
  void configure(ParamBinder& params) override {
    test_.declare(params);
    if (!params.finish()) return;
    if (test_.empty()) {
      params.error("prefix", "E-RULE-MISSING", "nothing is said that the locations must be",
                   "give one of 'prefix', 'contains' and 'glob'");
    }
    test_.check(params);
  }

  bool matches(std::string_view uri) const override { return test_.matches(uri); }
  bool matches_inline(std::string_view name, std::span<const std::byte> state) const override {
    return (name.empty() || test_.matches(name)) && test_.matches_all_of(state);
  }
  std::optional<bool> matches_directory(std::string_view directory) const override {
    return test_.matches_directory(directory);
  }
  bool matching_is_fault() const noexcept override { return false; }
  std::string verdict(std::uint64_t selected, std::uint64_t matching) const override {
    if (matching == selected) return {};
    return std::to_string(selected - matching) + " of " + std::to_string(selected) +
           " selected locations are not what all must be";
  }

 private:
  LocationTest test_;
};

}  // namespace

STATEFERRY_TRANSFORM(All, "assert.all", "stops the run when a location doesn't match")

}  // namespace stateferry::asserts
