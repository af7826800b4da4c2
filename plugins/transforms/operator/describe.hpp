// How the transforms of this namespace name an operator in a message.
#pragma once

#include <cstdint>
#include <string>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"

namespace stateferry::operators {

/// `operators[3] (uid:orders)`; by its hash where the file has no uid.
inline std::string describe(const OperatorState& op, std::uint32_t index) {
  return "operators[" + std::to_string(index) + "] (" +
         (op.uid.empty() ? "hash:" + to_hex(op.id) : "uid:" + to_utf8(op.uid)) + ")";
}

}  // namespace stateferry::operators
