// The lists of a snapshot that `inspect` shows: files, handles, operators; filtered by the words of
// rule files, sorted, cut.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/host/location_filter.hpp"
#include "stateferry/host/part_reader.hpp"
#include "stateferry/transfer/references.hpp"
#include "support/inventory.hpp"
#include "support/json.hpp"

namespace stateferry::cli {

/// What is listed, and how.
struct ListingOptions {
  bool files = false;
  bool operators = false;
  bool handles = false;
  std::string where;  ///< as the user writes it
  std::string sort = "size";
  std::size_t top = 0;  ///< the most rows of each list; 0: all
  bool jsonl = false;

  bool any() const noexcept { return files || operators || handles; }
};
/// The indexes of `files` in the order and number that were asked for, and how many more there are.
struct FileOrder {
  std::vector<std::uint32_t> shown;
  std::uint64_t cut = 0;
};
FileOrder order_of(const ReferenceList& files, const ListingOptions& options);
/// `  … and 12 more`, as a line, where `cut` rows were left out.
std::string rest_text(std::uint64_t cut);
/// Declares their options.
void add_listing_options(CLI::App& app, ListingOptions& options);
/// Throws Error where they contradict each other. `json`: whether a document is asked for.
void check_listing_options(const ListingOptions& options, bool json);

/// One handle that holds state or names a file. Text is UTF-8.
struct HandleRow {
  std::string path;  ///< in the model: `operators[0].subtasks[2].managed_keyed.delegate`
  LocationKind kind = LocationKind::file;
  Role role = Role::none;
  std::uint32_t op = kNoOperator;  ///< index of its operator
  std::string location;            ///< as it is written; empty: it has none
  std::uint64_t bytes = 0;         ///< of its state
};

/// What all lists of one snapshot are made from. Borrows everything.
class Listings {
 public:
  /// `where` by --where, which is read here. Throws Error.
  Listings(const ListingOptions& options, PartReader& snapshot, std::string base_uri,
           std::string file_system, const OperatorNames* names);

  /// The operators of `inventory` in the order and number that was asked for, as their indexes.
  /// Throws RuleError where --where has a pattern on names that nobody knows.
  std::vector<std::uint32_t> operators(const Inventory& inventory);
  /// How many operators the last call of operators() has left out for their number.
  std::uint64_t operators_cut() const noexcept { return operators_cut_; }
  /// A table with a headline of each list that was asked for but that of operators.
  std::string tables_text(const Inventory& inventory);
  /// The files of the handles that --where selects. Throws RuleError as operators().
  References references();
  const ListingOptions& options() const noexcept { return options_; }
  /// Adds a member for each of them.
  void write_members(JsonText& json, const Inventory& inventory);
  /// Prints the one list that was asked for but that of operators, a JSON object a line.
  /// `snapshot`, unless it is empty, is a member in front.
  void print_lines(const Inventory& inventory, std::string_view snapshot = {});

 private:
  struct Files {
    References references;
    FileOrder order;
  };
  LocationFilter filter() const;
  Files files();
  std::vector<HandleRow> handles();
  void write_file(JsonText& json, const Inventory& inventory, const Reference& file) const;
  void write_handle(JsonText& json, const Inventory& inventory, const HandleRow& row,
                    std::string_view snapshot = {}) const;

  const ListingOptions& options_;
  PartReader& snapshot_;
  std::string base_uri_;
  std::string file_system_;
  const OperatorNames* names_;
  Selector where_;
  std::uint64_t operators_cut_ = 0;
};

}  // namespace stateferry::cli
