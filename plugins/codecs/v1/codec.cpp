// Metadata format version 1: Flink 1.2. The layout is in the grammar library's table.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

struct CodecV1 final : stateferry::codecs::GrammarCodec {
  CodecV1() : GrammarCodec(stateferry::codecs::layouts_of(1)) {}
};

}  // namespace

STATEFERRY_CODEC_PLUGIN(CodecV1, "v1", "0.1.0", "Flink 1.2")
