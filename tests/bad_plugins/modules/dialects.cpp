// A codec plugin whose codec has other dialects than those of its version, as the build asks for.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

using stateferry::codecs::GrammarCodec;
using stateferry::codecs::Layout;

#ifdef BAD_NO_DIALECT
struct BadCodec final : GrammarCodec {
  BadCodec() : GrammarCodec({}) {}
};
#else
constexpr Layout kLayouts[] = {{.dialect = {BAD_VERSION, {9, 0}}}, {.dialect = {1, {1, 2}}}};
struct BadCodec final : GrammarCodec {
  BadCodec() : GrammarCodec(kLayouts) {}
};
#endif

}  // namespace

STATEFERRY_CODEC_PLUGIN(BadCodec, "v" STATEFERRY_STRINGIZE(BAD_VERSION), "1.0.0", "is refused")
