// Operator identities: the 16 bytes in the file, their hex text, and the id that Flink makes of a
// uid (StreamGraphHasherV2, 1.2 … 2.3: Guava's murmur3_128 with seed 0 over the uid's UTF-8).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// OperatorID (before Flink 1.3 JobVertexID): 16 bytes in file order, which is the order of the
/// usual 32 hex digits.
struct OperatorId {
  std::array<std::byte, 16> bytes{};
  friend auto operator<=>(const OperatorId&, const OperatorId&) = default;
};

/// 32 lower-case hex digits.
STATEFERRY_API std::string to_hex(const OperatorId& id);
/// The id of 32 hex digits in either case; nothing for any other text.
STATEFERRY_API std::optional<OperatorId> operator_id_from_hex(std::string_view hex) noexcept;
/// The id that Flink gives an operator with this uid (UTF-8).
STATEFERRY_API OperatorId operator_id_of_uid(std::string_view uid) noexcept;

}  // namespace stateferry
