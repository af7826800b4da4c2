// The splicing archive: reads and checks everything, keeps only the record in hand, and lets a
// LocationEditor replace locations on the way. All other bytes pass from the reader to the writer
// untouched, in constant memory.
#pragma once

#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/codecs/course.hpp"
#include "stateferry/codecs/directory_answers.hpp"
#include "stateferry/codecs/read_archive.hpp"
#include "stateferry/codecs/run_kernels.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/plugin/codec.hpp"
#include "stateferry/uri/uri_scanner.hpp"

namespace stateferry::codecs {

/// Records whose lists are long and mostly of one kind: such runs pass by their course. One
/// function of the grammar reads them, whatever list they stand in.
template <class Record>
inline constexpr bool kComesInRuns = std::is_same_v<Record, HandleAndLocalPath>;

/// See the head of this file. Everything is borrowed for the archive's life. Without `out` nothing
/// is written: the pass then only checks and shows the locations.
class Splicer : public ReadArchive {
 public:
  Splicer(ByteReader& in, LocationEditor* editor, ByteWriter* out, BodyGuess* guess = nullptr)
      : ReadArchive(in),
        editor_(editor),
        out_(out),
        guess_(guess),
        wants_uris_(editor != nullptr && editor->wants_inline_uris()) {
    in_.set_tap(out);
  }
  ~Splicer() { in_.set_tap(nullptr); }
  Splicer(const Splicer&) = delete;
  Splicer& operator=(const Splicer&) = delete;

  /// Passes on what is still in the reader's window. Call at the end of the body.
  void finish() {
    if (editor_ != nullptr) answers_.tell(*editor_);
    in_.flush_tap();
  }

  [[gnu::always_inline]] void i64(const Field& f, std::int64_t& value) {
    ReadArchive::i64(f, value);
    if (course_.recording()) course_.i64();
  }
  void note_keyed(HandleTag tag) {
    ReadArchive::note_keyed(tag);
    if ((tag_bit(tag) & kChangelogTags) != 0) stop_in_doubt();
  }
  void note_channel() {
    ReadArchive::note_channel();
    stop_in_doubt();
  }
  void note_least(std::int64_t least) noexcept {
    if (course_.recording()) course_.at_least(least);
  }
  template <class TagOf, class F>
  [[gnu::always_inline]] void choose(TagSet legal, const char* what, TagOf&& tag_of, F&& body) {
    const HandleTag read = tag(legal, what, tag_of);
    if (course_.recording()) course_.tag(static_cast<std::uint8_t>(read));
    body(read);
  }
  /// Over a feed the text dies with the next read.
  void text(const Field& f, std::string_view& value) {
    value = read_text(f);
    if (course_.recording()) course_.text(value.size());
  }
  void kept_text(const Field& f, std::string_view& value) {
    value = read_text(f);
    if (!in_.in_memory()) value = scratch_.intern(value);
  }
  template <LocationKind K>
  void location(const Field& f, LocationText<K>& value) {
    if (editor_ == nullptr || !repeat(f, K, value.text)) {
      value.text = read_text(f);
      if (editor_ != nullptr) edit(K, value.text);
    }
    if (course_.recording()) {
      course_.location(K, value.text.size());
      location_roles_ = path_.roles();
    }
  }
  void blob(const Field& f, Bytes&) {
    const std::uint32_t n = length(f);
    if (wants_uris_) {
      look_for_uris(n);
    } else {
      skip(n);
    }
  }
  void i64s(const Field& f, I64Array&, std::int32_t n, std::int64_t least) {
    begin(f);
    in_.expect_remaining(static_cast<std::uint64_t>(n) * 8, "a list of offsets");
    for (std::int32_t left = n; left > 0;) {
      const std::int32_t piece = left < kPiece ? left : kPiece;
      at_ = in_.offset();
      check_i64s(in_.take(static_cast<std::size_t>(piece) * 8), least);
      left -= piece;
    }
  }
  void i64_list(const Field& f, I64Array& value, std::int64_t least) {
    i64s(f, value, count(f, 8), least);
  }
  void rest(const Field& f, Bytes& value);

