// Metadata format version 6: Flink 2.1 to 2.3.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::codecs {
namespace {

constexpr Layout kLayout{
    .dialect = {6, {2, 1}}, .written_by = {{2, 1}, {2, 3}}, .read_by = since_release({2, 1})};

struct CodecV6 final : GrammarCodec {
  CodecV6() : GrammarCodec({&kLayout, 1}) {}
};

}  // namespace
}  // namespace stateferry::codecs

STATEFERRY_CODEC_PLUGIN(stateferry::codecs::CodecV6, "v6", "0.1.0", "Flink 2.1 to 2.3")
