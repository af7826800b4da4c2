// Metadata format version 7: no released Flink, experimental. The layout is in the grammar
// library's table.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

struct CodecV7 final : stateferry::codecs::GrammarCodec {
  CodecV7() : GrammarCodec(stateferry::codecs::layouts_of(7), /*experimental=*/true) {}
};

}  // namespace

STATEFERRY_CODEC_PLUGIN(CodecV7, "v7", "0.1.0", "no released Flink, experimental")
