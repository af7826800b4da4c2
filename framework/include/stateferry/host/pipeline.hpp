// A pipeline: source → decode → steps → encode → read back and compare → commit.
//
// Knows no YAML; rule files become one of these, and tests build them in code. A pipeline whose
// steps only change strings never builds a tree: it copies the input and replaces what changed, in
// constant memory. Both ways give the same bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"
#include "stateferry/host/conversion.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/model/inline_uris.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/model/operator_ref.hpp"
#include "stateferry/model/release.hpp"
#include "stateferry/model/snapshot_kind.hpp"
#include "stateferry/plugin/count_bound.hpp"
#include "stateferry/plugin/transform.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/uri_roots.hpp"

namespace stateferry {

/// Where a file lies, as seen from the directory of _metadata.
enum class Scope : std::uint8_t { exclusive, shared, taskowned, foreign };
STATEFERRY_API std::string_view scope_name(Scope scope) noexcept;
/// The scope of `uri` for a snapshot whose _metadata lies in `base_uri`: below it exclusive; below
/// its sibling `shared` or `taskowned` that; else foreign. A relative text is exclusive.
STATEFERRY_API Scope scope_of(std::string_view uri, std::string_view base_uri,
                              std::string_view file_system = kLocalFileSystem);

/// `where` of a step. Every list is "any of"; an empty one lets all through; all lists must agree.
struct STATEFERRY_API Selector {
  std::vector<std::string> operator_uid;  ///< globs; exact ones also match by their hash
  std::vector<OperatorId> operator_uid_hash;
  std::vector<std::string> operator_name;  ///< globs
  std::vector<std::string> state_name;     ///< globs over registered operator states
  Role roles = Role::none;                 ///< none: all
  std::vector<Scope> scopes;
  std::vector<LocationKind> handles;  ///< empty: the absolute kinds
  std::vector<std::string> uri_schemes;
  std::vector<std::string> uri_globs;

