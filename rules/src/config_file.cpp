#include "stateferry/rules/config_file.hpp"

#include "problems.hpp"
#include "yaml_document.hpp"

namespace stateferry {

std::optional<ParamNode> parse_config(const std::string& name, std::string text,
                                      DiagnosticSink& sink) {
  rules::Problems problems;
  const auto source = rules::make_source(name, std::move(text));
  std::size_t nodes = rules::kMaxNodes;
  auto root = rules::read_yaml(source, nodes, problems);
  if (root && root->kind != ParamNode::Kind::map && root->kind != ParamNode::Kind::null) {
    problems.error(root->mark, "E-CONFIG", "the configuration is no map of keys and values");
  }
  const bool good = problems.count() == 0;
  problems.report_to(sink, {source});
  return good ? std::move(root) : std::nullopt;
}

}  // namespace stateferry
