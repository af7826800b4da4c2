#include "child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/find_program.hpp"
#include "stateferry/io/start_program.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kLongestLine = std::size_t{64} << 10;

// Both ends of a pipe, closed with it.
struct Pipe {
  explicit Pipe(const std::string& program) {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw IoError("E-STORE-ENGINE", std::string("no pipe can be made: ") + std::strerror(errno),
                    program);
    }
  }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close(std::size_t end) {
    if (ends.at(end) >= 0) ::close(ends.at(end));
    ends.at(end) = -1;
  }
  std::array<int, 2> ends{-1, -1};
};

// Ends the child if it was not waited for.
struct Child {
  ~Child() {
    if (pid <= 0) return;
    ::kill(-pid, SIGKILL);
    wait();
  }
  int wait() {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    pid = -1;
    return status;
  }
  pid_t pid = -1;
};

std::string_view name_of(std::string_view line) {
  return line.substr(0, line.find('='));
}

std::vector<std::string> environment_of(const ChildRequest& request) {
  std::vector<std::string> lines;
  for (const std::string& line : request.environment) {
    if (line.find('=') != std::string::npos) lines.push_back(line);
  }
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view line(*at);
    const std::string_view name = name_of(line);
    const bool said = std::any_of(request.environment.begin(), request.environment.end(),
                                  [&](const std::string& given) { return name_of(given) == name; });
    if (said) continue;
    lines.push_back(name == "PATH" ? "PATH=" + absolute_folders(line.substr(name.size() + 1))
                                   : std::string(line));
  }
  return lines;
}

// Cuts what comes into lines.
class Lines {
 public:
  explicit Lines(const TakeLine& take) : take_(take) {}
  void add(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find('\n');
      const std::string_view piece = text.substr(0, end);
      line_.append(piece.substr(0, kLongestLine - std::min(kLongestLine, line_.size())));
      if (end == std::string_view::npos) return;
      finish();
      text.remove_prefix(end + 1);
    }
  }
  void finish() {
    if (!line_.empty()) take_(line_);
    line_.clear();
  }

 private:
  const TakeLine& take_;
  std::string line_;
};

// Whether the child has become the program.
bool has_begun(int failure) {
  char byte = 0;
  ssize_t got = 0;
  while ((got = ::read(failure, &byte, 1)) < 0 && errno == EINTR) continue;
  return got == 0;
}

void read_both(const Pipe& out, const Pipe& err, Lines& out_lines, Lines& err_lines) {
  std::array<pollfd, 2> polled = {{{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}}};
  const std::array<Lines*, 2> lines = {&out_lines, &err_lines};
  std::vector<char> buffer(std::size_t{64} << 10);
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
    for (std::size_t i = 0; i < polled.size(); ++i) {
      if (polled.at(i).fd < 0 || polled.at(i).revents == 0) continue;
      const ssize_t got = ::read(polled.at(i).fd, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got > 0) {
        lines.at(i)->add({buffer.data(), static_cast<std::size_t>(got)});
      } else {
        polled.at(i).fd = -1;
      }
    }
  }
  out_lines.finish();
  err_lines.finish();
}

}  // namespace

std::string run_child(const ChildRequest& request, const TakeLine& out, const TakeLine& err) {
  Pipe out_pipe(request.program);
  Pipe err_pipe(request.program);
  Pipe failure(request.program);
  ProgramStart start{request.arguments, environment_of(request), request.input,
                     out_pipe.ends[1],  err_pipe.ends[1],        failure.ends[1]};
  start.arguments.insert(start.arguments.begin(), request.program);
  Child child;
  child.pid = start_program(std::move(start));
  if (child.pid < 0) {
    throw IoError("E-STORE-ENGINE", std::string("no process can be made: ") + std::strerror(errno),
                  request.program);
  }
  ::setpgid(child.pid, child.pid);
  out_pipe.close(1);
  err_pipe.close(1);
  failure.close(1);
  if (!has_begun(failure.ends[0])) {
    throw IoError("E-STORE-ENGINE", "it can't be run", request.program);
  }
  Lines out_lines(out);
  Lines err_lines(err);
  read_both(out_pipe, err_pipe, out_lines, err_lines);
  const int status = child.wait();
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "" : "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace stateferry