  /// Whether nothing is narrowed down.
  bool empty() const noexcept;
  /// Whether nothing is narrowed down but the operator, by id, uid, name or state.
  bool only_operators() const noexcept;
  /// Whether it looks at uids by pattern, which files before V5 don't hold.
  bool needs_operator_uids() const;
};

/// One step. `transform` is configured.
struct Step {
  std::string id;
  std::string uses;
  std::shared_ptr<const Transform> transform;
  Selector where;
  std::map<std::string, CountBound>
      expect;  ///< keys: selected, changed, already, unmatched, matched
  SourceMark mark;
};

/// What `output.untouched-uris` may say.
enum class Untouched : std::uint8_t { automatic, fail, warn, allow };

/// What must hold of the snapshot as a whole.
struct STATEFERRY_API Requirements {
  std::optional<CountBound> metadata_version;
  std::vector<SnapshotType> snapshot;  ///< empty: any
  /// Operators that must be there, by id, with the text to show.
  std::vector<std::pair<OperatorId, std::string>> operators;
  SourceMark mark;
};

/// Counts of one step: of locations, or of operators where it is a document transform.
struct StepCounts {
  std::string id;
  std::string uses;
  TransformKind kind = TransformKind::uri;
  std::uint64_t selected = 0;
  std::uint64_t changed = 0;
  std::uint64_t already = 0;
  std::uint64_t unmatched = 0;
  std::uint64_t matched() const noexcept { return changed + already; }
};

/// One changed location, shown while it is valid.
struct Change {
  const Location& location;  ///< as it was
  std::string_view before;   ///< UTF-8
  std::string_view after;    ///< UTF-8
};

/// One change to an operator itself, shown while it is valid.
struct OperatorChange {
  const OperatorKey& op;    ///< as it was before the step
  std::string_view field;   ///< which, as in dumps; empty: dropped, and `after` says with what
  std::string_view before;  ///< UTF-8
  std::string_view after;   ///< UTF-8
};

/// How a run is to be done.
struct STATEFERRY_API RunOptions {
  std::string base_uri;  ///< directory of _metadata in Flink's form; empty: unknown
  /// Whether the user has said `base_uri`, rather than that it follows from where the input is
  /// read: a copy of _metadata may lie elsewhere than the files that it names.
  bool base_uri_said = false;
  bool reencode = false;  ///< decode and encode even where splicing or copying would do
  bool verify = true;     ///< read the output back and compare before commit
  bool spool = false;     ///< decide everything before the first byte of output, even to a pipe
  bool commit = true;     ///< false: a dry run
  bool commit_unchanged = true;  ///< false: a run that changes nothing writes nothing
  /// What stands in front of locations without a scheme; see with_default_file_system().
  std::string default_file_system = std::string(kLocalFileSystem);
  /// Whether the state moves, whatever the steps are: then URIs in inline state are worth a
  /// warning. So they are where a step changes URIs.
  bool state_moves = false;
  /// Whether it is an error that inline state holds URIs which the steps would have changed in a
  /// handle: then nothing is put in place.
  bool fail_on_residual = false;
  /// Of operators that the file itself doesn't name; null: none.
  std::shared_ptr<const OperatorNames> operator_names;
  std::function<void(const Change&)> on_change;  ///< called for each changed location, file order
  /// Called for each change of a document transform to an operator, step by step, file order.
  std::function<void(const OperatorChange&)> on_operator_change;
  bool explain =
      false;  ///< a dry run that ends with the account; losses and obstacles are no error
  /// Called with the account of a conversion, also of one that is then refused.
  std::function<void(const ConversionAccount&)> on_account;
};

/// URIs that the steps would have changed in a handle, in the inline state of an operator.
struct Residual {
  std::string op;  ///< `uid:…` or `hash:…`, UTF-8; empty: the master's state
  Role role = Role::none;
  std::uint64_t count = 0;
};

/// What a run did.
struct STATEFERRY_API RunReport {
  Dialect dialect;
  SnapshotType snapshot = SnapshotType::unknown;
  enum class Path : std::uint8_t { copied, spliced, reencoded } path = Path::copied;
  std::vector<StepCounts> steps;
  std::uint64_t locations = 0;                  ///< all locations of all kinds
  std::uint64_t absolute = 0;                   ///< those that are absolute URIs
  std::uint64_t changed_locations = 0;          ///< that got another text in the end
  std::uint64_t changed_operators = 0;          ///< changed or dropped, summed over the steps
  std::uint64_t other_changes = 0;              ///< by document transforms, outside of operators
  std::optional<ConversionAccount> conversion;  ///< when another format or reader was asked for
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t untouched = 0;                 ///< absolute URIs that no step matched
  std::vector<std::string> untouched_samples;  ///< `uri (model path)`, at most ten
  UriRoots untouched_roots;                    ///< where they lie
  /// URIs in inline state, which no step rewrites; not looked for unless the state moves.
  InlineUris inline_uris;
  InlineUris inline_uris_moved;  ///< of these, those that the steps would have changed in a handle
  std::vector<Residual> residuals;  ///< the same by operator and role, in file order
  bool collision_check = false;     ///< whether all results were compared exactly
  bool verified = false;            ///< what was written was read back and compared
  bool committed = false;           ///< the output is in place
  std::uint64_t changes() const noexcept {
    return changed_locations + changed_operators + other_changes;
  }
  bool converted() const noexcept { return conversion && conversion->changes(); }
  bool changed() const noexcept { return changes() > 0 || converted(); }
  /// Nothing changed, something could have, and all that was selected is below its target.
  bool already_applied() const noexcept;
};

/// Steps with what is asked of the snapshot and of the result. Configured once, then const: run()
/// may be called by several threads, each with its own registry.
class STATEFERRY_API Pipeline {
 public:
  std::vector<Step> steps;
  Requirements require;
  Untouched untouched_uris = Untouched::automatic;
  /// What the result is to be; problem_with() must have nothing against it. Handles change after
  /// the steps, and then the format does. The directory of _metadata is then as the steps move it.
  OutputFormat output;

  /// Rewrites `source` into `sink` and commits it. Warnings and all unmet expectations go to
  /// `diagnostics`; whenever an error is thrown or reported nothing was committed. Throws Error;
  /// unmet expectations are thrown as the first RuleError after all were reported, and so are the
  /// obstacles of a conversion, as the first CapabilityError, before the first byte is written.
  RunReport run(ByteSource& source, ByteSink& sink, PluginRegistry& registry,
                const RunOptions& options, DiagnosticSink& diagnostics) const;

  /// What becomes of untouched URIs: `untouched_uris`, or the default that the steps call for.
  Untouched untouched_policy() const noexcept;
  /// Whether every step only changes or checks strings, so that no tree is needed.
  bool only_strings() const noexcept;
};

/// Magic and version of a file. Throws FormatError with what the file seems to be instead: empty, a
/// Flink 1.0 savepoint, something else.
STATEFERRY_API std::int32_t read_format_version(ByteReader& in);

/// The codec for what a source holds, and its dialect.
struct Identified {
  std::shared_ptr<const Codec> codec;
  Dialect dialect;
  /// Where the whole file decides about the dialect, which may then be the likeliest one only.
  bool sure = true;
};
/// Looks at all of `source` where that must be: a pipe is then spooled. The answer is sure. Throws
/// FormatError, also for versions that are known and refused (V0), and PluginError.
STATEFERRY_API Identified identify(ByteSource& source, PluginRegistry& registry);

/// Decodes `source` into a document that owns it.
STATEFERRY_API Document decode_document(std::unique_ptr<ByteSource> source,
                                        PluginRegistry& registry, DiagnosticSink& diagnostics);

}  // namespace stateferry
