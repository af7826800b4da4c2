#include "plan_engines.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/shell_word.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "text_scan.hpp"

namespace stateferry {
namespace {

// The largest object that one CopyObject call, and so S3 Batch Operations and s5cmd, can copy.
constexpr std::uint64_t kLargestCopied = std::uint64_t{5} << 30;

// What the formats of other programs have in common: some rows they can't say.
class EngineWriter : public PlanWriter {
 public:
  EngineWriter(const char* engine, PlanText text) : out_(std::move(text)), engine_(engine) {}
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
    throw RuleError({.code = "E-PLAN-ENGINE",
                     .message = std::string(engine_) + " can't copy row " +
                                std::to_string(number_) + ": " + why,
                     .subject = r.source,
                     .hint = hint,
                     .notes = {"to " + (r.target.empty() ? std::string("nowhere") : r.target)}});
  }
  void refuse_line_ends(const PlanRow& r) const {
    if (holds_any<'\r', '\n', '\0'>(r.source) || holds_any<'\r', '\n', '\0'>(r.target)) {
      refuse(r, "the name holds a line end or a NUL");
    }
  }
  // The line in hand, which begins empty.
  std::string& line() noexcept {
    line_.clear();
    return line_;
  }
  void put_line() {
    line_ += '\n';
    out_(line_);
  }

 private:
  const PlanText out_;
  std::string line_;
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
    line() = name;
    put_line();
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
    const std::string source = place(r, r.source);
    const std::string target = place(r, r.target);
    const bool within_s3 = !source.starts_with('/') && !target.starts_with('/');
    if (within_s3 && r.bytes.value_or(r.at_least) > kLargestCopied) {
      refuse(r, "it copies objects within S3 up to 5 GiB, and this one is larger");
    }
    std::string& command = line();
    command += "cp --raw ";
    append_shell_word(command, source);
    command += ' ';
    append_shell_word(command, target);
    put_line();
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
    if (holds_any<'*', '?', '[', ']', '{', '}', '\\'>(r.source)) {
      refuse(r, "its name holds a sign that means a pattern there");
    }
    line() = r.source;
    put_line();
  }

 private:
  std::string directory_;
};

// Bytes of a key that a manifest writes as they are.
bool is_plain(char c) {
  return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.' || c == '~' || c == '/';
}

void append_url_encoded(std::string& to, std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  while (!text.empty()) {
    const auto* const end = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(end - text.begin());
    to += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto byte = static_cast<unsigned char>(text.front());
    to += '%';
    to += kHex[byte >> 4];
    to += kHex[byte & 15];
    text.remove_prefix(1);
  }
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
    if (r.bytes.value_or(r.at_least) > kLargestCopied) {
      refuse(r, "it copies objects up to 5 GiB, and this one is larger");
    }
    std::string& object = line();
    append_csv_field(object, from.authority);
    object += ',';
    append_url_encoded(object, from.path.substr(1));
    put_line();
  }

 private:
  bool first_ = true;
  std::string prefix_;
};

}  // namespace

void append_csv_field(std::string& to, std::string_view text) {
  if (!holds_any<',', '"', '\r', '\n'>(text)) {
    to += text;
    return;
  }
  to += '"';
  for (const char c : text) {
    if (c == '"') to += '"';
    to += c;
  }
  to += '"';
}

std::unique_ptr<PlanWriter> make_engine_writer(PlanFormat format, const std::string& root,
                                               const std::string& target, PlanText out) {
  switch (format) {
    case PlanFormat::rclone:
      return std::make_unique<RcloneWriter>(root, target, std::move(out));
    case PlanFormat::s5cmd:
      return std::make_unique<S5cmdWriter>(std::move(out));
    case PlanFormat::distcp:
      return std::make_unique<DistcpWriter>(std::move(out));
    default:
      return std::make_unique<S3BatchWriter>(std::move(out));
  }
}

}  // namespace stateferry
