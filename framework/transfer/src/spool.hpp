// A nameless temporary file for the bytes of one file at a time.
#pragma once

#include <unistd.h>

#include <memory>
#include <string>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/io/nameless_file.hpp"

namespace stateferry {

/// See the head of this file. In TMPDIR, else /tmp. One thread at a time.
class Spool {
 public:
  Spool() = default;
  ~Spool() { ::close(fd_); }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// Drops what it holds, and takes what is written to the sink, which lives until the next call.
  /// `name` is for messages.
  ByteSink& fresh(const std::string& name) {
    if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) {
      throw IoError("E-IO-WRITE", "the temporary file can't be written", name);
    }
    sink_ = descriptor_sink(fd_, name);
    return *sink_;
  }
  /// What it holds. The source must not outlive the spool.
  std::unique_ptr<ByteSource> source(const std::string& name) const {
    return file_source("/proc/self/fd/" + std::to_string(fd_), name);
  }

 private:
  const int fd_ = open_nameless_file();
  std::unique_ptr<ByteSink> sink_;
};

}  // namespace stateferry
