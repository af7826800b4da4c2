#include "stateferry/model/dump.hpp"

#include <rapidjson/prettywriter.h>

#include <string>

#include "diag/characters.hpp"
#include "stateferry/bytes/digits.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/model/reflect.hpp"
#include "stateferry/model/snapshot_kind.hpp"

namespace stateferry {
namespace {

constexpr const char* kModes[] = {"SPLIT_DISTRIBUTE", "UNION", "BROADCAST"};

std::string base64(Bytes bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < n ? static_cast<unsigned>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= n ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

// A lone surrogate, which to_utf8 leaves as its three bytes, is no UTF-8: JSON holds it escaped.
bool is_surrogate(std::string_view text, std::size_t i) {
  return i + 2 < text.size() && static_cast<unsigned char>(text[i]) == 0xED &&
         static_cast<unsigned char>(text[i + 1]) >= 0xA0;
}

// Collects output into pieces of a useful size.
class Pieces {
 public:
  using Ch = char;
  explicit Pieces(const TextSink& out) : out_(out) {}
  void Put(char c) {
    buffer_ += c;
    if (buffer_.size() >= kPiece) Flush();
  }
  void put(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kPiece) Flush();
  }
  void Flush() {
    if (!buffer_.empty()) out_(buffer_);
    buffer_.clear();
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{64} << 10;
  const TextSink& out_;
  std::string buffer_;
};

// ---------------------------------------------------------------------------- JSON

class JsonDump {
 public:
  JsonDump(const TextSink& out, const DumpOptions& options)
      : pieces_(out), writer_(pieces_), options_(options) {
    writer_.SetIndent(' ', 2);
  }

  void document(const CheckpointMetadata& root, const Dialect& dialect) {
    writer_.StartObject();
    text_member("schema", "stateferry/dump/1");
    writer_.Key("format_version");
    writer_.Int(dialect.format_version);
    text_member("flink", to_string(dialect.release));
    const SnapshotKind kind = snapshot_kind(root.properties);
    text_member("snapshot", snapshot_type_name(kind.type));
    if (!kind.name.empty()) text_member("snapshot_name", kind.name);
    if (!kind.format.empty()) text_member("snapshot_format", kind.format);
    members(root);
    writer_.EndObject();
    pieces_.Put('\n');
    pieces_.Flush();
  }

 private:
  void text_member(const char* name, std::string_view value) {
    writer_.Key(name);
    text(value);
  }
  void text(std::string_view value) {
    const std::string quoted = json_string(value);
    writer_.RawValue(quoted.data(), quoted.size(), rapidjson::kStringType);
  }

  template <class R>
  void members(const R& record) {
    for_each_member(record, [&](const Field& f, const auto& m) {
      using T = std::remove_cvref_t<decltype(m)>;
      if constexpr (kIsOptional<T>) {
        if (!m) return;
        writer_.Key(f.name);
        value(*m);
      } else if constexpr (std::is_same_v<T, Extras>) {
        for (const ExtraValue& extra : m) {
          writer_.Key(extra.field->name);
          value(extra);
        }
      } else {
        writer_.Key(f.name);
        value(m);
      }
    });
  }
  template <ModelRecord R>
  void value(const R& record) {
    writer_.StartObject();
    members(record);
    writer_.EndObject();
  }
  template <class T>
  void value(const List<T>& list) {
    writer_.StartArray();
    for (const T& element : list) value(element);
    writer_.EndArray();
  }
  template <class... T>
  void value(const std::variant<T...>& variant) {
    std::visit(
        [&](const auto& h) {
          using H = std::remove_cvref_t<decltype(h)>;
          if constexpr (std::is_pointer_v<H>) {
            typed(*h);
          } else if constexpr (std::is_same_v<H, NoHandle>) {
            writer_.Null();
          } else {
            typed(h);
          }
        },
        variant);
  }
  template <class R>
  void typed(const R& record) {
    writer_.StartObject();
    text_member("type", Members<R>::type);
    members(record);
    writer_.EndObject();
  }
  template <LocationKind K>
  void value(const LocationText<K>& location) {
    value(location.text);
  }
  void value(std::string_view modified) { text(to_utf8(modified)); }
  void value(const OperatorId& id) { text(to_hex(id)); }
  void value(OperatorStateMode mode) { text(kModes[static_cast<std::size_t>(mode)]); }
  void value(const ExtraValue& extra) {
    if (extra.type == ExtraType::text) {
      value(extra.text);
    } else if (extra.type == ExtraType::flag) {
      writer_.Bool(extra.number != 0);
    } else {
      writer_.Int64(extra.number);
    }
  }
  void value(std::int32_t n) { writer_.Int(n); }
  void value(std::int64_t n) { writer_.Int64(n); }
  void value(bool b) { writer_.Bool(b); }
  void value(const I64Array& array) {
    writer_.StartArray();
    for (std::uint32_t i = 0; i < array.size(); ++i) writer_.Int64(array[i]);
    writer_.EndArray();
  }
  void value(const Bytes& bytes) {
    writer_.StartObject();
    writer_.Key("length");
    writer_.Uint64(bytes.size());
    text_member("sha256", sha256_hex(bytes));
    if (options_.bytes) text_member("base64", base64(bytes));
    writer_.EndObject();
  }

  Pieces pieces_;
  rapidjson::PrettyWriter<Pieces> writer_;
  const DumpOptions& options_;
};

// ---------------------------------------------------------------------------- text

class TextDump {
 public:
  TextDump(const TextSink& out, const DumpOptions& options) : pieces_(out), options_(options) {}

  void document(const CheckpointMetadata& root, const Dialect& dialect) {
    pieces_.put("dialect: " + to_string(dialect) + "\n");
    members(root);
    pieces_.Flush();
  }

 private:
  void line(std::string_view value) {
    pieces_.put(path_.text());
    pieces_.put(": ");
    pieces_.put(value);
    pieces_.Put('\n');
  }

  template <class R>
  void members(const R& record) {
    for_each_member(record, [&](const Field& f, const auto& m) {
      using T = std::remove_cvref_t<decltype(m)>;
      if constexpr (kIsOptional<T>) {
        if (!m) return;
        path_.set_leaf(&f);
        leaf(*m);
      } else if constexpr (std::is_same_v<T, Extras>) {
        for (const ExtraValue& extra : m) {
          path_.set_leaf(extra.field);
          leaf(extra);
        }
      } else if constexpr (kIsList<T> || kIsVariant<T> || ModelRecord<T>) {
        path_.push(f);
        path_.set_leaf(nullptr);
        nested(m);
        path_.pop();
      } else {
        path_.set_leaf(&f);
        leaf(m);
      }
    });
  }
  template <ModelRecord R>
  void nested(const R& record) {
    members(record);
  }
  template <class T>
  void nested(const List<T>& list) {
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      path_.set_index(i);
      // As messages have it.
      if (const std::string_view key = element_key(list[i]); !key.empty()) path_.set_key(key);
      path_.set_leaf(nullptr);
      nested(list[i]);
    }
  }
  template <class... T>
  void nested(const std::variant<T...>& variant) {
    std::visit(
        [&](const auto& h) {
          using H = std::remove_cvref_t<decltype(h)>;
          if constexpr (std::is_pointer_v<H>) {
            typed(*h);
          } else {
            typed(h);
          }
        },
        variant);
  }
  template <class R>
  void typed(const R& record) {
    line(Members<R>::type);
    members(record);
  }
  template <LocationKind K>
  void leaf(const LocationText<K>& location) {
    leaf(location.text);
  }
  void leaf(std::string_view modified) { line(json_string(to_utf8(modified))); }
  void leaf(const OperatorId& id) { line(to_hex(id)); }
  void leaf(OperatorStateMode mode) { line(kModes[static_cast<std::size_t>(mode)]); }
  void leaf(const ExtraValue& extra) {
    if (extra.type == ExtraType::text) {
      leaf(extra.text);
    } else if (extra.type == ExtraType::flag) {
      leaf(extra.number != 0);
    } else {
      leaf(extra.number);
    }
  }
  void leaf(std::int32_t n) { line(std::to_string(n)); }
  void leaf(std::int64_t n) { line(std::to_string(n)); }
  void leaf(bool b) { line(b ? "true" : "false"); }
  void leaf(const I64Array& array) {
    std::string text = "[";
    for (std::uint32_t i = 0; i < array.size(); ++i) {
      if (i > 0) text += ", ";
      text += std::to_string(array[i]);
    }
    line(text + "]");
  }
  void leaf(const Bytes& bytes) {
    line(std::to_string(bytes.size()) + " bytes, sha256 " + sha256_hex(bytes) +
         (options_.bytes ? ", base64 " + base64(bytes) : std::string()));
  }

  Pieces pieces_;
  ModelPath path_;
  const DumpOptions& options_;
};

}  // namespace

void dump_text(const CheckpointMetadata& root, const Dialect& dialect, const DumpOptions& options,
               const TextSink& out) {
  TextDump(out, options).document(root, dialect);
}

void dump_json(const CheckpointMetadata& root, const Dialect& dialect, const DumpOptions& options,
               const TextSink& out) {
  JsonDump(out, options).document(root, dialect);
}

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  const auto escape = [&](unsigned unit) {
    quoted += "\\u";
    append_hex(quoted, unit, 4);
  };
  while (!text.empty()) {
    if (is_surrogate(text, 0)) {
      escape(0xD000U | (static_cast<unsigned char>(text[1]) & 0x3FU) << 6 |
             (static_cast<unsigned char>(text[2]) & 0x3FU));
      text.remove_prefix(3);
      continue;
    }
    const Character c = first_character(text);
    if (c.code == '"' || c.code == '\\') {
      quoted += '\\';
      quoted += text[0];
    } else if (c.code == '\n') {
      quoted += "\\n";
    } else if (c.code == '\t') {
      quoted += "\\t";
    } else if (!c.well_formed) {
      escape(0xDC00U | c.code);
    } else if (must_be_escaped(c.code) && c.code < 0x10000) {
      escape(c.code);
    } else {
      // Above that an escape would be two, which YAML, otherwise the same, doesn't join.
      quoted += text.substr(0, c.length);
    }
    text.remove_prefix(c.length);
  }
  return quoted + "\"";
}

}  // namespace stateferry
