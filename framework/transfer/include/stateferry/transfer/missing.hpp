// Why files of a snapshot may be missing, from what is missing and what is there.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "stateferry/transfer/references.hpp"

namespace stateferry {

/// Takes note of each file, and then says what the whole looks like. Borrows the references.
class MissingFiles {
 public:
  explicit MissingFiles(const References& references);
  /// A file of the references is there, or isn't.
  void note(const Reference& file, bool there);
  /// What has happened, as far as it can be told, and what can be done by commands that all have;
  /// for people, without a full stop. Empty where there is nothing to tell.
  std::string hint() const;
  /// Whether none of the files is there.
  bool all() const noexcept { return there_ == 0 && missing_ > 0; }

 private:
  // What is known of one operator's files.
  struct Seen {
    std::uint64_t there = 0;
    std::uint64_t relative = 0;  // missing
    std::uint64_t shared = 0;    // of these, shared files of incremental checkpoints
  };
  bool are_whole_operators() const;
  bool are_shared() const;
  std::string operators_text() const;
  std::string elsewhere_hint() const;

  const References& references_;
  std::map<std::uint32_t, Seen> operators_;
  // Of absolute files: whether all that are known are missing.
  std::map<std::string, bool> directories_;
  std::uint64_t there_ = 0;
  std::uint64_t missing_ = 0;
  std::uint64_t relative_ = 0;  // missing
};

}  // namespace stateferry
