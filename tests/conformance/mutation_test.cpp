// Identity is earned by the model, not by copied bytes: each field of each golden file made to hold
// everything is changed, one at a time, and must come back as exactly that change. What a dialect
// can't hold must be refused, never written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "golden.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/reflect.hpp"
#include "stateferry_test/equal.hpp"

namespace stateferry::test {
namespace {

/// What the encoder must do with a change.
enum class Expect {
  exact,    ///< write it
  refused,  ///< refuse it
  either,   ///< write it or refuse it, but not write something else
};

/// What was seen of a member over all files.
struct Seen {
  int exact = 0;
  int refused = 0;
};

/// Names of records for coverage; several share Flink's name.
template <class R>
std::string record_name() {
  return Members<R>::type;
}
template <>
std::string record_name<MergedChannelEntry<InputChannelInfo>>() {
  return "merged input entry";
}
template <>
std::string record_name<MergedChannelEntry<ResultSubpartitionInfo>>() {
  return "merged output entry";
}

/// Whether a member is a number that other parts of the record bind, so that one more may be wrong.
template <class R>
bool is_bound(const Field& f) {
  const std::string_view name = f.name;
  if (std::is_same_v<R, OperatorState>) return name != field::chain_length.name;
  return std::is_same_v<R, KeyGroupRange> ||
         (std::is_same_v<R, SubtaskEntry> && name == field::index.name) ||
         (std::is_same_v<R, SegmentFileStateHandle> && name == field::scope.name);
}

/// Whether a record's offsets are as many as its key groups.
template <class R>
inline constexpr bool kOffsetsAreBound =
    std::is_same_v<R, KeyGroupsStateHandle> || std::is_same_v<R, KeyGroupsSavepointStateHandle>;

class Mutations {
 public:
  Mutations(const Golden& golden, std::map<std::string, Seen>& seen)
      : golden_(golden),
        seen_(seen),
        original_(decode_file(*golden.codec, golden.dialect, golden.bytes, keep_)),
        root_(decode_file(*golden.codec, golden.dialect, golden.bytes, keep_)) {}

  void run() {
    record(root_);
    EXPECT_EQ(test::first_difference(original_, root_), std::nullopt)
        << "this test doesn't clean up";
    for (const auto& [what, example] : failures_) ADD_FAILURE() << what << ", first at " << example;
  }
  int attempts() const noexcept { return attempts_; }

 private:
  // ------------------------------------------------------------------------ the walk

  template <ModelRecord R>
  void record(R& r) {
    for_each_member(r, [&](const Field& f, auto& m) {
      using T = std::remove_cvref_t<decltype(m)>;
      const std::string what = record_name<R>() + "." + f.name;
      if constexpr (std::is_same_v<R, SubtaskEntry>) {
        // The state of a finished subtask has no place in the file.
        const bool of_entry = &f == &field::index || &f == &field::finished;
        if (r.finished ? !of_entry : &f == &field::finished) return;
      }
      if constexpr (kIsList<T> || kIsVariant<T>) {
        seen_[what];
        path_.push(f);
        path_.set_leaf(nullptr);
        nested(what, m);
        path_.pop();
      } else if constexpr (ModelRecord<T>) {
        path_.push(f);
        record(m);
        path_.pop();
      } else {
        seen_[what];
        path_.set_leaf(&f);
        leaf<R>(what, f, m);
      }
    });
  }
  template <class T>
  void nested(const std::string& what, List<T>& list) {
    change_list(what, list);
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      path_.set_index(i);
      path_.set_leaf(nullptr);
      if constexpr (kIsVariant<T>) {
        nested(what + "[]", list[i]);
      } else {
        record(list[i]);
      }
    }
  }
  template <class... T>
  void nested(const std::string& what, std::variant<T...>& variant) {
    (replace_by<T>(what, variant), ...);
    std::visit(
        [&](auto& h) {
          if constexpr (std::is_pointer_v<std::remove_reference_t<decltype(h)>>) {
            record(*h);
          } else {
            record(h);
          }
        },
        variant);
  }

  // ------------------------------------------------------------------------ one change

