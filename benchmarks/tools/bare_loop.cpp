// bare_loop FILE DIRECTORY COUNT: puts COUNT durable copies of FILE into DIRECTORY by create,
// write, fsync and rename, one after the other. What many small snapshots cost at the least.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

[[noreturn]] void fail(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

void put(const std::string& name, const std::vector<char>& bytes) {
  const std::string part = name + ".part";
  const int fd = open(part.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) fail(part);
  if (write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) fail(part);
  if (fsync(fd) != 0) fail(part);
  if (close(fd) != 0) fail(part);
  if (std::rename(part.c_str(), name.c_str()) != 0) fail(name);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: bare_loop FILE DIRECTORY COUNT\n", stderr);
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  if (bytes.empty()) fail(argv[1]);
  const std::string directory = argv[2];
  for (long i = 0; i < std::atol(argv[3]); ++i) put(directory + "/" + std::to_string(i), bytes);
}
