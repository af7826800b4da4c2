// What `inspect` says of one snapshot, as text and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/inventory.hpp"
#include "support/json.hpp"
#include "support/listings.hpp"

namespace stateferry::cli {

/// `Savepoint (CANONICAL)`, `unknown kind`; for people.
std::string kind_text(const SnapshotKind& kind);
/// The table of the operators of these indexes, with a headline; empty where there are none at all.
std::string operators_text(const Inventory& i, const std::vector<std::uint32_t>& order);
/// Prints everything, or the lists that `options` asks for. `file` is the snapshot's name.
void print_inventory(const Inventory& i, const std::string& file, const ListingOptions& options,
                     Listings& lists);
/// The members of an operator: first eight with the column names of Flink's table function
/// savepoint_metadata.
void write_operator_columns(JsonText& json, const Inventory& i, const OperatorInventory& op);
/// The members of `stateferry/inspect/1` but for `schema`. `lists`, which may be null, adds those
/// that were asked for.
void write_inventory_members(JsonText& json, const Inventory& i, const std::string& file,
                             Listings* lists);

}  // namespace stateferry::cli
