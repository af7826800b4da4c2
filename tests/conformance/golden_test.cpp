// What must hold of each golden file as it is: identity, dump, round trip, locations, dialect.
#include "golden.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/part_reader.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry_test/equal.hpp"

namespace stateferry::test {
namespace {

namespace fs = std::filesystem;

/// All golden files of one format version.
class GoldenFiles : public testing::TestWithParam<std::int32_t> {
 protected:
  template <class F>
  void for_each(F&& check) {
    const auto files = golden_files(GetParam());
    EXPECT_FALSE(files.empty()) << "a codec without golden files is not tested";
    for (const Golden& golden : files) {
      SCOPED_TRACE(golden.file.string());
      try {
        check(golden);
      } catch (const Error& error) {
        ADD_FAILURE() << render(error.diagnostic());
      }
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Codec, GoldenFiles, testing::ValuesIn(tested_versions()),
                         [](const auto& version) { return "v" + std::to_string(version.param); });

// EXPECT_EQ would print both files.
bool same_bytes(const ByteVector& a, const ByteVector& b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() && y == b.end()) return true;
  ADD_FAILURE() << "the bytes differ from offset " << x - a.begin() << " on, sizes are " << a.size()
                << " and " << b.size();
  return false;
}

std::string dump(const CheckpointMetadata& root, const Dialect& dialect) {
  std::string text;
  dump_json(root, dialect, {}, [&](std::string_view piece) { text += piece; });
  return text;
}

TEST_P(GoldenFiles, ComeBackFromTheTreeByteForByte) {
  for_each([](const Golden& golden) {
    Arena arena;
    const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    same_bytes(encode_file(*golden.codec, golden.dialect, root), golden.bytes);
  });
}

TEST_P(GoldenFiles, ComeBackFromTheSpliceByteForByte) {
  for_each([](const Golden& golden) {
    RecordingEditor editor;
    ByteReader in(golden.bytes);
    same_bytes(splice_file(*golden.codec, golden.dialect, in, editor), golden.bytes);
    EXPECT_TRUE(in.at_end());
  });
}

TEST_P(GoldenFiles, ComeBackFromASpliceOfSmallPieces) {
  for_each([](const Golden& golden) {
    for (const bool size_is_known : {true, false}) {
      TinyFeed feed(golden.bytes);
      RecordingEditor editor;
      ByteReader in(
          feed, size_is_known ? std::optional<std::uint64_t>(golden.bytes.size()) : std::nullopt);
      same_bytes(splice_file(*golden.codec, golden.dialect, in, editor), golden.bytes);
    }
  });
}

TEST_P(GoldenFiles, DecodeToTheSameModelAgain) {
  for_each([](const Golden& golden) {
    Arena arena;
    const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    const ByteVector encoded = encode_file(*golden.codec, golden.dialect, root);
    const auto again = decode_file(*golden.codec, golden.dialect, encoded, arena);
    EXPECT_EQ(test::first_difference(root, again), std::nullopt);
  });
}

TEST_P(GoldenFiles, AgreeWithTheirModelWhenReadBack) {
  for_each([](const Golden& golden) {
    Arena arena;
    const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    TinyFeed feed(golden.bytes);
    ByteReader in(feed, golden.bytes.size());
    in.take(kHeaderBytes);
    EXPECT_EQ(golden.codec->difference(root, golden.dialect, in), std::nullopt);
  });
}

TEST_P(GoldenFiles, DumpAsTheirGoldenDump) {
  for_each([](const Golden& golden) {
    Arena arena;
    const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    if (!golden.has_dump) return;
    fs::path expected = golden.file;
    expected.replace_extension(".json");
    const std::string actual = dump(root, golden.dialect);
    if (update_golden()) return write_file(expected, actual);
    ASSERT_TRUE(fs::exists(expected)) << "make it with STATEFERRY_UPDATE_GOLDEN=1";
    EXPECT_TRUE(actual == read_text_file(expected))
        << "differs from " << expected << "; if that is meant, run with STATEFERRY_UPDATE_GOLDEN=1 "
        << "and look at the change";
  });
}

TEST_P(GoldenFiles, ShowTheSameLocationsToSpliceAndWalk) {
  for_each([](const Golden& golden) {
    Arena arena;
    auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    const auto walked = walk_and_record(root, arena);
    RecordingEditor whole;
    ByteReader memory(golden.bytes);
    splice_file(*golden.codec, golden.dialect, memory, whole);
    EXPECT_EQ(whole.lines, walked);
    RecordingEditor pieces;
    TinyFeed feed(golden.bytes);
    ByteReader in(feed, golden.bytes.size());
    splice_file(*golden.codec, golden.dialect, in, pieces);
    EXPECT_EQ(pieces.lines, walked);
  });
}

TEST_P(GoldenFiles, ReplacedTextsComeOutAlikeFromSpliceAndTree) {
  const std::map<std::string, RecordingEditor::Replace> replacements = {
      {"longer",
       [](const Location& l) { return "s3://new-bucket/" + std::string(l.text) + "\xC3\xA9"; }},
      {"shorter", [](const Location& l) { return std::string(l.text.substr(l.text.size() / 2)); }},
      {"empty", [](const Location&) { return std::string(); }},
      {"some",
       [](const Location& l) {
         return l.path->text().size() % 2 == 0 ? "x" + std::string(l.text) : std::string(l.text);
       }},
  };
  for_each([&](const Golden& golden) {
    for (const auto& [what, replace] : replacements) {
      SCOPED_TRACE(what);
      Arena arena;
      auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
      walk_and_record(root, arena, replace);
      const ByteVector expected = encode_file(*golden.codec, golden.dialect, root);

      RecordingEditor editor(replace);
      ByteReader memory(golden.bytes);
      same_bytes(splice_file(*golden.codec, golden.dialect, memory, editor), expected);
      RecordingEditor again(replace);
      TinyFeed feed(golden.bytes);
      ByteReader in(feed, golden.bytes.size());
      same_bytes(splice_file(*golden.codec, golden.dialect, in, again), expected);
    }
  });
}

// Moves the directory of each location, and says that this holds of the whole directory.
class DirectoryEditor final : public LocationEditor {
 public:
  explicit DirectoryEditor(bool whole) : whole_(whole) {}
  bool edit(const Location& location, Replacement& replacement) override {
    ++asked;
    const std::size_t name = location.text.rfind('/') + 1;
    directory_ = location.text.substr(0, name);
    head_ = "s3://new-bucket/" + directory_;
    if (whole_ && is_ascii(directory_)) replacement.directory = directory_;
    replacement.head = head_;
    replacement.tail = location.text.substr(name);
    return name > 0;
  }
  void repeated(std::string_view directory, std::uint64_t n) override {
    EXPECT_EQ(directory, directory_);
    told += n;
  }

