#include "stateferry/rules/where.hpp"

#include <utility>

#include "problems.hpp"
#include "sections.hpp"
#include "yaml_document.hpp"

namespace stateferry {

std::optional<Selector> parse_where(const std::string& name, std::string text,
                                    DiagnosticSink& sink) {
  rules::Problems problems;
  const auto source = rules::make_source(name, std::move(text));
  std::size_t nodes = rules::kMaxNodes;
  const auto root = rules::read_yaml(source, nodes, problems);
  Selector where;
  if (root) {
    rules::Fields{rules::declare_where}.read(*root, "'where'", problems, where);
  }
  const bool good = problems.count() == 0;
  problems.report_to(sink, {source});
  return good ? std::optional(std::move(where)) : std::nullopt;
}

}  // namespace stateferry
