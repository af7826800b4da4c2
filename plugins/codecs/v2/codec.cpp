// Metadata format version 2: Flink 1.3 to 1.10. The layout is in the grammar library's table.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

struct CodecV2 final : stateferry::codecs::GrammarCodec {
  CodecV2() : GrammarCodec(stateferry::codecs::layouts_of(2)) {}
};

}  // namespace

STATEFERRY_CODEC_PLUGIN(CodecV2, "v2", "0.1.0", "Flink 1.3 to 1.10")
