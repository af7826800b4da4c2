// Rule files: from the text of a migration to a checked RuleFile.
//
// Parsing sees no plugin: names of transforms and their parameters are checked by build_pipeline()
// (rules/build_pipeline.hpp), everything else here. The problems of all files are told in one pass,
// sorted by place: the first 200, and the number of the others. Nothing is read but what the
// caller's functions give.
// Ownership: a RuleFile owns all its text; its marks keep the texts of the files alive.
// Threads: parsing keeps no state between calls; a RuleFile may be read by several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/dialect.hpp"
#include "stateferry/model/field.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/model/operator_id.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry {

/// Type of a variable.
enum class VarType : std::uint8_t { string, uri_prefix, integer, boolean };
/// The word in rule files: `string`, `uri-prefix`, `integer`, `boolean`.
std::string_view var_type_name(VarType type) noexcept;

/// Where the value of a variable came from.
enum class VarOrigin : std::uint8_t { unset, default_value, environment, command_line, test };

/// A declared variable with its value.
struct VarSpec {
  std::string name;
  VarType type = VarType::string;
  std::string description;
  std::string env;      ///< name of the environment variable; empty: none
  std::string pattern;  ///< regular expression for the whole value; empty: none
  bool required = false;
  bool secret = false;  ///< never print `value`
  bool sound = true;    ///< false: a problem with the value was reported
  VarOrigin origin = VarOrigin::unset;
  std::string value;  ///< a uri-prefix in the form that Flink's Path writes
  SourceMark mark;    ///< of its name
};

/// A value for a variable, given by a test.
struct VarValue {
  std::string name;
  std::string text;
  SourceMark mark;  ///< of the value
};

/// A range of plugin versions: `>=1.2 <2`. A missing part of a version counts as 0.
struct VersionRange {
  enum class Relation : std::uint8_t { less, at_most, equal, at_least, more };
  struct Bound {
    Relation relation = Relation::equal;
    std::vector<std::uint32_t> version;
  };
  std::string text;           ///< as written
  std::vector<Bound> bounds;  ///< all must hold; never empty

  /// Whether `version` (`1.4.0`; what follows a `-` or `+` doesn't count) lies in the range. False
  /// for text that is no version.
  bool contains(std::string_view version) const;
};
/// Parses one or more bounds with a blank between them, each of `<`, `<=`, `=`, `>=`, `>` and a
/// version of one to four decimal numbers; nothing for other text.
std::optional<VersionRange> parse_version_range(std::string_view text);

/// A plugin namespace that the rules ask for.
struct PluginRange {
  std::string name;
  VersionRange range;
  SourceMark mark;  ///< of the name
};

/// One step. What depends on the transform is not checked yet.
struct StepSpec {
  std::string id;
  std::string uses;  ///< `<plugin namespace>.<transform>`
  ParamNode with;    ///< a map, or null where there is none; variables are replaced
  Selector where;
  std::map<std::string, CountBound> expect;
  std::vector<std::string> accept;
  std::vector<SourceMark> accept_marks;  ///< parallel to `accept`
  SourceMark mark;                       ///< of the id
  SourceMark uses_mark;
  /// Whether the transform can be asked about `with`, in which texts without a good value are
  /// unresolved. False after a problem with `uses` or with the kind of `with`, which was reported.
  bool bindable = true;
  std::vector<std::string> unset;  ///< variables without a value that the step refers to
};

/// `output`.
struct OutputSpec {
  OutputFormat format;  ///< nothing is wrong with it, or that was reported
  Untouched untouched_uris = Untouched::automatic;
  SourceMark mark;
};

/// What a URI test says of the location around its strings.
struct TestLocation {
  Role roles = Role::managed_keyed;  ///< all of them hold
  std::optional<Scope> scope;        ///< nothing: as TestSpec::base_uri tells
  LocationKind handle = LocationKind::file;
  std::string operator_uid;
  std::optional<OperatorId> operator_id;  ///< of the uid, where only that is given
  std::string operator_name;
  std::string state_name;
};

