#include "stateferry/codecs/decoder.hpp"
#include "stateferry/codecs/encoder.hpp"
#include "stateferry/model/snapshot_kind.hpp"

namespace stateferry::codecs {
namespace {

constexpr char kDamaged[] = "the file is damaged; take another copy of it";

std::string tag_text(std::uint8_t tag) {
  std::string text = "tag " + std::to_string(tag);
  if (tag <= kMaxHandleTag) {
    text += " (" + std::string(handle_tag_name(static_cast<HandleTag>(tag))) + ")";
  }
  return text;
}

}  // namespace

// ---------------------------------------------------------------------------- ReadArchive

void ReadArchive::fail(const char* message) {
  throw FormatError("E-FORMAT-CHECK", message, at_, kDamaged);
}

void ReadArchive::fail_tag(std::uint8_t tag, const char* what) {
  throw FormatError(
      "E-FORMAT-TAG", tag_text(tag) + " is not " + what + " that may stand here", at_,
      tag > kMaxHandleTag ? "the file is damaged, or a newer Flink wrote it" : kDamaged);
}

void ReadArchive::check_text(std::string_view text) {
  if (const auto bad = find_invalid_modified_utf8(text)) {
    throw FormatError("E-FORMAT-TEXT", "a text is not valid modified UTF-8", at_ + 2 + *bad,
                      kDamaged);
  }
}

std::optional<ExtraValue> ReadArchive::read_extra(const ExtraField& f) {
  bool there = true;
  if (f.optional) flag(f.field, there);
  if (!there) return std::nullopt;
  ExtraValue value{nullptr, f.type, 0, {}};
  switch (f.type) {
    case ExtraType::i32: {
      std::int32_t number = 0;
      i32(f.field, number);
      value.number = number;
      break;
    }
    case ExtraType::i64:
      i64(f.field, value.number);
      break;
    case ExtraType::flag: {
      bool set = false;
      flag(f.field, set);
      value.number = set ? 1 : 0;
      break;
    }
    case ExtraType::text:
      value.text = read_text(f.field);
      break;
  }
  return value;
}

void ReadArchive::check_i64s(Bytes bytes, std::int64_t least) {
  const I64Array values(bytes);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    if (values[i] < least) {
      at_ += std::uint64_t{i} * 8;
      fail("an offset is negative");
    }
  }
}

// The properties are one Java object and the last thing in the file.
void ReadArchive::check_properties(Bytes bytes, std::uint64_t offset) {
  const std::uint64_t length = java_stream_length(bytes, offset);
  if (length < bytes.size()) {
    throw FormatError(
        "E-FORMAT-TRAILING",
        std::to_string(bytes.size() - length) + " bytes follow the end of the snapshot",
        offset + length,
        "Flink ignores such bytes, but no Flink writes them; find out where they come "
        "from, or cut the file at this offset");
  }
}

void ReadArchive::end() {
  if (in_.at_end()) return;
  path_.set_leaf(nullptr);
  const std::uint64_t left = in_.remaining();
  throw FormatError(
      "E-FORMAT-TRAILING",
      (left == ByteReader::kUnknown ? std::string("bytes") : std::to_string(left) + " bytes") +
          " follow the end of the snapshot",
      in_.offset(),
      "Flink ignores such bytes, but no Flink writes them; find out where they come from, or cut "
      "the file at this offset");
}

// ---------------------------------------------------------------------------- Decoder

void Decoder::rest(const Field& f, Bytes& value) {
  begin(f);
  const std::uint64_t left = in_.remaining();
  if (left > kMaxPropertiesBytes) fail("more than 1 MiB follows where the properties stand");
  const std::uint64_t offset = in_.offset();
  value = in_.take(static_cast<std::size_t>(left));
  check_properties(value, offset);
}

// ---------------------------------------------------------------------------- Encoder

void Encoder::fail(const char* message) {
  throw CapabilityError(
      "E-CAPABILITY-FIELD", message, path_.text(),
      "a transform has left the snapshot in a state that this dialect can't hold");
}

void Encoder::fail_tag(HandleTag tag, const char* what) {
  path_.set_leaf(nullptr);
  throw CapabilityError(
      "E-CAPABILITY-FIELD",
      tag_text(static_cast<std::uint8_t>(tag)) + " is not " + what + " that may stand here",
      path_.text());
}

void Encoder::fail_text(std::size_t bytes) {
  throw CapabilityError("E-CAPABILITY-TEXT",
                        "a text takes " + std::to_string(bytes) +
                            " bytes of modified UTF-8; Flink's format holds at most 65535",
                        path_.text(), "choose a shorter target");
}

}  // namespace stateferry::codecs
