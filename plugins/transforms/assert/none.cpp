// assert.none: no selected location may match.
#include "location_test.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::asserts {
namespace {

class None final : public Assertion {
 public:
  // Without a parameter, what `where` selects is what must not be there.
  void configure(ParamBinder& params) override {
    test_.declare(params);
    if (params.finish()) test_.check(params);
  }

  bool matches(std::string_view uri) const override { return test_.matches(uri); }
  bool matches_inline(std::string_view name, std::span<const std::byte> state) const override {
    return test_.matches(name) || test_.matches_state(state);
  }
  std::optional<bool> matches_directory(std::string_view directory) const override {
    return test_.matches_directory(directory);
  }
  bool matching_is_fault() const noexcept override { return true; }
  std::string verdict(std::uint64_t selected, std::uint64_t matching) const override {
    if (matching == 0) return {};
    return std::to_string(matching) + " of " + std::to_string(selected) +
           " selected locations must not be there";
  }

 private:
  LocationTest test_;
};

}  // namespace

STATEFERRY_TRANSFORM(None, "assert.none", "stops the run when a location matches")

}  // namespace stateferry::asserts
