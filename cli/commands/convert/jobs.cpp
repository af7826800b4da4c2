#include "commands/convert/jobs.hpp"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <utility>

#include "commands/convert/stored_job.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/durable.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/files.hpp"
#include "support/run_files.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

namespace fs = std::filesystem;

// A store has no directories: there the name says what is meant.
bool is_directory(const std::string& argument) {
  if (is_remote(argument)) return pointer_uri(argument) != uri_of_argument(argument);
  const std::string path = local_path(argument);
  std::error_code error;
  const fs::file_type type = fs::status(path, error).type();
  if (type == fs::file_type::none && error == std::errc::io_error) {
    throw IoError("E-IO-READ", "what this is can't be seen: " + error.message(), argument);
  }
  return type == fs::file_type::directory;
}

// OUT is a directory where it is one, and where IN is one and nothing has the name of OUT: then it
// is made. What is called _metadata is always the file.
ConvertJob job_to(const std::string& in, const std::string& out) {
  if (is_remote(out)) return {in, pointer_uri(out)};
  const fs::path path = local_path(out);
  if (is_directory(out)) return {in, (path / "_metadata").string()};
  std::error_code error;
  const bool nothing = fs::symlink_status(path, error).type() == fs::file_type::not_found;
  if (in == "-" || !is_directory(in) || !nothing || path.filename() == "_metadata") {
    return {in, path.string()};
  }
  const fs::path directory = (path / "").parent_path();  // without a slash at the end
  return {in, (directory / "_metadata").string(), directory.string()};
}

// Where a file goes below --out-dir: at its own path, without a root and without `..`.
std::string path_below(const std::string& directory, std::string_view file) {
  std::vector<std::string_view> parts;
  while (!file.empty()) {
    const std::string_view part = file.substr(0, file.find('/'));
    file.remove_prefix(std::min(file.size(), part.size() + 1));
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
  }
  std::string path = directory;
  for (const std::string_view part : parts) {
    if (!path.ends_with('/')) path += '/';
    path += part;
  }
  return path;
}

