// How the transforms of this namespace name an operator in a message.
#pragma once

#include <cstdint>
#include <string>

#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/operator_ref.hpp"

namespace stateferry::operators {

/// `operators[3] (uid:orders)`; by its hash where the file has no uid.
inline std::string describe(const OperatorState& op, std::uint32_t index) {
  return "operators[" + std::to_string(index) + "] (" +
         operator_text({index, op.id, op.uid, op.name}) + ")";
}

}  // namespace stateferry::operators
