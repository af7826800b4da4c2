// A Codec made of the layouts of a format version. All shipped codecs are one of these; a codec out
// of this tree may be one, too.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stateferry/codecs/body_facts.hpp"
#include "stateferry/codecs/body_plan.hpp"
#include "stateferry/plugin/codec.hpp"

namespace stateferry::codecs {

/// See the head of this file. Stateless.
class GrammarCodec : public Codec {
 public:
  /// `layouts`: at least one, all of one format version, oldest release first.
  explicit GrammarCodec(std::span<const Layout> layouts);
  ~GrammarCodec() override;

  std::span<const DialectInfo> dialects() const noexcept override { return dialects_; }
  /// Where there are several bodies: the one that fits, see the source for how ties are broken.
  Dialect identify(ByteSource& source) const override;
  CheckpointMetadata decode(ByteReader& in, const Dialect& dialect,
                            DecodeContext& context) const override;
  void decode_parts(ByteReader& in, const Dialect& dialect, DecodeContext& context,
                    PartVisitor& visitor) const override;
  void encode(const CheckpointMetadata& metadata, const Dialect& dialect,
              ByteWriter& out) const override;
  std::optional<std::string> difference(const CheckpointMetadata& metadata, const Dialect& dialect,
                                        ByteReader& in) const override;
  SnapshotKind splice(ByteReader& in, const Dialect& dialect, LocationEditor& editor,
                      ByteWriter& out, BodyGuess* guess) const override;

 private:
  // Whether identify() would name `dialect`, by which a walk has met these facts, if it has refused
  // all newer ones.
  bool confirms(const Dialect& dialect, const BodyFacts& facts) const;
  const BodyPlan& plan(const Dialect& dialect) const;
  std::vector<BodyPlan> plans_;
  std::vector<DialectInfo> dialects_;
};

}  // namespace stateferry::codecs
