#include "stateferry/codecs/decoder.hpp"
#include "stateferry/codecs/encoder.hpp"
#include "stateferry/codecs/splicer.hpp"
#include "stateferry/model/snapshot_kind.hpp"
#include "stateferry/uri/plain_name.hpp"

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

// The properties are one Java object and the last thing in the file.
void check_properties(Bytes bytes, std::uint64_t offset) {
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

// ---------------------------------------------------------------------------- Splicer

void Splicer::rest(const Field& f, Bytes& value) {
  begin(f);
  const std::uint64_t offset = in_.offset();
  rest_.clear();
  while (!in_.at_end()) {
    const Bytes piece = in_.take_some(ByteReader::kWindow);
    if (rest_.size() + piece.size() > kMaxPropertiesBytes) {
      fail("more than 1 MiB follows where the properties stand");
    }
    rest_.insert(rest_.end(), piece.begin(), piece.end());
  }
  value = rest_;
  check_properties(value, offset);
}

Location Splicer::here(LocationKind kind, std::string_view text) {
  if (states_noted_) {
    state_names_.assign(states_text_.begin(), states_text_.end());
    states_noted_ = false;
  }
  return {kind, path_.roles(), text, in_operator_ ? &key_ : nullptr, state_names_, &path_, {}};
}

void Splicer::look_for_uris(std::uint64_t n) {
  tell_repeats();
  const Location place = here(LocationKind::bytes, {});
  const auto found = [&](const FoundUri& uri) { editor_->inline_uri(place, uri); };
  while (n > 0) {
    const Bytes piece = in_.take_some(n);
    uris_.feed(piece, found);
    n -= piece.size();
  }
  uris_.finish(found);
}

void Splicer::edit(LocationKind kind, std::string_view text) {
  const Location location = here(kind, text);
  tell_repeats();
  last_ = {};
  last_kind_ = kind;
  last_roles_ = location.roles;
  last_replaces_ = editor_->edit(location, last_);
  if (!last_replaces_ || out_ == nullptr) return;
  out_->text_behind(in_.untapped(text.size() + 2), last_.head, last_.tail);
  in_.discard_untapped();
}

// What read_text() checks needs no check here: the text is that of the editor's answer but for a
// name that is found to be plain.
bool Splicer::repeat(const Field& f, std::string_view& text) {
  begin(f);
  const std::size_t n = in_.peek_u16();
  const std::size_t directory = last_.directory.size();
  if (n <= directory || n - directory + last_.head.size() > kMaxUtfBytes) return false;
  text = {reinterpret_cast<const char*>(in_.peek(n + 2).data()) + 2, n};
  const std::string_view name = text.substr(directory);
  if (!same_bytes(text.data(), last_.directory.data(), directory) || !is_plain_name(name)) {
    return false;
  }
  in_.pass(n + 2);
  ++repeats_;
  if (!last_replaces_ || out_ == nullptr) return true;
  out_->text_behind(in_.untapped(n + 2), last_.head, name);
  in_.discard_untapped();
  return true;
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
