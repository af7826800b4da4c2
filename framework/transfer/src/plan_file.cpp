#include "stateferry/transfer/plan_file.hpp"

#include <rapidjson/document.h>

#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "plan_engines.hpp"
#include "stateferry/bytes/digits.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

constexpr std::array kFormats = {
    std::pair{PlanFormat::csv, std::string_view("csv")},
    std::pair{PlanFormat::jsonl, std::string_view("jsonl")},
    std::pair{PlanFormat::rclone, std::string_view("rclone")},
    std::pair{PlanFormat::s5cmd, std::string_view("s5cmd")},
    std::pair{PlanFormat::distcp, std::string_view("distcp")},
    std::pair{PlanFormat::s3_batch, std::string_view("s3-batch")},
};

constexpr std::string_view kHeader =
    "source,target,bytes,at-least,offset,length,role,operator,handles";

void append_number(std::string& to, std::uint64_t number) {
  std::array<char, 20> digits;
  const char* const end = std::to_chars(digits.begin(), digits.end(), number).ptr;
  to.append(digits.data(), static_cast<std::size_t>(end - digits.begin()));
}

class CsvWriter final : public PlanWriter {
 public:
  explicit CsvWriter(PlanText out) : out_(std::move(out)), line_(kHeader) { put_line(); }
  void row(const PlanRow& r) override {
    line_.clear();
    text(r.source);
    text(r.target);
    number(r.bytes);
    number(r.at_least);
    number(r.range ? std::optional(r.range->offset) : std::nullopt);
    number(r.range ? std::optional(r.range->size) : std::nullopt);
    text(r.role);
    text(r.op);
    append_number(line_, r.handles);
    put_line();
  }

 private:
  void text(std::string_view field) {
    append_csv_field(line_, field);
    line_ += ',';
  }
  void number(std::optional<std::uint64_t> field) {
    if (field) append_number(line_, *field);
    line_ += ',';
  }
  void put_line() {
    line_ += "\r\n";
    out_(line_);
  }

  PlanText out_;
  std::string line_;
};

class JsonlWriter final : public PlanWriter {
 public:
  explicit JsonlWriter(PlanText out) : out_(std::move(out)) {}
  void row(const PlanRow& r) override {
    line_.clear();
    text("{\"source\":", r.source);
    if (!r.target.empty()) text(",\"target\":", r.target);
    if (r.bytes) number(",\"bytes\":", *r.bytes);
    number(",\"at-least\":", r.at_least);
    if (r.range) {
      number(",\"offset\":", r.range->offset);
      number(",\"length\":", r.range->size);
    }
    if (!r.role.empty()) text(",\"role\":", r.role);
    if (!r.op.empty()) text(",\"operator\":", r.op);
    number(",\"handles\":", r.handles);
    line_ += "}\n";
    out_(line_);
  }

 private:
  void text(std::string_view key, std::string_view value) {
    line_ += key;
    append_json_string(line_, value);
  }
  void number(std::string_view key, std::uint64_t value) {
    line_ += key;
    append_number(line_, value);
  }

  PlanText out_;
  std::string line_;
};

// ------------------------------------------------------------------------------ reading

[[noreturn]] void fail_line(const std::string& name, std::uint64_t line, const std::string& why) {
  throw Error({.code = "E-PLAN-FORMAT",
               .message = "line " + std::to_string(line) + ": " + why,
               .subject = name,
               .hint = "plans are made by 'stateferry plan --format csv' or jsonl"});
}

std::optional<std::uint64_t> parse_number(std::string_view text, const std::string& name,
                                          std::uint64_t line) {
  if (text.empty()) return std::nullopt;
  const auto number = number_from_text<std::uint64_t>(text);
  if (!number) fail_line(name, line, "'" + std::string(text) + "' is no number");
  return number;
}