  template <class T, class Variant>
  T& as_pointer(Variant& handle) {
    return *(handle = scratch_.make<T>(), std::get<T*>(handle));
  }

  template <class T, class F>
  void list(const Field& f, List<T>& list, std::uint32_t least, F&& each) {
    elements(f, list, count(f, least), least, each);
  }
  template <class T, class F>
  void elements(const Field& f, List<T>&, std::int32_t n, std::uint32_t least, F&& each) {
    check_count(n, least);
    push(f);
    const Arena::Mark mark = scratch_.mark();
    for (std::int32_t i = 0; i < n; ++i) {
      if constexpr (kComesInRuns<T>) {
        i += pass_run(n - i);
        if (i == n) break;
        course_.begin(in_.offset());
      }
      path_.set_index(static_cast<std::uint32_t>(i));
      T element{};
      each(element);
      if constexpr (kComesInRuns<T>) course_.finish(in_.offset(), location_roles_, path_.roles());
      if (scratch_.bytes_used() != mark.used) scratch_.release(mark);
    }
    path_.pop();
  }
  template <class T, class F>
  void present(const Field& f, List<T>& list, std::uint32_t least, F&& each) {
    begin(f);
    const std::int32_t n = in_.i32();
    check(n == 0 || n == 1, "a presence marker is neither 0 nor 1");
    elements(f, list, n, least, each);
  }

  void extras(std::span<const ExtraField> fields, ExtendedRecord record, Extras&) {
    for (const ExtraField& f : fields) {
      if (f.record == record) read_extra(f);
    }
  }

  void enter_operator(const OperatorState& op) {
    if (editor_ == nullptr) return;
    key_ = OperatorKey{operator_index_, op.id, op.uid, op.name};
    in_operator_ = true;
    answers_.tell(*editor_);
    answers_.clear();
    editor_->enter_operator(key_);
  }
  void leave_operator() noexcept {
    in_operator_ = false;
    ++operator_index_;
  }
  void enter_states() noexcept { state_names_.clear(); }
  void note_state(std::string_view name) {
    if (editor_ == nullptr) return;
    states_text_.push_back(std::string(name));
    states_noted_ = true;
  }
  void leave_states() noexcept {
    states_text_.clear();
    state_names_.clear();
    states_noted_ = false;
  }

 private:
  static constexpr std::int32_t kPiece = 8192;  // i64 values per view

  void skip(std::uint64_t n) {
    while (n > 0) n -= in_.take_some(n).size();
  }
  void edit(LocationKind kind, std::string_view text);
  void look_for_uris(std::uint64_t n);
  // The place in hand, for a location of this kind.
  Location here(LocationKind kind, std::string_view text);

  // Passes a location for which an answer of the editor stands.
  bool repeat(const Field& f, LocationKind kind, std::string_view& text);
  // Passes up to `most` records like the one before; returns how many.
  std::int32_t pass_run(std::int32_t most);
  std::size_t take_records(const Course& course, DirectoryAnswer& answer,
                           std::span<CourseTaken> records);
  void pass_records(std::span<const CourseTaken> records, const char* at,
                    const DirectoryAnswer& answer);

  // What follows is read in another way by another body.
  void stop_in_doubt();

  LocationEditor* editor_;
  ByteWriter* out_;
  BodyGuess* guess_;
  const bool wants_uris_;
  UriScanner uris_;
  Arena scratch_;
  bool in_operator_ = false;
  std::uint32_t operator_index_ = 0;
  OperatorKey key_;
  std::vector<std::string> states_text_;
  std::vector<std::string_view> state_names_;  // views of the texts, as of the last edit
  bool states_noted_ = false;                  // the texts are more than the views
  std::vector<std::byte> rest_;

  const RunKernels& kernels_ = best_kernels();
  DirectoryAnswers answers_;
  Course course_;  // of records that come in runs
  Role location_roles_ = Role::none;
};

}  // namespace stateferry::codecs
