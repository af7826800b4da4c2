// The files of a snapshot, each once, in little memory: a directory is kept once for all files in
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stateferry/memory/arena.hpp"
#include "stateferry/model/field.hpp"

namespace stateferry {

/// No operator.
inline constexpr std::uint32_t kNoOperator = UINT32_MAX;

/// One file that handles refer to. A file that is referred to both absolutely and relatively has
/// two entries, since the two follow different rules when it moves.
struct Reference {
  /// As the first handle writes it, in Flink's form; relative: resolved; without a scheme: with
  /// that of the default file system.
  std::string uri;
  bool relative = false;           ///< by handles relative to the directory of _metadata
  bool bare = false;               ///< some handle has no scheme
  bool segments = false;           ///< some handles need only a part (file merging)
  std::uint32_t op = kNoOperator;  ///< index of the first handle's operator
  Role role = Role::none;          ///< of the first handle
  std::uint32_t handles = 0;       ///< how many share it
  /// Its size in bytes, where a handle of the whole file says it.
  std::optional<std::uint64_t> size;
  std::uint64_t at_least = 0;  ///< bytes that it must have: what the furthest segment reaches to
  /// Number of its directory in the list that it is of; meaningless elsewhere.
  std::uint32_t directory = 0;
};

/// Numbers by the hash of what they stand for. The hash stands beside the number, so that what is
/// looked up is compared with hardly anything else, and nothing is hashed again to make room.
class NumberIndex {
 public:
  /// The place of the number that `is_it` accepts; 0, to be filled with the number + 1, where there
  /// is none. Valid until the next call.
  template <class F>
  std::uint32_t& find(std::size_t hash, F&& is_it) {
    if (used_ * 10 >= slots_.size() * 7) grow();
    const auto tag = static_cast<std::uint32_t>(hash ^ hash >> 32);
    std::size_t at = tag & (slots_.size() - 1);
    while (slots_[at].next != 0 && (slots_[at].tag != tag || !is_it(slots_[at].next - 1))) {
      at = (at + 1) & (slots_.size() - 1);
    }
    if (slots_[at].next == 0) {
      slots_[at].tag = tag;
      ++used_;
    }
    return slots_[at].next;
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t next = 0;  // the number + 1; 0: free
  };
  void grow();

  std::vector<Slot> slots_;  // a power of two
  std::size_t used_ = 0;
};

/// Directories by number, each once: those of one canonical text (canonical_uri()) are one where
/// files are told apart.
class DirectoryTable {
 public:
  /// The number of a directory, with what it ends with; a new one if it was not there.
  std::uint32_t number_of(std::string_view uri);
  /// The first of those that have the same canonical text.
  std::uint32_t same_as(std::uint32_t number) const noexcept { return rows_[number].same; }
  std::string_view uri(std::uint32_t number) const noexcept {
    return {rows_[number].text, rows_[number].size};
  }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(rows_.size()); }

 private:
  struct Row {
    const char* text;
    std::uint32_t size;
    std::uint32_t same;
  };
  std::uint32_t find_same(std::string_view uri, std::uint32_t number);

  Arena texts_;
  std::deque<Row> rows_;
  NumberIndex by_text_;
  NumberIndex by_canonical_;  // of those that are the first of their canonical text
};

/// See the head of this file. Files keep the order in which they were added. Move-only; one thread
/// at a time while something is added.
class ReferenceList {
 public:
  /// A file but for its URI; see Reference.
  struct Entry {
    const char* name = nullptr;
    std::uint64_t size = 0;
    std::uint64_t at_least = 0;
    std::uint32_t name_size = 0;
    std::uint32_t directory = 0;
    std::uint32_t op = kNoOperator;
    std::uint32_t handles = 0;
    Role role = Role::none;
    bool has_size : 1 = false;
    bool relative : 1 = false;
    bool bare : 1 = false;
    bool segments : 1 = false;
  };
  /// A URI by its directory and the name in it. Views the URI.
  struct Place {
    std::uint32_t directory;
    std::string_view name;
  };

  /// Goes over the files. What it points to is a copy, which the next step replaces: keep indexes,
  /// not pointers.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Reference;
    using difference_type = std::ptrdiff_t;
    using pointer = const Reference*;
    using reference = const Reference&;

    Iterator(const ReferenceList& list, std::size_t at) : list_(&list), at_(at) { load(); }
    const Reference& operator*() const noexcept { return current_; }
    const Reference* operator->() const noexcept { return &current_; }
    Iterator& operator++() {
      ++at_;
      load();
      return *this;
    }
    bool operator==(const Iterator& other) const noexcept { return at_ == other.at_; }

   private:
    void load() {
      if (at_ < list_->size()) list_->read(at_, current_);
    }
    const ReferenceList* list_;
    std::size_t at_;
    Reference current_;
  };

  std::size_t size() const noexcept { return entries_.size(); }
  bool empty() const noexcept { return entries_.empty(); }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }
  /// A copy. Requires i < size().
  Reference operator[](std::size_t i) const {
    Reference file;
    read(i, file);
    return file;
  }

  /// Where a URI lies. The number of its directory is new when it was not there.
  Place place_of(std::string_view uri);
  /// What a file of this list has as its name: what stands behind its directory.
  std::string_view name_of(const Reference& file) const noexcept {
    return std::string_view(file.uri).substr(directories_.uri(file.directory).size());
  }
  const DirectoryTable& directories() const noexcept { return directories_; }
  /// The file of this place, by its canonical URI, and whether it was added now.
  std::pair<Entry&, bool> at(const Place& place, bool relative);
  /// Adds a file, or puts it in the place of the one that is there. Its number of a directory
  /// doesn't matter.
  void push_back(const Reference& file);

 private:
  void read(std::size_t i, Reference& file) const;
  bool is_at(const Entry& entry, const Place& place, bool relative) const noexcept;
  Entry& append(const Place& place, bool relative);

  DirectoryTable directories_;
  Arena names_;
  std::deque<Entry> entries_;
  NumberIndex by_place_;
};

}  // namespace stateferry
