// Codec of a metadata format version that stateferry doesn't have: 8, as some vendor's Flink or a
// future one might write it. What it holds is told in README.md.
//
// stateferry describes every record of the format once, in a grammar. A codec says what its dialect
// adds to that, in a row of data and no code. With it come reading, writing, replacing in passing,
// all checks and all messages, and conversion from and to every other version.
#include "stateferry/codecs/grammar_codec.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

using stateferry::codecs::Layout;

// Version 7 with one more field: a handle of keyed state may say when its files are deleted.
constexpr stateferry::ExtraField kExpiresAt{
    .record = stateferry::ExtendedRecord::key_groups,
    .field = {"expires_at"},
    .type = stateferry::ExtraType::i64,
    .optional = true,  // a byte in front says whether there is one
    .loss = stateferry::LossClass::drops_information,
    .reason = "when keyed state expires is dropped: formats before version 8 don't say",
    .remedy = "see to it that nothing deletes the files by that time"};

constexpr Layout kLayout{.dialect = {8, {2, 5}},  // format version, and the first Flink with it
                         .experimental = true,    // say so with every run: it may still change
                         .extras = {&kExpiresAt, 1}};

struct CodecV8 final : stateferry::codecs::GrammarCodec {
  CodecV8() : GrammarCodec({&kLayout, 1}) {}
};

}  // namespace

STATEFERRY_CODEC_PLUGIN(CodecV8, "v8", "1.0.0", "Acme's Flink 2.5, an example")
