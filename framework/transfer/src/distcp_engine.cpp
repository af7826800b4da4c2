// The engine distcp: `hadoop distcp`, one run for each directory that files go into.
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>

#include "child_process.hpp"
#include "engines.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/find_program.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWordsKept = 12;
// Else Java takes the names on its command line for ASCII.
constexpr const char* kLocale = "LC_ALL=C.UTF-8";
constexpr const char* kHint =
    "set HADOOP_HOME, or have 'hadoop' in PATH; or let it be run elsewhere with --engine-list DIR";

// Files that go into one directory.
struct Group {
  std::string directory;
  std::vector<PlanRow> rows;
  bool within_hdfs = true;
};

std::vector<Group> groups_of(std::span<const PlanRow> rows) {
  std::vector<Group> groups;
  std::map<std::string, std::size_t> numbers;
  for (const PlanRow& row : rows) {
    const std::string directory = directory_of(row.target);
    const auto [at, added] = numbers.emplace(canonical_uri(directory), groups.size());
    if (added) groups.push_back({directory, {}});
    Group& group = groups[at->second];
    group.rows.push_back(row);
    group.within_hdfs &= scheme_of(row.source) == "hdfs" && scheme_of(row.target) == "hdfs";
  }
  return groups;
}

// A directory of this user alone, which goes with it.
struct PrivateDirectory {
  PrivateDirectory() {
    const char* const folder = std::getenv("TMPDIR");
    path = std::string(folder == nullptr || *folder != '/' ? "/tmp" : folder) +
           "/stateferry-distcp-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
      throw IoError("E-IO-CREATE", "no temporary directory can be made", path, "set TMPDIR");
    }
  }
  ~PrivateDirectory() {
    std::error_code error;
    fs::remove_all(path, error);
  }
  PrivateDirectory(const PrivateDirectory&) = delete;
  PrivateDirectory& operator=(const PrivateDirectory&) = delete;
  std::string path;
};

// `hadoop`, by HADOOP_HOME or PATH.
std::string hadoop() {
  const char* const home = std::getenv("HADOOP_HOME");
  if (home != nullptr && *home == '/') {
    std::string program = find_program(std::string(home) + "/bin/hadoop", {});
    if (!program.empty()) return program;
  }
  return engine_program("hadoop", kHint);
}

// What it says last, without what only says where in its own source it was.
class LastWords {
 public:
  void take(std::string_view line) {
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos || line.substr(begin).starts_with("at ")) return;
    mismatch_ |= line.find("Checksum mismatch") != std::string_view::npos;
    lines_.push_back(without_secrets(line.substr(begin)));
    if (lines_.size() > kWordsKept) lines_.pop_front();
  }
  bool mismatch() const noexcept { return mismatch_; }
  std::vector<std::string> lines() const { return {lines_.begin(), lines_.end()}; }

 private:
  std::deque<std::string> lines_;
  bool mismatch_ = false;
};

class DistcpEngine final : public Engine {
 public:
  explicit DistcpEngine(const EngineRequest& request) : request_(request) {}

  void check(std::span<const PlanRow> rows) override {
    refuse_local("DistCp", rows);
    for (const Group& group : groups_of(rows)) check_rows(PlanFormat::distcp, group.rows);
  }
  void make_ready() override {
    if (request_.list_directory.empty()) hadoop();
  }

  void copy(std::span<const PlanRow> rows, CopyProgress& progress) override {
    const std::vector<Group> groups = groups_of(rows);
    if (!request_.list_directory.empty()) {
      std::vector<std::string> commands;
      for (const Group& group : groups) {
        std::vector<std::string> words = arguments(group, request_.list_directory);
        words.insert(words.begin(), "hadoop");
        commands.push_back(std::string(kLocale) + " " + command_line(words));
      }
      wait_for("DistCp", request_.list_directory, std::move(commands));
    }
    const PrivateDirectory directory;
    const std::string program = hadoop();
    for (const Group& group : groups) {
      LastWords words;
      const auto take = [&](std::string_view line) { words.take(line); };
      const std::string end =
          run_child({program, arguments(group, directory.path), {kLocale}}, take, take);
      if (!end.empty()) {
        fail_engine("DistCp", end, words.lines(),
                    words.mismatch() ? "the checksums of the two file systems are of different "
                                       "kinds: write the lists with --engine-list DIR, and run "
                                       "them with -skipcrccheck and -update"
                                     : "");
      }
      progress.files += group.rows.size();
      for (const PlanRow& row : group.rows) progress.bytes += row.bytes.value_or(row.at_least);
    }
  }

 private:
  // With its list written to `directory`.
  static std::vector<std::string> arguments(const Group& group, const std::string& directory) {
    const std::string text = written_rows(PlanFormat::distcp, group.rows);
    const std::string list = write_list(directory, "distcp", ".txt", text);
    std::vector<std::string> words = {"distcp"};
    // Files that rclone has written to HDFS have another kind of checksum than those that DistCp
    // writes, which it takes for a damage unless it keeps the kind. Blocks must be of one size,
    // too.
    if (group.within_hdfs) words.emplace_back("-pbc");
    // A list of one file becomes a file of the target's name.
    const bool one = group.rows.size() == 1;
    words.insert(words.end(),
                 {"-f", "file://" + list, one ? group.rows.front().target : group.directory});
    return words;
  }

  const EngineRequest request_;
};

}  // namespace

std::unique_ptr<Engine> make_distcp_engine(const EngineRequest& request) {
  return std::make_unique<DistcpEngine>(request);
}

}  // namespace stateferry
