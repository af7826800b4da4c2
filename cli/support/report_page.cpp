#include "support/report_page.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <unordered_map>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/model/dump.hpp"
#include "support/json.hpp"

namespace stateferry::cli {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 16U;
// Where the data goes, in the page.
constexpr std::string_view kPlace = "@@stateferry-data@@";

// What must not stand in a `<script>`, and how JSON says it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEscapes = {{
    {"<", "\\u003c"},
    {">", "\\u003e"},
    {"&", "\\u0026"},
    {"\xE2\x80\xA8", "\\u2028"},
    {"\xE2\x80\xA9", "\\u2029"},
}};

// Bits of a file's flags; cli/page/src/data.js has them, too.
constexpr std::uint8_t kRelative = 1;
constexpr std::uint8_t kAtLeast = 2;
constexpr std::uint8_t kSegments = 4;

// A list of values that JSON has as they are.
template <class List, class F>
void write_numbers(ScriptText& out, std::string_view name, const List& all, F&& number_of) {
  out.json(json_string(name) + ":[");
  bool first = true;
  for (const auto& element : all) {
    if (!first) out.json(",");
    first = false;
    out.json(std::to_string(number_of(element)));
  }
  out.json("]");
}

// Whether a name has nothing that could begin or be a part of what gives access: most are UUIDs.
bool is_innocent(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

// Directories of files as the page shows them, by number.
class ShownDirectories {
 public:
  // Cuts a file's URI: the number of its directory, and the name in it.
  std::pair<std::uint32_t, std::string> cut(const Reference& file) {
    if (file.directory == near_ && file.uri.size() > near_size_) {
      std::string name = file.uri.substr(near_size_);
      if (is_innocent(name)) return {last_, std::move(name)};
    }
    std::string uri = without_secrets(file.uri);
    const std::size_t slash = uri.rfind('/') + 1;  // 0 without one
    const std::string_view directory = std::string_view(uri).substr(0, slash);
    if (texts_.empty() || *texts_[last_] != directory) last_ = number_of(directory);
    // A directory that keeps all of its text with such a name behind it does so with others.
    const bool same = uri == file.uri && is_innocent(std::string_view(uri).substr(slash));
    near_ = same ? file.directory : kNone;
    near_size_ = slash;
    return {last_, uri.substr(slash)};
  }
  const std::vector<const std::string*>& texts() const noexcept { return texts_; }

 private:
  std::uint32_t number_of(std::string_view directory) {
    const auto [at, added] =
        numbers_.try_emplace(std::string(directory), static_cast<std::uint32_t>(texts_.size()));
    if (added) texts_.push_back(&at->first);
    return at->second;
  }

  static constexpr std::uint32_t kNone = UINT32_MAX;

  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<const std::string*> texts_;
  std::uint32_t last_ = 0;
  std::uint32_t near_ = kNone;  // of the list of files: that which was cut last
  std::size_t near_size_ = 0;
};

}  // namespace

void ScriptText::json(std::string_view text) {
  for (;;) {
    const std::size_t at = text.find_first_of("<>&\xE2");
    buffer_ += text.substr(0, at);
    if (at == std::string_view::npos) break;
    text.remove_prefix(at);
    const std::pair<std::string_view, std::string_view>* found = nullptr;
    for (const auto& escape : kEscapes) {
      if (text.starts_with(escape.first)) found = &escape;
    }
    buffer_ += found != nullptr ? found->second : text.substr(0, 1);
    text.remove_prefix(found != nullptr ? found->first.size() : 1);
  }
  if (buffer_.size() >= kBuffer) flush();
}

void ScriptText::raw(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kBuffer) flush();
}

void ScriptText::flush() {
  out_.write(std::as_bytes(std::span(buffer_.data(), buffer_.size())));
  buffer_.clear();
}

std::vector<std::uint32_t> ReportData::add_operators(const Inventory& inventory) {
  std::vector<std::uint32_t> numbers;
  for (const OperatorInventory& op : inventory.operators) {
    const auto number = static_cast<std::uint32_t>(operators_.size());
    const auto [at, added] = operator_by_hash_.try_emplace(op.hash, number);
    if (added) operators_.push_back({op.hash, {}, {}});
    OperatorRow& row = operators_[at->second];
    if (!op.uid.empty()) row.uid = op.uid;
    if (!op.name.empty()) row.name = op.name;
    numbers.push_back(at->second);
  }
  return numbers;
}

