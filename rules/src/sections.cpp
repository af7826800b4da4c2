#include "sections.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "interpolation.hpp"
#include "map_reader.hpp"
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

std::optional<SnapshotType> read_snapshot_type(const ParamNode& node, Problems& problems) {
  std::string word;
  if (!read_text(node, "'snapshot'", word, problems)) return std::nullopt;
  const auto type = snapshot_type_from_name(word);
  if (!type) report_choice(node, "'snapshot'", {"savepoint", "checkpoint", "unknown"}, problems);
  return type;
}

void read_snapshots(const ParamNode& node, std::vector<SnapshotType>& result, Problems& problems) {
  std::vector<SnapshotType> added;
  for (const ParamNode* item : read_texts(node, "'snapshot'", problems)) {
    if (const auto type = read_snapshot_type(*item, problems)) added.push_back(*type);
  }
  if (added.empty()) return;
  if (result.empty()) {
    result = std::move(added);
    return;
  }
  std::erase_if(result, [&](SnapshotType type) {
    return std::find(added.begin(), added.end(), type) == added.end();
  });
  if (result.empty()) {
    problems.error(node.mark, "E-RULE-VALUE",
                   "no snapshot is of a kind that this and an earlier 'require' both allow");
  }
}

void read_required_operators(const ParamNode& node, Requirements& result, Problems& problems) {
  for (const ParamNode* item : read_texts(node, "'operators'", problems)) {
    const auto name = read_operator_name(*item, problems);
    if (!name) continue;
    if (!name->hash && name->uid.find('*') != std::string::npos) {
      problems.error(item->mark, "E-RULE-VALUE", "'operators' takes no patterns",
                     "name each operator by its exact uid or its hash");
      continue;
    }
    result.operators.emplace_back(name->hash ? *name->hash : operator_id_of_uid(name->uid),
                                  item->scalar);
  }
}

}  // namespace

void read_requirements(const ParamNode& require, const Context& context, Requirements& result) {
  Problems& problems = context.problems;
  ParamNode node = require;
  Expansion expansion{context.variables, context.allow_unset ? Unset::allowed : Unset::told};
  expand(node, expansion, problems);
  MapReader reader(node, "'require'", problems);
  if (const auto* version = reader.find("metadata-version")) {
    CountBound bound;
    if (read_bound(*version, "'metadata-version'", bound, problems)) {
      intersect(bound, result.metadata_version, problems);
    }
  }
  if (const auto* snapshot = reader.find("snapshot")) {
    read_snapshots(*snapshot, result.snapshot, problems);
  }
  if (const auto* operators = reader.find("operators")) {
    read_required_operators(*operators, result, problems);
  }
  reader.finish();
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

// --- output -------------------------------------------------------------------------------------

namespace {

/// `output`, key by key.
class OutputReader {
 public:
  OutputReader(const ParamNode& node, const std::function<const Dialects&()>& dialects,
               Problems& problems)
      : reader_(node, "'output'", problems), dialects_(dialects), problems_(problems) {
    output_.mark = node.mark;
  }

  OutputSpec run() {
    OutputFormat& format = output_.format;
    read_metadata_version();
    read_flink();
    read_word("handles", {"keep", "absolute", "relative"}, handle_form_from_name, format.handles);
    read_word("snapshot", {"unknown", "savepoint-canonical", "savepoint-native", "checkpoint"},
              declared_kind_from_name, format.snapshot);
    read_word("on-loss", {"fail", "report"}, on_loss_from_name, format.on_loss);
    read_untouched();
    reader_.finish();
    check_format();
    return output_;
  }

 private:
  void read_metadata_version() {
    const ParamNode* node = reader_.find("metadata-version");
    std::string word;
    if (node == nullptr || !read_text(*node, "'metadata-version'", word, problems_)) return;
    if (word == "keep") return;
    std::int32_t version = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), version);
    const bool number =
        read.ec == std::errc() && read.ptr == word.data() + word.size() && version > 0;
    if (number && (!dialects_ || !dialects_().of_version(version).empty())) {
      output_.format.version = version;
      return;
    }
    const std::string known =
        dialects_ ? " from " + versions_text(dialects_().versions()) : std::string();
    problems_.error(node->mark, "E-RULE-VALUE", "'metadata-version' can't be '" + word + "'",
                    "keep, or a version" + known);
  }

  void check_format() {
    if (!dialects_ || (!output_.format.version && !output_.format.flink)) return;
    if (const auto problem = problem_with(output_.format, dialects_())) {
      problems_.error(output_.mark, "E-RULE-VALUE", problem->message, problem->hint);
    }
  }

  void read_flink() {
    const ParamNode* node = reader_.find("flink");
    std::string word;
    if (node == nullptr || !read_text(*node, "'flink'", word, problems_)) return;
    output_.format.flink = release_from_text(word);
    if (!output_.format.flink) {
      problems_.error(node->mark, "E-RULE-VALUE", "'" + word + "' is not a Flink release",
                      "a release is written \"1.18\"");
    }
  }

  template <class T>
  void read_word(const std::string& key, const std::vector<std::string>& allowed,
                 std::optional<T> (*from_name)(std::string_view) noexcept, T& value) {
    const ParamNode* node = reader_.find(key);
    std::string word;
    if (node == nullptr || !read_text(*node, "'" + key + "'", word, problems_)) return;
    if (const auto known = from_name(word)) {
      value = *known;
    } else {
      report_choice(*node, "'" + key + "'", allowed, problems_);
    }
  }

  void read_untouched() {
    static const std::vector<std::pair<std::string, Untouched>> kWords = {
        {"fail", Untouched::fail}, {"warn", Untouched::warn}, {"allow", Untouched::allow}};
    const ParamNode* node = reader_.find("untouched-uris");
    std::string word;
    if (node == nullptr || !read_text(*node, "'untouched-uris'", word, problems_)) return;
    std::vector<std::string> allowed;
    for (const auto& [name, value] : kWords) {
      if (name == word) output_.untouched_uris = value;
      allowed.push_back(name);
    }
    if (output_.untouched_uris == Untouched::automatic) {
      report_choice(*node, "'untouched-uris'", allowed, problems_);
    }
  }

  MapReader reader_;
  const std::function<const Dialects&()>& dialects_;
  Problems& problems_;
  OutputSpec output_;
};

}  // namespace

OutputSpec read_output(const ParamNode& output, const std::function<const Dialects&()>& dialects,
                       Problems& problems) {
  return OutputReader(output, dialects, problems).run();
}

}  // namespace stateferry::rules
