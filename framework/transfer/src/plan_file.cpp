#include "stateferry/transfer/plan_file.hpp"

#include <rapidjson/document.h>

#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "shell_word.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/transfer/store_uri.hpp"
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

// The largest object that one CopyObject call, and so S3 Batch Operations, can copy.
constexpr std::uint64_t kLargestBatchObject = std::uint64_t{5} << 30;

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

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

// ------------------------------------------------------------------------------ engines

// What the formats of other programs have in common: some rows they can't say.
class EngineWriter : public PlanWriter {
 public:
  EngineWriter(const char* engine, PlanText text) : out(std::move(text)), engine_(engine) {}
  void row(const PlanRow& r) final {
    ++number_;
    if (r.target.empty()) refuse(r, "there is no target", "give a target directory or rules");
    if (r.range) {
      refuse(r, "only a part of the file is to be copied",
             "'stateferry copy' with a plan in CSV or JSONL copies parts");
    }
    say(r);
  }

 protected:
  virtual void say(const PlanRow& r) = 0;
  [[noreturn]] void refuse(
      const PlanRow& r, const std::string& why,
      const std::string& hint = "'stateferry copy' with a plan in CSV or JSONL can do it") const {
    Diagnostic d;
    d.code = "E-PLAN-ENGINE";
    d.message = std::string(engine_) + " can't copy row " + std::to_string(number_) + ": " + why;
    d.subject = r.source;
    d.notes = {"to " + (r.target.empty() ? std::string("nowhere") : r.target)};
    d.hint = hint;
    throw RuleError(std::move(d));
  }
  void refuse_line_ends(const PlanRow& r) const {
    constexpr std::string_view kEnds("\r\n\0", 3);
    if ((r.source + r.target).find_first_of(kEnds) != std::string::npos) {
      refuse(r, "the name holds a line end or a NUL");
    }
  }

  const PlanText out;

 private:
  const char* engine_;
  std::uint64_t number_ = 0;
};

// Whether the name begins or ends with what Go's strings.TrimSpace takes away.
bool has_outer_blank(std::string_view name) {
  static constexpr std::string_view kBlanks[] = {" ",
                                                 "\t",
                                                 "\v",
                                                 "\f",
                                                 "\xC2\x85",
                                                 "\xC2\xA0",
                                                 "\xE1\x9A\x80",
                                                 "\xE2\x80\x80",
                                                 "\xE2\x80\x81",
                                                 "\xE2\x80\x82",
                                                 "\xE2\x80\x83",
                                                 "\xE2\x80\x84",
                                                 "\xE2\x80\x85",
                                                 "\xE2\x80\x86",
                                                 "\xE2\x80\x87",
                                                 "\xE2\x80\x88",
                                                 "\xE2\x80\x89",
                                                 "\xE2\x80\x8A",
                                                 "\xE2\x80\xA8",
                                                 "\xE2\x80\xA9",
                                                 "\xE2\x80\xAF",
                                                 "\xE2\x81\x9F",
                                                 "\xE3\x80\x80"};
  return std::any_of(std::begin(kBlanks), std::end(kBlanks), [&](std::string_view blank) {
    return name.starts_with(blank) || name.ends_with(blank);
  });
}

class RcloneWriter final : public EngineWriter {
 public:
  RcloneWriter(const std::string& root, const std::string& target, PlanText text)
      : EngineWriter("rclone --files-from", std::move(text)),
        root_(canonical_uri(root)),
        target_(canonical_uri(target)) {}

 protected:
  void say(const PlanRow& r) override {
    refuse_line_ends(r);
    const std::string source = canonical_uri(r.source);
    const std::string target = canonical_uri(r.target);
    const auto from = below_prefix(source, root_);
    const auto to = below_prefix(target, target_);
    if (!from || !to || *from != *to) refuse(r, "it doesn't keep its place below " + root_);
    const std::string_view name = from->substr(1);
    if (name.starts_with('#') || name.starts_with(';') || has_outer_blank(name)) {
      refuse(r, "its name begins or ends with a sign that has a meaning there");
    }
    out(std::string(name) + "\n");
  }

 private:
  std::string root_;
  std::string target_;
};

class S5cmdWriter final : public EngineWriter {
 public:
  explicit S5cmdWriter(PlanText text) : EngineWriter("s5cmd", std::move(text)) {}

 protected:
  void say(const PlanRow& r) override {
    refuse_line_ends(r);
    out("cp --raw " + shell_word(place(r, r.source)) + " " + shell_word(place(r, r.target)) + "\n");
  }

