// Metadata format version 5: Flink 2.0. The layout is in the grammar library's table.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

struct CodecV5 final : stateferry::codecs::GrammarCodec {
  CodecV5() : GrammarCodec(stateferry::codecs::layouts_of(5)) {}
};

}  // namespace

STATEFERRY_CODEC_PLUGIN(CodecV5, "v5", "0.1.0", "Flink 2.0")
