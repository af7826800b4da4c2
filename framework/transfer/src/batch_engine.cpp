// The engine s3-batch: S3 Batch Operations, of which the manifest and the job are written down.
#include <md5.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <array>

#include "engines.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

[[noreturn]] void refuse_option(const std::string& what, const std::string& hint) {
  throw Error("E-ARG-USAGE", what, hint);
}

std::string option(const EngineRequest& request, const std::string& name,
                   const std::string& example) {
  const auto at = request.options.find(name);
  if (at != request.options.end() && !at->second.empty()) return at->second;
  refuse_option("S3 Batch Operations need --engine-option " + name + "=…",
                "such as --engine-option " + name + "=" + example);
}

std::string md5_of(const std::string& text) {
  std::array<char, MD5_DIGEST_STRING_LENGTH> hex{};
  ::MD5Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), hex.data());
  return hex.data();
}

// Where the job copies to: the same for all rows, as the manifest's writer has made sure.
struct Target {
  std::string bucket;
  std::string prefix;  // without a slash at its end
};

Target target_of(const PlanRow& row) {
  const std::string source = canonical_uri(row.source);
  const std::string target = canonical_uri(row.target);
  const FlinkPathParts from = split_flink_path(source);
  const FlinkPathParts to = split_flink_path(target);
  std::string_view prefix = to.path.substr(0, to.path.size() - from.path.size());
  if (prefix.starts_with('/')) prefix.remove_prefix(1);
  return {std::string(to.authority), std::string(prefix)};
}

class BatchEngine final : public Engine {
 public:
  explicit BatchEngine(const EngineRequest& request) : request_(request) {
    if (request.list_directory.empty()) {
      refuse_option("S3 Batch Operations are started by you: the job is written to a directory",
                    "name it with --engine-list DIR");
    }
    for (const auto& [name, value] : request.options) {
      if (name == "account" || name == "role" || name == "manifest") continue;
      refuse_option("S3 Batch Operations have no option '" + name + "'",
                    "the options are: account, role, manifest");
    }
    account_ = option(request, "account", "123456789012");
    if (account_.size() != 12 || !std::all_of(account_.begin(), account_.end(), is_digit)) {
      refuse_option("'" + account_ + "' is no account of AWS", "it has 12 digits");
    }
    role_ = option(request, "role", "arn:aws:iam::123456789012:role/batch-copy");
    if (!role_.starts_with("arn:") || role_.find(":role/") == std::string::npos) {
      refuse_option("'" + role_ + "' is no role of AWS",
                    "such as arn:aws:iam::123456789012:role/batch-copy");
    }
    const std::string manifest = option(request, "manifest", "s3://bucket/manifest.csv");
    const std::string canonical = canonical_uri(manifest);
    const FlinkPathParts parts = split_flink_path(canonical);
    if (parts.scheme != "s3" || parts.authority.empty() || parts.path.size() < 2) {
      refuse_option("'" + manifest + "' is no object in S3", "such as s3://bucket/manifest.csv");
    }
    manifest_bucket_ = parts.authority;
    manifest_key_ = parts.path.substr(1);
  }

  void check(std::span<const PlanRow> rows) override { check_rows(PlanFormat::s3_batch, rows); }

  void copy(std::span<const PlanRow> rows, CopyProgress&) override {
    const std::string text = written_rows(PlanFormat::s3_batch, rows);
    const std::string& directory = request_.list_directory;
    const std::string manifest = write_list(directory, "manifest", ".csv", text);
    const std::string job = write_list(directory, "job", ".json", job_text(text, rows.front()));
    wait_for(
        "S3 Batch Operations", directory,
        {command_line({"aws", "s3api", "put-object", "--bucket", manifest_bucket_, "--key",
                       manifest_key_, "--body", manifest}),
         command_line({"aws", "s3control", "create-job", "--cli-input-json", "file://" + job})});
  }

 private:
  // The partition that the role is in: `aws`, `aws-cn`, …
  std::string arn(const std::string& resource) const {
    const auto from = role_.find(':') + 1;
    return "arn:" + role_.substr(from, role_.find(':', from) - from) + ":s3:::" + resource;
  }

  std::string job_text(const std::string& manifest, const PlanRow& first) const {
    const Target target = target_of(first);
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> json(buffer);
    json.SetIndent(' ', 2);
    const auto member = [&](const char* name, const std::string& value) {
      json.Key(name);
      json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    };
    const auto object = [&](const char* name, const auto& fill) {
      json.Key(name);
      json.StartObject();
      fill();
      json.EndObject();
    };
    json.StartObject();
    member("AccountId", account_);
    json.Key("ConfirmationRequired");
    json.Bool(false);
    object("Operation", [&] {
      object("S3PutObjectCopy", [&] {
        member("TargetResource", arn(target.bucket));
        if (!target.prefix.empty()) member("TargetKeyPrefix", target.prefix);
      });
    });
    object("Report", [&] {
      json.Key("Enabled");
      json.Bool(false);
    });
    // The same job is not begun twice.
    member("ClientRequestToken", sha256_hex(manifest + account_ + role_));
    object("Manifest", [&] {
      object("Spec", [&] {
        member("Format", "S3BatchOperations_CSV_20180820");
        json.Key("Fields");
        json.StartArray();
        json.String("Bucket");
        json.String("Key");
        json.EndArray();
      });
      object("Location", [&] {
        member("ObjectArn", arn(manifest_bucket_ + "/" + manifest_key_));
        member("ETag", md5_of(manifest));
      });
    });
    member("Description", "stateferry move");
    json.Key("Priority");
    json.Int(10);
    member("RoleArn", role_);
    json.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
  }

  const EngineRequest request_;
  std::string account_;
  std::string role_;
  std::string manifest_bucket_;
  std::string manifest_key_;
};

}  // namespace

std::unique_ptr<Engine> make_batch_engine(const EngineRequest& request) {
  return std::make_unique<BatchEngine>(request);
}

}  // namespace stateferry
