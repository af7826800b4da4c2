#include "stateferry/diag/error.hpp"

#include <utility>

namespace stateferry {

Error::Error(Diagnostic diagnostic)
    : std::runtime_error(diagnostic.message), diagnostic_(std::move(diagnostic)) {}

Error::Error(std::string code, std::string message, std::string hint)
    : std::runtime_error(message) {
  diagnostic_.code = std::move(code);
  diagnostic_.message = std::move(message);
  diagnostic_.hint = std::move(hint);
}

Error::~Error() = default;

FormatError::FormatError(std::string code, std::string message, std::uint64_t offset,
                         std::string hint)
    : Error(std::move(code), std::move(message), std::move(hint)) {
  diagnostic().place = BytePlace{offset, {}};
}
FormatError::~FormatError() = default;

CapabilityError::CapabilityError(std::string code, std::string message, std::string model_path,
                                 std::string hint)
    : Error(std::move(code), std::move(message), std::move(hint)) {
  diagnostic().place = BytePlace{std::nullopt, std::move(model_path)};
}
CapabilityError::~CapabilityError() = default;

LimitError::~LimitError() = default;
RuleError::~RuleError() = default;

IoError::IoError(std::string code, std::string message, std::string subject, std::string hint)
    : Error(std::move(code), std::move(message), std::move(hint)) {
  diagnostic().subject = std::move(subject);
}
IoError::~IoError() = default;

PluginError::~PluginError() = default;

}  // namespace stateferry
