#include "support/uids_from_source.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/transfer/counted.hpp"
#include "support/console.hpp"

namespace stateferry::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestSource = std::uint64_t{16} << 20;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$';
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

// Four hexadecimal digits; nothing where they are none.
std::optional<unsigned> code_unit(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  unsigned unit = 0;
  for (const char c : digits.substr(0, 4)) {
    const auto digit = std::string_view("0123456789abcdef").find(static_cast<char>(c | 0x20));
    if (digit == std::string_view::npos) return std::nullopt;
    unit = unit * 16 + static_cast<unsigned>(digit);
  }
  return unit;
}

// A UTF-16 unit as modified UTF-8 writes it: so that pairs of surrogates need no care here.
void append_unit(std::string& modified, unsigned unit) {
  if (unit != 0 && unit < 0x80) {
    modified += static_cast<char>(unit);
  } else if (unit < 0x800) {
    modified += static_cast<char>(0xC0 | unit >> 6);
    modified += static_cast<char>(0x80 | (unit & 0x3F));
  } else {
    modified += static_cast<char>(0xE0 | unit >> 12);
    modified += static_cast<char>(0x80 | (unit >> 6 & 0x3F));
    modified += static_cast<char>(0x80 | (unit & 0x3F));
  }
}

// A string literal, read from its opening quotes on.
class Literal {
 public:
  Literal(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  // Its value; nothing where there is none that can be told, such as with ${…} in it.
  std::optional<std::string> read() {
    if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return std::nullopt;
    const char quote = text_[at_];
    const bool triple = text_.substr(at_, 3) == std::string(3, quote);
    const std::string end(triple ? 3 : 1, quote);
    at_ += end.size();
    std::string plain;     // UTF-8 of the file
    std::string modified;  // the value
    while (text_.substr(at_, end.size()) != end) {
      if (at_ >= text_.size() || (!triple && text_[at_] == '\n')) return std::nullopt;
      if (text_[at_] == '$' && at_ + 1 < text_.size() && text_[at_ + 1] == '{') return std::nullopt;
      if (text_[at_] == '\\') {
        modified += from_utf8(plain);
        plain.clear();
        if (!escape(modified)) return std::nullopt;
      } else {
        plain += text_[at_++];
      }
    }
    at_ += end.size();
    return to_utf8(modified + from_utf8(plain));
  }
  std::size_t end() const noexcept { return at_; }

 private:
  bool escape(std::string& modified) {
    static constexpr std::pair<char, char> kSigns[] = {{'n', '\n'},  {'t', '\t'},  {'r', '\r'},
                                                       {'b', '\b'},  {'f', '\f'},  {'"', '"'},
                                                       {'\'', '\''}, {'\\', '\\'}, {'$', '$'}};
    if (++at_ >= text_.size()) return false;
    if (text_[at_] == 'u') {
      const auto unit = code_unit(text_.substr(at_ + 1));
      if (!unit) return false;
      append_unit(modified, *unit);
      at_ += 5;
      return true;
    }
    const auto sign = std::find_if(std::begin(kSigns), std::end(kSigns),
                                   [&](const auto& s) { return s.first == text_[at_]; });
    if (sign == std::end(kSigns)) return false;
    modified += sign->second;
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_;
};

bool is_source(const fs::path& path) {
  static constexpr std::array<std::string_view, 6> kEndings = {".java",  ".kt", ".kts",
                                                               ".scala", ".sc", ".py"};
  return std::find(kEndings.begin(), kEndings.end(), path.extension().string()) != kEndings.end();
}

}  // namespace

SourceUids find_uids(std::string_view text) {
  SourceUids found;
  for (std::size_t at = text.find("uid"); at != std::string_view::npos;
       at = text.find("uid", at + 3)) {
    const std::size_t open = skip_blanks(text, at + 3);
    if (at == 0 || is_word(text[at - 1]) || open >= text.size() || text[open] != '(') continue;
    // Only as a method of something: `uid(…)` alone is a definition or another function.
    const std::size_t before = text.find_last_not_of(" \t\r\n", at - 1);
    if (before == std::string_view::npos || text[before] != '.') continue;
    Literal literal(text, skip_blanks(text, open + 1));
    const auto value = literal.read();
    const std::size_t close = value ? skip_blanks(text, literal.end()) : text.size();
    if (value && !value->empty() && close < text.size() && text[close] == ')') {
      found.uids.push_back(*value);
    } else {
      ++found.other_calls;
    }
  }
  return found;
}

void add_uids_below(const std::string& directory, OperatorNames& names) {
  const auto fail = [&](const std::error_code& error) {
    throw IoError(error == std::errc::no_such_file_or_directory ? "E-IO-NOT-FOUND" : "E-IO-READ",
                  error.message(), directory, "give the directory of the job's source code");
  };
  std::error_code error;
  fs::recursive_directory_iterator files(directory, error);
  if (error) fail(error);
  std::uint64_t other = 0;
  for (; files != fs::recursive_directory_iterator(); files.increment(error)) {
    if (error) fail(error);
    if (!files->is_regular_file(error) || files->is_symlink(error) || !is_source(files->path())) {
      continue;
    }
    const std::string path = files->path().string();
    const SourceUids found = find_uids(read_text_file(path, path, {kLargestSource}));
    for (const std::string& uid : found.uids) names.add(operator_id_of_uid(uid), uid, {});
    other += found.other_calls;
  }
  if (error) fail(error);
  if (other > 0) {
    say(count_of(other, "call") + " of uid() below " + shown(directory) +
        " can't be read: the argument is no string literal");
  }
}

}  // namespace stateferry::cli