// Of the snapshot that was added last.
void ReportData::add_file(const Reference& file, const std::vector<std::uint32_t>& operators) {
  const auto snapshot = static_cast<std::uint32_t>(snapshots_.size() - 1);
  const auto [entry, added] = files_.at(files_.place_of(file.uri), file.relative);
  if (added) {
    entry.op = static_cast<std::uint32_t>(rows_.size());
    rows_.push_back({.said_by = snapshot});
  }
  const std::uint32_t number = entry.op;
  FileRow& row = rows_[number];
  row.set = sets_.with(row.set, snapshot);

  const std::uint64_t bytes = file.size.value_or(file.at_least);
  if (added) row.bytes = bytes;
  if (bytes != row.bytes) other_sizes_.push_back({number, snapshot, bytes});
  if (snapshots_[snapshot].checkpoint_id >= snapshots_[row.said_by].checkpoint_id) {
    row.said_by = snapshot;
    row.op = file.op < operators.size() ? operators[file.op] : kNoOperator;
    row.role = file.role;
    row.handles = file.handles;
    row.flags =
        static_cast<std::uint8_t>((file.relative ? kRelative : 0) | (file.size ? 0 : kAtLeast) |
                                  (file.segments ? kSegments : 0));
  }

  SnapshotRow& sums = snapshots_.back();
  ++sums.files;
  sums.bytes += bytes;
  sums.at_least |= !file.size;
}

void ReportData::add(const Inventory& inventory, const References& references,
                     std::string inspect_json) {
  snapshots_.push_back({.checkpoint_id = inventory.checkpoint_id,
                        .verdict = verdict_text(inventory.verdict),
                        .base = references.base,
                        .inspect = std::move(inspect_json),
                        .not_followed = references.unsafe_count,
                        .not_followed_first = references.unsafe});
  const std::vector<std::uint32_t> operators = add_operators(inventory);
  for (const Reference& file : references.files) add_file(file, operators);
}

// Which place each snapshot has among all.
std::vector<std::uint32_t> ReportData::places_in_order() const {
  std::vector<std::uint32_t> order(snapshots_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return snapshots_[a].checkpoint_id < snapshots_[b].checkpoint_id;
  });
  std::vector<std::uint32_t> place(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  return place;
}

void ReportData::write_heads(ScriptText& out, const std::vector<std::uint32_t>& place) const {
  JsonText json(JsonText::Style::compact, JsonText::Secrets::left_out);
  json.begin_array();
  std::vector<const SnapshotRow*> in_order(snapshots_.size());
  for (std::size_t i = 0; i < place.size(); ++i) in_order[place[i]] = &snapshots_[i];
  for (const SnapshotRow* row : in_order) {
    json.object([&] {
      json.member("base", row->base);
      json.member("verdict-text", row->verdict);
      json.member("files", row->files);
      json.member("bytes", row->bytes);
      json.member("at-least", row->at_least);
      json.member("not-followed", row->not_followed);
      json.values("not-followed-first", row->not_followed_first);
      json.key("inspect");
      json.raw(row->inspect);
    });
  }
  json.end_array();
  out.json("\"snapshots\":");
  out.json(json.text());

  JsonText operators(JsonText::Style::compact, JsonText::Secrets::left_out);
  operators.begin_array();
  for (const OperatorRow& row : operators_) {
    operators.object([&] {
      operators.member("hash", row.hash);
      operators.member("uid", row.uid);
      operators.member("name", row.name);
    });
  }
  operators.end_array();
  out.json(",\"operators\":");
  out.json(operators.text());
}