/// One element of `tests`. It has one of `uris`, `fixture` and `uid_hashes`.
struct TestSpec {
  struct Uri {
    std::string uri;
    std::optional<std::string> expected;  ///< nothing: the steps leave it as it is
    SourceMark mark;
  };
  struct UidHash {
    std::string uid;
    OperatorId expected;
    SourceMark mark;  ///< of the hash
  };
  std::string name;
  /// Values that the test gives to variables. The steps of a RuleFile hold other values: parse the
  /// file again with these as RuleInputs::vars.
  std::vector<VarValue> vars;
  std::vector<Uri> uris;
  TestLocation location;
  std::string fixture;  ///< path, with the directory of the rule file in front; empty: none
  SourceMark fixture_mark;
  std::vector<UidHash> uid_hashes;
  /// Directory of _metadata in Flink's form; empty: that of the fixture, or unknown.
  std::string base_uri;
  /// Bounds by count (selected, changed, already, unmatched, matched) and step id.
  std::map<std::string, std::map<std::string, CountBound>> expect;
  /// Bounds on the number of locations that still hold a string.
  std::vector<std::pair<std::string, CountBound>> residual;
  std::string fails_with;  ///< code of the diagnostic that must stop the run; empty: none may
  SourceMark fails_with_mark;
  SourceMark mark;  ///< of the name
};

/// A rule file with everything that it includes.
struct RuleFile {
  std::string name;  ///< empty when the file gives none
  std::string description;
  /// The texts that were read, the main file last, as their marks know them (without a byte order
  /// mark). For records of what was run.
  std::vector<std::shared_ptr<const SourceText>> sources;
  std::vector<VarSpec> vars;
  std::vector<PluginRange> plugins;
  Requirements require;
  std::vector<StepSpec> steps;
  OutputSpec output;
  std::vector<TestSpec> tests;  ///< of the main file only
  /// Whether no problem was reported. An invalid file holds what could be understood, so that
  /// build_pipeline() can go on and report what is wrong with the parameters, too.
  bool valid = true;
};

/// All that a rule file depends on besides its text.
struct RuleInputs {
  /// `NAME=VALUE` for a variable, `steps.ID.with.KEY=VALUE` for a parameter of a step: what was
  /// given with --set. Taken as it stands, `${…}` included.
  std::vector<std::string> set;
  /// Values that win over all others, for the tests in the file.
  std::vector<VarValue> vars;
  /// The value of an environment variable; nothing when it is not set. Called for the names that
  /// variables of the file give, and for no other. May be null: nothing is set.
  std::function<std::optional<std::string>(const std::string& name)> env;
  /// The text of an included file. `path` has the directory of the including file in front. Throws
  /// Error when it can't be read. May be null: including is a problem.
  std::function<std::string(const std::string& path)> read;
  /// The dialects of the codecs that are installed; called for files that say what the result is to
  /// be. May be null: then any version and release is taken.
  std::function<const Dialects&()> dialects;
  /// Variables without a value are no problem; the steps that refer to them are not bindable. For
  /// commands that look at a file without running it.
  bool allow_unset = false;
  /// Leave out the `tests` of the file, which were read before with other values.
  bool skip_tests = false;
};

/// Parses a rule file. `name` is its path or what stands for it in messages; paths in it are
/// relative to its directory. Problems go to `sink`, each with its place; none is thrown. Returns
/// nothing when the text is not readable as a map at all; else look at RuleFile::valid.
std::optional<RuleFile> parse_rule_file(const std::string& name, std::string text,
                                        const RuleInputs& inputs, DiagnosticSink& sink);

/// Reads the file through `inputs.read` (not null) and parses it. A file that can't be read is
/// reported as E-RULE-FILE.
std::optional<RuleFile> load_rule_file(const std::string& path, const RuleInputs& inputs,
                                       DiagnosticSink& sink);

}  // namespace stateferry
