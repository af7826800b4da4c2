// uri.replace-prefix once more, as an author out of tree would write it.
#include <optional>
#include <string>
#include <string_view>

#include "stateferry/plugin/plugin.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace {

class ReplacePrefix final : public stateferry::UriTransform {
 public:
  void configure(stateferry::ParamBinder& params) override {
    params.required_uri_prefix("from", "URI prefix to replace", from_);
    params.required_uri_prefix("to", "URI prefix to put in its place", to_);
    params.finish();
  }

  stateferry::Outcome rewrite(std::string_view uri, std::string& result) const override {
    if (stateferry::below_prefix(uri, to_)) return stateferry::Outcome::already;
    const std::optional<std::string_view> rest = stateferry::below_prefix(uri, from_);
    if (!rest) return stateferry::Outcome::unmatched;
    result = to_;
    result += *rest;
    return stateferry::Outcome::changed;
  }

  std::optional<stateferry::Outcome> rewrite_directory(std::string_view directory,
                                                       std::string& result) const override {
    const stateferry::Below target = stateferry::below_prefix_in(directory, to_);
    const stateferry::Below source = stateferry::below_prefix_in(directory, from_);
    if (target == stateferry::Below::some || source == stateferry::Below::some) return std::nullopt;
    return rewrite(directory, result);
  }

  bool injective() const noexcept override { return true; }

 private:
  std::string from_;
  std::string to_;
};

}  // namespace

STATEFERRY_TRANSFORM(ReplacePrefix, "bench.replace-prefix", "moves everything below one URI prefix")
