#include "stateferry/host/operator_names_file.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stateferry {
namespace {

constexpr std::size_t kHashDigits = 32;

struct Entry {
  std::string hash;  // empty: the uid's
  std::string uid;
  std::string name;
};

// What both forms of the file share: entries go into the table, problems to the sink.
class Reader {
 public:
  Reader(const std::shared_ptr<const SourceText>& file, DiagnosticSink& sink)
      : file_(file), sink_(sink) {}

  void problem(int line, int column, std::string message, std::string hint = {}) {
    Diagnostic d;
    d.code = "E-ARG-UIDS";
    d.message = std::move(message);
    d.mark = {file_, line, column};
    d.hint = std::move(hint);
    sink_.report(std::move(d));
  }

  void add(const Entry& entry, int line, int column) {
    OperatorId id = operator_id_of_uid(entry.uid);
    if (!entry.hash.empty()) {
      const auto given = operator_id_from_hex(entry.hash);
      if (!given) {
        problem(line, column, "'" + entry.hash + "' is not an operator's hash",
                "32 hexadecimal digits");
        return;
      }
      id = *given;
    }
    if (!names_.add(id, entry.uid, entry.name)) {
      problem(line, column, "the operator " + to_hex(id) + " has another uid or name further up");
    }
  }

  const std::string& text() const noexcept { return file_->text; }
  OperatorNames take() { return std::move(names_); }

 private:
  const std::shared_ptr<const SourceText>& file_;
  DiagnosticSink& sink_;
  OperatorNames names_;
};

// ---------------------------------------------------------------------------- lines

// The fields of one line of CSV; nothing where quotes don't match.
std::optional<std::vector<std::string>> csv_fields(std::string_view line) {
  std::vector<std::string> fields(1);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ',') {
      fields.emplace_back();
    } else if (line[i] == '"' && fields.back().empty()) {
      for (++i; i < line.size(); ++i) {
        if (line[i] == '"') {
          if (i + 1 == line.size() || line[i + 1] != '"') break;
          ++i;
        }
        fields.back() += line[i];
      }
      if (i == line.size() || (i + 1 < line.size() && line[i + 1] != ',')) return std::nullopt;
    } else {
      fields.back() += line[i];
    }
  }
  return fields;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

class LineReader {
 public:
  explicit LineReader(Reader& reader) : reader_(reader) {}

  void read() {
    std::string_view rest = reader_.text();
    while (!rest.empty()) {
      ++number_;
      const auto end = std::min(rest.find('\n'), rest.size());
      line(trimmed(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

 private:
  void line(std::string_view text) {
    if (text.empty() || text.front() == '#' || is_header(text)) return;
    if (text.starts_with("uid:")) {
      add({{}, std::string(text.substr(4)), {}});
    } else if (begins_with_hash(text.substr(text.front() == '"' ? 1 : 0))) {
      hash_first(text);
    } else {
      add({{}, std::string(text), {}});
    }
  }

  static bool is_header(std::string_view text) {
    return text == "hash,uid" || text == "hash,uid,name";
  }
  static bool begins_with_hash(std::string_view text) {
    return operator_id_from_hex(text.substr(0, kHashDigits)).has_value() &&
           (text.size() == kHashDigits ||
            std::string_view(" \t,\"").find(text[kHashDigits]) != std::string_view::npos);
  }

  void hash_first(std::string_view text) {
    const bool csv = text.front() == '"' || (text.size() > kHashDigits && text[kHashDigits] == ',');
    if (!csv) {
      add({std::string(text.substr(0, kHashDigits)),
           std::string(trimmed(text.substr(kHashDigits))),
           {}});
      return;
    }
    auto fields = csv_fields(text);
    if (!fields || fields->size() > 3) {
      problem("this is not a line of CSV with a hash, a uid and perhaps a name");
      return;
    }
    fields->resize(3);
    add({(*fields)[0], (*fields)[1], (*fields)[2]});
  }

  void add(const Entry& entry) {
    if (entry.uid.empty() && entry.name.empty()) {
      problem("this operator has no uid", "write a uid, or a hash and the uid that it belongs to");
    } else {
      reader_.add(entry, number_, 1);
    }
  }
  void problem(std::string message, std::string hint = {}) {
    reader_.problem(number_, 1, std::move(message), std::move(hint));
  }

  Reader& reader_;
  int number_ = 0;
};

// ---------------------------------------------------------------------------- JSON

class JsonReader {
 public:
  explicit JsonReader(Reader& reader) : reader_(reader) {}

  void read() {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(
        reader_.text().data(), reader_.text().size());
    if (document.HasParseError()) {
      syntax_error(document.GetErrorOffset(), GetParseError_En(document.GetParseError()));
      return;
    }
    const rapidjson::Value& whole = document;
    const rapidjson::Value* list = &whole;
    if (whole.IsObject()) {
      const auto operators = whole.FindMember("operators");
      if (operators != whole.MemberEnd()) list = &operators->value;
    }
    if (!list->IsArray()) {
      reader_.problem(1, 1, "this is no list of operators",
                      "a JSON list of uids, or what 'inspect --json' prints");
      return;
    }
    for (const rapidjson::Value& element : list->GetArray()) {
      ++number_;
      read_element(element);
    }
  }

 private:
  using Keys = std::array<const char*, 2>;

  void read_element(const rapidjson::Value& element) {
    if (element.IsString()) {
      add({{}, text_of(element), {}});
    } else if (element.IsObject()) {
      add({member(element, {"hash", "operator-uid-hash"}), member(element, {"uid", "operator-uid"}),
           member(element, {"name", "operator-name"})});
    } else {
      problem("is neither a uid nor an object");
    }
  }

  static std::string text_of(const rapidjson::Value& value) {
    return {value.GetString(), value.GetStringLength()};
  }

  std::string member(const rapidjson::Value& object, const Keys& keys) {
    for (const char* key : keys) {
      const auto found = object.FindMember(key);
      if (found == object.MemberEnd() || found->value.IsNull()) continue;
      if (found->value.IsString()) return text_of(found->value);
      problem("has a '" + std::string(key) + "' that is no text");
    }
    return {};
  }

  // An operator that the snapshot doesn't name either is no fault of whoever gives its list.
  void add(const Entry& entry) {
    if (!entry.uid.empty() || (!entry.hash.empty() && !entry.name.empty())) {
      reader_.add(entry, 1, 1);
    } else if (entry.hash.empty()) {
      problem("has neither uid nor hash");
    }
  }

  void problem(const std::string& message) {
    reader_.problem(1, 1, "operator " + std::to_string(number_) + " of the list " + message);
  }

  void syntax_error(std::size_t offset, const char* message) {
    const std::string_view before = std::string_view(reader_.text()).substr(0, offset);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto newline = before.rfind('\n');
    const std::size_t column = newline == std::string_view::npos ? offset + 1 : offset - newline;
    reader_.problem(static_cast<int>(line), static_cast<int>(column),
                    std::string("this is not JSON: ") + message);
  }

  Reader& reader_;
  std::size_t number_ = 0;  // of the element in hand, from 1
};

}  // namespace

OperatorNames parse_operator_names(const std::shared_ptr<const SourceText>& file,
                                   DiagnosticSink& sink) {
  Reader reader(file, sink);
  const auto first = file->text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && (file->text[first] == '[' || file->text[first] == '{')) {
    JsonReader(reader).read();
  } else {
    LineReader(reader).read();
  }
  return reader.take();
}

}  // namespace stateferry
