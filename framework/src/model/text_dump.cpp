#include <string>

#include "model/dump_output.hpp"
#include "model/path_text.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/model/parts.hpp"
#include "stateferry/model/reflect.hpp"

namespace stateferry {
namespace {

class TextDump final : public PartVisitor {
 public:
  TextDump(const Dialect& dialect, const DumpOptions& options, TextSink out)
      : out_(std::move(out)), dialect_(dialect), options_(options) {}

  void begin(CheckpointMetadata& root) override {
    out_.put("dialect: " + to_string(dialect_) + "\n");
    for_each_member_before<OperatorState>(
        root, [&](const Field& f, const auto& m) { this->member(f, m); });
    path_.push(field::operators);
  }
  void begin_operator(OperatorState& op, std::uint32_t index) override {
    path_.set_index(index);
    for_each_member_before<SubtaskEntry>(
        op, [&](const Field& f, const auto& m) { this->member(f, m); });
    path_.push(field::subtasks);
  }
  void subtask(SubtaskEntry& entry, std::uint32_t index) override {
    path_.set_index(index);
    members(entry);
  }
  void end_operator(OperatorState& op) override {
    path_.pop();
    for_each_member_behind<SubtaskEntry>(
        op, [&](const Field& f, const auto& m) { this->member(f, m); });
  }
  void end(CheckpointMetadata& root) override {
    path_.pop();
    for_each_member_behind<OperatorState>(
        root, [&](const Field& f, const auto& m) { this->member(f, m); });
    out_.flush();
  }

 private:
  // The place in front of a value: of the field, or of the record in hand.
  void place(const Field* leaf) {
    out_.put(path_.text());
    if (leaf != nullptr) {
      if (!path_.text().empty()) out_.put('.');
      out_.put(std::string_view(leaf->name));
    }
    out_.put(std::string_view(": "));
  }
  template <class T>
  void line(const Field& leaf, const T& member) {
    place(&leaf);
    value(member);
    out_.put('\n');
  }

  template <class T>
  void member(const Field& f, const T& m) {
    if constexpr (kIsOptional<T>) {
      if (m) line(f, *m);
    } else if constexpr (std::is_same_v<T, Extras>) {
      for (const ExtraValue& extra : m) line(*extra.field, extra);
    } else if constexpr (kIsList<T> || kIsVariant<T> || ModelRecord<T>) {
      path_.push(f);
      nested(m);
      path_.pop();
    } else {
      line(f, m);
    }
  }
  template <class R>
  void members(const R& record) {
    for_each_member(record, [&](const Field& f, const auto& m) { this->member(f, m); });
  }
  template <ModelRecord R>
  void nested(const R& record) {
    members(record);
  }
  template <class T>
  void nested(const List<T>& list) {
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      // As messages have it.
      if (const std::string_view key = element_key(list[i]); !key.empty()) {
        path_.set_key(key);
      } else {
        path_.set_index(i);
      }
      nested(list[i]);
    }
  }
  template <class... T>
  void nested(const std::variant<T...>& variant) {
    std::visit(
        [&](const auto& h) {
          if constexpr (std::is_pointer_v<std::remove_cvref_t<decltype(h)>>) {
            typed(*h);
          } else {
            typed(h);
          }
        },
        variant);
  }
  template <class R>
  void typed(const R& record) {
    place(nullptr);
    out_.put(std::string_view(Members<R>::type));
    out_.put('\n');
    members(record);
  }

  template <LocationKind K>
  void value(const LocationText<K>& location) {
    out_.quoted(location.text);
  }
  void value(std::string_view modified) { out_.quoted(modified); }
  void value(const OperatorId& id) { out_.put(to_hex(id)); }
  void value(OperatorStateMode mode) { out_.put(std::string_view(mode_name(mode))); }
  void value(const ExtraValue& extra) {
    with_value_of(extra, [this](const auto& held) { this->value(held); });
  }
  void value(std::int32_t n) { out_.number(n); }
  void value(std::int64_t n) { out_.number(n); }
  void value(bool b) { out_.put(std::string_view(b ? "true" : "false")); }
  void value(const I64Array& array) {
    out_.put('[');
    for (std::uint32_t i = 0; i < array.size(); ++i) {
      if (i > 0) out_.put(std::string_view(", "));
      out_.number(array[i]);
    }
    out_.put(']');
  }
  void value(const Bytes& bytes) {
    out_.number(bytes.size());
    out_.put(" bytes, sha256 " + sha256_hex(bytes));
    if (options_.bytes) out_.put(", base64 " + base64(bytes));
  }

  DumpOutput out_;
  PathText path_;
  const Dialect dialect_;
  const DumpOptions options_;
};

}  // namespace

std::unique_ptr<PartVisitor> text_dump(const Dialect& dialect, const DumpOptions& options,
                                       TextSink out) {
  return std::make_unique<TextDump>(dialect, options, std::move(out));
}

void dump_text(const CheckpointMetadata& root, const Dialect& dialect, const DumpOptions& options,
               const TextSink& out) {
  CheckpointMetadata copy = root;  // shallow, and nothing is changed
  show_parts(copy, *text_dump(dialect, options, out));
}

}  // namespace stateferry
