#include "yaml_document.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <string_view>
#include <utility>

#include "source_checks.hpp"
#include "yaml_errors.hpp"
#include "yaml_tree.hpp"

namespace stateferry::rules {

std::shared_ptr<const SourceText> make_source(std::string name, std::string text) {
  static constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  auto source = std::make_shared<SourceText>();
  source->name = std::move(name);
  source->text = std::move(text);
  return source;
}

std::optional<ParamNode> read_yaml(const std::shared_ptr<const SourceText>& source,
                                   std::size_t& nodes_left, Problems& problems) {
  if (source->text.size() > kMaxFileBytes) {
    problems.error_about(
        source->name, "E-RULE-LIMIT",
        "the rule file has more than " + std::to_string(kMaxFileBytes >> 20) + " MiB");
    return std::nullopt;
  }
  if (!check_characters(source, problems) || !check_indentation(source, problems)) {
    return std::nullopt;
  }
  TreeBuilder builder(source, nodes_left, problems);
  std::istringstream stream(source->text);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_root();
  } catch (const Stopped&) {
    return std::nullopt;
  } catch (const YAML::ParserException& error) {
    report_syntax(error, source, problems);
    return std::nullopt;
  }
}

}  // namespace stateferry::rules
