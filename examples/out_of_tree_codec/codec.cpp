// Codec of a metadata format version that stateferry doesn't have: 8, as some vendor's Flink or a
// future one might write it. What it holds is told in README.md.
//
// stateferry describes every record of the format once, in a grammar that reads a Layout: a row of
// data that says which parts are there. A version whose records are known needs a row and no code.
// With it come reading, writing, replacing in passing, all checks and all messages.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

using stateferry::codecs::Layout;

// Version 7 with one difference: behind the maximum parallelism stands the length of the operator's
// chain, as in versions 1 and 2.
const Layout& layout_v8() {
  static const Layout row = [] {
    Layout layout = stateferry::codecs::layouts_of(7).front();
    layout.dialect = {8, {2, 5}};  // format version, and the first Flink that writes it
    layout.parts |= stateferry::BodyPart::chain_length;
    layout.least_operator += 4;  // the shortest operator grows by that int
    return layout;
  }();
  return row;
}

// `experimental`: say so with every run, as long as the format may change.
struct CodecV8 final : stateferry::codecs::GrammarCodec {
  CodecV8() : GrammarCodec({&layout_v8(), 1}, /*experimental=*/true) {}
};

}  // namespace

STATEFERRY_CODEC_PLUGIN(CodecV8, "v8", "1.0.0", "Acme's Flink 2.5, an example")
