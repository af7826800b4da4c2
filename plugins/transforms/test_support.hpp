// For the tests of transforms: those of the module by name, parameters without a rule file, and
// what configure() said of them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/plugin/abi.hpp"
#include "stateferry/plugin/params.hpp"
#include "stateferry/plugin/transform.hpp"

/// Of the module whose objects are linked to the test.
extern "C" const stateferry::PluginDescriptor* stateferry_plugin_entry();

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

/// A new transform of the module, by its full name, as the host makes it.
inline std::unique_ptr<Transform> make_transform(std::string_view full_name) {
  const PluginDescriptor& module = *stateferry_plugin_entry();
  for (std::size_t i = 0; i < module.entry_count; ++i) {
    const PluginEntry& entry = module.entries[i];
    if (entry.name == full_name) return std::unique_ptr<Transform>(entry.create_transform());
  }
  throw std::invalid_argument("the module declares no " + std::string(full_name));
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

/// A transform of one of the four kinds, configured without a problem.
template <class Kind>
std::unique_ptr<Kind> configured(std::string_view full_name, const ParamNode& with,
                                 const std::vector<std::string>& accept = {}) {
  std::unique_ptr<Transform> made = make_transform(full_name);
  EXPECT_EQ(configure(*made, with, accept), std::vector<std::string>{}) << full_name;
  auto& kind = dynamic_cast<Kind&>(*made);
  made.release();
  return std::unique_ptr<Kind>(&kind);
}

/// The codes of all problems that a new transform of this name has with these parameters.
inline std::vector<std::string> problems_of(std::string_view full_name, const ParamNode& with,
                                            const std::vector<std::string>& accept = {}) {
  return configure(*make_transform(full_name), with, accept);
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
