#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <utility>

#include "problems.hpp"
#include "sections.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/rules/rule_file.hpp"
#include "text_checks.hpp"
#include "variables.hpp"
#include "yaml_document.hpp"

namespace stateferry {
namespace rules {
namespace {

using Kind = ParamNode::Kind;
using Source = std::shared_ptr<const SourceText>;

constexpr std::string_view kVersion = "v1";
constexpr const char* kVersionHint = "begin the file with: rules: \"v1\"";
constexpr std::size_t kMaxFiles = 100;

/// One file with its keys looked up.
struct Unit {
  Source source;
  std::string directory;  ///< of the file, with a slash at its end; empty for the working directory
  ParamNode root;
  bool is_main = false;
  FileKeys keys;
};

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

/// What two paths of one file have in common, as far as the text of the paths tells.
std::string identity_of(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().string();
}

/// Whether the rest of the file can be understood.
bool check_version(const ParamNode* version, Problems& problems) {
  if (version == nullptr) return true;  // told as missing
  if (version->kind != Kind::scalar) {
    expect_kind(*version, "'rules'", Kind::scalar, problems);
    return true;
  }
  if (version->scalar != kVersion) {
    problems.error(
        version->mark, "E-RULE-VERSION",
        "this is version '" + version->scalar + "' of the rule language; this program reads v1",
        "a newer stateferry may read it");
    return false;
  }
  if (!version->quoted) {
    problems.error(version->mark, "E-RULE-VERSION", "the version of the rules must be in quotes",
                   kVersionHint);
  }
  return true;
}

std::optional<ValueProblem> problem_with_name(const std::string& text) {
  if (is_rule_name(text)) return std::nullopt;
  return ValueProblem{"E-RULE-VALUE", "'name' can't be '" + text + "'",
                      "lower-case letters, digits, '-' and '.', beginning with a letter or digit"};
}
constexpr Text kRuleName{
    problem_with_name, "^[a-z0-9][a-z0-9.-]*$",
    "must be lower-case letters, digits, - and ., beginning with a letter or digit"};

Json vars_schema() {
  Json schema = open_map_schema(reference("variable"));
  schema["propertyNames"] = {
      {"pattern", "^x-|^[A-Za-z][A-Za-z0-9_-]*$"},
      {"patternErrorMessage", "must be letters, digits, - and _, beginning with a letter"}};
  return schema;
}

// Those that are installed are put in by who knows them. One that isn't is told when the rules are
// run; the schema may be older than it.
Json plugins_schema() {
  static constexpr std::string_view kOne = R"((<=|>=|<|>|=)[0-9]+(\.[0-9]+){0,3})";
  const std::string pattern = "^ *" + std::string(kOne) + "( +" + std::string(kOne) + ")* *$";
  Json schema = map_schema(Json::object(), {}, Variable::no);
  schema["additionalProperties"] = {
      {"type", "string"},
      {"pattern", pattern},
      {"patternErrorMessage", "must be a range of versions such as \">=1.2 <2\""}};
  return schema;
}

Json list_of(const std::string& definition) {
  return {{"type", "array"}, {"items", reference(definition)}};
}

/// Reads the main file and all that it includes.
class FileLoader {
 public:
  FileLoader(const RuleInputs& inputs, Problems& problems) : inputs_(inputs), problems_(problems) {}

  /// Reads `text` and, before it, what it includes. False when it isn't a rule file at all.
  bool load(const std::string& path, std::string text, bool is_main);

  /// In the order in which their steps run: includes before the file that includes them.
  std::vector<std::unique_ptr<Unit>>& units() { return units_; }
  /// All texts, in the order of the units; also those that couldn't be parsed.
  const std::vector<Source>& sources() const { return sources_; }

 private:
  /// A file that is being read, or was.
  struct Seen {
    std::string path;
    std::string identity;
    SourceMark included_at;  ///< nothing for the main file
    bool is_open = true;     ///< its includes are being read
  };

  bool parse(Unit& unit);
  void include_all(const Unit& unit, const ParamNode& include);
  void include_one(const Unit& unit, const ParamNode& item);
  void report_again(const Seen& earlier, const std::string& path, const SourceMark& mark);

