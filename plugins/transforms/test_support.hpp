// For the tests of transforms: parameters without a rule file, and what configure() said of them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/plugin/params.hpp"
#include "stateferry/plugin/transform.hpp"

namespace stateferry::test {

inline ParamNode scalar(std::string text) {
  ParamNode node;
  node.kind = ParamNode::Kind::scalar;
  node.scalar = std::move(text);
  return node;
}

inline ParamNode list(const std::vector<std::string>& texts) {
  ParamNode node;
  node.kind = ParamNode::Kind::list;
  for (const std::string& text : texts) node.items.push_back(scalar(text));
  return node;
}

inline ParamNode map(std::vector<std::pair<std::string, ParamNode>> entries) {
  ParamNode node;
  node.kind = ParamNode::Kind::map;
  for (auto& [key, value] : entries) node.entries.push_back({scalar(key), std::move(value)});
  return node;
}

/// Configures `transform`; returns the codes of all problems, in order.
inline std::vector<std::string> configure(Transform& transform, const ParamNode& with,
                                          const std::vector<std::string>& accept = {}) {
  DiagnosticList problems;
  ParamBinder binder(&with, SourceMark{}, accept, problems);
  transform.configure(binder);
  std::vector<std::string> codes;
  for (const Diagnostic& d : problems.all()) codes.push_back(d.code);
  return codes;
}

/// What a URI transform says of `uri`: the new text, `(already)` or `(unmatched)`.
inline std::string rewrite(const UriTransform& transform, std::string_view uri) {
  std::string result;
  switch (transform.rewrite(uri, result)) {
    case Outcome::already:
      return "(already)";
    case Outcome::unmatched:
      return "(unmatched)";
    case Outcome::changed:
      break;
  }
  return result;
}

}  // namespace stateferry::test
