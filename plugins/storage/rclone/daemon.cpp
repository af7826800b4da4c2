#include "daemon.hpp"

#include <pwd.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string_view>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/find_program.hpp"
#include "stateferry/io/nameless_file.hpp"
#include "stateferry/io/start_program.hpp"

namespace stateferry::rclone {
namespace {

constexpr int kStartSeconds = 30;
constexpr std::string_view kServing = "Serving remote control on http://";

std::string random_word() {
  unsigned char bytes[24];
  if (::getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) {
    throw IoError("E-STORE-ENGINE", "the system gives no random bytes", "rclone");
  }
  static constexpr char kHex[] = "0123456789abcdef";
  std::string word;
  for (const unsigned char b : bytes) {
    word += kHex[b >> 4];
    word += kHex[b & 15];
  }
  return word;
}

// Where the user's files are, as a variable for rclone; without such a place, no configuration.
std::string home() {
  const passwd* const user = ::getpwuid(::geteuid());
  const std::string_view folder = user == nullptr ? "" : user->pw_dir;
  return folder.starts_with('/') ? "HOME=" + std::string(folder) : "RCLONE_CONFIG=/dev/null";
}

// The caller's environment with `added` in place of what has the same name.
std::vector<std::string> merged(const std::vector<std::string>& added) {
  std::vector<std::string> all = added;
  const auto has = [&](std::string_view name) {
    for (const std::string& line : added) {
      if (line.size() > name.size() && line[name.size()] == '=' && line.starts_with(name)) {
        return true;
      }
    }
    return false;
  };
  // Without a home rclone would look for its configuration in the working directory.
  if (std::getenv("HOME") == nullptr) all.push_back(home());
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view line(*at);
    const std::string_view name = line.substr(0, line.find('='));
    // Its S3 client stumbles over this one; --ca-cert means the same.
    if (name == "AWS_CA_BUNDLE") {
      if (!has("RCLONE_CA_CERT") && std::getenv("RCLONE_CA_CERT") == nullptr) {
        all.push_back("RCLONE_CA_CERT" + std::string(line.substr(name.size())));
      }
      continue;
    }
    if (name == "PATH") {
      all.push_back("PATH=" + absolute_folders(line.substr(name.size() + 1)));
    } else if (is_passed_on(name) && !has(name)) {
      all.emplace_back(line);
    }
  }
  return all;
}

// What makes it say within a minute or two that nobody answers, and not within an hour: it waits
// longer with each failure, for all files together, and its attempts are multiplied by those of the
// store's library. Ours, which are told, come on top.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kDefaults = {
    {{"RCLONE_CONTIMEOUT", "10s"}, {"RCLONE_TIMEOUT", "30s"}, {"RCLONE_LOW_LEVEL_RETRIES", "2"}}};

// Nothing that the user has said, in the configuration or the environment, is changed.
void add_defaults(std::vector<std::string>& added) {
  for (const auto& [name, value] : kDefaults) {
    const std::string beginning = std::string(name) + "=";
    const bool said = std::getenv(std::string(name).c_str()) != nullptr ||
                      std::any_of(added.begin(), added.end(), [&](const std::string& line) {
                        return line.starts_with(beginning);
                      });
    if (!said) added.push_back(beginning + std::string(value));
  }
}

// Of RCLONE_…: where its configuration is, and how it goes through the network.
constexpr std::array<std::string_view, 19> kPassedOn = {"RCLONE_ASK_PASSWORD",
                                                        "RCLONE_BIND",
                                                        "RCLONE_BWLIMIT",
                                                        "RCLONE_CACHE_DIR",
                                                        "RCLONE_CA_CERT",
                                                        "RCLONE_CHECKERS",
                                                        "RCLONE_CLIENT_CERT",
                                                        "RCLONE_CLIENT_KEY",
                                                        "RCLONE_CONFIG",
                                                        "RCLONE_CONFIG_PASS",
                                                        "RCLONE_CONTIMEOUT",
                                                        "RCLONE_LOW_LEVEL_RETRIES",
                                                        "RCLONE_NO_CHECK_CERTIFICATE",
                                                        "RCLONE_PASSWORD_COMMAND",
                                                        "RCLONE_TEMP_DIR",
                                                        "RCLONE_TIMEOUT",
                                                        "RCLONE_TPSLIMIT",
                                                        "RCLONE_TPSLIMIT_BURST",
                                                        "RCLONE_USER_AGENT"};

}  // namespace

