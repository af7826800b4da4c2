// Metadata format version 1: Flink 1.2.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::codecs {
namespace {

constexpr Layout kLayout{.dialect = {1, {1, 2}},
                         .written_by = only_release({1, 2}),
                         .read_by = {{1, 2}, {1, 10}},
                         .stream_tags = tags({0, 1, 2}),
                         .keyed_tags = tags({0, 3}),
                         .operator_tags = tags({0, 4})};

struct CodecV1 final : GrammarCodec {
  CodecV1() : GrammarCodec({&kLayout, 1}) {}
};

}  // namespace
}  // namespace stateferry::codecs

STATEFERRY_CODEC_PLUGIN(stateferry::codecs::CodecV1, "v1", "0.1.0", "Flink 1.2")
