// Metadata format version 2: Flink 1.3 to 1.10.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::codecs {
namespace {

constexpr Layout kLayout{
    .dialect = {2, {1, 3}},
    .written_by = {{1, 3}, {1, 10}},
    .read_by = since_release({1, 3}),
    // Newer readers may know more tags here, but no writer ever put them there.
    .writes_tags = tags_upto(5)};

struct CodecV2 final : GrammarCodec {
  CodecV2() : GrammarCodec({&kLayout, 1}) {}
};

}  // namespace
}  // namespace stateferry::codecs

STATEFERRY_CODEC_PLUGIN(stateferry::codecs::CodecV2, "v2", "0.1.0", "Flink 1.3 to 1.10")
