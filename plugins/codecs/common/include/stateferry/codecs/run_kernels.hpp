// The inner loops over runs of records, in two forms: portable, and with the wide vectors of newer
// x86 processors. Both do the same; which one runs is decided when the process starts.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "stateferry/codecs/course.hpp"

namespace stateferry::codecs {

/// One form of the loops. Stateless.
struct RunKernels {
  /// Course::taken_by().
  std::size_t (*take)(const Course& course, const char* at, const char* end,
                      std::string_view directory, std::size_t most, std::span<CourseTaken> records);
  /// Puts, for each record, what lies between `untapped` and its location, then the length of a
  /// text of `head` and the record's name, then `head`; from then on `untapped` is the name. Stops
  /// before a record with more than `longest` bytes in front of it, and when `to` has reached
  /// `full`. At `to` there must be room for one record more then. Returns how many records it has
  /// done.
  std::size_t (*put)(std::span<const CourseTaken> records, const char*& untapped,
                     std::string_view head, std::size_t longest, std::byte*& to,
                     const std::byte* full);
};

/// Runs everywhere.
const RunKernels& portable_kernels() noexcept;
/// The best that this processor can run.
const RunKernels& best_kernels() noexcept;

}  // namespace stateferry::codecs
