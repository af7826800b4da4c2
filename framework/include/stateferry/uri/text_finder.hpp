// Finds certain texts in bytes of which nothing else is known, however they were written there: in
// UTF-8, in the modified UTF-8 of Java (also of its serialized objects), in UTF-16 of either order,
// and in each of them with characters escaped as in JSON (`\/`, `\u002f`). What is compressed or
// encrypted can't be seen into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/export.hpp"
#include "stateferry/uri/uri_scanner.hpp"

namespace stateferry {

/// A text in bytes.
struct FoundText {
  std::uint64_t offset = 0;  ///< of its first byte
  std::size_t text = 0;      ///< which one
  TextEncoding encoding = TextEncoding::utf8;
  bool escaped = false;  ///< some of its characters are
};

/// Looks for texts in bytes that come in pieces. Time is linear in the bytes, for texts that don't
/// repeat themselves; memory is that of a piece, and of a hundred thousand bytes at least.
class STATEFERRY_API TextFinder {
 public:
  /// The longest text that is looked for, in bytes.
  static constexpr std::size_t kLongest = 1024;
  using Found = std::function<void(const FoundText&)>;

  /// `texts` are UTF-8, none empty or longer than kLongest.
  explicit TextFinder(const std::vector<std::string>& texts);

  /// The next piece, of any size. `found` is called for each of the texts that is known to be
  /// there, in no order.
  void feed(std::span<const std::byte> piece, const Found& found);
  /// There are no more bytes. The finder is then as new.
  void finish(const Found& found);

 private:
  // A text as it stands in one encoding.
  struct Form {
    std::string bytes;
    std::vector<std::size_t> begins;  // where each character begins in them
    TextEncoding encoding;
    bool ascii = false;
    bool whole_only = false;  // no other way to write a character is tried
  };
  struct Text {
    std::vector<std::uint32_t> characters;
    std::vector<Form> forms;
  };

  void scan(std::size_t limit, const Found& found);
  void scan_plain(std::size_t number, const Form& form, std::size_t limit, const Found& found);
  void scan_escaped(std::size_t number, const Form& form, std::size_t limit, const Found& found);
  bool is_of_other_order(std::size_t at, std::size_t end, const Form& form) const;

  std::vector<Text> texts_;
  std::size_t overlap_ = 0;   // the most bytes that a text takes
  std::string bytes_;         // what is looked at, behind a few bytes that were
  std::size_t from_ = 0;      // where the next text may begin in them
  std::uint64_t passed_ = 0;  // bytes in front of them
};

}  // namespace stateferry