  std::uint64_t asked = 0;
  std::uint64_t told = 0;

 private:
  bool whole_;
  std::string directory_;
  std::string head_;
};

TEST_P(GoldenFiles, AnAnswerForADirectoryStandsForTheFilesInIt) {
  std::uint64_t told = 0;
  for_each([&](const Golden& golden) {
    DirectoryEditor each(false);
    ByteReader memory(golden.bytes);
    const ByteVector expected = splice_file(*golden.codec, golden.dialect, memory, each);
    EXPECT_EQ(each.told, 0U);

    DirectoryEditor whole(true);
    ByteReader again(golden.bytes);
    same_bytes(splice_file(*golden.codec, golden.dialect, again, whole), expected);
    EXPECT_EQ(whole.asked + whole.told, each.asked);
    DirectoryEditor pieces(true);
    TinyFeed feed(golden.bytes);
    ByteReader in(feed, golden.bytes.size());
    same_bytes(splice_file(*golden.codec, golden.dialect, in, pieces), expected);
    EXPECT_EQ(pieces.told, whole.told);
    told += whole.told;
  });
  // The files of version 1 have no two files of one role in one directory.
  if (GetParam() > 1) {
    EXPECT_GT(told, 0U);
  }
}

// The longest texts cross the ends of the reader's window and the writer's buffer.
TEST_P(GoldenFiles, TakeTextsOfTheGreatestLength) {
  for_each([&](const Golden& golden) {
    if (!golden.made_by_hand()) return;
    const auto longest = [](const Location& l) {
      std::string text(l.text);
      text.resize(kMaxUtfBytes, 'x');
      return text;
    };
    Arena arena;
    auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    const auto shown = walk_and_record(root, arena, longest);
    const ByteVector expected = encode_file(*golden.codec, golden.dialect, root);
    RecordingEditor editor(longest);
    ByteReader in(golden.bytes);
    same_bytes(splice_file(*golden.codec, golden.dialect, in, editor), expected);

    // And back, through a window that they fill.
    RecordingEditor shrink([](const Location&) { return std::string("y"); });
    RecordingEditor shrink_pieces([](const Location&) { return std::string("y"); });
    ByteReader memory(expected);
    TinyFeed feed(expected);
    ByteReader pieces(feed, expected.size());
    const ByteVector small = splice_file(*golden.codec, golden.dialect, memory, shrink);
    same_bytes(splice_file(*golden.codec, golden.dialect, pieces, shrink_pieces), small);
    EXPECT_EQ(shrink.lines.size(), shown.size());
    EXPECT_EQ(shrink.lines, shrink_pieces.lines);
  });
}

TEST_P(GoldenFiles, SayTheSameKindOfSnapshotEitherWay) {
  for_each([](const Golden& golden) {
    Arena arena;
    const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    RecordingEditor editor;
    ByteReader in(golden.bytes);
    in.take(kHeaderBytes);
    const auto sink = discarding_sink();
    ByteWriter out(*sink);
    const SnapshotKind spliced = golden.codec->splice(in, golden.dialect, editor, out, nullptr);
    const SnapshotKind decoded = snapshot_kind(root.properties);
    EXPECT_EQ(spliced.type, decoded.type);
    EXPECT_EQ(spliced.name, decoded.name);
    EXPECT_EQ(spliced.format, decoded.format);
    // Since V4 a file says what it is, and the jobs' files are named for it.
    if (root.properties.size() <= 5 || golden.made_by_hand()) return;
    if (golden.file.extension() != ".bin") return;
    const bool savepoint = golden.name().find("savepoint") != std::string::npos;
    EXPECT_EQ(snapshot_type_name(decoded.type), savepoint ? "savepoint" : "checkpoint");
    if (savepoint) {
      const bool native = golden.name().find("native") != std::string::npos;
      EXPECT_EQ(decoded.format, native ? "NATIVE" : "CANONICAL");
    }
  });
}

// ---------------------------------------------------------------------------- dialects

// The body of 1.12 and 1.13 is that of 1.15 but for tags that they don't have, so their files go by
// its name; where all three bodies are alike, so does every file.
TEST(DialectsOfVersion3, AreToldApart) {
  const std::map<std::string, FlinkRelease> expected = {
      {"ckpt-heap-chk1.v3-1.13.6.bin", {1, 15}}, {"ckpt-heap-chk2.v3-1.13.6.bin", {1, 15}},
      {"generated-all.v3-1.11.6.bin", {1, 11}},  {"generated-all.v3-1.13.6.bin", {1, 15}},
      {"generated-all.v3-1.14.6.bin", {1, 14}},  {"heap-inline-savepoint.v3-1.13.6.bin", {1, 15}},
      {"heap-savepoint.v3-1.13.6.bin", {1, 15}}, {"inc-chk1.v3-1.13.6.bin", {1, 15}},
      {"inc-chk2.v3-1.13.6.bin", {1, 15}},       {"rocksdb-savepoint.v3-1.13.6.bin", {1, 15}},
      {"unaligned-chk1.v3-1.13.6.bin", {1, 15}},
  };
  std::map<std::string, FlinkRelease> found;
  for (const Golden& golden : golden_files(3)) {
    if (golden.file.extension() == ".bin") found[golden.name()] = golden.dialect.release;
  }
  EXPECT_EQ(found, expected);
}

TEST(DialectsOfVersion3, OnlyTheRightBodyFits) {
  const auto fits = [](const Golden& golden, FlinkRelease release) {
    Arena arena;
    try {
      decode_file(*golden.codec, {3, release}, golden.bytes, arena);
      return true;
    } catch (const FormatError&) {
      return false;
    }
  };
  for (const Golden& golden : golden_files(3)) {
    if (!golden.name().starts_with("generated")) continue;
    SCOPED_TRACE(golden.name());
    const bool is_1_11 = golden.dialect.release == FlinkRelease{1, 11};
    const bool is_1_14 = golden.dialect.release == FlinkRelease{1, 14};
    EXPECT_EQ(fits(golden, {1, 11}), is_1_11);
    EXPECT_EQ(fits(golden, {1, 12}), !is_1_11 && !is_1_14);
    EXPECT_EQ(fits(golden, {1, 15}), !is_1_11 && !is_1_14);
    EXPECT_EQ(fits(golden, {1, 14}), !is_1_11);
  }
}

// Of 1.14, and read as 1.15 without an error: the two bytes in front of the raw keyed handle are
// the length of an id there, which swallows the handle up to the last byte of its inline state.
TEST(DialectsOfVersion3, OneThatItsReleaseCantHaveWrittenIsDropped) {
  constexpr std::size_t kIdOf115 = 0x300;  // the tag of key groups, and a zero
  const std::string name(127, 'n');
  // Range, delegate's tag, the lengths of name and state; the last byte ends the id.
  ByteVector state(kIdOf115 - (3 + 4) - 1 - (2 + name.size()) - 4 + 1, std::byte{'s'});
  state.back() = std::byte{0};
  Arena arena;
  KeyGroupsStateHandle groups;
  groups.delegate = ByteStreamStateHandle{{name}, state};
  OperatorState op;
  op.parallelism = 2;
  op.max_parallelism = 2;
  SubtaskEntry subtask;
  subtask.state.managed_keyed = InMemoryChangelogStateHandle{};
  subtask.state.raw_keyed = groups;
  op.subtasks.push_back(arena, subtask);
  SubtaskEntry other;
  other.index = 1;
  other.state.managed_keyed = groups;
  op.subtasks.push_back(arena, other);
  CheckpointMetadata model;
  model.operators.push_back(arena, op);

  const auto codec = codecs().codec_for(3);
  const ByteVector file = encode_file(*codec, {3, {1, 14}}, model);
  const auto as_1_15 = decode_file(*codec, {3, {1, 15}}, file, arena);
  ASSERT_TRUE(std::holds_alternative<NoHandle>(as_1_15.operators[0].subtasks[0].state.raw_keyed));
  EXPECT_EQ(codec->identify(*memory_source(file, "fits two bodies")).release,
            (FlinkRelease{1, 14}));
  // Also where a walk by the newest body has ended well.
  DiagnosticList problems;
  EXPECT_EQ(decode_document(memory_source(file, "in"), codecs(), problems).source_dialect().release,
            (FlinkRelease{1, 14}));
  const auto source = memory_source(file, "in");
  const auto nowhere = discarding_sink();
  const RunReport report = Pipeline().run(*source, *nowhere, codecs(), RunOptions(), problems);
  EXPECT_EQ(report.dialect.release, (FlinkRelease{1, 14}));
}

// An empty snapshot of each release that is known, and of each dialect.
TEST(Dialects, OfEveryReleaseHaveACodec) {
  for (const ReleaseInfo& release : all_releases()) {
    SCOPED_TRACE(to_string(release.release));
    const DialectInfo* writes = codecs().dialects().written_by(release.release);
    ASSERT_NE(writes, nullptr);
    EXPECT_EQ(codecs().dialects().newest_read_by(release.release), writes)
        << "every release reads what it writes, and nothing newer";
    EXPECT_FALSE(writes->experimental);
  }
}

TEST(Dialects, HoldAnEmptySnapshot) {
  static const ByteVector kNullObject = hex("ACED0005 70");
  for (const DialectInfo& info : codecs().dialects().all()) {
    SCOPED_TRACE(to_string(info.dialect));
    const auto codec = codecs().codec_for(info.dialect.format_version);
    CheckpointMetadata model;
    if (info.has(BodyPart::properties)) model.properties = kNullObject;
    const ByteVector file = encode_file(*codec, info.dialect, model);
    Arena arena;
    EXPECT_EQ(test::first_difference(decode_file(*codec, info.dialect, file, arena), model),
              std::nullopt);
    EXPECT_EQ(codec->experimental(), info.experimental);
    EXPECT_EQ(info.experimental, info.written_by.empty());
  }
}

/// What bodies hold, written down a second time from the format's description.
TEST(Dialects, HaveTheseParts) {
  using P = BodyPart;
  const P v3 = P::master_states | P::coordinator | P::channel_state;
  const P v3_12 = v3 | P::finished_markers | P::channel_subtask;
  const P v4 = v3_12 | P::full_changelog | P::properties;
  const P v6 = v4 | P::operator_names | P::merged_channels;
  const std::pair<Dialect, P> kParts[] = {
      {{1, {1, 2}}, P::chains | P::durations | P::chain_length},
      {{2, {1, 3}}, P::master_states | P::durations | P::chain_length | P::full_changelog},
      {{3, {1, 11}}, v3},
      {{3, {1, 12}}, v3_12 | P::full_changelog},
      {{3, {1, 14}}, v3_12},
      {{3, {1, 15}}, v3_12 | P::full_changelog},
      {{4, {1, 16}}, v4},
      {{5, {2, 0}}, v4 | P::operator_names},
      {{6, {2, 1}}, v6},
      {{7, {2, 4}}, v6 | P::ref_checkpoint_id},
  };
  for (const auto& [dialect, parts] : kParts) {
    const DialectInfo* info = codecs().dialects().find(dialect);
    ASSERT_NE(info, nullptr) << to_string(dialect);
    EXPECT_EQ(static_cast<unsigned>(info->parts), static_cast<unsigned>(parts))
        << to_string(dialect);
  }
}

TEST(Dialects, AreReadAndWrittenByReleases) {
  const Dialects& dialects = codecs().dialects();
  const auto read_by = [&](FlinkRelease release, std::int32_t version) {
    const DialectInfo* found = dialects.read_by(release, version);
    return found == nullptr ? FlinkRelease{} : found->dialect.release;
  };
  EXPECT_EQ(read_by({1, 2}, 1), (FlinkRelease{1, 2}));
  EXPECT_EQ(read_by({1, 2}, 2), FlinkRelease{});
  EXPECT_EQ(read_by({1, 10}, 1), (FlinkRelease{1, 2}));
  EXPECT_EQ(read_by({1, 11}, 1), FlinkRelease{});
  EXPECT_EQ(read_by({1, 10}, 3), FlinkRelease{});
  EXPECT_EQ(read_by({1, 11}, 3), (FlinkRelease{1, 11}));
  EXPECT_EQ(read_by({1, 13}, 3), (FlinkRelease{1, 12}));
  EXPECT_EQ(read_by({1, 14}, 3), (FlinkRelease{1, 14}));
  EXPECT_EQ(read_by({2, 3}, 3), (FlinkRelease{1, 15}));
  EXPECT_EQ(read_by({2, 3}, 2), (FlinkRelease{1, 3}));
  EXPECT_EQ(read_by({2, 3}, 7), FlinkRelease{});
  const auto writes = [&](FlinkRelease release) { return dialects.written_by(release)->dialect; };
  EXPECT_EQ(writes({1, 2}), (Dialect{1, {1, 2}}));
  EXPECT_EQ(writes({1, 3}), (Dialect{2, {1, 3}}));
  EXPECT_EQ(writes({1, 10}), (Dialect{2, {1, 3}}));
  EXPECT_EQ(writes({1, 11}), (Dialect{3, {1, 11}}));
  EXPECT_EQ(writes({1, 12}), (Dialect{3, {1, 12}}));
  EXPECT_EQ(writes({1, 13}), (Dialect{3, {1, 12}}));
  EXPECT_EQ(writes({1, 14}), (Dialect{3, {1, 14}}));
  EXPECT_EQ(writes({1, 15}), (Dialect{3, {1, 15}}));
  EXPECT_EQ(writes({1, 16}), (Dialect{4, {1, 16}}));
  EXPECT_EQ(writes({1, 20}), (Dialect{4, {1, 16}}));
  EXPECT_EQ(writes({2, 0}), (Dialect{5, {2, 0}}));
  EXPECT_EQ(writes({2, 1}), (Dialect{6, {2, 1}}));
  EXPECT_EQ(writes({2, 3}), (Dialect{6, {2, 1}}));
}

TEST(Dialects, OfOtherVersionsAreRefused) {
  for (const std::int32_t version : tested_versions()) {
    const auto codec = codecs().codec_for(version);
    EXPECT_EQ(codec->format_version(), version);
    const CheckpointMetadata empty;
    for (const Dialect wrong : {Dialect{version + 1, {1, 2}}, Dialect{version, {9, 9}}}) {
      EXPECT_THROW(encode_file(*codec, wrong, empty), CapabilityError) << version;
    }
  }
}

// ---------------------------------------------------------------------------- refusals

std::string refusal(std::span<const std::byte> file) {
  DiagnosticList warnings;
  try {
    decode_document(memory_source(file, "file"), codecs(), warnings);
  } catch (const Error& error) {
    return render(error.diagnostic());
  }
  return "accepted";
}

// Flink 1.1: magic, version 0, a checkpoint id and no operators.
TEST(Refusals, VersionZeroSaysWhatToDo) {
  EXPECT_EQ(refusal(hex("4960672D 00000000 0000000000000001 00000000")),
            "file: error: this is a savepoint of Flink 1.1 (format version 0), whose state handles "
            "are Java objects [E-FORMAT-V0]\n"
            "  at byte 4\n"
            "  help: let Flink 1.2 or 1.3 restore it and take a new savepoint; that one can be "
            "rewritten");
}

TEST(Refusals, VersionsWithoutACodecAreNamed) {
  EXPECT_THAT(refusal(hex("4960672D 00000063 00")), testing::HasSubstr("E-PLUGIN-NO-CODEC"));
  EXPECT_THAT(refusal(hex("4960672D FFFFFFFF 00")), testing::HasSubstr("E-FORMAT-VERSION"));
}

TEST(Refusals, WhatIsNoSnapshotIsRecognized) {
  EXPECT_THAT(refusal({}), testing::HasSubstr("the file is empty [E-FORMAT-EMPTY]"));
  EXPECT_THAT(refusal(hex("ACED0005 7372")), testing::HasSubstr("Flink 1.0, which has no header"));
  EXPECT_THAT(refusal(hex("1F8B0800 00000000")), testing::HasSubstr("looks like a gzip file"));
  EXPECT_THAT(refusal(hex("7B0A")), testing::HasSubstr("E-FORMAT-MAGIC"));
  EXPECT_THAT(refusal(hex("496067")), testing::HasSubstr("E-FORMAT-TRUNCATED"));
  EXPECT_THAT(refusal(hex("4960672D 000000")), testing::HasSubstr("E-FORMAT-TRUNCATED"));
  EXPECT_THAT(refusal(hex("2D676049 00000006")), testing::HasSubstr("E-FORMAT-MAGIC"));
}

// ---------------------------------------------------------------------------- damaged files

/// Damaged files of one format version, each with the message that it must give.
class DamagedFiles : public testing::TestWithParam<std::int32_t> {};
INSTANTIATE_TEST_SUITE_P(Codec, DamagedFiles, testing::ValuesIn(tested_versions()),
                         [](const auto& version) { return "v" + std::to_string(version.param); });

TEST_P(DamagedFiles, GiveTheExpectedMessage) {
  const fs::path folder =
      testdata("plugins/codecs/v" + std::to_string(GetParam()) + "/golden/errors");
  // Only a codec out of this tree may have none.
  if (!fs::exists(folder.parent_path())) return;
  ASSERT_TRUE(fs::is_directory(folder));
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".bin") continue;
    SCOPED_TRACE(entry.path().string());
    const ByteVector bytes = read_file(entry.path());
    DiagnosticList warnings;
    std::string actual = "accepted\n";
    try {
      decode_document(memory_source(bytes, entry.path().filename()), codecs(), warnings);
    } catch (const Error& error) {
      actual = render(error.diagnostic()) + "\n";
    }
    try {
      PartReader(memory_source(bytes, entry.path().filename()), codecs(), warnings).check();
      ADD_FAILURE() << "accepted part by part";
    } catch (const Error& error) {
      EXPECT_EQ(render(error.diagnostic()) + "\n", actual);
    }
    fs::path expected = entry.path();
    expected.replace_extension(".txt");
    if (update_golden()) {
      write_file(expected, actual);
      continue;
    }
    ASSERT_TRUE(fs::exists(expected)) << "make it with STATEFERRY_UPDATE_GOLDEN=1";
    EXPECT_EQ(actual, read_text_file(expected));
  }
}

}  // namespace
}  // namespace stateferry::test
