#include "stateferry/transfer/plan_file.hpp"

#include <rapidjson/document.h>

#include <array>
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

std::string number_or_empty(const std::optional<std::uint64_t>& number) {
  return number ? std::to_string(*number) : std::string();
}

class CsvWriter final : public PlanWriter {
 public:
  explicit CsvWriter(PlanText out) : out_(std::move(out)) { line(std::string(kHeader)); }
  void row(const PlanRow& r) override {
    line(csv_field(r.source) + "," + csv_field(r.target) + "," + number_or_empty(r.bytes) + "," +
         std::to_string(r.at_least) + "," + (r.range ? std::to_string(r.range->offset) : "") + "," +
         (r.range ? std::to_string(r.range->size) : "") + "," + r.role + "," + csv_field(r.op) +
         "," + std::to_string(r.handles));
  }

 private:
  void line(std::string text) { out_(text += "\r\n"); }
  PlanText out_;
};

class JsonlWriter final : public PlanWriter {
 public:
  explicit JsonlWriter(PlanText out) : out_(std::move(out)) {}
  void row(const PlanRow& r) override {
    std::string text = "{\"source\":" + json_string(r.source);
    if (!r.target.empty()) text += ",\"target\":" + json_string(r.target);
    if (r.bytes) text += ",\"bytes\":" + std::to_string(*r.bytes);
    text += ",\"at-least\":" + std::to_string(r.at_least);
    if (r.range) {
      text += ",\"offset\":" + std::to_string(r.range->offset) +
              ",\"length\":" + std::to_string(r.range->size);
    }
    if (!r.role.empty()) text += ",\"role\":" + json_string(r.role);
    if (!r.op.empty()) text += ",\"operator\":" + json_string(r.op);
    out_(text + ",\"handles\":" + std::to_string(r.handles) + "}\n");
  }

 private:
  PlanText out_;
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
