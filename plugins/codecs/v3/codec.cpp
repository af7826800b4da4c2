// Metadata format version 3: Flink 1.11 to 1.15, three bodies. The layout is in the grammar
// library's table.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

struct CodecV3 final : stateferry::codecs::GrammarCodec {
  CodecV3() : GrammarCodec(stateferry::codecs::layouts_of(3)) {}
};

}  // namespace

STATEFERRY_CODEC_PLUGIN(CodecV3, "v3", "0.1.0", "Flink 1.11 to 1.15, three bodies")