 private:
  std::string place(const PlanRow& r, const std::string& uri) const {
    const std::string canonical = canonical_uri(uri);
    const FlinkPathParts parts = split_flink_path(canonical);
    if (parts.scheme == "s3") return canonical;
    if (parts.scheme == "file") return std::string(parts.path);
    refuse(r, "it knows S3 and local files only, not " + uri);
  }
};

class DistcpWriter final : public EngineWriter {
 public:
  explicit DistcpWriter(PlanText text) : EngineWriter("hadoop distcp -f", std::move(text)) {}

 protected:
  void say(const PlanRow& r) override {
    refuse_line_ends(r);
    const std::string target = canonical_uri(r.target);
    const std::string directory(parent_of(target));
    if (directory_.empty()) directory_ = directory;
    if (directory != directory_) {
      refuse(r, "one run copies into one directory, and the rows before go to " + directory_,
             "make one list per directory with --into DIR");
    }
    if (r.source.substr(parent_of(r.source).size()) != target.substr(directory.size())) {
      refuse(r, "it gets another name");
    }
    if (r.source.find_first_of("*?[]{}\\") != std::string::npos) {
      refuse(r, "its name holds a sign that means a pattern there");
    }
    out(r.source + "\n");
  }

 private:
  std::string directory_;
};

// Bytes of a key that a manifest writes as they are.
bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~' || c == '/';
}

std::string url_encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_plain(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += kHex[byte >> 4];
      encoded += kHex[byte & 15];
    }
  }
  return encoded;
}

class S3BatchWriter final : public EngineWriter {
 public:
  explicit S3BatchWriter(PlanText text) : EngineWriter("S3 Batch Operations", std::move(text)) {}

 protected:
  void say(const PlanRow& r) override {
    const std::string source = canonical_uri(r.source);
    const std::string target = canonical_uri(r.target);
    const FlinkPathParts from = split_flink_path(source);
    const FlinkPathParts to = split_flink_path(target);
    if (from.scheme != "s3" || to.scheme != "s3") refuse(r, "it copies from S3 to S3 only");
    // The operation Copy keeps the key, behind one prefix for the whole job.
    if (!to.path.ends_with(from.path)) refuse(r, "the object gets another key");
    const std::string prefix = std::string(to.authority) +
                               std::string(to.path.substr(0, to.path.size() - from.path.size()));
    if (first_) prefix_ = prefix;
    first_ = false;
    if (prefix != prefix_) {
      refuse(r, "one job has one target, and the rows before go below s3://" + prefix_);
    }
    if (r.bytes.value_or(r.at_least) > kLargestBatchObject) {
      refuse(r, "it copies objects up to 5 GiB, and this one is larger");
    }
    out(csv_field(from.authority) + "," + url_encoded(from.path.substr(1)) + "\n");
  }

 private:
  bool first_ = true;
  std::string prefix_;
};

// ------------------------------------------------------------------------------ reading

[[noreturn]] void fail_line(const std::string& name, std::uint64_t line, const std::string& why) {
  Diagnostic d;
  d.code = "E-PLAN-FORMAT";
  d.message = "line " + std::to_string(line) + ": " + why;
  d.subject = name;
  d.hint = "plans are made by 'stateferry plan --format csv' or jsonl";
  throw Error(std::move(d));
}

std::optional<std::uint64_t> parse_number(std::string_view text, const std::string& name,
                                          std::uint64_t line) {
  if (text.empty()) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail_line(name, line, "'" + std::string(text) + "' is no number");
  }
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
    std::string header;
    for (const std::string& f : fields) header += (header.empty() ? "" : ",") + f;
    if (header != kHeader) fail_line(name_, 1, "the header is not " + std::string(kHeader));
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

std::string_view plan_format_name(PlanFormat format) noexcept {
  for (const auto& [f, name] : kFormats) {
    if (f == format) return name;
  }
  return {};
}

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
    case PlanFormat::rclone:
      return std::make_unique<RcloneWriter>(root, target, std::move(out));
    case PlanFormat::s5cmd:
      return std::make_unique<S5cmdWriter>(std::move(out));
    case PlanFormat::distcp:
      return std::make_unique<DistcpWriter>(std::move(out));
    case PlanFormat::s3_batch:
      break;
  }
  return std::make_unique<S3BatchWriter>(std::move(out));
}

void read_plan(std::string_view text, const std::string& name, const RowSink& row) {
  if (text.starts_with('{')) {
    read_jsonl(text, name, row);
  } else {
    CsvReader(text, name).rows(row);
  }
}

}  // namespace stateferry
