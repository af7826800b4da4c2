// JSON output: one document per command, keys in a fixed order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stateferry/diag/diagnostic.hpp"

namespace stateferry::cli {

/// Builds one JSON text. Texts are UTF-8; calls must nest properly.
class JsonText {
 public:
  enum class Style : std::uint8_t { pretty, compact };
  /// Whether texts keep what gives access (diag/shown.hpp): programs need it, people must not see
  /// it.
  enum class Secrets : std::uint8_t { kept, left_out };
  explicit JsonText(Style style = Style::pretty, Secrets secrets = Secrets::kept);
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
  /// The same with null for nothing.
  template <class T>
  void member(std::string_view name, const std::optional<T>& v) {
    key(name);
    v ? value(*v) : null();
  }

  /// An object that body() fills; with a name as a member.
  template <class F>
  void object(F&& body) {
    begin_object();
    body();
    end_object();
  }
  template <class F>
  void object(std::string_view name, F&& body) {
    key(name);
    object(body);
  }
  /// A member that is an array, which body() fills.
  template <class F>
  void array(std::string_view name, F&& body) {
    key(name);
    begin_array();
    body();
    end_array();
  }
  /// The same with each(element) for each of `all`, which adds what it wants.
  template <class List, class F>
  void array(std::string_view name, const List& all, F&& each) {
    array(name, [&] {
      for (const auto& element : all) each(element);
    });
  }
  /// The same with an object for each, which each(element) fills.
  template <class List, class F>
  void objects(std::string_view name, const List& all, F&& each) {
    array(name, all, [&](const auto& element) { object([&] { each(element); }); });
  }
  /// The same with the elements themselves.
  template <class List>
  void values(std::string_view name, const List& all) {
    array(name, all, [&](const auto& element) { value(element); });
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

/// Prints a document whose form `schema` names; fill(json) adds its members.
template <class F>
void print_document(std::string_view schema, F&& fill) {
  JsonText json;
  json.object([&] {
    json.member("schema", schema);
    fill(json);
  });
  print_json(json);
}

}  // namespace stateferry::cli
