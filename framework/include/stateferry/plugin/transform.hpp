// The interfaces of transform plugins: one step of a pipeline each.
//
// configure() runs once, before anything else; after that a transform is const and may be used by
// several threads. The framework walks the snapshot, applies the step's `where`, counts and
// records; a transform only decides about what it is shown. Derive from one of UriTransform,
// HandleTransform, DocumentTransform and Assertion, never from Transform itself. All text is UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"
#include "stateferry/model/document.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/plugin/params.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

/// Which of the four interfaces a transform implements.
enum class TransformKind : std::uint8_t { uri, handle, document, assertion };

/// What is known of the snapshot for which a step is to be undone.
struct InverseContext {
  /// The texts of the locations that the step changed in it, as they were before: UTF-8, sorted,
  /// each once. Empty for steps that change operators.
  const std::vector<std::string>& changed;
  std::string_view base_uri;  ///< directory of _metadata in Flink's form; empty when unknown
};

/// A step that undoes another.
struct InverseStep {
  std::string uses;                 ///< full name of its transform
  ParamNode with;                   ///< its parameters, a map
  std::vector<std::string> accept;  ///< hazards that it must accept
};
/// Why no step undoes another: a sentence without its full stop, for the user.
struct NoInverse {
  std::string reason;
};
using Inverse = std::variant<InverseStep, NoInverse>;

/// Common base.
class STATEFERRY_API Transform {
 public:
  virtual ~Transform();
  virtual TransformKind kind() const noexcept = 0;
  /// Declares and binds the parameters; see plugin/params.hpp.
  virtual void configure(ParamBinder& params) = 0;
  /// The step that takes back what this one does, for `rules invert`. It need not do so on every
  /// snapshot: the framework tries it on the one that `context` tells of and compares all bytes. By
  /// default there is none.
  virtual Inverse inverse(const InverseContext& context) const;
};

/// What a step says of one location.
enum class Outcome : std::uint8_t {
  unmatched,  ///< none of this step's business
  already,    ///< lies below the step's target: nothing to do
  changed,    ///< gets a new text
};

/// What lies at or below `from` (Flink's form) goes below `to`. `s3a:` stands for all URIs of that
/// scheme.
struct PrefixMove {
  std::string from;
  std::string to;
};

/// Maps the text of a location to a new one.
class STATEFERRY_API UriTransform : public Transform {
 public:
  ~UriTransform() override;
  TransformKind kind() const noexcept final { return TransformKind::uri; }

  /// `uri` is the text in the form that Flink's Path writes (a directory or inline handle name as
  /// it stands). On `changed` the new text is in `result`, which is empty at the call. Throws
  /// RuleError when the step can't decide.
  virtual Outcome rewrite(std::string_view uri, std::string& result) const = 0;

  /// Decides about a whole directory: about every text that is `directory` (which ends with '/')
  /// followed by one more name. Says what rewrite() says of each such text; on `changed`, `result`,
  /// empty at the call, gets what stands in the place of `directory` (it ends with '/' too), and
  /// the name stays. Nothing when such texts differ in what becomes of them, as by default: then
  /// each is asked for. Worth answering, since snapshots hold many files in few directories.
  virtual std::optional<Outcome> rewrite_directory(std::string_view directory,
                                                   std::string& result) const;

  /// What the step moves, where prefixes can say it: it changes no other text, and each that it
  /// changes gets below the target of the longest prefix that it lies below. Nothing, as by
  /// default, where they can't. `rules check` warns by this of steps that can't meet what they are
  /// for.
  virtual std::optional<std::vector<PrefixMove>> moves() const;

  /// Whether two different texts that this step changes always get different texts. If so the
  /// framework need not compare all results to prove that no two files become one.
  virtual bool injective() const noexcept { return false; }
};

/// What a handle transform is told besides the handle.
struct HandleContext {
  Arena& arena;               ///< for new text, modified UTF-8
  std::string_view base_uri;  ///< directory of _metadata in Flink's form; empty when unknown
  Dialect target;             ///< the format of the result
  /// What stands in front of locations that have no scheme; see with_default_file_system().
  std::string_view default_file_system = kLocalFileSystem;
  /// Handle tags that the releases know which write that format.
  TagSet writers_know = ~TagSet{0};
};

