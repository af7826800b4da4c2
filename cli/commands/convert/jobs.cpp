#include "commands/convert/jobs.hpp"

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "stateferry/io/durable.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/files.hpp"
#include "support/run_files.hpp"

namespace stateferry::cli {
namespace {

namespace fs = std::filesystem;

bool is_directory(const std::string& argument) {
  std::error_code error;
  return fs::is_directory(local_path(argument), error);
}

// OUT is a directory where it is one, and where IN is one and nothing has the name of OUT: then it
// is made. What is called _metadata is always the file.
ConvertJob job_to(const std::string& in, const std::string& out) {
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

// Where an input goes below --out-dir: at its own path, without a root and without `..`.
std::string path_below(const std::string& directory, const std::string& input) {
  fs::path relative;
  for (const fs::path& part : fs::path(metadata_path(input)).lexically_normal().relative_path()) {
    if (part != ".." && part != ".") relative /= part;
  }
  return (fs::path(directory) / relative).string();
}

// `made_in` gets the directories in which others were made for the results.
std::vector<ConvertJob> jobs_below(const ConvertOptions& o, std::set<std::string>& made_in) {
  const std::string directory = local_path(o.out_dir);
  std::vector<ConvertJob> jobs;
  std::set<std::string> targets;
  for (const std::string& in : o.files) {
    if (in == "-") bad_usage("--out-dir can't name the result of stdin", "name files");
    jobs.push_back({in, path_below(directory, in)});
    if (!targets.insert(jobs.back().out).second) {
      bad_usage("two inputs would both become " + jobs.back().out, "run them one by one");
    }
  }
  for (const ConvertJob& job : jobs) {
    if (o.dry_run) break;
    for (std::string& touched : make_directories(fs::path(job.out).parent_path().string())) {
      made_in.insert(std::move(touched));
    }
  }
  return jobs;
}

}  // namespace

std::vector<ConvertJob> jobs_of(const ConvertOptions& o, std::set<std::string>& made_in) {
  if (!o.out_dir.empty()) return jobs_below(o, made_in);
  if (o.in_place) {
    std::vector<ConvertJob> jobs;
    for (const std::string& in : o.files) {
      if (in == "-") bad_usage("--in-place can't rewrite stdin", "name a file");
      if (scheme_of(in) != "file") {
        throw IoError("E-IO-REMOTE", "--in-place rewrites local files only", in,
                      "'adopt' tells a _metadata in any store where the files lie that were copied "
                      "with it; for other rules fetch it, and put the result back");
      }
      jobs.push_back({in, metadata_path(in)});
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

void declare_files(const ConvertOptions& o, const std::vector<ConvertJob>& jobs) {
  for (const ConvertJob& job : jobs) {
    const std::string in = job.in == "-" ? std::string() : metadata_path(job.in);
    if (!in.empty()) run_files().reads(kTheSnapshot, in);
    if (o.dry_run || job.out.empty() || job.out == "-") continue;
    if (o.in_place) {
      run_files().writes(kTheSnapshot, job.out);
      // A run that was killed may have given the file this second name already.
      const std::string backup = job.out + o.backup;
      if (!same_file(job.out, backup)) run_files().writes("--backup", backup);
    } else if (in.empty() || !same_file(in, job.out)) {
      run_files().writes("OUT", job.out);
    }
  }
}

}  // namespace stateferry::cli
