#include "stateferry/uri/text_finder.hpp"

#include <string.h>

#include <algorithm>
#include <optional>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/bytes/text.hpp"

namespace stateferry {
namespace {

// How many bytes are looked at together.
constexpr std::size_t kPiece = std::size_t{1} << 16;
// What tells the order of UTF-16 from: the text around.
constexpr std::size_t kLookBack = 64;
// A character of two escapes in UTF-16.
constexpr std::size_t kMostPerCharacter = 24;

constexpr bool is_wide(TextEncoding encoding) noexcept {
  return encoding != TextEncoding::utf8;
}

void put_unit(std::string& to, std::uint32_t unit, TextEncoding encoding) {
  const char high = static_cast<char>(unit >> 8);
  const char low = static_cast<char>(unit & 0xFF);
  to += encoding == TextEncoding::utf16_be ? high : low;
  to += encoding == TextEncoding::utf16_be ? low : high;
}

void put(std::string& to, std::uint32_t code, TextEncoding encoding) {
  if (!is_wide(encoding)) return append_utf8(to, code);
  if (code < 0x10000) return put_unit(to, code, encoding);
  put_unit(to, 0xD800U | (code - 0x10000) >> 10, encoding);
  put_unit(to, 0xDC00U | ((code - 0x10000) & 0x3FFU), encoding);
}

// A character, and how many bytes it takes.
struct Read {
  std::uint32_t code = 0;
  std::size_t size = 0;
};

// Reads characters that may be escaped.
class Reader {
 public:
  Reader(std::string_view bytes, TextEncoding encoding) : bytes_(bytes), encoding_(encoding) {}

  std::size_t stride() const noexcept { return is_wide(encoding_) ? 2 : 1; }

  /// The unit at a position; nothing behind the end.
  std::optional<std::uint32_t> unit(std::size_t at) const noexcept {
    if (at + stride() > bytes_.size()) return std::nullopt;
    if (!is_wide(encoding_)) return byte(at);
    return encoding_ == TextEncoding::utf16_be ? byte(at) << 8 | byte(at + 1)
                                               : byte(at + 1) << 8 | byte(at);
  }

  /// The escape that begins here; nothing where none does.
  std::optional<Read> escape(std::size_t at) const noexcept {
    if (unit(at) != '\\') return std::nullopt;
    const auto kind = unit(at + stride());
    if (kind == '/') return Read{'/', 2 * stride()};
    if (kind != 'u') return std::nullopt;
    const auto high = hex(at);
    if (!high) return std::nullopt;
    const std::size_t one = 6 * stride();
    if (*high < 0xD800 || *high > 0xDBFF) return Read{*high, one};
    if (unit(at + one) != '\\' || unit(at + one + stride()) != 'u') return std::nullopt;
    const auto low = hex(at + one);
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
    return Read{0x10000U + ((*high - 0xD800) << 10) + (*low - 0xDC00), 2 * one};
  }

  /// The character that begins here, escaped or not.
  std::optional<Read> character(std::size_t at) const noexcept {
    if (const auto one = escape(at)) return one;
    const auto first = unit(at);
    if (!first) return std::nullopt;
    if (!is_wide(encoding_)) {
      const Character c = first_character(bytes_.substr(at));
      return Read{c.code, c.length};
    }
    const auto second = unit(at + 2);
    const bool pair =
        *first >= 0xD800 && *first <= 0xDBFF && second && *second >= 0xDC00 && *second <= 0xDFFF;
    if (!pair) return Read{*first, 2};
    return Read{0x10000U + ((*first - 0xD800) << 10) + (*second - 0xDC00), 4};
  }

 private:
  std::uint32_t byte(std::size_t i) const noexcept { return static_cast<unsigned char>(bytes_[i]); }
  std::optional<std::uint32_t> hex(std::size_t at) const noexcept {
    std::uint32_t code = 0;
    for (std::size_t i = 2; i < 6; ++i) {
      const auto digit = unit(at + i * stride());
      if (!digit || *digit > 0x7F) return std::nullopt;
      const auto value =
          std::string_view("0123456789abcdef").find(small_letter(static_cast<char>(*digit)));
      if (value == std::string_view::npos) return std::nullopt;
      code = code << 4 | static_cast<std::uint32_t>(value);
    }
    return code;
  }

