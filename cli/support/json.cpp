#include "support/json.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cstdlib>
#include <new>
#include <variant>

#include "stateferry/diag/shown.hpp"
#include "stateferry/model/dump.hpp"
#include "support/console.hpp"

namespace stateferry::cli {
namespace {

// RapidJSON's own goes on with a null pointer where there is no more memory.
struct ThrowingAllocator {
  [[maybe_unused]] static const bool kNeedFree = true;  // RapidJSON's name
  static void* Malloc(std::size_t size) { return size == 0 ? nullptr : checked(std::malloc(size)); }
  static void* Realloc(void* old, std::size_t, std::size_t size) {
    if (size != 0) return checked(std::realloc(old, size));
    std::free(old);
    return nullptr;
  }
  static void Free(void* memory) noexcept { std::free(memory); }

 private:
  static void* checked(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
  }
};

using Buffer = rapidjson::GenericStringBuffer<rapidjson::UTF8<>, ThrowingAllocator>;

}  // namespace

struct JsonText::State {
  State(Style style, Secrets secrets) : secrets_(secrets) {
    if (style == Style::pretty) {
      auto& writer = writer_.emplace<Pretty>(buffer_);
      writer.SetIndent(' ', 2);
    } else {
      writer_.emplace<Compact>(buffer_);
    }
  }
  template <class F>
  void with(F&& f) {
    if (auto* pretty = std::get_if<Pretty>(&writer_)) {
      f(*pretty);
    } else {
      f(std::get<Compact>(writer_));
    }
  }
  using Pretty =
      rapidjson::PrettyWriter<Buffer, rapidjson::UTF8<>, rapidjson::UTF8<>, ThrowingAllocator>;
  using Compact =
      rapidjson::Writer<Buffer, rapidjson::UTF8<>, rapidjson::UTF8<>, ThrowingAllocator>;
  Secrets secrets_;
  Buffer buffer_;
  std::variant<std::monostate, Pretty, Compact> writer_;
};

JsonText::JsonText(Style style, Secrets secrets)
    : state_(std::make_unique<State>(style, secrets)) {}
JsonText::~JsonText() = default;

void JsonText::begin_object() {
  state_->with([](auto& w) { w.StartObject(); });
}
void JsonText::end_object() {
  state_->with([](auto& w) { w.EndObject(); });
}
void JsonText::begin_array() {
  state_->with([](auto& w) { w.StartArray(); });
}
void JsonText::end_array() {
  state_->with([](auto& w) { w.EndArray(); });
}
void JsonText::key(std::string_view name) {
  state_->with([&](auto& w) { w.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); });
}
void JsonText::value(std::string_view text) {
  const std::string quoted =
      state_->secrets_ == Secrets::kept ? json_string(text) : json_string(without_secrets(text));
  state_->with([&](auto& w) { w.RawValue(quoted.data(), quoted.size(), rapidjson::kStringType); });
}
void JsonText::value(std::uint64_t number) {
  state_->with([&](auto& w) { w.Uint64(number); });
}
void JsonText::value(std::int64_t number) {
  state_->with([&](auto& w) { w.Int64(number); });
}
void JsonText::value(bool flag) {
  state_->with([&](auto& w) { w.Bool(flag); });
}
void JsonText::null() {
  state_->with([](auto& w) { w.Null(); });
}
void JsonText::raw(std::string_view json) {
  state_->with([&](auto& w) { w.RawValue(json.data(), json.size(), rapidjson::kObjectType); });
}
std::string JsonText::text() const {
  return {state_->buffer_.GetString(), state_->buffer_.GetSize()};
}

void write_diagnostic_members(JsonText& json, const Diagnostic& d) {
  json.member("code", d.code);
  json.member("severity", d.severity == Severity::error     ? "error"
                          : d.severity == Severity::warning ? "warning"
                                                            : "note");
  json.member("message", without_secrets(d.message));
  if (d.mark) {
    json.member("file", d.mark.source->name);
    json.member("line", d.mark.line);
    json.member("column", d.mark.column);
  } else if (!d.subject.empty()) {
    json.member("file", without_secrets(d.subject));
  }
  if (d.place) {
    if (d.place->offset) json.member("offset", *d.place->offset);
    if (!d.place->model_path.empty()) json.member("path", without_secrets(d.place->model_path));
  }
  if (!d.notes.empty()) {
    json.array("notes", d.notes,
               [&](const std::string& note) { json.value(without_secrets(note)); });
  }
  if (!d.hint.empty()) json.member("help", without_secrets(d.hint));
}

void print_json(const JsonText& json) {
  print_exactly(json.text());
  print_exactly("\n");
}

}  // namespace stateferry::cli
