#include "stateferry/codecs/grammar.hpp"
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/codecs/part_decoder.hpp"

namespace stateferry::codecs {

void GrammarCodec::decode_parts(ByteReader& in, const Dialect& dialect, DecodeContext& context,
                                PartVisitor& visitor) const {
  Arena names;
  CheckpointMetadata metadata;
  PartDecoder archive(in, context.arena, names, metadata, visitor);
  with_path(archive, [&] { Grammar<PartDecoder>(archive, plan(dialect)).metadata(metadata); });
  visitor.end(metadata);
}

}  // namespace stateferry::codecs
