#include "stateferry/io/start_program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace stateferry {
namespace {

// Where the child has the descriptor that tells of a failure.
constexpr int kFailure = STDERR_FILENO + 1;

std::vector<char*> pointers(std::vector<std::string>& lines) {
  std::vector<char*> all;
  for (std::string& line : lines) all.push_back(line.data());
  all.push_back(nullptr);
  return all;
}

// Closes all from the first one on.
void close_from(int first) {
  if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  for (rlim_t fd = static_cast<rlim_t>(first); fd < limit.rlim_cur; ++fd) {
    ::close(static_cast<int>(fd));
  }
}

// The child: only calls that are safe between fork and exec.
void become(const ProgramStart& start, pid_t parent, char* const* argv, char* const* envp) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::raise(SIGKILL);
  ::setpgid(0, 0);
  ::signal(SIGPIPE, SIG_DFL);
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(start.in < 0 ? null : start.in, STDIN_FILENO);
  ::dup2(start.out < 0 ? null : start.out, STDOUT_FILENO);
  ::dup2(start.err < 0 ? null : start.err, STDERR_FILENO);
  if (start.failure >= 0) ::dup3(start.failure, kFailure, O_CLOEXEC);
  close_from(start.failure >= 0 ? kFailure + 1 : kFailure);
  if (start.private_files) ::umask(S_IRWXG | S_IRWXO);
  ::execve(argv[0], argv, envp);
  if (start.failure >= 0 && ::write(kFailure, "", 1) != 1) ::raise(SIGKILL);
  ::raise(SIGKILL);
}

}  // namespace

pid_t start_program(ProgramStart start) {
  const std::vector<char*> argv = pointers(start.arguments);
  const std::vector<char*> envp = pointers(start.environment);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become(start, parent, argv.data(), envp.data());
  return pid;
}

}  // namespace stateferry
