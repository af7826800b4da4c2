// JSON output: one document per command, keys in a fixed order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "stateferry/diag/diagnostic.hpp"

namespace stateferry::cli {

/// Builds one JSON text. Texts are UTF-8; calls must nest properly.
class JsonText {
 public:
  enum class Style : std::uint8_t { pretty, compact };
  explicit JsonText(Style style = Style::pretty);
  ~JsonText();
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(std::uint64_t number);
  void value(std::int64_t number);
  void value(std::uint32_t number) { value(std::uint64_t{number}); }
  void value(std::int32_t number) { value(std::int64_t{number}); }
  void value(bool flag);
  void null();
  /// A whole value that is JSON already.
  void raw(std::string_view json);

  template <class T>
  void member(std::string_view name, const T& v) {
    key(name);
    value(v);
  }

  /// The text so far.
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `code`, `severity`, `message`, `file`, `line`, `column`, `offset`, `path`, `notes`, `help`:
/// those that are there. For use inside an object.
void write_diagnostic_members(JsonText& json, const Diagnostic& diagnostic);

/// Prints the document and a line end to stdout.
void print_json(const JsonText& json);

}  // namespace stateferry::cli
