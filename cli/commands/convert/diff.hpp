// What `convert --diff` shows to people.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "stateferry/host/pipeline.hpp"

namespace stateferry::cli {

/// Writes changes as text, grouped by operator, line by line.
class DiffWriter {
 public:
  using Line = std::function<void(const std::string&)>;
  /// `line` takes each line without its end. `names` may be null.
  DiffWriter(Line line, const OperatorNames* names) : line_(std::move(line)), names_(names) {}
  void change(const Change& change);
  void change(const OperatorChange& change);

 private:
  void under(const OperatorKey* op);

  Line line_;
  const OperatorNames* names_;
  std::string heading_;
};

}  // namespace stateferry::cli
