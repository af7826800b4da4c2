// A Codec made of a format version's rows in the layout table. All shipped codecs are one of these;
// a codec out of this tree may derive from it and give its own rows.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "stateferry/codecs/layout.hpp"
#include "stateferry/plugin/codec.hpp"

namespace stateferry::codecs {

/// See the head of this file. Stateless.
class GrammarCodec : public Codec {
 public:
  /// `layouts` (at least one, all of one format version, oldest release first) must live as long as
  /// the codec.
  explicit GrammarCodec(std::span<const Layout> layouts, bool experimental = false)
      : layouts_(layouts), experimental_(experimental) {}
  ~GrammarCodec() override;

  std::int32_t format_version() const noexcept override;
  bool experimental() const noexcept override { return experimental_; }
  bool reads_to_identify() const noexcept override { return layouts_.size() > 1; }
  /// Where there are several bodies: the one that fits, see the source for how ties are broken.
  Dialect identify(ByteSource& source) const override;
  CheckpointMetadata decode(ByteReader& in, const Dialect& dialect,
                            DecodeContext& context) const override;
  void encode(const CheckpointMetadata& metadata, const Dialect& dialect,
              ByteWriter& out) const override;
  std::optional<std::string> difference(const CheckpointMetadata& metadata, const Dialect& dialect,
                                        ByteReader& in) const override;
  SnapshotKind splice(ByteReader& in, const Dialect& dialect, LocationEditor& editor,
                      ByteWriter& out) const override;

 private:
  const Layout& row(const Dialect& dialect) const;
  std::span<const Layout> layouts_;
  bool experimental_;
};

}  // namespace stateferry::codecs
