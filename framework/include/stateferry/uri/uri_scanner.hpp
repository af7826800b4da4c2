// Finds URIs of storages in bytes of which nothing else is known: the state of user code that
// stands in the metadata itself.
//
// What counts is a scheme that Flink or Hadoop have a file system for, with ':' and a slash behind
// it, in UTF-8, or in UTF-16 of either order; slashes may be escaped as in JSON. A text ends where
// no path would go on, or where the next URI begins; in UTF-16 also in front of what is not
// Latin-1, since the bytes behind a text make letters of any script there. What stands in front of
// a scheme doesn't matter, for it may be the length of a text. Time is linear in the bytes,
// whatever they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// How a text stands in bytes.
enum class TextEncoding : std::uint8_t { utf8, utf16_be, utf16_le };
/// `utf-8`, `utf-16be`, `utf-16le`.
STATEFERRY_API std::string_view text_encoding_name(TextEncoding encoding) noexcept;

/// A URI in bytes.
struct FoundUri {
  std::string text;          ///< UTF-8, without escapes; cut after kLongestFoundUri bytes
  std::uint64_t offset = 0;  ///< of its first byte
  std::uint64_t number = 0;  ///< how many stand in front of it in the same bytes
  TextEncoding encoding = TextEncoding::utf8;
};
/// Nobody's paths are longer.
inline constexpr std::size_t kLongestFoundUri = 4096;

/// Looks through bytes that come in pieces.
class STATEFERRY_API UriScanner {
 public:
  using Found = std::function<void(const FoundUri&)>;

  /// The next piece, of any size. `found` is called for each URI whose end is known, in order.
  void feed(std::span<const std::byte> piece, const Found& found);
  /// There are no more bytes. The scanner is then as new.
  void finish(const Found& found);

 private:
  std::size_t scan(std::string_view bytes, bool last, const Found& found);

  std::string pending_;       // what the next piece may decide about
  std::uint64_t passed_ = 0;  // bytes in front of it
  std::uint64_t number_ = 0;
};

/// All URIs in `bytes`, in order.
STATEFERRY_API void find_uris(std::span<const std::byte> bytes, const UriScanner::Found& found);

/// Where `text` (UTF-8, not empty) begins in `bytes`: in UTF-8, also with slashes escaped as in
/// JSON, or in UTF-16 of either order. Nothing when it isn't there. Linear in the bytes.
STATEFERRY_API std::optional<std::uint64_t> find_text(std::span<const std::byte> bytes,
                                                      std::string_view text);

}  // namespace stateferry
