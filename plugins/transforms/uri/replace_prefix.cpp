#include "prefix_map.hpp"
#include "transforms.hpp"

namespace stateferry::uri {
namespace {

class ReplacePrefix final : public UriTransform {
 public:
  void configure(ParamBinder& params) override {
    std::string from;
    std::string to;
    params.required_uri_prefix("from", "URI prefix to replace, matched at a path boundary", from);
    params.required_uri_prefix("to", "URI prefix to put in its place", to);
    if (!from.empty() && !to.empty()) {
      if (from == to) params.error("to", "E-RULE-VALUE", "'from' and 'to' are the same prefix");
      map_.add(from, to);
      map_.finish();
    }
    check_nesting(params, map_, "to");
    params.finish();
  }

  Outcome rewrite(std::string_view uri, std::string& result) const override {
    return map_.rewrite(uri, result);
  }
  std::optional<Outcome> rewrite_directory(std::string_view directory,
                                           std::string& result) const override {
    return map_.rewrite_directory(directory, result);
  }
  bool injective() const noexcept override { return true; }

 private:
  PrefixMap map_;
};

}  // namespace

Transform* make_replace_prefix() {
  return new ReplacePrefix;
}

}  // namespace stateferry::uri
