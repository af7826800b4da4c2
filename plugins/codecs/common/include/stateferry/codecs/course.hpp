// What a record was like, so that the next ones like it need no walk by the grammar.
//
// Nearly all records of a large snapshot are like the one before: the same fields and tags, another
// file name. While the grammar walks one, the splicer notes here what it reads; a record that takes
// the same course is then checked and passed on in one go. The grammar stays the only description:
// a read that is not noted leaves bytes unaccounted for, and a number whose check is not noted
// stays unproved; either makes the course useless, never wrong.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/model/location.hpp"

namespace stateferry::codecs {

/// A record that takes a course: addresses within it.
struct CourseTaken {
  const char* end;         ///< one past its last byte
  const char* location;    ///< the length in front of its location's text
  const char* name;        ///< of the text, what follows the directory
  std::size_t name_bytes;  ///< its length
};

/// See the head of this file. Of records with exactly one location. Serves one pass over one body.
class Course {
 public:
  /// That of a location and nothing else, of any kind and with any roles.
  static const Course kLocationAlone;
  constexpr Course() noexcept = default;

  /// A record begins at `offset`.
  void begin(std::uint64_t offset) noexcept {
    begin_ = offset;
    bytes_ = 0;
    count_ = 0;
    locations_ = 0;
    unproved_ = 0;
    recording_ = true;
    usable_ = false;
  }
  /// It ends there; its location has these roles, and the list of such records those.
  void finish(std::uint64_t offset, Role location, Role list) noexcept {
    recording_ = false;
    usable_ = locations_ == 1 && unproved_ == 0 && bytes_ == offset - begin_;
    location_ = location;
    list_ = list;
  }
  bool recording() const noexcept { return recording_; }

  /// What was read, in wire order.
  void text(std::size_t size) noexcept { add({What::text, 0, 0}, size + 2); }
  void tag(std::uint8_t tag) noexcept { add({What::tag, tag, 0}, 1); }
  void i64() noexcept {
    add({What::i64, 0, 0}, 8);
    ++unproved_;
  }
  /// The i64 read last was only checked to be at least that.
  void at_least(std::int64_t least) noexcept {
    if (count_ == 0 || reads_[count_ - 1].what != What::i64) return;
    reads_[count_ - 1].least = least;
    --unproved_;
  }
  void location(LocationKind kind, std::size_t size) noexcept {
    add({What::location, 0, 0}, size + 2);
    ++locations_;
    kind_ = kind;
  }

  /// Whether records of a list whose elements have these roles may take it.
  bool serves(Role list) const noexcept { return usable_ && list_ == list; }
  LocationKind kind() const noexcept { return kind_; }
  Role location_roles() const noexcept { return location_; }

  /// How many records that take this course there are from `at` on, in bytes before `end`, whose
  /// locations are each `directory` followed by a plain name, `most` bytes at most. Says of each
  /// where it is; there may be more than `records` has room for. `Processor` compares and looks at
  /// texts, see run_kernels.cpp.
  template <class Processor>
  [[gnu::always_inline]] std::size_t taken_by(const char* at, const char* end,
                                              std::string_view directory, std::size_t most,
                                              std::span<CourseTaken> records) const noexcept {
    std::size_t n = 0;
    while (n < records.size() && takes<Processor>(at, end, directory, most, records[n])) {
      at = records[n++].end;
    }
    return n;
  }

 private:
  enum class What : std::uint8_t { text, tag, i64, location };
  struct Read {
    What what;
    std::uint8_t tag;    // of a tag
    std::int64_t least;  // of an i64
  };
  static constexpr std::size_t kMost = 8;  // reads in a record

  constexpr explicit Course(What only) noexcept : reads_{Read{only, 0, 0}}, count_(1) {}

  template <class Processor>
  [[gnu::always_inline]] bool takes(const char* at, const char* end, std::string_view directory,
                                    std::size_t most, CourseTaken& record) const noexcept {
    for (const Read *next = reads_.data(), *last = next + count_; next != last; ++next) {
      const Read& read = *next;
      const auto left = static_cast<std::size_t>(end - at);
      if (read.what == What::tag) {
        if (left < 1 || static_cast<std::uint8_t>(*at) != read.tag) return false;
        ++at;
      } else if (read.what == What::i64) {
        if (left < 8 || big_endian<std::int64_t>(at) < read.least) return false;
        at += 8;
      } else {
        if (left < 2) return false;
        const std::size_t size = big_endian<std::uint16_t>(at);
        if (left - 2 < size) return false;
        if (read.what == What::text) {
          if (!is_ascii({at + 2, size})) return false;
        } else {
          if (size <= directory.size() || size > most) return false;
          record.location = at;
          record.name = at + 2 + directory.size();
          record.name_bytes = size - directory.size();
          if (!Processor::same(at + 2, directory.data(), directory.size()) ||
              !Processor::plain({record.name, record.name_bytes})) {
            return false;
          }
        }
        at += size + 2;
      }
    }
    record.end = at;
    return true;
  }

  template <class T>
  static T big_endian(const char* at) noexcept {
    T value;
    std::memcpy(&value, at, sizeof value);
    return sizeof value == 2 ? static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)))
                             : static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
  }
  // A read too many isn't accounted for.
  void add(Read read, std::size_t bytes) noexcept {
    if (count_ == kMost) return;
    reads_[count_++] = read;
    bytes_ += bytes;
  }

  std::array<Read, kMost> reads_{};
  std::size_t count_ = 0;
  std::uint64_t begin_ = 0;
  std::uint64_t bytes_ = 0;  // of all noted reads
  int locations_ = 0;
  int unproved_ = 0;
  bool recording_ = false;
  bool usable_ = false;
  LocationKind kind_ = LocationKind::file;
  Role location_ = Role::none;
  Role list_ = Role::none;
};

inline constexpr Course Course::kLocationAlone{What::location};

}  // namespace stateferry::codecs
