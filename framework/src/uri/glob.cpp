#include "stateferry/uri/glob.hpp"

#include <algorithm>
#include <cstddef>

#include "stateferry/bytes/text.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

std::size_t sequence_length(char lead) noexcept {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0xC0U) return 1;
  if (byte < 0xE0U) return 2;
  return byte < 0xF0U ? 3 : 4;
}

/// Where the character after the one at `at` begins. A cut sequence ends where the next lead byte
/// stands, so malformed text is matched byte by byte rather than refused.
std::size_t after_character(std::string_view text, std::size_t at) noexcept {
  const std::size_t end = std::min(text.size(), at + sequence_length(text[at]));
  ++at;
  while (at < end && is_continuation(text[at])) ++at;
  return at;
}

/// Greedy matching with two points to go back to: the last `*` and the last `**`.
///
/// Forgetting all older stars is sound. What stands between two stars was matched at its first
/// possible place, and the later star can take up whatever a later place would have left out: a
/// `**` anything, a `*` anything in the same segment, which is as far as the older `*` could reach.
class Matcher {
 public:
  Matcher(std::string_view pattern, std::string_view text) noexcept
      : pattern_(pattern), text_(text) {}

  bool run() noexcept {
    while (at_ < text_.size() || next_ < pattern_.size()) {
      if (!step() && !go_back()) return false;
    }
    return true;
  }

 private:
  /// Takes one element of the pattern; false when the text doesn't go with it.
  bool step() noexcept {
    if (next_ == pattern_.size()) return false;
    if (pattern_[next_] == '*') return take_star();
    if (at_ == text_.size()) return false;
    if (pattern_[next_] == '?') return take_any();
    return take_literal();
  }

  bool take_star() noexcept {
    const std::size_t behind = std::min(pattern_.find_first_not_of('*', next_), pattern_.size());
    if (behind - next_ >= 2) {
      wide_next_ = behind;
      wide_at_ = at_;
      star_next_ = kNone;
    } else {
      star_next_ = behind;
      star_at_ = at_;
    }
    next_ = behind;
    return true;
  }

  bool take_any() noexcept {
    if (text_[at_] == '/') return false;
    at_ = after_character(text_, at_);
    ++next_;
    return true;
  }

  bool take_literal() noexcept {
    std::size_t literal = next_;
    if (pattern_[literal] == '\\' && ++literal == pattern_.size()) return false;
    if (pattern_[literal] != text_[at_]) return false;
    ++at_;
    next_ = literal + 1;
    return true;
  }

  /// Lets the innermost star that can take more do so; false when there is none.
  bool go_back() noexcept {
    if (star_next_ == kNone) return widen(wide_at_);
    if (star_at_ < text_.size() && text_[star_at_] != '/') {
      star_at_ = after_character(text_, star_at_);
      at_ = star_at_;
      next_ = star_next_;
      return true;
    }
    // Starting later in the same segment would only give the `*` less to choose from. Skipping to
    // the next segment keeps the time within the product of the lengths.
    return widen(text_.find('/', wide_at_));
  }

  /// Lets the `**` take everything up to and including the character at `last`.
  bool widen(std::size_t last) noexcept {
    if (wide_next_ == kNone || last >= text_.size()) return false;
    wide_at_ = after_character(text_, last);
    at_ = wide_at_;
    next_ = wide_next_;
    star_next_ = kNone;
    return true;
  }

  std::string_view pattern_;
  std::string_view text_;
  std::size_t next_ = 0;           ///< next element of the pattern
  std::size_t at_ = 0;             ///< next character of the text
  std::size_t star_next_ = kNone;  ///< pattern behind the last `*`, if it came after the last `**`
  std::size_t star_at_ = 0;        ///< text behind what that `*` has taken
  std::size_t wide_next_ = kNone;  ///< pattern behind the last `**`
  std::size_t wide_at_ = 0;        ///< text behind what that `**` has taken
};

bool ends_in_dangling_backslash(std::string_view pattern) noexcept {
  const std::size_t last = pattern.find_last_not_of('\\');
  const std::size_t run = last == kNone ? pattern.size() : pattern.size() - last - 1;
  return run % 2 == 1;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text) noexcept {
  return !pattern.empty() && Matcher(pattern, text).run();
}

std::optional<bool> glob_match_directory(std::string_view pattern, std::string_view directory) {
  // The last stars take any name whole, since what stands before their slash can't reach into it.
  const std::size_t before = pattern.find_last_not_of('*');
  const bool any_name = before != kNone && before + 1 < pattern.size() && pattern[before] == '/' &&
                        (before == 0 || pattern[before - 1] != '\\');
  if (!any_name && pattern != "**") return std::nullopt;
  return glob_match(pattern, std::string(directory) + "x");
}

std::optional<std::string> glob_problem(std::string_view pattern) {
  if (pattern.empty()) return "the pattern is empty";
  if (ends_in_dangling_backslash(pattern)) {
    return "the pattern ends in a backslash with nothing to escape behind it";
  }
  return std::nullopt;
}

}  // namespace stateferry
