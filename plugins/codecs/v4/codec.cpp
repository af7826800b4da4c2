// Metadata format version 4: Flink 1.16 to 1.20.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::codecs {
namespace {

constexpr Layout kLayout{
    .dialect = {4, {1, 16}}, .written_by = {{1, 16}, {1, 20}}, .read_by = since_release({1, 16})};

struct CodecV4 final : GrammarCodec {
  CodecV4() : GrammarCodec({&kLayout, 1}) {}
};

}  // namespace
}  // namespace stateferry::codecs

STATEFERRY_CODEC_PLUGIN(stateferry::codecs::CodecV4, "v4", "0.1.0", "Flink 1.16 to 1.20")
