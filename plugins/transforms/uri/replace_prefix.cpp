#include "prefix_map.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::uri {
namespace {

class ReplacePrefix final : public UriTransform {
 public:
  void configure(ParamBinder& params) override {
    std::string from;
    std::string to;
    params.required_uri_prefix("from", "URI prefix to replace, matched at a path boundary", from);
    params.required_uri_prefix("to", "URI prefix to put in its place", to);
    from_ = from;
    to_ = to;
    if (!from.empty() && !to.empty()) {
      if (from == to) params.error("to", "E-RULE-VALUE", "'from' and 'to' are the same prefix");
      map_.add(from, to);
      map_.finish();
    }
    check_nesting(params, map_, "to");
    check_schemes(params, map_, "to");
    params.finish();
  }

  Outcome rewrite(std::string_view uri, std::string& result) const override {
    return map_.rewrite(uri, result);
  }
  std::optional<Outcome> rewrite_directory(std::string_view directory,
                                           std::string& result) const override {
    return map_.rewrite_directory(directory, result);
  }
  std::optional<std::vector<PrefixMove>> moves() const override { return map_.moves(); }
  bool injective() const noexcept override { return true; }

  Inverse inverse(const InverseContext& /*context*/) const override {
    InverseStep step;
    step.uses = "uri.replace-prefix";
    step.with.add("from", ParamNode::of(to_));
    step.with.add("to", ParamNode::of(from_));
    PrefixMap back;
    back.add(to_, from_);
    back.finish();
    step.accept = hazards_of(back);
    return step;
  }

 private:
  PrefixMap map_;
  std::string from_;
  std::string to_;
};

}  // namespace

STATEFERRY_TRANSFORM(ReplacePrefix, "uri.replace-prefix",
                     "moves everything below one URI prefix below another")

}  // namespace stateferry::uri
