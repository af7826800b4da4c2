// A plugin that calls a function that nobody has.
#include "stateferry/plugin/plugin.hpp"

extern "C" void a_function_that_nobody_has();

namespace {

using namespace stateferry;

class Calling final : public UriTransform {
 public:
  void configure(ParamBinder& params) override { params.finish(); }
  Outcome rewrite(std::string_view, std::string&) const override {
    a_function_that_nobody_has();
    return Outcome::already;
  }
};

}  // namespace

STATEFERRY_TRANSFORM(Calling, "bad.calling", "calls into the void")
STATEFERRY_TRANSFORM_PLUGIN("bad", "1.0.0")
