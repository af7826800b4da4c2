// A plugin that describes itself wrongly, in the one member that the build sets.
#include "stateferry/plugin/plugin.hpp"

#ifndef BAD_STRUCT_SIZE
#define BAD_STRUCT_SIZE sizeof(stateferry::PluginDescriptor)
#endif
#ifndef BAD_ABI
#define BAD_ABI stateferry::kPluginAbi
#endif
#ifndef BAD_TAG
#define BAD_TAG stateferry::kAbiTag
#endif
#ifndef BAD_HEADERS
#define BAD_HEADERS stateferry::kHeaderDigests
#endif
#ifndef BAD_FINGERPRINT
#define BAD_FINGERPRINT stateferry::model_fingerprint()
#endif
#ifndef BAD_KIND
#define BAD_KIND transform
#endif
#ifndef BAD_NAME
#define BAD_NAME "bad"
#endif
#ifndef BAD_VERSION
#define BAD_VERSION "1.0.0"
#endif
#ifndef BAD_ENTRY_COUNT
#define BAD_ENTRY_COUNT 1
#endif

namespace {

using namespace stateferry;

// Says of everything that it is in place.
class Fine final : public UriTransform {
 public:
  void configure(ParamBinder& params) override { params.finish(); }
  Outcome rewrite(std::string_view, std::string&) const override { return Outcome::already; }
};

const PluginEntry kEntries[] = {
    {"good.fine", "leaves everything alone", nullptr, []() -> Transform* { return new Fine; }}};

const PluginDescriptor kDescriptor = {
    BAD_STRUCT_SIZE,      BAD_ABI,  BAD_TAG,     BAD_HEADERS,     BAD_FINGERPRINT,
    PluginKind::BAD_KIND, BAD_NAME, BAD_VERSION, BAD_ENTRY_COUNT, kEntries};

}  // namespace

extern "C" STATEFERRY_API const PluginDescriptor* stateferry_plugin_entry() {
  return &kDescriptor;
}
