#include "stateferry/uri/uri_scanner.hpp"

#include <string.h>

#include <algorithm>
#include <array>

#include "diag/characters.hpp"
#include "stateferry/bytes/text.hpp"

namespace stateferry {
namespace {

struct Scheme {
  std::string_view name;
  bool may_lack_authority = false;  ///< one slash is enough: `hdfs:/x`, as Flink writes it
};
// File systems of Flink and Hadoop and what vendors have added, longest first.
constexpr std::array kSchemes = {Scheme{"swebhdfs", true},
                                 Scheme{"alluxio", true},
                                 Scheme{"webhdfs", true},
                                 Scheme{"maprfs", true},
                                 Scheme{"viewfs", true},
                                 Scheme{"abfss"},
                                 Scheme{"swift"},
                                 Scheme{"tosfs"},
                                 Scheme{"wasbs"},
                                 Scheme{"abfs"},
                                 Scheme{"cosn"},
                                 Scheme{"dbfs", true},
                                 Scheme{"file", true},
                                 Scheme{"hdfs", true},
                                 Scheme{"hftp"},
                                 Scheme{"o3fs"},
                                 Scheme{"qbfs"},
                                 Scheme{"wasb"},
                                 Scheme{"adl"},
                                 Scheme{"bos"},
                                 Scheme{"cos"},
                                 Scheme{"har", true},
                                 Scheme{"jfs"},
                                 Scheme{"ks3"},
                                 Scheme{"nas", true},
                                 Scheme{"obs"},
                                 Scheme{"ofs", true},
                                 Scheme{"oss"},
                                 Scheme{"s3a"},
                                 Scheme{"s3n"},
                                 Scheme{"s3p"},
                                 Scheme{"tos"},
                                 Scheme{"gs"},
                                 Scheme{"s3"}};
constexpr std::size_t kLongestScheme = kSchemes.front().name.size();
// What a colon must be able to look back on: a scheme in UTF-16, and a byte more.
constexpr std::size_t kLookBack = 2 * kLongestScheme + 2;

/// How units of text stand in bytes. The position of a unit is that of its low byte.
struct Reading {
  TextEncoding encoding;
  std::size_t stride;    ///< bytes from one unit to the next
  std::size_t in_front;  ///< bytes of a unit in front of its low byte
};
constexpr Reading kUtf8{TextEncoding::utf8, 1, 0};
constexpr Reading kUtf16Be{TextEncoding::utf16_be, 2, 1};
constexpr Reading kUtf16Le{TextEncoding::utf16_le, 2, 0};

constexpr int kOutside = -1;

class Units {
 public:
  Units(std::string_view bytes, const Reading& reading) : bytes_(bytes), reading_(reading) {}

  /// The unit at a position; kOutside where not all of it is there. A position below 0 has wrapped.
  int at(std::size_t position) const noexcept {
    if (reading_.stride == 1) return byte(position);
    const int low = byte(position);
    const int high = byte(reading_.in_front == 1 ? position - 1 : position + 1);
    return low == kOutside || high == kOutside ? kOutside : high << 8 | low;
  }
  std::size_t stride() const noexcept { return reading_.stride; }
  std::size_t in_front() const noexcept { return reading_.in_front; }
  bool is_wide() const noexcept { return reading_.stride == 2; }
  TextEncoding encoding() const noexcept { return reading_.encoding; }
  std::string_view bytes() const noexcept { return bytes_; }

 private:
  int byte(std::size_t i) const noexcept {
    return i < bytes_.size() ? static_cast<unsigned char>(bytes_[i]) : kOutside;
  }

  std::string_view bytes_;
  Reading reading_;
};

bool is_scheme_character(int unit) noexcept {
  return (unit >= 'a' && unit <= 'z') || (unit >= '0' && unit <= '9');
}

/// The longest scheme that ends in front of a colon; null without one.
const Scheme* scheme_before(const Units& units, std::size_t colon) noexcept {
  std::array<char, kLongestScheme> text{};
  std::size_t from = text.size();
  for (std::size_t i = 1; i <= kLongestScheme; ++i) {
    const int unit = units.at(colon - i * units.stride());
    if (!is_scheme_character(unit)) break;
    text[--from] = static_cast<char>(unit);
  }
  const std::string_view before(text.data() + from, text.size() - from);
  const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                   [&](const Scheme& s) { return before.ends_with(s.name); });
  return scheme == kSchemes.end() ? nullptr : &*scheme;
}

bool is_path_character(std::uint32_t code) noexcept {
  if (code >= 0x80) return !must_be_escaped(code) && code != 0xFFFD;
  return code > ' ' && code < 0x7F &&
         std::string_view("\"'<>\\`|^").find(static_cast<char>(code)) == std::string_view::npos;
}

/// Reads one URI, from its scheme on.
class UriReader {
 public:
  enum class Result : std::uint8_t { none, found, incomplete };

