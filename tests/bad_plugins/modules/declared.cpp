// A module of as many transforms as the build names: none, one of each name, or two of one name.
#include "stateferry/plugin/plugin.hpp"

namespace {

using namespace stateferry;

class Fine final : public UriTransform {
 public:
  void configure(ParamBinder& params) override { params.finish(); }
  Outcome rewrite(std::string_view, std::string&) const override { return Outcome::already; }
};

// In a namespace and without a name: declared where it stands.
#ifdef FIRST_NAME
STATEFERRY_TRANSFORM(Fine, FIRST_NAME, "leaves everything alone")
#endif

}  // namespace

#ifdef SECOND_NAME
STATEFERRY_TRANSFORM(Fine, SECOND_NAME, "leaves everything alone, too")
#endif
STATEFERRY_TRANSFORM_PLUGIN(MODULE_NAME, "1.0.0")
