#include "secret_texts.hpp"

#include <cstddef>
#include <string_view>

namespace stateferry {

void SecretTexts::keep(const ParamNode& node) {
  if (node.secret && !node.scalar.empty()) {
    texts_.push_back(node.scalar);
    // A transform sees a URI prefix in its normal form, and may put that into a message.
    std::string normal;
    if (!read_uri_prefix(node, normal)) texts_.push_back(normal);
  }
  for (const ParamNode& item : node.items) keep(item);
  for (const auto& [key, value] : node.entries) {
    keep(key);
    keep(value);
  }
}

std::string SecretTexts::redacted(std::string text) const {
  static constexpr std::string_view kMask = "***";
  for (const std::string& secret : texts_) {
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kMask.size())) {
      text.replace(at, secret.size(), kMask);
    }
  }
  return text;
}

}  // namespace stateferry
