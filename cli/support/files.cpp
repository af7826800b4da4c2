#include "support/files.hpp"

#include <unistd.h>

#include <filesystem>

#include "stateferry/diag/error.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/plugin/codec.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {

namespace fs = std::filesystem;

std::string local_path(const std::string& argument) {
  const FlinkPathParts parts = split_flink_path(argument);
  if (parts.scheme.empty()) return argument;
  if (parts.scheme == "file" && (parts.authority.empty() || parts.authority == "localhost")) {
    return std::string(parts.path);
  }
  throw IoError("E-IO-REMOTE", "this command reads and writes local files only", argument,
                "fetch the _metadata file first, with the tool of the object store, and put the "
                "result back with it");
}

std::string metadata_path(const std::string& argument) {
  std::string path = local_path(argument);
  std::error_code error;
  if (!fs::is_directory(path, error)) return path;
  const fs::path inside = fs::path(path) / "_metadata";
  if (!fs::exists(inside, error)) {
    throw IoError("E-IO-NOT-FOUND", "there is no _metadata in this directory", argument,
                  "name a savepoint's or a checkpoint's (chk-N) own directory");
  }
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
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

}  // namespace stateferry::cli