  UriReader(const Units& units, bool last) : units_(units), last_(last) {}

  Result read(std::size_t colon) {
    const Scheme* scheme = scheme_before(units_, colon);
    if (scheme == nullptr) return Result::none;
    begin_ = colon - scheme->name.size() * units_.stride();
    text_.append(scheme->name).push_back(':');
    position_ = colon + units_.stride();
    const std::size_t head = text_.size();
    // What is read is either part of a URI or short, so that no byte is read often.
    while (text_.size() < kLongestFoundUri && next() && code_ == '/') take();
    const std::size_t slashes = text_.size() - head;
    const std::size_t needed = scheme->may_lack_authority ? 1 : 2;
    while (slashes >= needed && goes_on()) take();
    if (incomplete_ && !last_) return Result::incomplete;
    return slashes >= needed && text_.size() > head + slashes ? Result::found : Result::none;
  }

  /// The first byte, and that behind the last.
  std::size_t begin() const noexcept { return begin_ - units_.in_front(); }
  std::size_t end() const noexcept { return position_ - units_.in_front(); }
  std::string take_text() {
    // What stands behind a URI in a list or a sentence.
    while (std::string_view(",;)]").find(text_.back()) != std::string_view::npos) text_.pop_back();
    return std::move(text_);
  }

 private:
  // Looks at the next character of the text, whatever way it is written.
  bool next() {
    const int unit = units_.at(position_);
    if (unit == kOutside) return stop_at_end();
    size_ = units_.stride();
    code_ = static_cast<std::uint32_t>(unit);
    if (unit == '\\') return next_escaped();
    if (unit < 0x80) return true;
    // In UTF-16 the bytes behind a text would make letters of any script.
    return units_.is_wide() ? unit < 0x100 : next_utf8();
  }
  bool stop_at_end() {
    incomplete_ = true;
    return false;
  }

  bool next_escaped() {
    const int unit = units_.at(position_ + units_.stride());
    if (unit == kOutside) return stop_at_end();
    code_ = static_cast<std::uint32_t>(unit);
    size_ = 2 * units_.stride();
    if (unit != 'u') return unit == '/';
    code_ = 0;
    for (std::size_t i = 2; i < 6; ++i) {
      const int digit = units_.at(position_ + i * units_.stride());
      if (digit == kOutside) return stop_at_end();
      const auto value = std::string_view("0123456789abcdef").find(static_cast<char>(digit | 0x20));
      if (digit > 0x7F || value == std::string_view::npos) return false;
      code_ = code_ << 4 | static_cast<std::uint32_t>(value);
    }
    size_ = 6 * units_.stride();
    return code_ < 0x80;
  }

  bool next_utf8() {
    const std::string_view rest = units_.bytes().substr(position_);
    const Character c = first_character(rest);
    if (!c.well_formed) return rest.size() < 4 && !last_ ? stop_at_end() : false;
    code_ = c.code;
    size_ = c.length;
    return true;
  }

  bool goes_on() {
    if (text_.size() >= kLongestFoundUri || !next() || !is_path_character(code_)) return false;
    return code_ != ':' || size_ != units_.stride() || !begins_another();
  }

  // Whether the colon here belongs to the next URI, which then takes its scheme away from this one.
  bool begins_another() {
    const Scheme* scheme = scheme_before(units_, position_);
    if (scheme == nullptr) return false;
    const int unit = units_.at(position_ + units_.stride());
    if (unit == kOutside) return !stop_at_end();
    if (unit != '/' && unit != '\\') return false;
    const std::size_t size = std::min(scheme->name.size(), text_.size());
    text_.resize(text_.size() - size);
    position_ -= size * units_.stride();
    return true;
  }

  void take() {
    append_utf8(text_, code_);
    position_ += size_;
  }

