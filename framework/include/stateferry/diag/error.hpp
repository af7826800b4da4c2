// The exceptions that cross module boundaries. All derive from Error and live in libstateferry.so,
// so that a type thrown by a plugin is the type the host catches.
//
// Inside decode, encode and apply the only answer to failure is to stop, hence exceptions; where
// several problems can be told at once there is a DiagnosticSink. An Error owns its text and place
// and holds nothing of a plugin.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"

namespace stateferry {

/// Base of everything stateferry throws. what() is the message without the place.
class STATEFERRY_API Error : public std::runtime_error {
 public:
  explicit Error(Diagnostic diagnostic);
  Error(std::string code, std::string message, std::string hint = {});
  ~Error() override;

  const Diagnostic& diagnostic() const noexcept { return diagnostic_; }
  /// For layers that know more than the one that threw: the file's name, the model path.
  Diagnostic& diagnostic() noexcept { return diagnostic_; }
  const std::string& code() const noexcept { return diagnostic_.code; }

 private:
  Diagnostic diagnostic_;
};

/// The input is not valid metadata. Carries the byte offset; the model path is added on the way up.
class STATEFERRY_API FormatError : public Error {
 public:
  FormatError(std::string code, std::string message, std::uint64_t offset, std::string hint = {});
  ~FormatError() override;
};

/// The target dialect, or any file, can't hold the model as it is.
class STATEFERRY_API CapabilityError : public Error {
 public:
  CapabilityError(std::string code, std::string message, std::string model_path,
                  std::string hint = {});
  ~CapabilityError() override;
};

/// A bound on memory, depth or text was exceeded.
class STATEFERRY_API LimitError : public Error {
 public:
  using Error::Error;
  ~LimitError() override;
};

/// A rule file or a parameter is wrong, or an expectation of the rules was not met.
class STATEFERRY_API RuleError : public Error {
 public:
  using Error::Error;
  ~RuleError() override;
};

/// Reading or writing failed. The code says whether it was the input, the output or the disk.
class STATEFERRY_API IoError : public Error {
 public:
  IoError(std::string code, std::string message, std::string subject, std::string hint = {});
  ~IoError() override;
};

/// A plugin could not be loaded, or misbehaved.
class STATEFERRY_API PluginError : public Error {
 public:
  using Error::Error;
  ~PluginError() override;
};

}  // namespace stateferry