  template <class T>
  void change(const std::string& what, T& member, const T& value, Expect expect) {
    const T old = member;
    member = value;
    attempt(what, expect);
    member = old;
  }

  void attempt(const std::string& what, Expect expect) {
    ++attempts_;
    const Arena::Mark mark = scratch_.mark();
    const std::string path = path_.text();
    Seen& seen = seen_[what];
    try {
      const ByteVector bytes = encode_file(*golden_.codec, golden_.dialect, root_);
      ++seen.exact;
      if (expect == Expect::refused) fail(what + ": written, not refused", path);
      if (bytes == golden_.bytes) fail(what + ": the change is not in the file", path);
      const auto again = decode_file(*golden_.codec, golden_.dialect, bytes, scratch_);
      const auto place = test::first_difference(original_, again);
      if (place != path) {
        fail(what + ": comes back as a change of " + place.value_or("nothing"), path);
      }
      if (const auto other = test::first_difference(root_, again)) {
        fail(what + ": comes back with another change, of " + *other, path);
      }
      if (const auto other = compare(root_, bytes)) {
        fail(what + ": read back with another change, of " + *other, path);
      }
      if (!compare(original_, bytes)) fail(what + ": read back without the change", path);
    } catch (const CapabilityError& error) {
      ++seen.refused;
      const auto& place = error.diagnostic().place;
      if (expect == Expect::exact) fail(what + ": refused: " + error.what(), path);
      if (!place || place->model_path.empty()) fail(what + ": refused without a place", path);
    } catch (const FormatError& error) {
      fail(what + ": written, but can't be read: " + error.what(), path);
    }
    scratch_.release(mark);
  }

  // What reading back without a second tree says.
  std::optional<std::string> compare(const CheckpointMetadata& model, const ByteVector& file) {
    ByteReader in(file);
    in.take(kHeaderBytes);
    return golden_.codec->difference(model, golden_.dialect, in);
  }

  void fail(const std::string& what, const std::string& path) { failures_.emplace(what, path); }

  // ------------------------------------------------------------------------ leaves

  template <class R>
  void leaf(const std::string& what, const Field&, std::string_view& text) {
    const std::string old(text);
    const bool has_place = !std::is_same_v<R, OperatorState> || golden_.dialect.format_version >= 5;
    const Expect expect = has_place ? Expect::exact : Expect::refused;
    change<std::string_view>(what, text, old + "x", expect);
    // C0 80 is NUL; then U+00E9, and U+1F600 as two surrogates.
    change<std::string_view>(what, text, "\xC0\x80\xC3\xA9\xED\xA0\xBD\xED\xB8\x80", expect);
    if (!old.empty()) {
      change<std::string_view>(what, text, "", expect);
      change<std::string_view>(what, text, std::string(old.size(), old[0] == 't' ? 'u' : 't'),
                               expect);
    }
    // Long texts take their time; a few of each member will do.
    if (++long_texts_[what] > 3) return;
    const std::string longest(kMaxUtfBytes, 'l');
    change<std::string_view>(what, text, longest, expect);
    change<std::string_view>(what, text, longest + "l", Expect::refused);
  }
  template <class R, LocationKind K>
  void leaf(const std::string& what, const Field& f, LocationText<K>& location) {
    leaf<R>(what, f, location.text);
  }

  template <class R, class Number>
  requires std::is_integral_v<Number>
  void leaf(const std::string& what, const Field& f, Number& number) {
    using Limits = std::numeric_limits<Number>;
    if constexpr (std::is_same_v<Number, bool>) {
      const bool alone = std::is_same_v<R, FileMergingOperatorStreamStateHandle>;
      change(what, number, !number, alone ? Expect::exact : Expect::either);
    } else {
      const Number old = number;
      const Number more = old == Limits::max() ? old : static_cast<Number>(old + 1);
      const Number less = old == Limits::min() ? old : static_cast<Number>(old - 1);
      change(what, number, more, is_bound<R>(f) ? Expect::either : Expect::exact);
      for (const Number other :
           {less, Number{0}, Number{-1}, Number{-2}, Limits::min(), Limits::max()}) {
        if (other != old) change(what, number, other, Expect::either);
      }
    }
  }
  template <class R>
  void leaf(const std::string& what, const Field&, OperatorId& id) {
    for (const std::size_t at : {0U, 7U, 8U, 15U}) {
      OperatorId other = id;
      other.bytes[at] ^= std::byte{0x80};
      change(what, id, other, Expect::exact);
    }
  }
  template <class R>
  void leaf(const std::string& what, const Field&, OperatorStateMode& mode) {
    for (const auto other : {OperatorStateMode::split_distribute, OperatorStateMode::union_list,
                             OperatorStateMode::broadcast}) {
      if (other != mode) change(what, mode, other, Expect::exact);
    }
    change(what, mode, static_cast<OperatorStateMode>(3), Expect::refused);
  }

