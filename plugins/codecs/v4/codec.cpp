// Metadata format version 4: Flink 1.16 to 1.20. The layout is in the grammar library's table.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

struct CodecV4 final : stateferry::codecs::GrammarCodec {
  CodecV4() : GrammarCodec(stateferry::codecs::layouts_of(4)) {}
};

}  // namespace

STATEFERRY_CODEC_PLUGIN(CodecV4, "v4", "0.1.0", "Flink 1.16 to 1.20")
