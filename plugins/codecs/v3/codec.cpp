// Metadata format version 3: Flink 1.11 to 1.15, three bodies.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::codecs {
namespace {

// 1.11 has no tag above 6 and no finished markers, 1.14 no tag above 10: that tells the bodies
// apart.
constexpr Layout kLayouts[] = {
    {.dialect = {3, {1, 11}},
     .written_by = only_release({1, 11}),
     .read_by = only_release({1, 11}),
     .stream_tags = kStreamTags & tags_upto(6),
     .keyed_tags = kKeyedTags & tags_upto(6),
     .operator_tags = kOperatorTags & tags_upto(6)},
    {.dialect = {3, {1, 12}}, .written_by = {{1, 12}, {1, 13}}, .read_by = {{1, 12}, {1, 13}}},
    {.dialect = {3, {1, 14}},
     .written_by = only_release({1, 14}),
     .read_by = only_release({1, 14}),
     .stream_tags = kStreamTags & tags_upto(10),
     .keyed_tags = kKeyedTags & tags_upto(10),
     .operator_tags = kOperatorTags & tags_upto(10)},
    {.dialect = {3, {1, 15}},
     .written_by = only_release({1, 15}),
     .read_by = since_release({1, 15})},
};

struct CodecV3 final : GrammarCodec {
  CodecV3() : GrammarCodec(kLayouts) {}
};

}  // namespace
}  // namespace stateferry::codecs

STATEFERRY_CODEC_PLUGIN(stateferry::codecs::CodecV3, "v3", "0.1.0",
                        "Flink 1.11 to 1.15, three bodies")