void check_row(const PlanRow& row, const std::string& name, std::uint64_t line) {
  if (row.source.empty()) fail_line(name, line, "the source is missing");
  if (row.target.empty()) {
    fail_line(name, line, "the target is missing: the plan was made without a target directory");
  }
  for (const std::string* uri : {&row.source, &row.target}) {
    if (!has_scheme(*uri) || !is_normal_flink_path(*uri)) {
      fail_line(name, line, "'" + *uri + "' is no absolute URI as Flink writes it");
    }
  }
}

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  void rows(const RowSink& sink) {
    std::vector<std::string> fields;
    if (!record(fields)) return;
    if (joined(fields, ",") != kHeader)
      fail_line(name_, 1, "the header is not " + std::string(kHeader));
    while (record(fields)) {
      if (fields.size() != 9) {
        fail_line(name_, at_, std::to_string(fields.size()) + " fields instead of 9");
      }
      PlanRow row;
      row.source = fields[0];
      row.target = fields[1];
      row.bytes = parse_number(fields[2], name_, at_);
      row.at_least = parse_number(fields[3], name_, at_).value_or(0);
      const auto offset = parse_number(fields[4], name_, at_);
      const auto length = parse_number(fields[5], name_, at_);
      if (offset.has_value() != length.has_value()) {
        fail_line(name_, at_, "offset and length belong together");
      }
      if (offset) row.range = ByteRange{*offset, *length};
      row.role = fields[6];
      row.op = fields[7];
      row.handles = static_cast<std::uint32_t>(parse_number(fields[8], name_, at_).value_or(1));
      check_row(row, name_, at_);
      sink(row);
    }
  }

 private:
  // One record; false at the end.
  bool record(std::vector<std::string>& fields) {
    fields.clear();
    if (rest_.empty()) return false;
    at_ = ++line_;
    for (;;) {
      fields.push_back(rest_.starts_with('"') ? quoted() : plain());
      if (rest_.starts_with(',')) {
        rest_.remove_prefix(1);
        continue;
      }
      if (rest_.starts_with("\r\n")) {
        rest_.remove_prefix(2);
      } else if (rest_.starts_with('\n')) {
        rest_.remove_prefix(1);
      } else if (!rest_.empty()) {
        fail_line(name_, at_, "something stands behind a closing quote");
      }
      return true;
    }
  }
  std::string plain() {
    const auto end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return text;
  }
  std::string quoted() {
    std::string text;
    rest_.remove_prefix(1);
    for (;;) {
      if (rest_.empty()) fail_line(name_, at_, "a quote is not closed");
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\n') ++line_;
      if (c != '"') {
        text += c;
      } else if (rest_.starts_with('"')) {
        text += '"';
        rest_.remove_prefix(1);
      } else {
        return text;
      }
    }
  }

  std::string_view rest_;
  const std::string& name_;
  std::uint64_t line_ = 0;
  std::uint64_t at_ = 0;
};

std::string text_member(const rapidjson::Document& json, const char* key) {
  const auto at = json.FindMember(key);
  if (at == json.MemberEnd() || !at->value.IsString()) return {};
  return {at->value.GetString(), at->value.GetStringLength()};
}

std::optional<std::uint64_t> number_member(const rapidjson::Document& json, const char* key) {
  const auto at = json.FindMember(key);
  if (at == json.MemberEnd() || !at->value.IsUint64()) return std::nullopt;
  return at->value.GetUint64();
}

void read_jsonl(std::string_view text, const std::string& name, const RowSink& sink) {
  std::uint64_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty()) continue;
    rapidjson::Document json;
    // Not by recursion: nobody knows how deep a line nests.
    json.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
    if (json.HasParseError() || !json.IsObject()) fail_line(name, number, "this is no JSON object");
    PlanRow row;
    row.source = text_member(json, "source");
    row.target = text_member(json, "target");
    row.bytes = number_member(json, "bytes");
    row.at_least = number_member(json, "at-least").value_or(0);
    const auto offset = number_member(json, "offset");
    const auto length = number_member(json, "length");
    if (offset.has_value() != length.has_value()) {
      fail_line(name, number, "offset and length belong together");
    }
    if (offset) row.range = ByteRange{*offset, *length};
    row.role = text_member(json, "role");
    row.op = text_member(json, "operator");
    row.handles = static_cast<std::uint32_t>(number_member(json, "handles").value_or(1));
    check_row(row, name, number);
    sink(row);
  }
}

}  // namespace

std::optional<PlanFormat> plan_format_from_name(std::string_view name) noexcept {
  for (const auto& [format, n] : kFormats) {
    if (n == name) return format;
  }
  return std::nullopt;
}

std::unique_ptr<PlanWriter> make_plan_writer(PlanFormat format, const std::string& root,
                                             const std::string& target, PlanText out) {
  switch (format) {
    case PlanFormat::csv:
      return std::make_unique<CsvWriter>(std::move(out));
    case PlanFormat::jsonl:
      return std::make_unique<JsonlWriter>(std::move(out));
    default:
      return make_engine_writer(format, root, target, std::move(out));
  }
}

void read_plan(std::string_view text, const std::string& name, const RowSink& row) {
  if (text.starts_with('{')) {
    read_jsonl(text, name, row);
  } else {
    CsvReader(text, name).rows(row);
  }
}

}  // namespace stateferry