  std::string_view bytes_;
  TextEncoding encoding_;
};

bool is_printable(char c) noexcept {
  return c >= ' ' && c <= '~';
}

// Linear, which std::string::find is not.
std::size_t find_from(const std::string& bytes, const std::string& wanted, std::size_t from) {
  const void* at = ::memmem(bytes.data() + from, bytes.size() - from, wanted.data(), wanted.size());
  if (at == nullptr) return std::string::npos;
  return static_cast<std::size_t>(static_cast<const char*>(at) - bytes.data());
}

}  // namespace

TextFinder::TextFinder(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    Text& one = texts_.emplace_back();
    for (std::string_view rest = text; !rest.empty();) {
      const Character c = first_character(rest);
      one.characters.push_back(c.code);
      rest.remove_prefix(c.length);
    }
    for (const TextEncoding encoding :
         {TextEncoding::utf8, TextEncoding::utf16_be, TextEncoding::utf16_le}) {
      Form& form = one.forms.emplace_back();
      form.encoding = encoding;
      form.ascii = is_ascii(text);
      for (const std::uint32_t code : one.characters) {
        form.begins.push_back(form.bytes.size());
        put(form.bytes, code, encoding);
      }
    }
    if (const std::string modified = from_utf8(text); modified != one.forms.front().bytes) {
      one.forms.push_back({modified, {}, TextEncoding::utf8, false, true});
    }
    overlap_ = std::max(overlap_, one.characters.size() * kMostPerCharacter);
  }
}

void TextFinder::feed(std::span<const std::byte> piece, const Found& found) {
  bytes_.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  if (bytes_.size() < from_ + overlap_ + kPiece) return;
  const std::size_t limit = bytes_.size() - overlap_;
  scan(limit, found);
  const std::size_t done = limit - std::min(limit, kLookBack);
  bytes_.erase(0, done);
  passed_ += done;
  from_ = limit - done;
}

void TextFinder::finish(const Found& found) {
  scan(bytes_.size(), found);
  bytes_.clear();
  from_ = 0;
  passed_ = 0;
}

// All that begin in front of `limit`.
void TextFinder::scan(std::size_t limit, const Found& found) {
  for (std::size_t number = 0; number < texts_.size(); ++number) {
    for (const Form& form : texts_[number].forms) {
      scan_plain(number, form, limit, found);
      if (!form.whole_only) scan_escaped(number, form, limit, found);
    }
  }
}

void TextFinder::scan_plain(std::size_t number, const Form& form, std::size_t limit,
                            const Found& found) {
  if (from_ > bytes_.size()) return;
  for (std::size_t at = find_from(bytes_, form.bytes, from_); at != std::string::npos && at < limit;
       at = find_from(bytes_, form.bytes, at + 1)) {
    if (is_of_other_order(at, at + form.bytes.size(), form)) continue;
    found({passed_ + at, number, form.encoding, false});
  }
}

// From the first escape in a text on: what stands in front of it is plain.
void TextFinder::scan_escaped(std::size_t number, const Form& form, std::size_t limit,
                              const Found& found) {
  const std::vector<std::uint32_t>& wanted = texts_[number].characters;
  const Reader reader(bytes_, form.encoding);
  const std::size_t in_front = form.encoding == TextEncoding::utf16_be ? 1 : 0;
  for (std::size_t slash = bytes_.find('\\', from_); slash != std::string::npos;
       slash = bytes_.find('\\', slash + 1)) {
    if (slash < in_front) continue;
    const std::size_t at = slash - in_front;
    if (at >= limit + overlap_) return;
    const auto first = reader.escape(at);
    if (!first) continue;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const std::size_t prefix = form.begins[i];
      if (wanted[i] != first->code || at < from_ + prefix || at - prefix >= limit) continue;
      if (bytes_.compare(at - prefix, prefix, form.bytes, 0, prefix) != 0) continue;
      std::size_t next = at + first->size;
      std::size_t k = i + 1;
      for (; k < wanted.size(); ++k) {
        const auto c = reader.character(next);
        if (!c || c->code != wanted[k]) break;
        next += c->size;
      }
      if (k < wanted.size() || is_of_other_order(at - prefix, next, form)) continue;
      found({passed_ + at - prefix, number, form.encoding, true});
      break;
    }
  }
}

// ASCII in UTF-16 looks the same in both orders, a byte further on. Where a text can be read in
// both, it has the one that all the text has which stands there: its first byte tells.
bool TextFinder::is_of_other_order(std::size_t at, std::size_t end, const Form& form) const {
  if (!is_wide(form.encoding) || !form.ascii) return false;
  const bool big = form.encoding == TextEncoding::utf16_be;
  const bool is_both =
      big ? end < bytes_.size() && bytes_[end] == '\0' : at > 0 && bytes_[at - 1] == '\0';
  if (!is_both) return false;
  std::size_t low = big ? at + 1 : at;
  const std::size_t least = low - std::min(low, kLookBack);
  while (low >= least + 2 && bytes_[low - 1] == '\0' && is_printable(bytes_[low - 2])) low -= 2;
  return big != (low >= 1 && bytes_[low - 1] == '\0');
}

}  // namespace stateferry