  template <class R>
  void leaf(const std::string& what, const Field&, Bytes& bytes) {
    static const ByteVector kNullObject = hex("ACED0005 70");
    static const ByteVector kOtherObject = hex("ACED0005 74 0003 616263");
    if constexpr (std::is_same_v<R, CheckpointMetadata>) {
      const bool here = !bytes.empty();
      const Expect expect = here ? Expect::exact : Expect::refused;
      if (bytes.size() != kNullObject.size()) change(what, bytes, Bytes(kNullObject), expect);
      change(what, bytes, Bytes(kOtherObject), expect);
      if (here) change(what, bytes, Bytes(), Expect::refused);
      return;
    }
    ByteVector longer(bytes.begin(), bytes.end());
    longer.push_back(std::byte{0x2A});
    change(what, bytes, Bytes(longer), Expect::exact);
    if (bytes.empty()) return;
    longer.pop_back();
    longer.front() ^= std::byte{0xFF};
    change(what, bytes, Bytes(longer), Expect::exact);
    change(what, bytes, Bytes(), Expect::exact);
  }
  template <class R>
  void leaf(const std::string& what, const Field&, I64Array& array) {
    const ByteVector old(array.bytes().begin(), array.bytes().end());
    const Expect resized = kOffsetsAreBound<R> ? Expect::refused : Expect::exact;
    ByteVector more = old;
    more.insert(more.end(), 8, std::byte{0x11});
    change(what, array, I64Array(more), resized);
    const std::uint32_t n = array.size();
    if (n == 0) return;
    change(what, array, I64Array(Bytes(old).first(old.size() - 8)), resized);
    // Each offset of short arrays, some of long ones.
    const std::uint32_t step = n <= 16 ? 1 : n / 4;
    for (std::uint32_t i = 0; i < n; i += step) {
      ByteVector other = old;
      other[i * 8 + 7] ^= std::byte{0x01};
      change(what, array, I64Array(other), Expect::either);
      other = old;
      other[i * 8] = std::byte{0x7F};
      change(what, array, I64Array(other), Expect::exact);
    }
    ByteVector negative = old;
    for (const int value : {0xFE, 0x80}) {
      negative[0] = static_cast<std::byte>(value);
      change(what, array, I64Array(negative), Expect::either);
    }
  }

  // None of these dialects has an extra field.
  template <class R>
  void leaf(const std::string& what, const Field&, Extras& extras) {
    Extras one;
    one.emplace_back(elements_).field = &field::extras;
    change(what, extras, one, Expect::refused);
  }

  template <class R, class T>
  void leaf(const std::string& what, const Field& f, std::optional<T>& value) {
    if (value) {
      // The value alone; the optional around it stays.
      leaf<R>(what, f, *value);
      change(what, value, std::optional<T>(), Expect::either);
    } else {
      change(what, value, std::optional<T>(T{}), Expect::either);
    }
  }

  // ------------------------------------------------------------------------ lists and variants

  template <class T>
  void change_list(const std::string& what, List<T>& list) {
    const Arena::Mark mark = elements_.mark();
    for (std::uint32_t removed = 0; removed < list.size(); ++removed) {
      List<T> fewer;
      for (std::uint32_t i = 0; i < list.size(); ++i) {
        if (i != removed) fewer.push_back(elements_, list[i]);
      }
      change(what, list, fewer, Expect::exact);
    }
    List<T> more;
    for (const T& element : list) more.push_back(elements_, element);
    more.emplace_back(elements_);
    change(what, list, more, Expect::either);
    if (!list.empty()) {
      more.back() = list.back();
      change(what, list, more, Expect::either);
    }
    elements_.release(mark);
  }

