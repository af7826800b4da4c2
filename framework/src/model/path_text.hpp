// A place in the model as text that grows and shrinks with the walk.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/model/field.hpp"

namespace stateferry {

/// The text of a ModelPath (model/model_path.hpp) without its leaf.
class PathText {
 public:
  /// Longest part of a key that is shown.
  static constexpr std::size_t kMaxKey = 40;

  void push(const Field& f) {
    const std::string_view name = f.name;
    const std::size_t start = text_.size();
    // The level of a file's handle adds nothing: shared["000123.sst"].path says it all.
    if (name != field::handle.name) {
      if (!text_.empty()) text_ += '.';
      text_ += name;
    }
    levels_.push_back({start, text_.size()});
  }
  void pop() {
    text_.resize(levels_.back().start);
    levels_.pop_back();
  }
  void set_index(std::uint32_t index) {
    text_.resize(levels_.back().name_end);
    std::array<char, 10> digits;
    const char* const end = std::to_chars(digits.begin(), digits.end(), index).ptr;
    text_ += '[';
    text_.append(digits.data(), static_cast<std::size_t>(end - digits.begin()));
    text_ += ']';
  }
  void set_key(std::string_view key) {
    text_.resize(levels_.back().name_end);
    text_ += "[\"";
    for (const char c : key.substr(0, kMaxKey)) add_key_byte(c);
    text_ += "\"]";
  }
  const std::string& text() const noexcept { return text_; }

 private:
  struct Level {
    std::size_t start;     // what pop() leaves
    std::size_t name_end;  // where index or key stand
  };

  // Keys come from the file; what would garble a message is shown as \xNN.
  void add_key_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (byte < 0x20 || byte >= 0x7F) {
      text_ += "\\x";
      append_hex(text_, byte, 2);
    } else {
      text_ += c;
    }
  }

  std::string text_;
  std::vector<Level> levels_;
};

}  // namespace stateferry
