#include "sections.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "interpolation.hpp"
#include "stateferry/bytes/digits.hpp"
#include "stateferry/model/release.hpp"
#include "stateferry/model/snapshot_kind.hpp"
#include "text_checks.hpp"

namespace stateferry::rules {

using Kind = ParamNode::Kind;

std::string below_directory(std::string_view directory, std::string_view path) {
  return path.starts_with('/') ? std::string(path) : std::string(directory) + std::string(path);
}

// --- require ------------------------------------------------------------------------------------

namespace {

/// What both bounds let through; a contradiction is reported.
void intersect(const CountBound& added, std::optional<CountBound>& result, Problems& problems) {
  if (!result) {
    result = added;
    return;
  }
  result->least = std::max(result->least, added.least);
  result->most = std::min(result->most, added.most);
  result->text += " and " + added.text;
  if (result->least > result->most) {
    problems.error(added.mark, "E-RULE-VALUE", "no version is both " + result->text, {},
                   {"first at " + place_text(result->mark)});
  }
}

constexpr WordOf<SnapshotType> kSnapshotWords[] = {
    {SnapshotType::savepoint},
    {SnapshotType::checkpoint},
    {SnapshotType::unknown, "versions 1 to 3 don't say what they are"}};

/// An operator that must be there, with the text to show.
struct RequiredOperator {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::pair<OperatorId, std::string>& value) const {
    const auto name = read_operator_name(node, problems);
    if (!name) return false;
    if (!name->hash && name->uid.find('*') != std::string::npos) {
      problems.error(node.mark, "E-RULE-VALUE", subject + " takes no patterns",
                     "name each operator by its exact uid or its hash");
      return false;
    }
    value = {name->hash ? *name->hash : operator_id_of_uid(name->uid), node.scalar};
    return true;
  }
  ParamNode print(const std::pair<OperatorId, std::string>& value) const {
    return plain_text(value.second);
  }
  Json schema(Variable) const { return text_schema(); }
};

/// What both lists let through, where both say something.
void intersect(std::vector<SnapshotType>&& added, const SourceMark& mark,
               std::vector<SnapshotType>& result, Problems& problems) {
  if (added.empty()) return;
  if (result.empty()) {
    result = std::move(added);
    return;
  }
  std::erase_if(result, [&](SnapshotType type) {
    return std::find(added.begin(), added.end(), type) == added.end();
  });
  if (result.empty()) {
    problems.error(mark, "E-RULE-VALUE",
                   "no snapshot is of a kind that this and an earlier 'require' both allow");
  }
}

}  // namespace

void declare_require(Section& section, Requirements& require) {
  section.variables(Variable::yes);
  section.key("metadata-version", "bound on the format version", kBound, require.metadata_version);
  section.key("snapshot", "what the properties say it is",
              Many{words(kSnapshotWords, snapshot_type_name)}, require.snapshot);
  section.key("operators", "operators that must be there: uid:NAME or hash:32HEX",
              Many{RequiredOperator{}}, require.operators);
}

void read_requirements(const ParamNode& require, const SectionContext& context,
                       Requirements& result) {
  Problems& problems = context.problems;
  ParamNode node = require;
  Expansion expansion{context.variables, context.allow_unset ? Unset::allowed : Unset::told};
  expand(node, expansion, problems);
  Section section(node, "'require'", problems);
  Requirements added;
  declare_require(section, added);
  section.finish();
  if (added.metadata_version) {
    intersect(*added.metadata_version, result.metadata_version, problems);
  }
  intersect(std::move(added.snapshot), section.mark("snapshot"), result.snapshot, problems);
  std::move(added.operators.begin(), added.operators.end(), std::back_inserter(result.operators));
  result.mark = require.mark;
}

// --- plugins ------------------------------------------------------------------------------------

void read_plugins(const ParamNode& plugins, std::vector<PluginRange>& result, Problems& problems) {
  if (!expect_kind(plugins, "'plugins'", Kind::map, problems)) return;
  for (const auto& [key, value] : plugins.entries) {
    if (is_annotation(key.scalar)) continue;
    if (!is_plugin_name(key.scalar)) {
      problems.error(key.mark, "E-RULE-VALUE", "'" + key.scalar + "' is not the name of a plugin",
                     "lower-case letters, digits and '-': the part of 'uses' before the dot");
    }
    std::string text;
    if (!read_text(value, "the range of '" + key.scalar + "'", text, problems)) continue;
    auto range = parse_version_range(text);
    if (!range) {
      problems.error(value.mark, "E-RULE-VALUE", "'" + text + "' is not a range of versions",
                     "bounds with a blank between them: \">=1.2 <2\"");
      continue;
    }
    result.push_back({key.scalar, std::move(*range), key.mark});
  }
}

ParamNode print_plugins(const std::vector<PluginRange>& plugins) {
  ParamNode node;
  for (const PluginRange& plugin : plugins) {
    const auto same =
        std::find_if(node.entries.begin(), node.entries.end(),
                     [&](const ParamEntry& entry) { return entry.key.scalar == plugin.name; });
    if (same == node.entries.end()) {
      node.add(plugin.name, ParamNode::of(plugin.range.text));
    } else {
      same->value.scalar += " " + plugin.range.text;
    }
  }
  return node;
}

