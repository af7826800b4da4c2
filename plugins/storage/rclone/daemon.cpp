#include "daemon.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/nameless_file.hpp"

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
    if (!has(name)) all.emplace_back(line);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& lines) {
  std::vector<char*> all;
  for (std::string& line : lines) all.push_back(line.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Daemon::Daemon(const DaemonOptions& options) : program_(options.program), password_(random_word()) {
  log_ = open_nameless_file();
  start(options);
  await_url();
}

Daemon::~Daemon() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (log_ >= 0) ::close(log_);
}

void Daemon::start(const DaemonOptions& options) {
  std::vector<std::string> arguments = {program_, "rcd", "--rc-addr", "127.0.0.1:0", "--rc-serve"};
  std::vector<std::string> added = options.environment;
  added.push_back("RCLONE_RC_USER=" + user_);
  added.push_back("RCLONE_RC_PASS=" + password_);
  std::vector<std::string> environment = merged(added);
  std::vector<char*> argv = pointers(arguments);
  std::vector<char*> envp = pointers(environment);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) fail(std::string("no process can be made: ") + std::strerror(errno));
  if (pid_ > 0) return;
  // The child: only calls that are safe between fork and exec. What can't become rclone kills
  // itself, which the parent sees.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::raise(SIGKILL);
  ::setpgid(0, 0);  // Ctrl-C is for us; then the line above ends it
  ::signal(SIGPIPE, SIG_DFL);
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, STDIN_FILENO);
  ::dup2(log_, STDOUT_FILENO);
  ::dup2(log_, STDERR_FILENO);
  ::execvpe(argv[0], argv.data(), envp.data());
  ::raise(SIGKILL);
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
  char buffer[4096];
  const off_t size = ::lseek(log_, 0, SEEK_END);
  const off_t from = size > static_cast<off_t>(sizeof buffer) && !url_.empty()
                         ? size - static_cast<off_t>(sizeof buffer)
                         : 0;
  const ssize_t got = ::pread(log_, buffer, sizeof buffer, from);
  return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
}

}  // namespace stateferry::rclone
