// assert.none: no selected location may match.
#include "stateferry/plugin/plugin.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/glob.hpp"

namespace {

using namespace stateferry;

class None final : public Assertion {
 public:
  void configure(ParamBinder& params) override {
    params.optional_uri_prefix("prefix", "URI prefix below which nothing may lie", prefix_);
    params.optional("contains", "text that no location may contain", contains_);
    params.optional("glob", "pattern that no location may match; * stays within a segment", glob_);
    if (!params.finish()) return;
    if (const auto problem = glob_.empty() ? std::nullopt : glob_problem(glob_)) {
      params.error("glob", "E-RULE-VALUE", *problem);
    }
  }

  // Without a parameter, what `where` selects is what must not be there.
  bool matches(std::string_view uri) const override {
    return (prefix_.empty() || below_prefix(uri, prefix_)) &&
           (contains_.empty() || uri.find(contains_) != std::string_view::npos) &&
           (glob_.empty() || glob_match(glob_, uri));
  }
  std::optional<bool> matches_directory(std::string_view directory) const override {
    if (!contains_.empty()) return std::nullopt;
    const Below below = prefix_.empty() ? Below::all : below_prefix_in(directory, prefix_);
    if (below == Below::none) return false;
    if (below == Below::some) return std::nullopt;
    return glob_.empty() ? true : glob_match_directory(glob_, directory);
  }
  bool matching_is_fault() const noexcept override { return true; }
  std::string verdict(std::uint64_t selected, std::uint64_t matching) const override {
    if (matching == 0) return {};
    return std::to_string(matching) + " of " + std::to_string(selected) +
           " selected locations must not be there";
  }

 private:
  std::string prefix_;
  std::string contains_;
  std::string glob_;
};

}  // namespace

STATEFERRY_TRANSFORM_PLUGIN("assert", "0.1.0",
                            STATEFERRY_TRANSFORM(None, "assert.none",
                                                 "stops the run when a location matches"))
