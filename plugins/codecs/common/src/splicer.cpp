#include "stateferry/codecs/splicer.hpp"

#include <algorithm>
#include <array>

namespace stateferry::codecs {

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
  answers_.tell(*editor_);
  const Location place = here(LocationKind::bytes, {});
  const auto found = [&](const FoundUri& uri) { editor_->inline_uri(place, uri); };
  while (n > 0) {
    const Bytes piece = in_.take_some(n);
    uris_.feed(piece, found);
    n -= piece.size();
  }
  uris_.finish(found);
}

void Splicer::stop_in_doubt() {
  if (guess_ == nullptr || !guess_->stops) return;
  guess_->stopped = true;
  fail("which body of this version the file has is in doubt");
}

void Splicer::edit(LocationKind kind, std::string_view text) {
  const Location location = here(kind, text);
  answers_.tell(*editor_);
  DirectoryAnswer answer{{}, kind, location.roles, false, 0};
  answer.replaces = editor_->edit(location, answer.text);
  answers_.add(answer);
  if (!answer.replaces || out_ == nullptr) return;
  const Replacement& text_now = answer.text;
  out_->text_behind(in_.untapped(text.size() + 2), text_now.head, text_now.tail);
  in_.discard_untapped();
}

// A location is a record of one text. What read_text() checks needs no check here: the text is that
// of the editor's answer but for a name that is found to be plain.
bool Splicer::repeat(const Field& f, LocationKind kind, std::string_view& text) {
  DirectoryAnswer* const answer = answers_.find(kind, path_.roles());
  if (answer == nullptr) return false;
  begin(f);
  in_.peek(in_.peek_u16() + std::size_t{2});
  CourseTaken record;
  if (take_records(Course::kLocationAlone, *answer, {&record, 1}) == 0) return false;
  text = {record.location + 2, static_cast<std::size_t>(record.end - record.location) - 2};
  return true;
}

// Passes as many records as there are that take `course`, at most those that `records` has room
// for.
std::size_t Splicer::take_records(const Course& course, DirectoryAnswer& answer,
                                  std::span<CourseTaken> records) {
  const Bytes bytes = in_.buffered();
  const auto* const at = reinterpret_cast<const char*>(bytes.data());
  const std::size_t taken = kernels_.take(course, at, at + bytes.size(), answer.text.directory,
                                          answer.longest(), records);
  if (taken == 0) return 0;
  pass_records(records.first(taken), at, answer);
  answer.repeats += taken;
  return taken;
}

std::int32_t Splicer::pass_run(std::int32_t most) {
  if (editor_ == nullptr || !course_.serves(path_.roles())) return 0;
  DirectoryAnswer* const answer = answers_.find(course_.kind(), course_.location_roles());
  if (answer == nullptr) return 0;
  std::array<CourseTaken, 32> records;
  std::int32_t n = 0;
  while (n < most) {
    const auto room = std::min(records.size(), static_cast<std::size_t>(most - n));
    const std::size_t taken = take_records(course_, *answer, std::span(records).first(room));
    n += static_cast<std::int32_t>(taken);
    if (taken < room) break;
  }
  return n;
}

// `records` stand at `at`, where the reader is.
void Splicer::pass_records(std::span<const CourseTaken> records, const char* at,
                           const DirectoryAnswer& answer) {
  const char* const end = records.back().end;
  if (!answer.replaces || out_ == nullptr) {
    in_.pass(static_cast<std::size_t>(end - at));
    return;
  }
  const std::string_view head = answer.text.head;
  const char* untapped = at - in_.untapped(0).size();
  std::byte* to = out_->room();
  for (;;) {
    records = records.subspan(
        kernels_.put(records, untapped, head, ByteWriter::kShort, to, out_->full()));
    if (records.empty()) break;
    out_->advance(to);
    const auto n = static_cast<std::size_t>(records.front().location - untapped);
    out_->text_begin(std::as_bytes(std::span(untapped, n)), head, records.front().name_bytes);
    untapped = records.front().name;
    records = records.subspan(1);
    to = out_->room();
  }
  out_->advance(to);
  in_.pass(static_cast<std::size_t>(end - at));
  in_.discard_untapped(static_cast<std::size_t>(end - untapped));
}

}  // namespace stateferry::codecs
