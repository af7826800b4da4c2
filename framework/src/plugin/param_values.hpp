// What messages say of a value.
#pragma once

#include <string>
#include <vector>

#include "stateferry/plugin/params.hpp"

namespace stateferry {

/// The text of a scalar in quotes, cut when it is long; never that of a secret.
std::string shown(const ParamNode& node);
/// `a text`, `a list`, `a map`, `nothing`.
std::string kind_text(ParamNode::Kind kind);

/// Texts that no message may hold.
class SecretTexts {
 public:
  /// Remembers the secret texts of a node and of all below it.
  void keep(const ParamNode& node);
  /// `text` with `***` in place of each of them.
  std::string redacted(std::string text) const;

 private:
  std::vector<std::string> texts_;
};

}  // namespace stateferry
