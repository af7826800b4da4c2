// A disk that says of every sync that it has failed. To be loaded before the C library.
#include <unistd.h>

#include <cerrno>

extern "C" __attribute__((visibility("default"))) int fsync(int) {
  errno = EIO;
  return -1;
}
extern "C" __attribute__((visibility("default"))) int syncfs(int) noexcept {
  errno = EIO;
  return -1;
}
extern "C" __attribute__((visibility("default"))) int fdatasync(int) {
  errno = EIO;
  return -1;
}