// --- output -------------------------------------------------------------------------------------

namespace {

constexpr WordOf<HandleForm> kHandleForms[] = {
    {HandleForm::keep}, {HandleForm::absolute}, {HandleForm::relative}};
constexpr WordOf<DeclaredKind> kDeclaredKinds[] = {{DeclaredKind::unknown},
                                                   {DeclaredKind::savepoint_canonical},
                                                   {DeclaredKind::savepoint_native},
                                                   {DeclaredKind::checkpoint}};
constexpr WordOf<OnLoss> kOnLoss[] = {{OnLoss::fail, "stops the run"},
                                      {OnLoss::report, "is told and recorded"}};
constexpr WordOf<Untouched> kUntouched[] = {{Untouched::fail, "stops the run", "fail"},
                                            {Untouched::warn, "is told", "warn"},
                                            {Untouched::allow, "is fine", "allow"}};

struct FormatVersion {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::optional<std::int32_t>& value) const {
    std::string word;
    if (!read_text(node, subject, word, problems)) return false;
    if (word == "keep") return true;
    if (const auto version = number_from_text<std::int32_t>(word); version && *version > 0) {
      value = version;
      return true;
    }
    problems.error(node.mark, "E-RULE-VALUE", subject + " can't be '" + word + "'",
                   "keep, or the number of a version");
    return false;
  }
  ParamNode print(const std::optional<std::int32_t>& value) const {
    return value ? plain_text(std::to_string(*value)) : ParamNode();
  }
  Json schema(Variable variable) const {
    // The numbers are those that have a codec: the whole file's schema adds them.
    Json schema = choice_schema({{"keep"}}, variable);
    schema["default"] = "keep";
    return schema;
  }
};

struct Release {
  bool read(const ParamNode& node, const std::string& subject, Problems& problems,
            std::optional<FlinkRelease>& value) const {
    std::string word;
    if (!read_text(node, subject, word, problems)) return false;
    value = release_from_text(word);
    if (!value) {
      problems.error(node.mark, "E-RULE-VALUE", "'" + word + "' is not a Flink release",
                     "a release is written \"1.18\"");
    }
    return value.has_value();
  }
  ParamNode print(const std::optional<FlinkRelease>& value) const {
    return value ? ParamNode::of(to_string(*value)) : ParamNode();
  }
  Json schema(Variable) const {
    Json releases = Json::array();
    for (const ReleaseInfo& info : all_releases()) releases.push_back(to_string(info.release));
    return {{"anyOf", Json::array({{{"enum", releases}},
                                   text_schema(R"(^[0-9]+\.[0-9]+(\.[0-9]+)?$)",
                                               "must be a Flink release such as \"1.18\"")})}};
  }
};

}  // namespace

void declare_output(Section& section, OutputSpec& output) {
  static const OutputFormat usual;
  OutputFormat& format = output.format;
  section.key("metadata-version", "format version of the result", FormatVersion{}, format.version);
  section.key("flink", "oldest Flink that must be able to read the result", Release{},
              format.flink);
  section.key("handles", "how the result names files",
              words(kHandleForms, handle_form_name, {usual.handles}), format.handles);
  section.key("snapshot", "what the result says it is, where the input doesn't say",
              words(kDeclaredKinds, declared_kind_name, {usual.snapshot}), format.snapshot);
  section.key("on-loss", "what the target format can't hold",
              words(kOnLoss, on_loss_name, {usual.on_loss}), format.on_loss);
  section.key("untouched-uris",
              "an absolute URI that no step matched; by default an error if a step is a URI "
              "transform, else allowed",
              words(kUntouched, nullptr, {Untouched::automatic}, false), output.untouched_uris);
}

namespace {

// Against the codecs that are installed.
void check_format(const ParamNode& node, OutputSpec& output, const Dialects& dialects,
                  Problems& problems) {
  std::optional<std::int32_t>& version = output.format.version;
  if (version && dialects.of_version(*version).empty()) {
    problems.error(node.find("metadata-version")->mark, "E-RULE-VALUE",
                   "'metadata-version' can't be '" + std::to_string(*version) + "'",
                   "keep, or a version from " + versions_text(dialects.versions()));
    version.reset();
  }
  if (const auto problem = problem_with(output.format, dialects)) {
    problems.error(output.mark, "E-RULE-VALUE", problem->message, problem->hint);
  }
}

}  // namespace

OutputSpec read_output(const ParamNode& node, const std::function<const Dialects&()>& dialects,
                       Problems& problems) {
  OutputSpec output;
  output.mark = node.mark;
  Fields{declare_output}.read(node, "'output'", problems, output);
  if (dialects && (output.format.version || output.format.flink)) {
    check_format(node, output, dialects(), problems);
  }
  return output;
}

}  // namespace stateferry::rules
