// A snapshot of version 3 with the files that a test wants: one operator, one subtask, an
// incremental keyed handle.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stateferry::test {

/// A file of a tiny snapshot. A `uri` without a scheme makes a relative handle; a negative size is
/// one that the handle doesn't know.
struct TinyFile {
  std::string uri;
  std::int64_t size = 0;
};

/// The bytes of its metadata. At least one file.
std::string tiny_snapshot(const std::vector<TinyFile>& files);

}  // namespace stateferry::test
