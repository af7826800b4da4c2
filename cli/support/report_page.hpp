// The page of `inspect --html`: snapshots as data in one HTML file, which draws itself. The page is
// that of cli/page, compiled in.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/io/byte_sink.hpp"
#include "stateferry/transfer/references.hpp"
#include "support/inventory.hpp"
#include "support/snapshot_sets.hpp"

namespace stateferry::cli {

/// The page without its data, as cli/page/generated has it. Lives as long as the program.
std::string_view report_page_frame();

/// JSON on its way into a `<script>` of HTML: what could end the element, or would be a line end to
/// older readers, is escaped. That changes no value, since such characters stand in strings only.
class ScriptText {
 public:
  /// `out` outlives it.
  explicit ScriptText(ByteSink& out) : out_(out) {}
  /// Appends JSON. A call holds whole characters. Throws IoError.
  void json(std::string_view text);
  /// Appends what is no JSON, as it is. Throws IoError.
  void raw(std::string_view text);
  /// Hands on what is left. Throws IoError.
  void flush();

 private:
  ByteSink& out_;
  std::string buffer_;
};

/// Takes snapshots one by one and keeps each file once, however many of them need it. Texts go out
/// without secrets (diag/shown.hpp).
class ReportData {
 public:
  /// Adds a snapshot. `inspect_json`: what `inspect --json` says of it, without secrets.
  void add(const Inventory& inventory, const References& references, std::string inspect_json);
  /// Writes everything as one JSON document, `stateferry/report/1`; snapshots by checkpoint.
  void write(ScriptText& out) const;

  std::size_t snapshots() const noexcept { return snapshots_.size(); }
  /// Different files of all snapshots.
  std::size_t files() const noexcept { return files_.size(); }

 private:
  struct SnapshotRow {
    std::int64_t checkpoint_id = 0;
    std::string verdict;  // a sentence
    std::string base;
    std::string inspect;
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    bool at_least = false;
    std::uint64_t not_followed = 0;
    std::vector<std::string> not_followed_first;
  };
  struct OperatorRow {
    std::string hash;
    std::string uid;
    std::string name;
  };
  // What the newest snapshot says of a file, but for its size, and who needs it.
  struct FileRow {
    std::uint64_t bytes = 0;  // as the first one that was added says
    std::uint32_t op = kNoOperator;
    std::uint32_t handles = 0;
    std::uint32_t set = 0;
    std::uint32_t said_by = 0;
    Role role = Role::none;
    std::uint8_t flags = 0;
  };
  // Where another one says another size: files of merged state grow.
  struct OtherSize {
    std::uint32_t file = 0;
    std::uint32_t snapshot = 0;
    std::uint64_t bytes = 0;
  };

  std::vector<std::uint32_t> add_operators(const Inventory& inventory);
  void add_file(const Reference& file, const std::vector<std::uint32_t>& operators);
  std::vector<std::uint32_t> places_in_order() const;
  void write_heads(ScriptText& out, const std::vector<std::uint32_t>& place) const;
  void write_files(ScriptText& out, const std::vector<std::uint32_t>& set_number) const;
  void write_set(ScriptText& out, std::uint32_t set, const std::vector<std::uint32_t>& place) const;
  void write_sizes(ScriptText& out, const std::vector<std::uint32_t>& place) const;

  std::vector<SnapshotRow> snapshots_;
  std::vector<OperatorRow> operators_;
  std::map<std::string, std::uint32_t> operator_by_hash_;
  ReferenceList files_;  // in the place of an operator, the number of the row
  std::vector<FileRow> rows_;
  std::vector<OtherSize> other_sizes_;
  SnapshotSets sets_;
};

/// Writes the page with this data. Throws IoError.
void write_report_page(const ReportData& data, ByteSink& out);

}  // namespace stateferry::cli
