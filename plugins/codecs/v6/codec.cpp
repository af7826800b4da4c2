// Metadata format version 6: Flink 2.1 to 2.3. The layout is in the grammar library's table.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

struct CodecV6 final : stateferry::codecs::GrammarCodec {
  CodecV6() : GrammarCodec(stateferry::codecs::layouts_of(6)) {}
};

}  // namespace

STATEFERRY_CODEC_PLUGIN(CodecV6, "v6", "0.1.0", "Flink 2.1 to 2.3")
