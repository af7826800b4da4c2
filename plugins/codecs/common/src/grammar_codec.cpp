#include "stateferry/codecs/grammar_codec.hpp"

#include <optional>
#include <string>
#include <vector>

#include "stateferry/codecs/comparer.hpp"
#include "stateferry/codecs/decoder.hpp"
#include "stateferry/codecs/encoder.hpp"
#include "stateferry/codecs/grammar.hpp"
#include "stateferry/codecs/splicer.hpp"

namespace stateferry::codecs {
namespace {

constexpr TagSet kChangelogTags = tag_bit(HandleTag::changelog) |
                                  tag_bit(HandleTag::changelog_byte_increment) |
                                  tag_bit(HandleTag::changelog_file_increment);
constexpr TagSet kOldKeyedTags =
    tag_bit(HandleTag::key_groups) | tag_bit(HandleTag::incremental_key_groups);

// Walks the body by one layout without keeping anything. Nothing when it doesn't fit; `error` then
// says why.
std::optional<BodyFacts> try_layout(ByteSource& source, const Layout& layout,
                                    std::optional<FormatError>& error) {
  SourceReader in(source, false);
  Splicer archive(*in, nullptr, nullptr);
  try {
    with_path(archive, [&] {
      in->take(kHeaderBytes);
      CheckpointMetadata scratch;
      Grammar<Splicer>(archive, layout).metadata(scratch);
    });
    return archive.facts();
  } catch (const FormatError& e) {
    error = e;
    return std::nullopt;
  }
}

}  // namespace

GrammarCodec::~GrammarCodec() = default;

std::int32_t GrammarCodec::format_version() const noexcept {
  return layouts_.front().dialect.format_version;
}

const Layout& GrammarCodec::row(const Dialect& dialect) const {
  for (const Layout& layout : layouts_) {
    if (layout.dialect == dialect) return layout;
  }
  throw CapabilityError("E-CAPABILITY-FIELD",
                        "format version " + std::to_string(format_version()) +
                            " has no dialect of Flink " + to_string(dialect.release),
                        "");
}

Dialect GrammarCodec::identify(ByteSource& source) const {
  if (layouts_.size() == 1) return layouts_.front().dialect;
  // Newest first: most files fit all bodies, and then the newest name is as good as any. The walk
  // by a wrong layout fails soon, since a body must be used up exactly.
  struct Fit {
    const Layout* layout;
    BodyFacts facts;
  };
  std::vector<Fit> fits;
  std::optional<FormatError> newest_error;
  for (auto layout = layouts_.rbegin(); layout != layouts_.rend(); ++layout) {
    std::optional<FormatError> error;
    const auto facts = try_layout(source, *layout, error);
    if (!newest_error && error) newest_error = error;
    if (!facts) continue;
    fits.push_back({&*layout, *facts});
    // Without channel state and changelogs all bodies are the same bytes.
    if (!facts->channels && (facts->tags & kChangelogTags) == 0) break;
  }
  if (fits.empty()) throw *newest_error;
  // A body that fits by chance is one that its release can't have written: writers since 1.15 emit
  // no old keyed tags beside changelogs.
  if (fits.size() > 1 && (fits.front().facts.tags & kChangelogTags) != 0 &&
      (fits.front().facts.keyed_tags & kOldKeyedTags) != 0) {
    return fits[1].layout->dialect;
  }
  return fits.front().layout->dialect;
}

CheckpointMetadata GrammarCodec::decode(ByteReader& in, const Dialect& dialect,
                                        DecodeContext& context) const {
  Decoder archive(in, context.arena);
  CheckpointMetadata metadata;
  with_path(archive, [&] { Grammar<Decoder>(archive, row(dialect)).metadata(metadata); });
  return metadata;
}

void GrammarCodec::encode(const CheckpointMetadata& metadata, const Dialect& dialect,
                          ByteWriter& out) const {
  Encoder archive(out);
  Grammar<Encoder>(archive, row(dialect)).metadata(metadata);
}

std::optional<std::string> GrammarCodec::difference(const CheckpointMetadata& metadata,
                                                    const Dialect& dialect, ByteReader& in) const {
  Comparer archive(in);
  try {
    with_path(archive, [&] { Grammar<Comparer>(archive, row(dialect)).metadata(metadata); });
    return std::nullopt;
  } catch (const Difference&) {
    return archive.path().text();
  }
}

SnapshotKind GrammarCodec::splice(ByteReader& in, const Dialect& dialect, LocationEditor& editor,
                                  ByteWriter& out) const {
  Splicer archive(in, &editor, &out);
  CheckpointMetadata scratch;
  with_path(archive, [&] { Grammar<Splicer>(archive, row(dialect)).metadata(scratch); });
  archive.finish();
  return snapshot_kind(scratch.properties);
}

}  // namespace stateferry::codecs