  template <class T, class Variant>
  void replace_by(const std::string& what, Variant& variant) {
    if (std::holds_alternative<T>(variant)) return;
    std::remove_pointer_t<T> fresh{};
    make_whole(fresh);
    if constexpr (std::is_pointer_v<T>) {
      change(what, variant, Variant(T{&fresh}), Expect::either);
    } else {
      change(what, variant, Variant(fresh), Expect::either);
    }
  }
  // What a handle can't be without.
  template <class T>
  void make_whole(T& handle) const {
    if constexpr (std::is_same_v<T, FileMergingOperatorStreamStateHandle>) {
      handle.delegate = EmptySegmentFileStateHandle{};
    } else if constexpr (requires { handle.delegate; }) {
      handle.delegate = FileStateHandle{};
    }
    if constexpr (requires { handle.subtask_index.emplace(); }) {
      if (golden_.dialect != Dialect{3, {1, 11}}) handle.subtask_index = 0;
    }
  }

  const Golden& golden_;
  std::map<std::string, Seen>& seen_;
  Arena keep_;
  Arena scratch_;
  Arena elements_;
  CheckpointMetadata original_;
  CheckpointMetadata root_;
  ModelPath path_;
  int attempts_ = 0;
  std::map<std::string, int> long_texts_;
  std::map<std::string, std::string> failures_;  // what, and the first place of it
};

/// Every record that has members.
using Records =
    std::tuple<CheckpointMetadata, MasterState, OperatorState, SubtaskEntry, OperatorSubtaskState,
               KeyGroupRange, ByteStreamStateHandle, FileStateHandle, RelativeFileStateHandle,
               SegmentFileStateHandle, KeyGroupsStateHandle, KeyGroupsSavepointStateHandle,
               HandleAndLocalPath, IncrementalRemoteKeyedStateHandle, StateChange,
               InMemoryChangelogStateHandle, ChangelogFile, ChangelogStreamStateHandle,
               ChangelogStateBackendHandle, OperatorStateMetaInfo, OperatorStreamStateHandle,
               FileMergingOperatorStreamStateHandle, InputChannelInfo, ResultSubpartitionInfo,
               ChannelStateHandle<InputChannelInfo>, ChannelStateHandle<ResultSubpartitionInfo>,
               MergedChannelStateHandle<InputChannelInfo>,
               MergedChannelStateHandle<ResultSubpartitionInfo>,
               MergedChannelEntry<InputChannelInfo>, MergedChannelEntry<ResultSubpartitionInfo>>;

template <class R>
void expect_all_members(const std::map<std::string, Seen>& seen) {
  R record{};
  for_each_member(record, [&](const Field& f, const auto& m) {
    using T = std::remove_cvref_t<decltype(m)>;
    if constexpr (ModelRecord<T> || std::is_same_v<T, Extras>) return;
    const auto found = seen.find(record_name<R>() + "." + f.name);
    EXPECT_TRUE(found != seen.end() && found->second.exact > 0)
        << record_name<R>() << "." << f.name << " was never changed";
  });
}

TEST(Mutations, OfEachFieldComeBackExactly) {
  std::map<std::string, Seen> seen;
  int attempts = 0;
  for (const Golden& golden : handmade_files()) {
    SCOPED_TRACE(golden.name());
    Mutations mutations(golden, seen);
    mutations.run();
    attempts += mutations.attempts();
  }
  RecordProperty("attempts", attempts);
  int written = 0;
  for (const auto& [member, counts] : seen) {
    written += counts.exact;
    RecordProperty(member, std::to_string(counts.exact) + " written, " +
                               std::to_string(counts.refused) + " refused");
  }
  RecordProperty("written", written);
  std::apply(
      [&](const auto&... r) { (expect_all_members<std::remove_cvref_t<decltype(r)>>(seen), ...); },
      Records());
}

}  // namespace
}  // namespace stateferry::test
