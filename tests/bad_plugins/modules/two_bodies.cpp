// A codec of two bodies that tells them apart by the head of the file: by the lowest byte of the
// checkpoint id, 1 for the older one. Nothing is wrong with it.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

using namespace stateferry;

constexpr codecs::Layout kLayouts[] = {{.dialect = {95, {1, 11}}, .fields_of = {3, {1, 11}}},
                                       {.dialect = {95, {1, 15}}, .fields_of = {3, {1, 15}}}};

struct TwoBodies final : codecs::GrammarCodec {
  TwoBodies() : GrammarCodec(kLayouts) {}
  bool reads_to_identify() const noexcept override { return false; }
  Dialect identify(ByteSource& source) const override {
    const auto head = source.peek(kHeaderBytes + 8);
    const bool older = head.size() == kHeaderBytes + 8 && head.back() == std::byte{1};
    return dialects()[older ? 0 : 1].dialect;
  }
};

}  // namespace

STATEFERRY_CODEC_PLUGIN(TwoBodies, "v95", "1.0.0", "two bodies, told apart by the head")
