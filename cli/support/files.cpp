#include "support/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/plugin/codec.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {

namespace fs = std::filesystem;

bool is_remote(const std::string& argument) {
  return argument != "-" && scheme_of(argument) != "file";
}

std::string local_path(const std::string& argument) {
  const FlinkPathParts parts = split_flink_path(argument);
  if (parts.scheme.empty()) return argument;
  if (parts.scheme == "file" && (parts.authority.empty() || parts.authority == "localhost")) {
    return std::string(parts.path);
  }
  throw IoError("E-IO-REMOTE", "this has to be a local file", argument,
                "name it by a path; snapshots, and where they go, may be URIs of any store");
}

namespace {

constexpr std::size_t kNamed = 3;

// Checkpoints and savepoints in a directory, the newest first.
std::vector<std::string> snapshots_in(const fs::path& directory) {
  std::vector<std::pair<fs::file_time_type, std::string>> found;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code other;
    const auto written = fs::last_write_time(entry->path() / "_metadata", other);
    if (!other) found.emplace_back(written, entry->path().filename().string());
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<std::string> names;
  for (auto& [written, name] : found) names.push_back(std::move(name));
  return names;
}

[[noreturn]] void fail_without_metadata(const std::string& argument, const fs::path& directory) {
  const std::vector<std::string> names = snapshots_in(directory);
  if (names.empty()) {
    throw IoError("E-IO-NOT-FOUND", "there is no _metadata in this directory", argument,
                  "name a savepoint's or a checkpoint's (chk-N) own directory");
  }
  std::string text = "snapshots in it, the newest first: ";
  for (std::size_t i = 0; i < std::min(names.size(), kNamed); ++i) {
    text += (i > 0 ? ", " : "") + shown(names[i]);
  }
  if (names.size() > kNamed) text += " and " + grouped(names.size() - kNamed) + " more";
  throw Error({.code = "E-IO-NOT-FOUND",
               .message = "there is no _metadata in this directory",
               .subject = argument,
               .hint = "name one of them, such as " + (fs::path(argument) / names.front()).string(),
               .notes = {std::move(text)}});
}

}  // namespace

std::string metadata_path(const std::string& argument) {
  std::string path = local_path(argument);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return path;
  std::error_code error;
  const fs::path inside = fs::path(path) / "_metadata";
  const bool is_there = fs::exists(inside, error);
  if (error) {
    const bool denied = error == std::errc::permission_denied;
    throw IoError(denied ? "E-IO-DENIED" : "E-IO-READ",
                  "the directory can't be looked into: " + error.message(), argument,
                  denied ? "run as a user who may read the snapshot" : "");
  }
  if (!is_there) fail_without_metadata(argument, path);
  return inside.string();
}

namespace {

// A stream without end is refused by its first bytes, not after it has filled the disk.
std::unique_ptr<ByteSource> checked_stream(std::unique_ptr<ByteSource> source) {
  try {
    ByteReader head(source->peek(kHeaderBytes));
    read_format_version(head);
  } catch (Error& error) {
    if (error.diagnostic().subject.empty()) error.diagnostic().subject = source->name();
    throw;
  }
  return source;
}

}  // namespace

std::unique_ptr<ByteSource> open_input(const std::string& argument) {
  if (argument == "-") return checked_stream(descriptor_source(STDIN_FILENO, "<stdin>"));
  const std::string path = metadata_path(argument);
  run_files().reads(kTheSnapshot, path);
  auto source = file_source(path, path);
  return source->rewindable() ? std::move(source) : checked_stream(std::move(source));
}

std::string base_uri_of(const std::string& argument) {
  if (argument == "-") return {};
  std::error_code error;
  const fs::path path = fs::absolute(metadata_path(argument), error);
  return normalize_flink_path("file:" + path.parent_path().string()).value_or(std::string());
}

bool same_file(const std::string& a, const std::string& b) {
  struct stat one {};
  struct stat other {};
  // The second first: mostly it is an output, which isn't there yet.
  return ::stat(b.c_str(), &other) == 0 && ::stat(a.c_str(), &one) == 0 &&
         one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

}  // namespace stateferry::cli
