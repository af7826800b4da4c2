// Metadata format version 7: no released Flink, experimental.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::codecs {
namespace {

// The next minor release at the earliest; none that exists.
constexpr Layout kLayout{.dialect = {7, {2, 4}}, .experimental = true};

struct CodecV7 final : GrammarCodec {
  CodecV7() : GrammarCodec({&kLayout, 1}) {}
};

}  // namespace
}  // namespace stateferry::codecs

STATEFERRY_CODEC_PLUGIN(stateferry::codecs::CodecV7, "v7", "0.1.0",
                        "no released Flink, experimental")
