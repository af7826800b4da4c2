#include <algorithm>
#include <string>
#include <vector>

#include "model/dump_output.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/model/parts.hpp"
#include "stateferry/model/reflect.hpp"

namespace stateferry {
namespace {

// Values of a JSON document, each on a line of its own, as they come.
class JsonLines {
 public:
  explicit JsonLines(TextSink out) : out_(std::move(out)) {}

  /// In front of a value that is an element, or a member of this name.
  void element() { next(); }
  void key(std::string_view name) {
    next();
    out_.put('"');
    out_.put(name);
    out_.put(std::string_view("\": "));
  }
  void begin(char bracket) {
    out_.put(bracket);
    levels_.push_back(false);
  }
  void end(char bracket) {
    const bool any = levels_.back();
    levels_.pop_back();
    if (any) new_line();
    out_.put(bracket);
  }
  DumpOutput& value() noexcept { return out_; }

 private:
  void next() {
    if (levels_.back()) out_.put(',');
    levels_.back() = true;
    new_line();
  }
  void new_line() {
    static constexpr std::string_view kLine =
        "\n                                                                ";
    const std::size_t blanks = 2 * levels_.size();
    out_.put(kLine.substr(0, 1 + blanks));
    // Deeper than any snapshot nests.
    for (std::size_t i = kLine.size(); i < 1 + blanks; ++i) out_.put(' ');
  }

  DumpOutput out_;
  std::vector<bool> levels_;  // whether something stands in it already
};

class JsonDump final : public PartVisitor {
 public:
  JsonDump(const Dialect& dialect, SnapshotKind kind, const DumpOptions& options, TextSink out)
      : json_(std::move(out)), dialect_(dialect), kind_(std::move(kind)), options_(options) {}

  void begin(CheckpointMetadata& root) override {
    json_.begin('{');
    text_member("schema", "stateferry/dump/1");
    json_.key("format_version");
    value(dialect_.format_version);
    text_member("flink", to_string(dialect_.release));
    text_member("snapshot", snapshot_type_name(kind_.type));
    if (!kind_.name.empty()) text_member("snapshot_name", kind_.name);
    if (!kind_.format.empty()) text_member("snapshot_format", kind_.format);
    for_each_member_before<OperatorState>(
        root, [&](const Field& f, const auto& m) { this->member(f, m); });
    json_.key(field::operators.name);
    json_.begin('[');
  }
  void begin_operator(OperatorState& op, std::uint32_t /*index*/) override {
    json_.element();
    json_.begin('{');
    for_each_member_before<SubtaskEntry>(
        op, [&](const Field& f, const auto& m) { this->member(f, m); });
    json_.key(field::subtasks.name);
    json_.begin('[');
  }
  void subtask(SubtaskEntry& entry, std::uint32_t /*index*/) override {
    json_.element();
    value(entry);
  }
  void end_operator(OperatorState& op) override {
    json_.end(']');
    for_each_member_behind<SubtaskEntry>(
        op, [&](const Field& f, const auto& m) { this->member(f, m); });
    json_.end('}');
  }
  void end(CheckpointMetadata& root) override {
    json_.end(']');
    for_each_member_behind<OperatorState>(
        root, [&](const Field& f, const auto& m) { this->member(f, m); });
    json_.end('}');
    json_.value().put('\n');
    json_.value().flush();
  }

 private:
  void text_member(std::string_view name, std::string_view utf8) {
    json_.key(name);
    json_.value().put(json_string(utf8));
  }

  template <class T>
  void member(const Field& f, const T& m) {
    if constexpr (kIsOptional<T>) {
      if (!m) return;
      json_.key(f.name);
      value(*m);
    } else if constexpr (std::is_same_v<T, Extras>) {
      for (const ExtraValue& extra : m) {
        json_.key(extra.field->name);
        value(extra);
      }
    } else {
      json_.key(f.name);
      value(m);
    }
  }
  template <class R>
  void members(const R& record) {
    for_each_member(record, [&](const Field& f, const auto& m) { this->member(f, m); });
  }
  template <ModelRecord R>
  void value(const R& record) {
    json_.begin('{');
    members(record);
    json_.end('}');
  }
  template <class T>
  void value(const List<T>& list) {
    json_.begin('[');
    for (const T& element : list) {
      json_.element();
      value(element);
    }
    json_.end(']');
  }
  template <class... T>
  void value(const std::variant<T...>& variant) {
    std::visit(
        [&](const auto& h) {
          using H = std::remove_cvref_t<decltype(h)>;
          if constexpr (std::is_pointer_v<H>) {
            typed(*h);
          } else if constexpr (std::is_same_v<H, NoHandle>) {
            json_.value().put(std::string_view("null"));
          } else {
            typed(h);
          }
        },
        variant);
  }
  template <class R>
  void typed(const R& record) {
    json_.begin('{');
    text_member("type", Members<R>::type);
    members(record);
    json_.end('}');
  }
  template <LocationKind K>
  void value(const LocationText<K>& location) {
    json_.value().quoted(location.text);
  }
  void value(std::string_view modified) { json_.value().quoted(modified); }
  void value(const OperatorId& id) { json_.value().quoted(to_hex(id)); }
  void value(OperatorStateMode mode) { json_.value().quoted(mode_name(mode)); }
  void value(const ExtraValue& extra) {
    with_value_of(extra, [this](const auto& held) { this->value(held); });
  }
  void value(std::int32_t n) { json_.value().number(n); }
  void value(std::int64_t n) { json_.value().number(n); }
  void value(bool b) { json_.value().put(std::string_view(b ? "true" : "false")); }
  void value(const I64Array& array) {
    json_.begin('[');
    for (std::uint32_t i = 0; i < array.size(); ++i) {
      json_.element();
      json_.value().number(array[i]);
    }
    json_.end(']');
  }
  void value(const Bytes& bytes) {
    json_.begin('{');
    json_.key("length");
    json_.value().number(bytes.size());
    text_member("sha256", sha256_hex(bytes));
    if (options_.bytes) text_member("base64", base64(bytes));
    json_.end('}');
  }

  JsonLines json_;
  const Dialect dialect_;
  const SnapshotKind kind_;
  const DumpOptions options_;
};

}  // namespace

std::unique_ptr<PartVisitor> json_dump(const Dialect& dialect, const SnapshotKind& kind,
                                       const DumpOptions& options, TextSink out) {
  return std::make_unique<JsonDump>(dialect, kind, options, std::move(out));
}

void dump_json(const CheckpointMetadata& root, const Dialect& dialect, const DumpOptions& options,
               const TextSink& out) {
  CheckpointMetadata copy = root;  // shallow, and nothing is changed
  show_parts(copy, *json_dump(dialect, snapshot_kind(root.properties), options, out));
}

}  // namespace stateferry
