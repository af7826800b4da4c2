#include "stateferry/codecs/grammar_codec.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stateferry/codecs/comparer.hpp"
#include "stateferry/codecs/counter.hpp"
#include "stateferry/codecs/decoder.hpp"
#include "stateferry/codecs/encoder.hpp"
#include "stateferry/codecs/grammar.hpp"
#include "stateferry/codecs/splicer.hpp"

namespace stateferry::codecs {
namespace {

// Walks the body by one plan without keeping anything. Nothing when it doesn't fit; `error` then
// says why.
std::optional<BodyFacts> try_plan(ByteSource& source, const BodyPlan& plan,
                                  std::optional<FormatError>& error) {
  SourceReader in(source, false);
  Splicer archive(*in, nullptr, nullptr);
  try {
    with_path(archive, [&] {
      in->take(kHeaderBytes);
      CheckpointMetadata scratch;
      Grammar<Splicer>(archive, plan).metadata(scratch);
    });
    return archive.facts();
  } catch (const FormatError& e) {
    error = e;
    return std::nullopt;
  }
}

}  // namespace

BodyPlan plan_of(const Layout& layout) {
  const Dialect fields = layout.fields_of.format_version != 0 ? layout.fields_of : layout.dialect;
  BodyPlan plan;
  plan.layout = layout;
  plan.level = level_of(fields.format_version, fields.release);
  Counter counter;
  CheckpointMetadata scratch;
  Grammar<Counter>(counter, plan).metadata(scratch);
  plan.least = counter.least();
  const TagSet legal = layout.stream_tags | layout.keyed_tags | layout.operator_tags;
  plan.info = {.dialect = layout.dialect,
               .written_by = layout.written_by,
               .read_by = layout.read_by,
               .parts = counter.parts(),
               .tags = legal & layout.writes_tags,
               .experimental = layout.experimental,
               .extras = layout.extras};
  return plan;
}

GrammarCodec::GrammarCodec(std::span<const Layout> layouts) {
  for (const Layout& layout : layouts) {
    BodyPlan plan = plan_of(layout);
    plan.info.dialect.one_of_several = layouts.size() > 1;
    dialects_.push_back(plan.info);
    plans_.push_back(std::move(plan));
  }
}

GrammarCodec::~GrammarCodec() = default;

const BodyPlan& GrammarCodec::plan(const Dialect& dialect) const {
  for (const BodyPlan& plan : plans_) {
    if (plan.info.dialect == dialect) return plan;
  }
  throw CapabilityError("E-CAPABILITY-FIELD",
                        "format version " + std::to_string(format_version()) +
                            " has no dialect of Flink " + to_string(dialect.release),
                        "");
}

Dialect GrammarCodec::identify(ByteSource& source) const {
  if (plans_.size() == 1) return plans_.front().info.dialect;
  // Newest first: most files fit all bodies, and then the newest name is as good as any. A walk by
  // a wrong layout fails soon, since a body must be used up exactly.
  struct Fit {
    Dialect dialect;
    BodyFacts facts;
  };
  std::vector<Fit> fits;
  std::optional<FormatError> newest_error;
  for (auto plan = plans_.rbegin(); plan != plans_.rend(); ++plan) {
    std::optional<FormatError> error;
    const auto facts = try_plan(source, *plan, error);
    if (!newest_error && error) newest_error = error;
    if (!facts) continue;
    fits.push_back({plan->info.dialect, *facts});
    // An older body that fits as well would be no better name.
    if (confirms(plan->info.dialect, *facts)) break;
  }
  if (fits.empty()) throw *newest_error;
  // A body that fits by chance is one that its release can't have written: writers since 1.15 emit
  // no old keyed tags beside changelogs.
  if (fits.size() > 1 && fits.front().facts.speaks_against_full_changelogs()) {
    return fits[1].dialect;
  }
  return fits.front().dialect;
}

bool GrammarCodec::confirms(const Dialect& dialect, const BodyFacts& facts) const {
  return !plan(dialect).info.has(BodyPart::full_changelog) ||
         !facts.speaks_against_full_changelogs();
}

CheckpointMetadata GrammarCodec::decode(ByteReader& in, const Dialect& dialect,
                                        DecodeContext& context) const {
  Decoder archive(in, context.arena);
  CheckpointMetadata metadata;
  with_path(archive, [&] { Grammar<Decoder>(archive, plan(dialect)).metadata(metadata); });
  if (context.guess != nullptr) context.guess->confirmed = confirms(dialect, archive.facts());
  return metadata;
}

void GrammarCodec::encode(const CheckpointMetadata& metadata, const Dialect& dialect,
                          ByteWriter& out) const {
  Encoder archive(out);
  Grammar<Encoder>(archive, plan(dialect)).metadata(metadata);
}

std::optional<std::string> GrammarCodec::difference(const CheckpointMetadata& metadata,
                                                    const Dialect& dialect, ByteReader& in) const {
  Comparer archive(in);
  try {
    with_path(archive, [&] { Grammar<Comparer>(archive, plan(dialect)).metadata(metadata); });
    return std::nullopt;
  } catch (const Difference&) {
    return archive.path().text();
  }
}

SnapshotKind GrammarCodec::splice(ByteReader& in, const Dialect& dialect, LocationEditor& editor,
                                  ByteWriter& out, BodyGuess* guess) const {
  Splicer archive(in, &editor, &out, guess);
  CheckpointMetadata scratch;
  with_path(archive, [&] { Grammar<Splicer>(archive, plan(dialect)).metadata(scratch); });
  archive.finish();
  if (guess != nullptr) guess->confirmed = confirms(dialect, archive.facts());
  return snapshot_kind(scratch.properties);
}

}  // namespace stateferry::codecs