  const RuleInputs& inputs_;
  Problems& problems_;
  std::size_t nodes_left_ = kMaxNodes;
  std::vector<Seen> seen_;
  std::vector<std::unique_ptr<Unit>> units_;
  std::vector<Source> sources_;
};

bool FileLoader::load(const std::string& path, std::string text, bool is_main) {
  if (is_main) seen_.push_back({path, identity_of(path), {}, true});
  const std::size_t self = seen_.size() - 1;
  auto unit = std::make_unique<Unit>();
  unit->source = make_source(path, std::move(text));
  unit->directory = directory_of(path);
  unit->is_main = is_main;
  const bool is_rule_file = parse(*unit);
  seen_[self].is_open = false;
  sources_.push_back(unit->source);
  if (is_rule_file) units_.push_back(std::move(unit));
  return is_rule_file;
}

bool FileLoader::parse(Unit& unit) {
  auto root = read_yaml(unit.source, nodes_left_, problems_);
  if (!root) return false;
  unit.root = std::move(*root);
  const SourceMark start{unit.source, 1, 1};
  if (unit.root.kind != Kind::map) {
    const std::string what = unit.root.kind == Kind::null
                                 ? "the file is empty"
                                 : "a rule file is a map of keys, not " + kind_text(unit.root.kind);
    problems_.error(unit.root.mark ? unit.root.mark : start, "E-RULE-TYPE", what, kVersionHint);
    return false;
  }
  if (!check_version(unit.root.find("rules"), problems_)) return false;
  Fields{declare_file}.read(unit.root, "this rule file", problems_, unit.keys);
  if (unit.keys.include != nullptr) include_all(unit, *unit.keys.include);
  return true;
}

void FileLoader::include_all(const Unit& unit, const ParamNode& include) {
  for (const ParamNode* item : read_texts(include, "'include'", problems_)) {
    include_one(unit, *item);
  }
}

void FileLoader::include_one(const Unit& unit, const ParamNode& item) {
  if (item.scalar.empty() || item.scalar.starts_with('/')) {
    problems_.error(item.mark, "E-RULE-INCLUDE",
                    "an included file is named relative to the directory of this file");
    return;
  }
  const std::string path = below_directory(unit.directory, item.scalar);
  const std::string identity = identity_of(path);
  const auto earlier = std::find_if(seen_.begin(), seen_.end(),
                                    [&](const Seen& seen) { return seen.identity == identity; });
  if (earlier != seen_.end()) return report_again(*earlier, path, item.mark);
  if (seen_.size() >= kMaxFiles) {
    problems_.error(item.mark, "E-RULE-LIMIT",
                    "more than " + std::to_string(kMaxFiles) + " files are included");
    return;
  }
  seen_.push_back({path, identity, item.mark, true});
  try {
    if (!inputs_.read) throw Error("E-RULE-INCLUDE", "nothing can be included here");
    load(path, inputs_.read(path), false);
  } catch (const Error& error) {
    problems_.error(item.mark, "E-RULE-INCLUDE",
                    "can't read '" + path + "': " + error.diagnostic().message,
                    error.diagnostic().hint);
  }
}

void FileLoader::report_again(const Seen& earlier, const std::string& path,
                              const SourceMark& mark) {
  if (!earlier.is_open) {
    problems_.error(mark, "E-RULE-INCLUDE", "'" + path + "' is included already", {},
                    {"first at " + place_text(earlier.included_at)});
    return;
  }
  // From the file that is met again to the one that includes it.
  std::vector<std::string> chain;
  bool is_behind = false;
  for (const Seen& seen : seen_) {
    if (is_behind && seen.is_open) {
      chain.push_back(place_text(seen.included_at) + " includes '" + seen.path + "'");
    }
    if (&seen == &earlier) is_behind = true;
  }
  chain.push_back(place_text(mark) + " includes '" + earlier.path + "'");
  problems_.error(mark, "E-RULE-INCLUDE", "'" + earlier.path + "' includes itself", {},
                  std::move(chain));
}

/// Makes a RuleFile of the files' trees.
class Assembler {
 public:
  Assembler(const RuleInputs& inputs, Problems& problems) : inputs_(inputs), problems_(problems) {}

  RuleFile run(const std::vector<std::unique_ptr<Unit>>& units) {
    arguments_ = parse_set_arguments(inputs_.set, problems_);
    std::vector<VarDeclaration> declarations;
    for (const auto& unit : units) {
      if (unit->keys.vars != nullptr) read_declarations(*unit->keys.vars, declarations, problems_);
    }
    variables_ = Variables::resolve(declarations, arguments_, inputs_, problems_);
    file_.vars = variables_.all();
    for (const auto& unit : units) add_steps(*unit);
    override_parameters(context(), file_.steps);
    for (const auto& unit : units) add_texts(*unit);
    return std::move(file_);
  }

