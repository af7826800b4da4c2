// A codec plugin that makes no codec, in the way that the build asks for.
#include "stateferry/plugin/plugin.hpp"

namespace {

using namespace stateferry;

#ifdef BAD_NO_CREATOR
constexpr Codec* (*kCreate)() = nullptr;
#else
Codec* create() {
  BAD_CREATE;
}
constexpr Codec* (*kCreate)() = create;
#endif

const PluginEntry kEntries[] = {
    {"v" STATEFERRY_STRINGIZE(BAD_VERSION), "is not made", kCreate, nullptr}};

const PluginDescriptor kDescriptor = {sizeof(PluginDescriptor),
                                      kPluginAbi,
                                      kAbiTag,
                                      kHeaderDigests,
                                      model_fingerprint(),
                                      PluginKind::codec,
                                      "v" STATEFERRY_STRINGIZE(BAD_VERSION),
                                      "1.0.0",
                                      1,
                                      kEntries};

}  // namespace

extern "C" STATEFERRY_API const PluginDescriptor* stateferry_plugin_entry() {
  return &kDescriptor;
}
