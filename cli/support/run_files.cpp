#include "support/run_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <unordered_map>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/files.hpp"

namespace stateferry::cli {
namespace {

namespace fs = std::filesystem;

// Without links as far as the path is there; the rest as it is written.
std::string real_path(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path : real.string();
}

// Real paths of many files, of which few directories hold many.
class RealPaths {
 public:
  std::string of(const std::string& path) {
    const fs::path file(path);
    const auto [at, added] = directories_.try_emplace(file.parent_path().string());
    if (added) at->second = real_path(at->first);
    return at->second + "/" + file.filename().string();
  }

 private:
  std::unordered_map<std::string, std::string> directories_;
};

}  // namespace

// Of a file that is there, or whose directory is and has nothing of its name.
std::optional<RunFiles::Place> RunFiles::place_by_inode(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (S_ISLNK(status.st_mode) && ::stat(path.c_str(), &status) != 0) return std::nullopt;
    return Place{status.st_dev, status.st_ino, {}};
  }
  const std::size_t slash = path.rfind('/') + 1;  // 0 without one
  if (slash == path.size()) return std::nullopt;
  std::string directory = slash == 0 ? "." : path.substr(0, slash);
  const std::lock_guard lock(mutex_);
  if (directory != last_directory_) {
    if (::stat(directory.c_str(), &status) != 0) return std::nullopt;
    last_directory_ = std::move(directory);
    last_place_ = {status.st_dev, status.st_ino, {}};
  }
  Place place = last_place_;
  std::get<std::string>(place) = path.substr(slash);
  return place;
}

RunFiles::Place RunFiles::place_of(const std::string& path) {
  // Mostly the file or its directory is there, and then no link has to be followed by hand.
  if (auto place = place_by_inode(path)) return std::move(*place);
  const fs::path real(real_path(path));
  fs::path there = real;
  struct stat status {};
  while (::stat(there.c_str(), &status) != 0 && there.has_relative_path()) {
    there = there.parent_path();
  }
  const fs::path missing = there == real ? fs::path() : real.lexically_relative(there);
  return {status.st_dev, status.st_ino, missing.string()};
}

void RunFiles::complain(const Use& written, const Use& other) {
  if (problem_) return;
  problem_ = written.what == other.what ? written.what + " is named twice"
                                        : written.what + " and " + other.what + " are one file";
  subject_ = written.path;
  hint_ = "give " + written.what + " another name; --force doesn't allow this";
}

void RunFiles::add(Use use) {
  // Of a store: what all names of one place have in common.
  const Place place = use.stored ? Place{0, 0, broad_uri(use.path)} : place_of(use.path);
  const std::lock_guard lock(mutex_);
  const auto [at, added] = uses_.try_emplace(place, use);
  if (added) return;
  Use& known = at->second;
  if (use.writes && (known.writes || known.what != use.what)) {
    complain(use, known);
  } else if (known.writes && known.what != use.what) {
    complain(known, use);
  }
  known.writes |= use.writes;
}

void RunFiles::reads(const std::string& what, const std::string& path) {
  add({what, path, false});
}

void RunFiles::writes(const std::string& what, const std::string& path) {
  add({what, path, true});
}

void RunFiles::reads_uri(const std::string& what, const std::string& uri) {
  if (is_local_uri(uri)) return reads(what, local_path_of(uri));
  add({what, uri, false, true});
}

void RunFiles::writes_uri(const std::string& what, const std::string& uri) {
  if (is_local_uri(uri)) return writes(what, local_path_of(uri));
  add({what, uri, true, true});
}

void RunFiles::copies(const std::vector<PlanRow>& rows) {
  struct Output {
    Use use;
    std::string real;
    std::optional<struct stat> there;
  };
  std::vector<Output> outputs;
  const std::lock_guard lock(mutex_);
  for (const auto& [place, use] : uses_) {
    if (!use.writes || use.stored) continue;
    Output& output = outputs.emplace_back(Output{use, real_path(use.path), std::nullopt});
    struct stat status {};
    if (::stat(use.path.c_str(), &status) == 0) output.there = status;
  }
  RealPaths paths;
  const auto look = [&](const std::string& uri, const char* what) {
    if (scheme_of(uri) != "file") return;
    const std::string path = local_path(uri);
    const std::string real = paths.of(path);
    std::optional<struct stat> status;
    for (const Output& output : outputs) {
      bool same = output.real == real;
      if (!same && output.there) {
        if (!status && ::stat(path.c_str(), &status.emplace()) != 0) status->st_ino = 0;
        same = status->st_ino == output.there->st_ino && status->st_dev == output.there->st_dev;
      }
      if (same) complain(output.use, {what, path, false});
    }
  };
  if (outputs.empty()) return;
  for (const PlanRow& row : rows) {
    look(row.source, "a state file");
    look(row.target, "the copy of a state file");
  }
}

void RunFiles::check() const {
  const std::lock_guard lock(mutex_);
  if (!problem_) return;
  throw Error({.code = "E-ARG-USAGE", .message = *problem_, .subject = subject_, .hint = hint_});
}

RunFiles::Scope::Scope(RunFiles& files)
    : files_(files), uses_(files.uses_), problem_(files.problem_) {}

RunFiles::Scope::~Scope() {
  files_.uses_.swap(uses_);
  files_.problem_ = std::move(problem_);
}

RunFiles& run_files() {
  static RunFiles files;
  return files;
}

std::unique_ptr<ByteSink> open_output(const std::string& what, const std::string& path,
                                      FileSinkOptions options) {
  const std::string local = local_path(path);
  run_files().writes(what, local);
  run_files().check();
  return atomic_file_sink(local, std::move(options));
}

std::unique_ptr<ByteSink> open_output_of(const std::string& what, const std::string& path,
                                         const std::string& text, FileSinkOptions options) {
  const std::string local = local_path(path);
  struct stat status {};
  if (::lstat(local.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
      static_cast<std::uintmax_t>(status.st_size) == text.size()) {
    const auto there = file_source(local, local);
    const auto bytes = there->bytes();
    if (std::equal(bytes.begin(), bytes.end(), std::as_bytes(std::span(text)).begin(),
                   std::as_bytes(std::span(text)).end())) {
      run_files().writes(what, local);
      return discarding_sink();
    }
  }
  return open_output(what, path, std::move(options));
}

void put_in_place(ByteSink& output, const std::string& text) {
  run_files().check();
  output.write(std::as_bytes(std::span(text.data(), text.size())));
  output.commit();
}

}  // namespace stateferry::cli