 private:
  SectionContext context() { return {variables_, arguments_, inputs_.allow_unset, problems_}; }

  void add_steps(const Unit& unit) {
    if (unit.keys.plugins != nullptr) read_plugins(*unit.keys.plugins, file_.plugins, problems_);
    if (unit.keys.require != nullptr)
      read_requirements(*unit.keys.require, context(), file_.require);
    if (unit.keys.steps != nullptr) read_steps(*unit.keys.steps, context(), file_.steps);
  }

  /// What stands beside the steps; `tests` refers to all of them.
  void add_texts(const Unit& unit) {
    std::string name;
    std::string description;
    if (unit.keys.name != nullptr) kRuleName.read(*unit.keys.name, "'name'", problems_, name);
    if (unit.keys.description != nullptr) {
      read_long_text(*unit.keys.description, "'description'", description, problems_);
    }
    std::vector<TestSpec> tests;
    if (unit.keys.tests != nullptr && !inputs_.skip_tests) {
      tests = read_tests(*unit.keys.tests, unit.directory, file_.steps, context());
    }
    if (unit.is_main) {
      file_.name = std::move(name);
      file_.description = std::move(description);
      file_.tests = std::move(tests);
      if (unit.keys.output != nullptr) {
        file_.output = read_output(*unit.keys.output, inputs_.dialects, problems_);
      }
    } else if (unit.keys.output != nullptr) {
      problems_.error(unit.keys.output->mark, "E-RULE-INCLUDE",
                      "only the main file can have 'output', not an included one");
    }
  }

  const RuleInputs& inputs_;
  Problems& problems_;
  std::vector<SetArgument> arguments_;
  Variables variables_;
  RuleFile file_;
};

}  // namespace

void declare_file(Section& section, FileKeys& keys) {
  const std::string_view needs_steps = "the list of what is to be done";
  section.key("rules", "the version of the language, in quotes", Raw{[] {
                return Json{{"enum", {kVersion}}};
              }},
              keys.rules, required(kVersionHint));
  section.key("name", "goes into the record of a run",
              Raw{[] { return kRuleName.schema(Variable::no); }}, keys.name);
  section.key("description", "for people; may have several lines",
              Raw{[] { return text_schema(); }}, keys.description);
  section.key("vars", "the inputs of the file", Raw{vars_schema}, keys.vars);
  section.key("include", "rule files that run before this one's steps, relative to this file",
              Raw{[] { return one_or_many(text_schema("^[^/]", "must be a relative path")); }},
              keys.include);
  section.key("plugins", "versions of plugins that are needed", Raw{plugins_schema}, keys.plugins);
  section.key("require", "what the snapshot must be",
              Raw{[] { return Fields{declare_require}.schema(Variable::yes); }}, keys.require);
  section.key("steps", "what is done, in this order", Raw{[] { return list_of("step"); }},
              keys.steps, section.given("include") ? Need() : required(needs_steps));
  section.key("output", "what the result must be",
              Raw{[] { return Fields{declare_output}.schema(Variable::no); }}, keys.output);
  section.key("tests", "cases for the rules", Raw{[] { return list_of("test"); }}, keys.tests);
}

}  // namespace rules

std::optional<RuleFile> parse_rule_file(const std::string& name, std::string text,
                                        const RuleInputs& inputs, DiagnosticSink& sink) {
  rules::Problems problems;
  rules::FileLoader loader(inputs, problems);
  std::optional<RuleFile> file;
  if (loader.load(name, std::move(text), true)) {
    file = rules::Assembler(inputs, problems).run(loader.units());
    file->sources = loader.sources();
    file->valid = problems.count() == 0;
  }
  problems.report_to(sink, loader.sources());
  return file;
}

std::optional<RuleFile> load_rule_file(const std::string& path, const RuleInputs& inputs,
                                       DiagnosticSink& sink) {
  std::string text;
  try {
    text = inputs.read(path);
  } catch (const Error& error) {
    sink.report({.code = "E-RULE-FILE",
                 .message = "can't read the rule file: " + error.diagnostic().message,
                 .subject = path,
                 .hint = error.diagnostic().hint});
    return std::nullopt;
  }
  return parse_rule_file(path, std::move(text), inputs, sink);
}

}  // namespace stateferry
