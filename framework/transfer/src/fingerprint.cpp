#include "stateferry/transfer/fingerprint.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <variant>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/model/parts.hpp"
#include "stateferry/model/reflect.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {
namespace {

// Longer bytes stand for themselves by their digest: nothing large is copied.
constexpr std::size_t kCopied = 64;

// Writes records as bytes that no other record has: each text behind its length, each choice behind
// its number.
class RecordBytes {
 public:
  explicit RecordBytes(const Fingerprint& so_far = {}) {
    number(so_far.words[0]);
    number(so_far.words[1]);
  }
  Fingerprint finish() const { return fingerprint_of(std::string_view(bytes_)); }

  template <class T>
  void add(const T& value) {
    if constexpr (kIsLocation<T>) {
      text(value.text);
    } else if constexpr (std::is_same_v<T, std::string_view>) {
      text(value);
    } else if constexpr (std::is_same_v<T, Bytes>) {
      raw(value);
    } else if constexpr (std::is_same_v<T, I64Array>) {
      raw(value.bytes());
    } else if constexpr (std::is_same_v<T, Extras>) {
      extras(value);
    } else if constexpr (std::is_same_v<T, OperatorId>) {
      text(to_hex(value));
    } else if constexpr (kIsList<T>) {
      number(value.size());
      for (const auto& element : value) add(element);
    } else if constexpr (kIsVariant<T>) {
      number(value.index());
      std::visit([&](const auto& alternative) { add(alternative); }, value);
    } else if constexpr (kIsOptional<T>) {
      number(value ? 1 : 0);
      if (value) add(*value);
    } else if constexpr (std::is_pointer_v<T>) {
      add(*value);
    } else if constexpr (ModelRecord<T>) {
      for_each_member(value, [&](const Field&, const auto& member) { add(member); });
    } else {
      number(static_cast<std::uint64_t>(value));
    }
  }

 private:
  void number(std::uint64_t value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_.append(value);
  }
  void raw(Bytes bytes) {
    number(bytes.size());
    if (bytes.size() > kCopied) {
      bytes_ += sha256_hex(bytes);
    } else {
      bytes_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
  }
  void extras(const Extras& values) {
    number(values.size());
    for (const ExtraValue& value : values) {
      text(value.field->name);
      number(static_cast<std::uint64_t>(value.type));
      number(static_cast<std::uint64_t>(value.number));
      text(value.text);
    }
  }

  std::string bytes_;
};

}  // namespace

Fingerprint fingerprint_of(std::string_view text) {
  const std::string hex = sha256_hex(text);
  Fingerprint print;
  for (std::size_t i = 0; i < 32; ++i) {
    const char c = hex[i];
    const auto digit = static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    print.words[i / 16] = print.words[i / 16] << 4 | digit;
  }
  return print;
}

Fingerprint fingerprint_of(const StreamStateHandle& handle) {
  RecordBytes bytes;
  bytes.add(handle);
  return bytes.finish();
}

Fingerprint fingerprint_of(const SubtaskEntry& entry, const Fingerprint& so_far) {
  RecordBytes bytes(so_far);
  bytes.add(entry);
  return bytes.finish();
}

Fingerprint fingerprint_of(const OperatorState& op, bool behind_subtasks,
                           const Fingerprint& so_far) {
  RecordBytes bytes(so_far);
  const auto add = [&](const Field&, const auto& member) { bytes.add(member); };
  if (behind_subtasks) {
    for_each_member_behind<SubtaskEntry>(op, add);
  } else {
    for_each_member_before<SubtaskEntry>(op, add);
  }
  return bytes.finish();
}

Fingerprint fingerprint_of(const CheckpointMetadata& root, bool behind_operators,
                           const Fingerprint& so_far) {
  RecordBytes bytes(so_far);
  const auto add = [&](const Field& f, const auto& member) {
    if (&f != &field::checkpoint_id) bytes.add(member);
  };
  if (behind_operators) {
    for_each_member_behind<OperatorState>(root, add);
  } else {
    for_each_member_before<OperatorState>(root, add);
  }
  return bytes.finish();
}

std::vector<FileMark> marks_of(const ReferenceList& files) {
  std::vector<FileMark> marks;
  marks.reserve(files.size());
  std::uint32_t index = 0;
  for (const Reference& file : files) {
    marks.push_back({fingerprint_of(std::string_view(canonical_uri(file.uri))),
                     file.size.value_or(file.at_least), file.op, index++});
  }
  std::sort(marks.begin(), marks.end(), [](const FileMark& a, const FileMark& b) {
    return a.place == b.place ? a.index < b.index : a.place < b.place;
  });
  const auto end =
      std::unique(marks.begin(), marks.end(),
                  [](const FileMark& a, const FileMark& b) { return a.place == b.place; });
  marks.erase(end, marks.end());
  return marks;
}

}  // namespace stateferry
