// measure REPORT COMMAND… [++ COMMAND…]: runs commands one after the other and writes
// `wall_ns cpu_us peak_rss_kib` to REPORT. Exits as the first command that fails.
//
// Small on purpose: the kernel counts the memory of the process that starts a command to that
// command's peak, so a launcher in Python or Java would hide everything below its own size.
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

struct Cost {
  std::int64_t cpu_us = 0;
  std::int64_t rss_kib = 0;
};

std::int64_t micros(const timeval& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

/// Runs one command and adds what it cost. Returns its exit code; 127 when it can't be started.
int run(char** command, Cost& cost) {
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, command[0], nullptr, nullptr, command, environ);
  if (error != 0) {
    std::fprintf(stderr, "measure: %s: %s\n", command[0], std::strerror(error));
    return 127;
  }
  int status = 0;
  rusage usage{};
  while (wait4(pid, &status, 0, &usage) < 0) {
    if (errno != EINTR) return 127;
  }
  cost.cpu_us += micros(usage.ru_utime) + micros(usage.ru_stime);
  cost.rss_kib = std::max(cost.rss_kib, static_cast<std::int64_t>(usage.ru_maxrss));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: measure REPORT COMMAND... [++ COMMAND...]\n", stderr);
    return 2;
  }
  Cost cost;
  const auto start = std::chrono::steady_clock::now();
  int failed = 0;
  for (char** command = argv + 2; *command != nullptr && failed == 0;) {
    char** end = command;
    while (*end != nullptr && std::strcmp(*end, "++") != 0) ++end;
    const bool last = *end == nullptr;
    *end = nullptr;
    failed = run(command, cost);
    command = last ? end : end + 1;
  }
  const std::int64_t wall =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start)
          .count();
  std::FILE* report = std::fopen(argv[1], "w");
  if (report == nullptr) {
    std::perror(argv[1]);
    return 127;
  }
  std::fprintf(report, "%lld %lld %lld\n", static_cast<long long>(wall),
               static_cast<long long>(cost.cpu_us), static_cast<long long>(cost.rss_kib));
  return std::fclose(report) == 0 ? failed : 127;
}