  const Units units_;
  const bool last_;
  std::string text_;
  std::size_t begin_ = 0;
  std::size_t position_ = 0;  // of the unit in hand
  std::uint32_t code_ = 0;    // the character in hand
  std::size_t size_ = 0;      // bytes that it takes
  bool incomplete_ = false;   // the bytes ended too early
};

/// How the text around a colon may be written; the slash behind it tells. ASCII in UTF-16 looks the
/// same in both orders, but for its first byte.
Reading reading_at(std::string_view bytes, std::size_t colon) noexcept {
  if (colon + 1 >= bytes.size() || bytes[colon + 1] != '\0') return kUtf8;
  std::size_t first = colon;
  while (first >= 2 && bytes[first - 1] == '\0' && is_scheme_character(bytes[first - 2]) &&
         colon - first < kLookBack) {
    first -= 2;
  }
  return first >= 1 && bytes[first - 1] == '\0' ? kUtf16Be : kUtf16Le;
}

std::string_view view(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Linear, which std::string_view::find is not.
std::optional<std::uint64_t> find_bytes(std::string_view bytes, std::string_view wanted) noexcept {
  const void* at = ::memmem(bytes.data(), bytes.size(), wanted.data(), wanted.size());
  if (at == nullptr) return std::nullopt;
  return static_cast<std::uint64_t>(static_cast<const char*>(at) - bytes.data());
}

std::string escaped_slashes(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '/') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string in_utf16(std::string_view text, bool big_endian) {
  std::string wide;
  const auto put = [&](std::uint32_t unit) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    wide += big_endian ? high : low;
    wide += big_endian ? low : high;
  };
  while (!text.empty()) {
    const Character c = first_character(text);
    text.remove_prefix(c.length);
    if (c.code < 0x10000) {
      put(c.code);
    } else {
      put(0xD800U | (c.code - 0x10000) >> 10);
      put(0xDC00U | ((c.code - 0x10000) & 0x3FFU));
    }
  }
  return wide;
}

}  // namespace

std::string_view text_encoding_name(TextEncoding encoding) noexcept {
  switch (encoding) {
    case TextEncoding::utf8:
      return "utf-8";
    case TextEncoding::utf16_be:
      return "utf-16be";
    case TextEncoding::utf16_le:
      break;
  }
  return "utf-16le";
}

// Returns how many bytes are done with.
std::size_t UriScanner::scan(std::string_view bytes, bool last, const Found& found) {
  std::size_t done = 0;
  for (std::size_t colon = bytes.find(':'); colon != std::string_view::npos;) {
    // The byte behind it tells how to read.
    if (colon + 1 == bytes.size() && !last) break;
    const Reading reading = reading_at(bytes, colon);
    UriReader reader({bytes, reading}, last);
    const auto result = reader.read(colon);
    if (result == UriReader::Result::incomplete) return std::max(done, reader.begin());
    std::size_t next = colon + 1;
    if (result == UriReader::Result::found && reader.begin() >= done) {
      done = next = reader.end();
      found(FoundUri{reader.take_text(), passed_ + reader.begin(), number_++, reading.encoding});
    }
    colon = bytes.find(':', next);
  }
  if (last) return bytes.size();
  return std::max(done, bytes.size() - std::min(bytes.size(), kLookBack));
}

void UriScanner::feed(std::span<const std::byte> piece, const Found& found) {
  const std::string_view bytes = view(piece);
  if (!pending_.empty()) {
    pending_ += bytes;
    const std::size_t done = scan(pending_, false, found);
    pending_.erase(0, done);
    passed_ += done;
    return;
  }
  const std::size_t done = scan(bytes, false, found);
  pending_.assign(bytes.substr(done));
  passed_ += done;
}

void UriScanner::finish(const Found& found) {
  scan(pending_, true, found);
  pending_.clear();
  passed_ = number_ = 0;
}

void find_uris(std::span<const std::byte> bytes, const UriScanner::Found& found) {
  UriScanner scanner;
  scanner.feed(bytes, found);
  scanner.finish(found);
}

std::optional<std::uint64_t> find_text(std::span<const std::byte> bytes, std::string_view text) {
  const std::string_view all = view(bytes);
  std::optional<std::uint64_t> first;
  for (const std::string& form :
       {std::string(text), escaped_slashes(text), in_utf16(text, true), in_utf16(text, false),
        in_utf16(escaped_slashes(text), true), in_utf16(escaped_slashes(text), false)}) {
    const auto at = find_bytes(all, form);
    if (at && (!first || *at < *first)) first = at;
  }
  return first;
}

}  // namespace stateferry