// Calls f(i) for all i below `count`, where there are many by several threads: what is asked of the
// file system takes as long as the rewriting of a small file. Throws what the least i has thrown.
template <class F>
void for_many(const ConvertOptions& o, std::size_t count, F&& f) {
  constexpr std::size_t kEach = 256;
  const std::size_t wanted = std::min<std::size_t>(workers_of(o, count), count / kEach);
  const std::size_t threads = std::max<std::size_t>(1, wanted);
  const std::size_t each = count / threads;
  std::vector<std::exception_ptr> failures(threads);
  const auto part = [&](std::size_t number, std::size_t begin, std::size_t end) {
    try {
      for (std::size_t i = begin; i < end; ++i) f(i);
    } catch (...) {
      failures[number] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t t = 1; t < threads; ++t) {
      others.emplace_back(part, t, t * each, t + 1 == threads ? count : (t + 1) * each);
    }
    part(0, 0, threads == 1 ? count : each);
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

// The directory of a result below --out-dir.
std::string directory_of_result(const std::string& out) {
  return out.substr(0, out.rfind('/'));
}

// `made_in` gets the directories in which others were made for the results.
std::vector<ConvertJob> jobs_below(const ConvertOptions& o, std::set<std::string>& made_in) {
  const bool remote = is_remote(o.out_dir);
  const std::string directory = remote ? uri_of_argument(o.out_dir) : local_path(o.out_dir);
  std::vector<ConvertJob> jobs(o.files.size());
  for_many(o, jobs.size(), [&](std::size_t i) {
    const std::string& in = o.files[i];
    if (in == "-") bad_usage("--out-dir can't name the result of stdin", "name files");
    std::string file = input_file(in);
    std::string out = path_below(directory, is_remote(in) ? split_flink_path(file).path : file);
    jobs[i] = {in, std::move(out), {}, std::move(file)};
  });
  std::unordered_set<std::string_view> targets;
  for (const ConvertJob& job : jobs) {
    if (targets.insert(job.out).second) continue;
    bad_usage("two inputs would both become " + job.out, "run them one by one");
  }
  std::string last;  // mostly the next one's, too
  for (const ConvertJob& job : jobs) {
    if (o.dry_run || remote) break;
    std::string parent = directory_of_result(job.out);
    if (parent == last) continue;
    for (std::string& touched : make_directories(parent)) made_in.insert(std::move(touched));
    last = std::move(parent);
  }
  return jobs;
}

}  // namespace

unsigned workers_of(const ConvertOptions& o, std::size_t count) {
  const unsigned wanted = o.jobs != 0 ? o.jobs : std::thread::hardware_concurrency();
  return std::max(1U, static_cast<unsigned>(std::min<std::size_t>(wanted, count)));
}

std::string input_file(const std::string& in) {
  return is_remote(in) ? pointer_uri(in) : metadata_path(in);
}

std::vector<ConvertJob> jobs_of(const ConvertOptions& o, std::set<std::string>& made_in) {
  if (!o.out_dir.empty()) return jobs_below(o, made_in);
  if (o.in_place) {
    std::vector<ConvertJob> jobs;
    for (const std::string& in : o.files) {
      if (in == "-") bad_usage("--in-place can't rewrite stdin", "name a file");
      jobs.push_back({in, input_file(in)});
    }
    return jobs;
  }
  if (o.files.size() > 2) {
    bad_usage("more than one input needs --out-dir or --in-place", "give one of the two");
  }
  if (o.files.size() < 2 && !o.dry_run) {
    bad_usage("OUT is missing", "name the new file, or add --dry-run to write nothing");
  }
  ConvertJob job{o.files[0], o.files.size() > 1 ? o.files[1] : std::string()};
  if (job.out == "-" && !o.dry_run && (o.json || o.jsonl)) {
    bad_usage("--json and OUT '-' both want stdout", "write the run's data with --record FILE");
  }
  if (job.out == "-" && !o.dry_run && ::isatty(STDOUT_FILENO) == 1) {
    bad_usage("OUT '-' is binary, and stdout is a terminal", "send it to a file or to a program");
  }
  if (!job.out.empty() && job.out != "-") job = job_to(job.in, job.out);
  return {job};
}

namespace {

// One whose input or output lies in a store.
void declare_stored(const ConvertOptions& o, const ConvertJob& job) {
  const std::string in = job.in == "-" ? std::string() : uri_of_argument(input_file(job.in));
  if (!in.empty()) run_files().reads_uri(kTheSnapshot, in);
  if (o.dry_run || job.out.empty() || job.out == "-") return;
  const std::string out = uri_of_argument(job.out);
  if (o.in_place) {
    run_files().writes_uri(kTheSnapshot, out);
    run_files().writes_uri("--backup", out + o.backup);
  } else if (!may_be_one_place(in, out)) {
    run_files().writes_uri("OUT", out);
  }
}

}  // namespace

void declare_files(const ConvertOptions& o, const std::vector<ConvertJob>& jobs) {
  for_many(o, jobs.size(), [&](std::size_t i) {
    const ConvertJob& job = jobs[i];
    if (job.stored()) return declare_stored(o, job);
    const std::string in = job.in == "-"      ? std::string()
                           : job.file.empty() ? metadata_path(job.in)
                                              : job.file;
    if (!in.empty()) run_files().reads(kTheSnapshot, in);
    if (o.dry_run || job.out.empty() || job.out == "-") return;
    if (o.in_place) {
      run_files().writes(kTheSnapshot, job.out);
      // A run that was killed may have given the file this second name already.
      const std::string backup = job.out + o.backup;
      if (!same_file(job.out, backup)) run_files().writes("--backup", backup);
    } else if (in.empty() || !same_file(in, job.out)) {
      run_files().writes("OUT", job.out);
    }
  });
}

}  // namespace stateferry::cli
