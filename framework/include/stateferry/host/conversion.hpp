// Conversion between dialects: what another Flink can read, and what it costs.
//
// Everything that a target can't hold is found in one walk over the tree, before a byte is written:
// each finding says where, why, what becomes of it and what could be done. What bodies hold and who
// reads them the codecs say (model/dialect.hpp), what releases cope with model/release.hpp; here is
// only what to do about each difference.
// Nothing here writes, prints, or decides whether a loss is acceptable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/export.hpp"
#include "stateferry/host/restores_seen.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/dialect.hpp"
#include "stateferry/model/parts.hpp"

namespace stateferry {

/// What becomes of file handles (`output.handles`).
enum class HandleForm : std::uint8_t { keep, absolute, relative };
STATEFERRY_API std::string_view handle_form_name(HandleForm form) noexcept;

/// What a snapshot is that doesn't say so itself (`output.snapshot`), for files that go up to V4+.
/// `checkpoint` is one that is retained on cancellation.
enum class DeclaredKind : std::uint8_t {
  unknown,  ///< the null object: all readers take it
  savepoint_canonical,
  savepoint_native,
  checkpoint,
};
STATEFERRY_API std::string_view declared_kind_name(DeclaredKind kind) noexcept;
STATEFERRY_API std::optional<DeclaredKind> declared_kind_from_name(std::string_view name) noexcept;
/// The CheckpointProperties that Flink 1.16 … 2.3 write for such a snapshot, byte by byte. Static.
STATEFERRY_API Bytes checkpoint_properties(DeclaredKind kind) noexcept;

/// Whether a conversion that loses something may be written (`output.on-loss`).
enum class OnLoss : std::uint8_t { fail, report };
STATEFERRY_API std::string_view on_loss_name(OnLoss on_loss) noexcept;
STATEFERRY_API std::optional<OnLoss> on_loss_from_name(std::string_view name) noexcept;

/// What the result is to be, as a rule file or a command line says it.
struct STATEFERRY_API OutputFormat {
  std::optional<std::int32_t> version;  ///< format version; nothing: keep, or what `flink` reads
  std::optional<FlinkRelease> flink;    ///< oldest Flink that must be able to read the result
  HandleForm handles = HandleForm::keep;
  DeclaredKind snapshot = DeclaredKind::unknown;
  OnLoss on_loss = OnLoss::fail;

  /// Whether anything but a copy is asked for.
  bool asks() const noexcept;
};
/// What is wrong with `format` whatever the snapshot: a version without a codec, a release that
/// isn't known, one that doesn't read the version, a version with several bodies without a release
/// to say which. Nothing when all is well.
struct FormatProblem {
  std::string message;
  std::string hint;
};
STATEFERRY_API std::optional<FormatProblem> problem_with(const OutputFormat& format,
                                                         const Dialects& dialects);

/// `lossless`, `drops-information`, `impossible`.
STATEFERRY_API std::string_view loss_class_name(LossClass loss) noexcept;

/// One kind of difference at one operator.
struct ConversionFinding {
  LossClass loss = LossClass::lossless;
  std::string what;             ///< a stable word: `operator-uid`, `input-channel-state`
  std::string reason;           ///< one sentence, without the place
  std::string remedy;           ///< what could be done; may be empty
  bool reversible = false;      ///< whether converting back restores these bytes
  bool needs_base_uri = false;  ///< whether all it lacks is the directory of _metadata
  struct Operator {
    std::uint32_t index = 0;
    std::string hash;  ///< 32 hex digits
    std::string uid;   ///< UTF-8; empty when unknown
    std::string name;  ///< UTF-8; empty when unknown
  };
  std::optional<Operator> op;       ///< nothing: the snapshot as a whole
  std::uint64_t count = 0;          ///< how many places
  std::vector<std::string> places;  ///< model paths of the first kMostPlaces
  static constexpr std::size_t kMostPlaces = 100;
};

/// What no conversion can see to: the reader must be configured for it, or loses state silently.
struct ConversionCaution {
  std::string what;             ///< a stable word: `rocksdb-timers`
  std::string reason;           ///< one sentence
  std::string remedy;           ///< what is to be done
  std::uint64_t operators = 0;  ///< that it may concern
  std::string place;            ///< model path of the first
};

/// What a conversion costs.
struct STATEFERRY_API ConversionAccount {
  Dialect source;
  Dialect target;
  std::optional<FlinkRelease> reader;       ///< that the target was chosen for
  std::vector<ConversionFinding> findings;  ///< by operator, in file order
  std::vector<ConversionCaution> cautions;  ///< when there is a `reader`
  RestoresSeen restores;                    ///< by real Flink releases, when there is a `reader`

