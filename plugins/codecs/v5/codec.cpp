// Metadata format version 5: Flink 2.0.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::codecs {
namespace {

constexpr Layout kLayout{
    .dialect = {5, {2, 0}}, .written_by = only_release({2, 0}), .read_by = since_release({2, 0})};

struct CodecV5 final : GrammarCodec {
  CodecV5() : GrammarCodec({&kLayout, 1}) {}
};

}  // namespace
}  // namespace stateferry::codecs

STATEFERRY_CODEC_PLUGIN(stateferry::codecs::CodecV5, "v5", "0.1.0", "Flink 2.0")
