#include "prefix_map.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::uri {
namespace {

class MapPrefix final : public UriTransform {
 public:
  void configure(ParamBinder& params) override {
    std::vector<ParamBinder::MapEntry> entries;
    params.uri_prefix_map("map", "from URI prefix to URI prefix; the longest source wins", entries);
    for (const ParamBinder::MapEntry& entry : entries) map_.add(entry.key, entry.value);
    map_.finish();
    check_nesting(params, map_, "map");
    check_schemes(params, map_, "map");
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
  bool injective() const noexcept override { return map_.targets_apart(); }

  Inverse inverse(const InverseContext& context) const override {
    auto back = map_.inverse(context.changed);
    if (auto* none = std::get_if<NoInverse>(&back)) return std::move(*none);
    const auto& map = std::get<PrefixMap>(back);
    InverseStep step;
    step.uses = "uri.map-prefix";
    step.with.add("map", map.tree());
    step.accept = hazards_of(map);
    return step;
  }

 private:
  PrefixMap map_;
};

}  // namespace

STATEFERRY_TRANSFORM(MapPrefix, "uri.map-prefix",
                     "moves several URI prefixes at once; the longest source wins")

}  // namespace stateferry::uri