/// Replaces one stream handle by another, such as a relative by an absolute one.
class STATEFERRY_API HandleTransform : public Transform {
 public:
  ~HandleTransform() override;
  TransformKind kind() const noexcept final { return TransformKind::handle; }

  /// Handle kinds that this step deals with; others are not even shown to it.
  virtual bool applies_to(LocationKind kind) const noexcept = 0;
  /// Whether it needs to know the directory of _metadata (HandleContext::base_uri).
  virtual bool needs_base_uri() const noexcept { return false; }
  /// Decides about `handle`, changing it in place on `changed`. Throws RuleError.
  virtual Outcome apply(StreamStateHandle& handle, const HandleContext& context) const = 0;
};

/// What a document transform is told besides the document, and how it tells what it does. An
/// operator is named by its position in root().operators, which stays the same during apply(). Of a
/// selected operator that the transform says nothing of, it is counted that it is unmatched. Valid
/// during apply() only.
class STATEFERRY_API DocumentContext {
 public:
  virtual ~DocumentContext();

  /// For warnings; errors are thrown.
  virtual DiagnosticSink& sink() const = 0;
  /// Whether `where` of the step selects the operator. All others must be left alone.
  virtual bool selects(std::uint32_t op) const = 0;
  /// Who the operator was before this step, with the uid and name that the file holds or that the
  /// user told.
  virtual OperatorKey key(std::uint32_t op) const = 0;
  /// Whether uids (names) of operators are known at all: else none can be looked for by pattern.
  virtual bool knows_uids() const = 0;
  virtual bool knows_names() const = 0;
  /// Whether the result's format has a place for uids and names; where not they must stay empty.
  virtual bool stores_operator_names() const = 0;

  /// The operator is as this step would make it.
  virtual void already(std::uint32_t op) = 0;
  /// A field of the operator has changed: its name as in dumps (`uid`, `coordinator.handle_name`),
  /// what it was and what it is, UTF-8. An operator counts once, however many of its fields change.
  virtual void changed(std::uint32_t op, std::string_view field, std::string_view before,
                       std::string_view after) = 0;
  /// The operator goes. The framework takes it out after apply().
  virtual void drop(std::uint32_t op) = 0;
  /// Something outside of operators has changed; counted, and not shown.
  virtual void changed_elsewhere() = 0;
};

/// Changes the tree as a whole: operators, not single locations.
class STATEFERRY_API DocumentTransform : public Transform {
 public:
  ~DocumentTransform() override;
  TransformKind kind() const noexcept final { return TransformKind::document; }

  /// Changes `document` in place and tells `context` of each change: what isn't told may not get
  /// into the result. New text goes to the document's arena. Must decide before it changes
  /// anything, since what it throws (RuleError) stops the run.
  virtual void apply(Document& document, DocumentContext& context) const = 0;
};

/// States something about the selected locations and changes nothing.
class STATEFERRY_API Assertion : public Transform {
 public:
  ~Assertion() override;
  TransformKind kind() const noexcept final { return TransformKind::assertion; }

  /// Whether this location is one that the assertion counts.
  virtual bool matches(std::string_view uri) const = 0;
  /// The same for every text that is `directory` (which ends with '/') followed by one more name.
  /// Nothing when such texts differ, as by default.
  virtual std::optional<bool> matches_directory(std::string_view directory) const;
  /// Whether an inline handle is one that the assertion counts, by its name and by the state behind
  /// it. By default, whether matches() holds of the name or of some URI in the state
  /// (uri/uri_scanner.hpp), in Flink's form. `name` is empty for inline state without a handle.
  virtual bool matches_inline(std::string_view name, std::span<const std::byte> state) const;
  /// Whether a matching location is the fault (assert.none) or one that doesn't match
  /// (assert.all); the framework names such locations when the assertion fails.
  virtual bool matching_is_fault() const noexcept = 0;
  /// The complaint over the whole snapshot, or the empty string when all is well. Of `selected`
  /// locations `matching` matched.
  virtual std::string verdict(std::uint64_t selected, std::uint64_t matching) const = 0;
};

}  // namespace stateferry