bool is_passed_on(std::string_view name) noexcept {
  if (!name.starts_with("RCLONE_")) return true;
  // Options of the user's own remotes; those of ours have numbers.
  if (name.starts_with("RCLONE_CONFIG_SF_")) return false;
  return name.starts_with("RCLONE_CONFIG_") ||
         std::find(kPassedOn.begin(), kPassedOn.end(), name) != kPassedOn.end();
}

Daemon::Daemon(const DaemonOptions& options) : program_(options.program), password_(random_word()) {
  std::promise<void> promise;
  std::future<void> started = promise.get_future();
  keeper_ =
      std::jthread([this, options, promise = std::move(promise)](
                       const std::stop_token& stop) mutable { keep(options, promise, stop); });
  started.get();
  await_url();
}

Daemon::~Daemon() = default;

Daemon::Log::Log() : fd(open_nameless_file()) {}
Daemon::Log::~Log() {
  ::close(fd);
}

void Daemon::keep(const DaemonOptions& options, std::promise<void>& started,
                  const std::stop_token& stop) {
  try {
    start(options);
    started.set_value();
  } catch (...) {
    started.set_exception(std::current_exception());
    return;
  }
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait(lock, stop, [] { return false; });
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Daemon::start(const DaemonOptions& options) {
  const char* const path = std::getenv("PATH");
  const std::string program = find_program(program_, path == nullptr ? "" : path);
  if (program.empty()) fail("it can't be run");
  std::vector<std::string> added = options.environment;
  // The time of files is the store's, which listings hold anyway; their data go where we say.
  added.emplace_back("RCLONE_USE_SERVER_MODTIME=true");
  added.emplace_back("RCLONE_INPLACE=true");
  if (options.tell) added.emplace_back("RCLONE_LOG_LEVEL=DEBUG");
  // It keeps what each call has answered, for the case that somebody asks for it again.
  added.emplace_back("RCLONE_RC_JOB_EXPIRE_DURATION=1s");
  added.emplace_back("RCLONE_RC_JOB_EXPIRE_INTERVAL=1s");
  add_defaults(added);
  added.push_back("RCLONE_RC_USER=" + user_);
  added.push_back("RCLONE_RC_PASS=" + password_);
  ProgramStart start;
  start.arguments = {program, "rcd", "--rc-addr", "127.0.0.1:0", "--rc-serve"};
  start.environment = merged(added);
  start.out = start.err = log_.fd;
  start.private_files = true;
  secrets_ = secrets_in(start.environment);
  if (options.tell) {
    reader_ = std::make_unique<LogReader>(log_.fd, options.log, options.tell, secrets_);
  }
  // What can't become rclone kills itself, which await_url() sees.
  pid_ = start_program(std::move(start));
  if (pid_ < 0) fail(std::string("no process can be made: ") + std::strerror(errno));
}

void Daemon::await_url() {
  for (int i = 0; i < kStartSeconds * 100; ++i) {
    const std::string said = last_words();
    const auto at = said.find(kServing);
    if (at != std::string::npos) {
      const auto from = at + kServing.size();
      const auto end = said.find('/', from);
      if (end != std::string::npos) {
        url_ = "http://" + said.substr(from, end - from);
        return;
      }
    }
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) fail("it can't be run");
      fail("it ended at once: " + last_words());
    }
    ::usleep(10'000);
  }
  fail("it did not begin to serve within " + std::to_string(kStartSeconds) + " seconds");
}

void Daemon::fail(const std::string& why) const {
  throw IoError(
      "E-STORE-ENGINE", why, program_,
      "install rclone (on Debian: apt install rclone), or name it with 'rclone: {program: "
      "…}' in config.yaml");
}

std::string Daemon::last_words() const {
  // All until it serves, with what it says of its own options where its log is told; then the end.
  char buffer[65536];
  const off_t most = url_.empty() ? static_cast<off_t>(sizeof buffer) : 4096;
  const off_t size = ::lseek(log_.fd, 0, SEEK_END);
  const off_t from = size > most && !url_.empty() ? size - most : 0;
  const ssize_t got = ::pread(log_.fd, buffer, static_cast<std::size_t>(most), from);
  if (got <= 0) return {};
  // Where its log is told, it holds more than errors.
  std::string said;
  for (std::string_view rest(buffer, static_cast<std::size_t>(got)); !rest.empty();) {
    const std::size_t length = std::min(rest.find('\n'), rest.size());
    const std::string line = line_for_people(rest.substr(0, length), EngineLog::all, secrets_);
    if (!line.empty()) said += line + "\n";
    rest.remove_prefix(std::min(length + 1, rest.size()));
  }
  return said;
}

}  // namespace stateferry::rclone