// The columns, then what they count into.
void ReportData::write_files(ScriptText& out, const std::vector<std::uint32_t>& set_number) const {
  ShownDirectories directories;
  std::vector<std::uint32_t> directory_of;
  directory_of.reserve(files_.size());
  out.json(",\"files\":{\"name\":[");
  std::string quoted;
  for (const Reference& file : files_) {
    const auto cut = directories.cut(file);
    quoted.clear();
    if (!directory_of.empty()) quoted += ',';
    append_json_string(quoted, cut.second);
    out.json(quoted);
    directory_of.push_back(cut.first);
  }
  out.json("],");
  const auto own = [](std::uint32_t value) { return value; };
  write_numbers(out, "directory", directory_of, own);
  out.json(",");
  write_numbers(out, "bytes", rows_, [](const FileRow& row) { return row.bytes; });
  out.json(",");
  write_numbers(out, "operator", rows_, [](const FileRow& row) {
    return row.op == kNoOperator ? std::int64_t{-1} : std::int64_t{row.op};
  });
  out.json(",");
  write_numbers(out, "role", rows_, [](const FileRow& row) {
    const auto* const at = std::find(std::begin(kAllRoles), std::end(kAllRoles), row.role);
    return at == std::end(kAllRoles) ? -1 : static_cast<int>(at - std::begin(kAllRoles));
  });
  out.json(",");
  write_numbers(out, "handles", rows_, [](const FileRow& row) { return row.handles; });
  out.json(",");
  write_numbers(out, "set", rows_, [&](const FileRow& row) { return set_number[row.set]; });
  out.json(",");
  write_numbers(out, "flags", rows_, [](const FileRow& row) { return unsigned{row.flags}; });
  out.json("},\"directories\":[");
  for (const std::string* directory : directories.texts()) {
    if (directory != directories.texts().front()) out.json(",");
    out.json(json_string(*directory));
  }
  out.json("],\"roles\":[");
  for (const Role role : kAllRoles) {
    if (role != kAllRoles[0]) out.json(",");
    out.json(json_string(role_name(role)));
  }
  out.json("]");
}

// The places of its snapshots, in their order.
void ReportData::write_set(ScriptText& out, std::uint32_t set,
                           const std::vector<std::uint32_t>& place) const {
  std::vector<std::uint32_t> members;
  for (const std::uint32_t snapshot : sets_.members(set)) members.push_back(place[snapshot]);
  std::sort(members.begin(), members.end());
  std::string text;
  for (const std::uint32_t member : members) {
    text += (text.empty() ? "[" : ",") + std::to_string(member);
  }
  out.json(text + "]");
}

void ReportData::write_sizes(ScriptText& out, const std::vector<std::uint32_t>& place) const {
  out.json(",\"other-sizes\":[");
  for (const OtherSize& size : other_sizes_) {
    if (&size != other_sizes_.data()) out.json(",");
    out.json("[" + std::to_string(size.file) + "," + std::to_string(place[size.snapshot]) + "," +
             std::to_string(size.bytes) + "]");
  }
  out.json("]");
}

void ReportData::write(ScriptText& out) const {
  const std::vector<std::uint32_t> place = places_in_order();
  out.json("{\"schema\":\"stateferry/report/1\",\"version\":");
  out.json(json_string(STATEFERRY_VERSION) + ",");
  write_heads(out, place);
  // Sets on the way to others are of no file any more, and get no number.
  std::vector<std::uint32_t> set_number(sets_.size(), UINT32_MAX);
  std::uint32_t sets = 0;
  out.json(",\"sets\":[");
  for (const FileRow& row : rows_) {
    if (set_number[row.set] != UINT32_MAX) continue;
    if (sets > 0) out.json(",");
    write_set(out, row.set, place);
    set_number[row.set] = sets++;
  }
  out.json("]");
  write_files(out, set_number);
  write_sizes(out, place);
  out.json("}");
}

void write_report_page(const ReportData& data, ByteSink& out) {
  const std::string_view frame = report_page_frame();
  const std::size_t at = frame.find(kPlace);
  if (at == std::string_view::npos) {
    throw Error("E-INTERNAL", "the page of this build has no place for its data");
  }
  ScriptText text(out);
  text.raw(frame.substr(0, at));
  data.write(text);
  text.raw(frame.substr(at + kPlace.size()));
  text.flush();
}

}  // namespace stateferry::cli
