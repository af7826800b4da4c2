// What dumps as text and as JSON have in common: how pieces of output are collected.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/dump.hpp"

namespace stateferry {

/// `bytes` in base64.
std::string base64(Bytes bytes);
/// Whether a text is a JSON string as it is, but for the quotes; UTF-8 and modified UTF-8 then
/// agree. False says nothing.
bool is_plain_json(std::string_view text) noexcept;
/// The name of a distribution mode.
inline const char* mode_name(OperatorStateMode mode) noexcept {
  static constexpr const char* kModes[] = {"SPLIT_DISTRIBUTE", "UNION", "BROADCAST"};
  return kModes[static_cast<std::size_t>(mode)];
}

/// Collects output into pieces of a useful size.
class DumpOutput {
 public:
  explicit DumpOutput(TextSink out) : out_(std::move(out)) { buffer_.reserve(2 * kPiece); }

  void put(char c) { buffer_ += c; }
  void put(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kPiece) flush();
  }
  template <class Number>
  void number(Number n) {
    std::array<char, 24> digits;
    const char* const end = std::to_chars(digits.begin(), digits.end(), n).ptr;
    put({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  /// Text of the model as a JSON string.
  void quoted(std::string_view modified) {
    if (!is_plain_json(modified)) return put(json_string(to_utf8(modified)));
    put('"');
    put(modified);
    put('"');
  }
  void flush() {
    if (!buffer_.empty()) out_(buffer_);
    buffer_.clear();
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{64} << 10;
  const TextSink out_;
  std::string buffer_;
};

/// Calls f with what an extra field holds: a text, a flag or a number.
template <class F>
void with_value_of(const ExtraValue& extra, F&& f) {
  if (extra.type == ExtraType::text) {
    f(extra.text);
  } else if (extra.type == ExtraType::flag) {
    f(extra.number != 0);
  } else {
    f(extra.number);
  }
}

}  // namespace stateferry
