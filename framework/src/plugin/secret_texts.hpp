// Keeps the texts of secret variables out of messages.
#pragma once

#include <string>
#include <vector>

#include "stateferry/plugin/params.hpp"

namespace stateferry {

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