  /// The worst class of all findings.
  LossClass worst() const noexcept;
  /// Whether the result differs from the source at all.
  bool changes() const noexcept { return source != target || !findings.empty(); }
  /// Whether converting back to the source's dialect gives the source's bytes.
  bool reversible() const noexcept;
};

/// The body to write, and who is to read it.
struct ConversionTarget {
  DialectInfo body;
  /// Nothing: whoever reads the source. Then only what the body can't hold is a finding.
  std::optional<ReleaseInfo> reader;
};

/// What a conversion must be told about the snapshot.
struct ConversionOptions {
  DeclaredKind snapshot = DeclaredKind::unknown;
  /// Directory of _metadata as the user says it, in Flink's form: relative handles become absolute
  /// below it for readers that know none. Empty: not said; such handles are then impossible.
  std::string base_uri;
};

/// The target for `format`, which problem_with() has nothing against. With a release alone: the
/// version stays if the release reads it with all that is in it, else it is the newest that it
/// reads. With a version alone: for the newest release that writes it, where there is one. `source`
/// is one of `dialects`.
STATEFERRY_API ConversionTarget choose_target(const CheckpointMetadata& root,
                                              const DialectInfo& source, const OutputFormat& format,
                                              const Dialects& dialects);

/// What converting `root` would cost. Changes nothing.
STATEFERRY_API ConversionAccount examine_conversion(const CheckpointMetadata& root,
                                                    const DialectInfo& source,
                                                    const ConversionTarget& target,
                                                    const ConversionOptions& options);

/// Converts `root` in place, so that a codec can encode it as `target.body.dialect`; new lists and
/// texts go to `arena`. After impossible findings the tree is only half converted and of no use.
/// The same input gives the same result. Throws RuleError for a path that Flink would not write.
STATEFERRY_API ConversionAccount convert_tree(CheckpointMetadata& root, Arena& arena,
                                              const DialectInfo& source,
                                              const ConversionTarget& target,
                                              const ConversionOptions& options);

/// Every kind of finding that there is, without places: for documentation.
STATEFERRY_API std::vector<ConversionFinding> kinds_of_findings();

/// Which releases read a snapshot as it is.
struct Readers {
  FlinkRelease oldest;
  FlinkRelease newest;
  /// What keeps the release before the oldest from reading it: `format-version`, or the `what` of
  /// the first finding.
  std::string construct;
  std::string reason;  ///< one sentence
  std::string place;   ///< model path; empty for the version
};
/// Nothing when no release reads it. `source` is one of `dialects`.
STATEFERRY_API std::optional<Readers> readers_of(const CheckpointMetadata& root,
                                                 const DialectInfo& source,
                                                 const Dialects& dialects);

/// The same of a snapshot that is shown part by part, once. What it is made of outlives it.
class STATEFERRY_API ReadersSearch final : public PartVisitor {
 public:
  ReadersSearch(const DialectInfo& source, const Dialects& dialects);
  ~ReadersSearch() override;
  ReadersSearch(const ReadersSearch&) = delete;
  ReadersSearch& operator=(const ReadersSearch&) = delete;

  void begin(CheckpointMetadata& root) override;
  void begin_operator(OperatorState& op, std::uint32_t index) override;
  void subtask(SubtaskEntry& entry, std::uint32_t index) override;
  void end_operator(OperatorState& op) override;
  void end(CheckpointMetadata& root) override;
  /// When all was shown.
  std::optional<Readers> result() const;

 private:
  class Search;
  std::unique_ptr<Search> search_;
};

}  // namespace stateferry
