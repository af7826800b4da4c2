// The matrix of conversions: every golden file for every kind of Flink.
//
// Each pair either converts, and back to the same bytes where the conversion says so, or names what
// stands in its way. docs/formats/conversion.md is written from the same matrix; with
// STATEFERRY_UPDATE_GOLDEN=1 the test writes the page instead of comparing.
#include "stateferry/host/conversion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "golden.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/model/handle_form.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry_test/equal.hpp"

namespace stateferry::test {
namespace {

constexpr const char* kBase = "s3://base/snapshot";

const Dialects& dialects() {
  return codecs().dialects();
}
const DialectInfo& info_of(const Dialect& dialect) {
  return *dialects().find(dialect);
}
/// What `release` reads: of `version`, or of what it writes itself.
ConversionTarget target_for(FlinkRelease release, std::int32_t version = 0) {
  const DialectInfo* body =
      version == 0 ? dialects().written_by(release) : dialects().read_by(release, version);
  return {*body, *find_release(release)};
}

/// Releases in a row whose readers and writers agree in everything that converting asks for; or, of
/// none, a version that no release writes yet.
struct Group {
  const ReleaseInfo* first;
  const ReleaseInfo* last;
  const DialectInfo* writes;

  std::string name() const {
    const std::string version = " (V" + std::to_string(writes->dialect.format_version) + ")";
    if (first == nullptr) return "next" + version;
    const std::string from = to_string(first->release);
    return (first == last ? from : from + "–" + to_string(last->release)) + version;
  }
  /// What a release of the group writes, for its own reader.
  ConversionTarget target() const {
    if (first == nullptr) return {*writes, std::nullopt};
    return {*writes, *first};
  }
};

/// Whether both read the same versions, in the same bodies.
bool read_the_same(const ReleaseInfo& a, const ReleaseInfo& b) {
  const auto all = dialects().all();
  return std::all_of(all.begin(), all.end(), [&](const DialectInfo& d) {
    return d.read_by.holds(a.release) == d.read_by.holds(b.release);
  });
}

std::vector<Group> groups() {
  std::vector<Group> all;
  for (const ReleaseInfo& r : all_releases()) {
    const DialectInfo* writes = dialects().written_by(r.release);
    const bool same = !all.empty() && all.back().writes == writes &&
                      all.back().first->knows == r.knows && all.back().first->copes == r.copes &&
                      read_the_same(*all.back().first, r);
    if (same) {
      all.back().last = &r;
    } else {
      all.push_back({&r, &r, writes});
    }
  }
  for (const DialectInfo& d : dialects().all()) {
    if (d.experimental) all.push_back({nullptr, nullptr, &d});
  }
  return all;
}

const std::vector<Golden>& all_files() {
  static const std::vector<Golden> files = [] {
    std::vector<Golden> all;
    for (const std::int32_t version : tested_versions()) {
      for (Golden& golden : golden_files(version)) all.push_back(std::move(golden));
    }
    return all;
  }();
  return files;
}

const Golden& golden_named(const std::string& name) {
  for (const Golden& golden : all_files()) {
    if (golden.name() == name) return golden;
  }
  throw std::runtime_error("no golden file " + name);
}

/// Where the state is: operator, file and size of each handle, however it is said.
class StateCollector final : public TreeVisitor {
 public:
  void enter_operator(const OperatorKey& op) override { op_ = to_hex(op.id); }
  void handle(StreamStateHandle& handle, const Location&) override {
    if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) {
      const auto absolute = absolute_handle(*r, kBase, arena_);
      add(absolute.path.text, r->size);
    } else if (const auto* f = std::get_if<FileStateHandle>(&handle)) {
      add(f->path.text, f->size);
    } else if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) {
      add(std::string(s->path.text) + "+" + std::to_string(s->start_position), s->size);
    } else if (const auto* b = std::get_if<ByteStreamStateHandle>(&handle)) {
      if (!b->data.empty()) add(b->handle_name.text, static_cast<std::int64_t>(b->data.size()));
    }
  }
  std::set<std::string> state;

 private:
  void add(std::string_view text, std::int64_t size) {
    state.insert(op_ + " " + std::string(text) + " " + std::to_string(size));
  }
  std::string op_;
  Arena arena_;
};

std::set<std::string> state_of(CheckpointMetadata& root) {
  StateCollector collector;
  walk(root, collector);
  return std::move(collector.state);
}

std::string text_of(const ConversionAccount& account) {
  std::string text;
  for (const ConversionFinding& f : account.findings) {
    text += std::string(loss_class_name(f.loss)) + " " + f.what + " " +
            (f.op ? f.op->hash : std::string("-")) + " " + std::to_string(f.count) + " at " +
            testing::PrintToString(f.places) + "\n";
  }
  return text;
}

std::shared_ptr<const Codec> codec_of(const Dialect& dialect) {
  return codecs().codec_for(dialect.format_version);
}

ConversionOptions with_base() {
  ConversionOptions options;
  options.base_uri = kBase;
  return options;
}

/// A file, one target, and what came of it.
class Pair {
 public:
  Pair(const Golden& golden, const ConversionTarget& target) : golden_(golden), target_(target) {
    root_ = decode_file(*golden.codec, golden.dialect, golden.bytes, arena_);
    before_ = state_of(root_);
    const DialectInfo& source = info_of(golden.dialect);
    examined_ = examine_conversion(root_, source, target, with_base());
    account_ = convert_tree(root_, arena_, source, target, with_base());
  }
  const ConversionAccount& account() const { return account_; }

  void check() {
    EXPECT_EQ(text_of(examined_), text_of(account_)) << "looking and doing differ";
    EXPECT_EQ(account_.target, target_.body.dialect);
    for (const ConversionFinding& f : account_.findings) check_finding(f);
    if (account_.worst() == LossClass::impossible) return;
    EXPECT_EQ(state_of(root_), before_);
    const ByteVector bytes = encode_file(*codec_of(account_.target), account_.target, root_);
    check_reread(bytes);
    const DialectInfo& source = info_of(golden_.dialect);
    const bool same_chains = target_.body.has(BodyPart::chains) == source.has(BodyPart::chains);
    if (account_.reversible() && same_chains) {
      check_back();
    }
  }

 private:
  static void check_finding(const ConversionFinding& f) {
    EXPECT_FALSE(f.what.empty());
    EXPECT_FALSE(f.reason.empty());
    EXPECT_FALSE(f.places.empty());
    EXPECT_GE(f.count, f.places.size());
    EXPECT_FALSE(f.loss == LossClass::impossible && f.remedy.empty()) << f.what;
    EXPECT_FALSE(f.loss != LossClass::lossless && f.reversible) << f.what;
    if (f.op) {
      EXPECT_THAT(f.places.front(),
                  testing::StartsWith("operators[" + std::to_string(f.op->index) + "]"));
    }
  }

  // The result says what the tree says, is laid out as its reader takes it, and needs nothing more.
  void check_reread(const ByteVector& bytes) {
    Arena arena;
    const auto again = decode_file(*codec_of(account_.target), account_.target, bytes, arena);
    EXPECT_EQ(test::first_difference(root_, again), std::nullopt);
    const auto source = memory_source(bytes, "result");
    const Dialect seen = codec_of(account_.target)->identify(*source);
    if (!target_.reader) {
      EXPECT_EQ(seen, target_.body.dialect);
      return;
    }
    const DialectInfo* read = dialects().read_by(target_.reader->release, seen.format_version);
    ASSERT_NE(read, nullptr);
    const auto more = examine_conversion(again, info_of(seen), {*read, *target_.reader}, {});
    EXPECT_EQ(text_of(more), "") << "not what this Flink reads";
  }

  void check_back() {
    const ConversionTarget home{info_of(golden_.dialect), std::nullopt};
    const auto back = convert_tree(root_, arena_, target_.body, home, {});
    EXPECT_NE(back.worst(), LossClass::impossible) << text_of(back);
    EXPECT_EQ(encode_file(*golden_.codec, golden_.dialect, root_), golden_.bytes)
        << "not the same bytes after the way back";
  }

  const Golden& golden_;
  const ConversionTarget target_;
  Arena arena_;
  CheckpointMetadata root_;
  std::set<std::string> before_;
  ConversionAccount examined_;
  ConversionAccount account_;
};

// ---------------------------------------------------------------------------- the matrix

struct Cell {
  std::uint64_t lossless = 0, drops = 0, impossible = 0;
};

struct Matrix {
  std::vector<std::string> rows;  // names of source dialects
  std::map<std::string, std::size_t> files;
  std::map<std::string, std::map<std::string, Cell>> cells;
  std::map<std::string, std::uint64_t> pairs_by_reason;
};

/// Whose file it is: ambiguous bodies of version 3 go by the release that wrote them.
std::string row_of(const Golden& golden) {
  std::string row = "V" + std::to_string(golden.dialect.format_version);
  if (golden.dialect.format_version != 3) return row;
  const std::string name = golden.file.stem().string();
  const auto release = release_from_text(name.substr(name.rfind(".v3-") + 4));
  return row + " of " + to_string(release ? *release : golden.dialect.release);
}

/// Runs and checks all pairs.
Matrix run_matrix() {
  Matrix matrix;
  for (const Golden& golden : all_files()) {
    const std::string row = row_of(golden);
    if (matrix.files[row]++ == 0) matrix.rows.push_back(row);
    for (const Group& group : groups()) {
      SCOPED_TRACE(golden.name() + " for Flink " + group.name());
      Pair pair(golden, group.target());
      pair.check();
      Cell& cell = matrix.cells[row][group.name()];
      const LossClass worst = pair.account().worst();
      ++(worst == LossClass::lossless     ? cell.lossless
         : worst == LossClass::impossible ? cell.impossible
                                          : cell.drops);
      std::set<std::string> reasons;
      for (const ConversionFinding& f : pair.account().findings) reasons.insert(f.reason);
      for (const std::string& reason : reasons) ++matrix.pairs_by_reason[reason];
    }
  }
  return matrix;
}

std::string cell_text(const Cell& cell) {
  std::string text;
  const auto part = [&](std::uint64_t n, const char* mark) {
    if (n > 0) text += (text.empty() ? "" : " ") + std::to_string(n) + mark;
  };
  part(cell.lossless, "=");
  part(cell.drops, "−");
  part(cell.impossible, "✗");
  return text;
}

std::string table_text(const Matrix& matrix) {
  std::string text = "| from | files |";
  std::string line = "|---|--:|";
  for (const Group& group : groups()) {
    text += " " + group.name() + " |";
    line += "---|";
  }
  text += "\n" + line + "\n";
  std::uint64_t pairs = 0, possible = 0;
  for (const std::string& row : matrix.rows) {
    text += "| " + row + " | " + std::to_string(matrix.files.at(row)) + " |";
    for (const Group& group : groups()) {
      const Cell& cell = matrix.cells.at(row).at(group.name());
      text += " " + cell_text(cell) + " |";
      pairs += cell.lossless + cell.drops + cell.impossible;
      possible += cell.lossless + cell.drops;
    }
    text += "\n";
  }
  return text + "\n" + std::to_string(pairs) + " pairs, " + std::to_string(possible) +
         " of them can be written.\n";
}

std::string findings_text(const Matrix& matrix) {
  std::string text = "| word | class | what | what can be done | pairs |\n|---|---|---|---|--:|\n";
  for (const ConversionFinding& f : kinds_of_findings()) {
    const auto pairs = matrix.pairs_by_reason.find(f.reason);
    text += "| `" + f.what + "` | " + std::string(loss_class_name(f.loss)) + " | " + f.reason +
            " | " + (f.remedy.empty() ? "–" : f.remedy) + " | " +
            std::to_string(pairs == matrix.pairs_by_reason.end() ? 0 : pairs->second) + " |\n";
  }
  return text;
}

std::string page_text(const Matrix& matrix) {
  return R"(<!-- Written by scripts/generate-conversion.sh; change what it describes instead. -->
# Conversion between formats

What `convert --to`, `--for-flink` and the keys under `output` can do, tried with every snapshot in the codecs'
`golden` folders: files of real jobs, and files that hold everything their release knows. Each is written for each kind
of Flink, in the version that this Flink writes itself. Where the class is lossless and nothing is said in another way,
a test converts the result back and compares it byte by byte with the file; every result is read again.

## The matrix

Rows: who wrote the file. Columns: who is to read it. In a cell: how many files convert losslessly (=), how many only
without some information that no state depends on (−, needs `on-loss: report`), how many can't be converted (✗).

)" + table_text(matrix) +
         R"(
Most of what can't be converted downwards is state of an operator's coordinator, which every job with a source of the
new kind has, and which formats before version 3 can't hold.

## What there is to find

Each finding of `--explain-target`, of a run's JSON and of its record has one of these words. The last column counts the
pairs above in which it occurs.

)" + findings_text(matrix);
}

TEST(ConversionMatrix, EveryPairConvertsOrSaysWhyNot) {
  const Matrix matrix = run_matrix();
  if (HasFailure()) return;
  for (const char* folder : {"STATEFERRY_TEST_GOLDEN"}) {
    if (!folders_from_environment(folder).empty())
      return;  // the page is about the files of the tree
  }
  const auto page = testdata("docs/formats/conversion.md");
  const std::string text = page_text(matrix);
  if (update_golden()) {
    write_file(page, text);
  } else {
    EXPECT_EQ(read_text_file(page), text)
        << "docs/formats/conversion.md is out of date; run scripts/generate-conversion.sh";
  }
}

// ---------------------------------------------------------------------------- targets

ConversionTarget target_of(const Golden& golden, std::optional<std::int32_t> version,
                           std::optional<FlinkRelease> flink) {
  Arena arena;
  const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
  OutputFormat format;
  format.version = version;
  format.flink = flink;
  EXPECT_FALSE(problem_with(format, dialects()));
  return choose_target(root, info_of(golden.dialect), format, dialects());
}

std::string chosen(const std::string& name, std::optional<std::int32_t> version,
                   std::optional<FlinkRelease> flink) {
  return to_string(target_of(golden_named(name), version, flink).body.dialect);
}

TEST(ConversionTargets, TheVersionStaysIfItCan) {
  EXPECT_EQ(chosen("rocksdb-savepoint.v2-1.9.3.bin", {}, FlinkRelease{2, 3}), "V2");
  EXPECT_EQ(chosen("rocksdb-savepoint.v6-2.3.0.bin", {}, FlinkRelease{2, 2}), "V6");
  EXPECT_EQ(chosen("rocksdb-savepoint.v4-1.16.3.bin", {}, FlinkRelease{2, 3}), "V4");
  EXPECT_EQ(chosen("rocksdb-savepoint.v6-2.3.0.bin", {}, FlinkRelease{2, 0}), "V5");
  EXPECT_EQ(chosen("rocksdb-savepoint.v6-2.3.0.bin", {}, FlinkRelease{1, 20}), "V4");
  EXPECT_EQ(chosen("rocksdb-savepoint.v6-2.3.0.bin", {}, FlinkRelease{1, 9}), "V2");
}

TEST(ConversionTargets, ABodyThatTheReleaseMisreadsGoesUp) {
  const char* old = "generated-all.v3-1.11.6.bin";  // with channel state
  EXPECT_EQ(chosen(old, {}, FlinkRelease{1, 11}), "V3 of Flink 1.11");
  EXPECT_EQ(chosen(old, {}, FlinkRelease{1, 13}), "V3 of Flink 1.12");
  EXPECT_EQ(chosen(old, {}, FlinkRelease{1, 20}), "V4");
  EXPECT_EQ(chosen("generated-all.v3-1.14.6.bin", {}, FlinkRelease{1, 14}), "V3 of Flink 1.14");
  EXPECT_EQ(chosen("generated-all.v3-1.14.6.bin", {}, FlinkRelease{1, 15}), "V3 of Flink 1.15");
  EXPECT_EQ(chosen("generated-all.v3-1.14.6.bin", {}, FlinkRelease{2, 3}), "V6");
  // Version 1 with entries for legacy state: read by 1.3, refused by 1.4.
  EXPECT_EQ(chosen("synthetic-all.v1-1.2.bin", {}, FlinkRelease{1, 3}), "V1");
}

TEST(ConversionTargets, AVersionAloneIsForItsNewestWriter) {
  const auto target = target_of(golden_named("merge-chk2.v6-2.3.0.bin"), 4, {});
  EXPECT_EQ(to_string(target.body.dialect), "V4");
  EXPECT_EQ(target.reader->release, (FlinkRelease{1, 20}));
  EXPECT_FALSE(target_of(golden_named("merge-chk2.v6-2.3.0.bin"), 6, {}).reader);
  EXPECT_EQ(chosen("rocksdb-savepoint.v2-1.9.3.bin", 5, FlinkRelease{2, 3}), "V5");
}

TEST(ConversionTargets, AVersionOfNoReleaseIsForNoReader) {
  const auto target = target_of(golden_named("merge-chk2.v6-2.3.0.bin"), 7, {});
  EXPECT_EQ(to_string(target.body.dialect), "V7");
  EXPECT_FALSE(target.reader);
}

TEST(ConversionTargets, WithoutACodecForWhatAReleaseReads) {
  const Dialects only_v7({info_of({7, {2, 4}})});
  OutputFormat format;
  format.flink = FlinkRelease{1, 20};
  EXPECT_THROW(choose_target({}, info_of({7, {2, 4}}), format, only_v7), PluginError);
}

TEST(ConversionTargets, WhatMakesNoSense) {
  const auto problem = [](std::optional<std::int32_t> version, std::optional<FlinkRelease> flink) {
    OutputFormat format;
    format.version = version;
    format.flink = flink;
    const auto found = problem_with(format, dialects());
    return found ? found->message + "; " + found->hint : std::string();
  };
  EXPECT_EQ(problem(3, {}),
            "version 3 has several bodies, and each Flink reads only some of them; say also which "
            "Flink, from 1.11 on, is to read the result");
  EXPECT_EQ(problem(3, FlinkRelease{1, 15}), "");
  EXPECT_EQ(problem(7, {}), "");
  const std::string versions = "; versions are " + versions_text(dialects().versions());
  EXPECT_EQ(problem(99, {}), "there is no format version 99" + versions);
  EXPECT_EQ(problem(0, {}), "there is no format version 0" + versions);
  EXPECT_EQ(problem(5, FlinkRelease{1, 20}),
            "Flink 1.20 doesn't read format version 5; it reads versions 2 to 4");
  EXPECT_EQ(problem(1, FlinkRelease{1, 11}),
            "Flink 1.11 doesn't read format version 1; it reads versions 2 to 3");
  EXPECT_EQ(problem(7, FlinkRelease{2, 3}),
            "Flink 2.3 doesn't read format version 7; it reads versions 2 to 6");
  const std::string known = "; known are 1.2 to 2.3";
  EXPECT_EQ(problem({}, FlinkRelease{1, 1}), "Flink 1.1 is not known; the nearest is 1.2" + known);
  EXPECT_EQ(problem({}, FlinkRelease{1, 21}),
            "there is no Flink 1.21; the nearest is 1.20" + known);
  EXPECT_EQ(problem({}, FlinkRelease{2, 4}),
            "there is no Flink 2.4 yet; the nearest is 2.3" + known);
}

// ---------------------------------------------------------------------------- single rules

/// The finding `what` of converting `root`; none is a failure.
const ConversionFinding* find(const ConversionAccount& account, std::string_view what) {
  for (const ConversionFinding& f : account.findings) {
    if (f.what == what) return &f;
  }
  return nullptr;
}

/// One operator with one subtask, in version 6.
struct Small {
  Small() {
    OperatorState& op = root.operators.emplace_back(arena);
    op.parallelism = op.max_parallelism = 4;
    op.subtasks.emplace_back(arena).index = 2;
    root.properties = checkpoint_properties(DeclaredKind::unknown);
  }
  OperatorSubtaskState& state() { return root.operators[0].subtasks[0].state; }
  ConversionAccount convert(FlinkRelease release, std::int32_t version = 0) {
    return convert_tree(root, arena, info_of({6, {2, 1}}), target_for(release, version), {});
  }
  Arena arena;
  CheckpointMetadata root;
};

LossClass loss_of(const ConversionAccount& account, std::string_view what) {
  const auto* finding = find(account, what);
  if (finding == nullptr) {
    ADD_FAILURE() << "no " << what << " in\n" << text_of(account);
    return LossClass::lossless;
  }
  return finding->loss;
}

TEST(Conversion, BroadcastStateNeedsFlink15) {
  for (const auto& [release, fits] :
       {std::pair{FlinkRelease{1, 4}, false}, {FlinkRelease{1, 5}, true}}) {
    Small small;
    OperatorStreamStateHandle handle;
    handle.states.emplace_back(small.arena).mode = OperatorStateMode::broadcast;
    handle.delegate = ByteStreamStateHandle{{"x"}, {}};
    small.state().managed_operator.push_back(small.arena, handle);
    const auto account = small.convert(release);
    if (fits) {
      EXPECT_EQ(find(account, "broadcast-state"), nullptr);
    } else {
      EXPECT_EQ(loss_of(account, "broadcast-state"), LossClass::impossible);
      EXPECT_EQ(find(account, "broadcast-state")->places.front(),
                "operators[0].subtasks[0].managed_operator[0].states[0].mode");
    }
  }
}

TEST(Conversion, ChannelStateOfAnotherSubtaskStaysOutOf111) {
  for (const std::int32_t writer : {2, 3}) {
    Small small;
    ChannelStateHandle<InputChannelInfo> channel;
    channel.subtask_index = writer;
    channel.delegate = ByteStreamStateHandle{{"x"}, {}};
    small.state().input_channels.push_back(small.arena, channel);
    const auto account = small.convert({1, 11});
    EXPECT_EQ(account.worst(), writer == 2 ? LossClass::lossless : LossClass::impossible);
    EXPECT_NE(find(account, writer == 2 ? "subtask-index-dropped" : "rescaled-channel-state"),
              nullptr);
  }
}

TEST(Conversion, MergedChannelsAreSplit) {
  Small small;
  MergedChannelStateHandle<ResultSubpartitionInfo> merged;
  merged.subtask_index = 3;
  merged.size = 30;
  merged.delegate = RelativeFileStateHandle{{"f"}, 30};
  merged.packed.push_back(small.arena, {{0, 1}, 10, {}});
  merged.packed.push_back(small.arena, {{0, 2}, 20, {}});
  small.state().output_channels.push_back(small.arena, merged);
  const auto account = small.convert({2, 0});
  EXPECT_EQ(account.worst(), LossClass::lossless);
  EXPECT_FALSE(account.reversible());
  const auto& channels = small.state().output_channels;
  ASSERT_EQ(channels.size(), 2U);
  const auto& second = std::get<ChannelStateHandle<ResultSubpartitionInfo>>(channels[1]);
  EXPECT_EQ(second.subtask_index, 3);
  EXPECT_EQ(second.info.subpartition_index, 2);
  EXPECT_EQ(second.size, 20);
  EXPECT_EQ(std::get<RelativeFileStateHandle>(second.delegate).relative_path.text, "f");
}

IncrementalRemoteKeyedStateHandle incremental() {
  IncrementalRemoteKeyedStateHandle handle;
  handle.meta_handle = ByteStreamStateHandle{{"meta"}, {}};
  handle.checkpointed_size = 9;
  handle.state_handle_id = "id";
  return handle;
}

TEST(Conversion, IncrementalHandlesOfOldReaders) {
  Small small;
  auto handle = incremental();
  handle.meta_handle = NoHandle{};
  handle.shared_state.push_back(small.arena, {"1.sst", ByteStreamStateHandle{{"a"}, {}}});
  handle.shared_state.push_back(small.arena, {"1.sst", ByteStreamStateHandle{{"b"}, {}}});
  small.state().managed_keyed = handle;
  EXPECT_EQ(small.convert({1, 19}).worst(), LossClass::lossless);
  const auto at16 = small.convert({1, 16});
  EXPECT_EQ(loss_of(at16, "absent-meta-file"), LossClass::impossible);
  EXPECT_EQ(find(at16, "repeated-local-file"), nullptr);
  const auto at14 = small.convert({1, 14});
  EXPECT_EQ(loss_of(at14, "repeated-local-file"), LossClass::impossible);
  EXPECT_EQ(loss_of(at14, "incremental-ids"), LossClass::drops_information);
  const auto& result = std::get<IncrementalRemoteKeyedStateHandle>(small.state().managed_keyed);
  EXPECT_FALSE(result.checkpointed_size || result.state_handle_id);
}

TEST(Conversion, ChangelogsGoBackTo114Only) {
  for (const bool same_ids : {true, false}) {
    for (const std::string_view storage : {"filesystem", "other"}) {
      Small small;
      auto* backend = small.arena.make<ChangelogStateBackendHandle>();
      backend->checkpointed_size = 5;
      backend->materialization_id = 7;
      backend->checkpoint_id = same_ids ? 7 : 8;
      backend->state_handle_id = "id";
      ChangelogStreamStateHandle log;
      log.checkpointed_size = 4;
      log.state_handle_id = "log";
      log.storage_identifier = storage;
      backend->non_materialized.push_back(small.arena, log);
      small.state().managed_keyed = backend;
      EXPECT_EQ(small.convert({1, 16}).worst(), LossClass::lossless);
      const auto at15 = small.convert({1, 15});
      EXPECT_EQ(loss_of(at15, "changelog-checkpoint-id"),
                same_ids ? LossClass::lossless : LossClass::drops_information);
      EXPECT_EQ(loss_of(at15, "changelog-storage"),
                storage == "filesystem" ? LossClass::lossless : LossClass::impossible);
      const auto at14 = small.convert({1, 14});
      EXPECT_EQ(loss_of(at14, "changelog-ids"), LossClass::drops_information);
      EXPECT_EQ(find(at14, "changelog-ids")->count, 2U);
      EXPECT_FALSE(backend->checkpointed_size || backend->materialization_id ||
                   backend->checkpoint_id || backend->state_handle_id);
      const auto at13 = small.convert({1, 13});
      EXPECT_EQ(loss_of(at13, "changelog"), LossClass::impossible);
    }
  }
}

TEST(Conversion, WhatFlink114LeavesOutOfChangelogsIsMadeUpAlike) {
  const Golden& golden = golden_named("generated-all.v3-1.14.6.bin");
  const auto dump = [&] {
    Arena arena;
    auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    const auto account = convert_tree(root, arena, info_of(golden.dialect), target_for({2, 3}), {});
    EXPECT_EQ(loss_of(account, "changelog-ids-made-up"), LossClass::drops_information);
    std::string text;
    dump_json(root, account.target, {}, [&](std::string_view piece) { text += piece; });
    return text;
  };
  const std::string once = dump();
  EXPECT_EQ(once, dump());
  EXPECT_THAT(once, testing::ContainsRegex(
                        "\"state_handle_id\": "
                        "\"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}\""));
}

TEST(Conversion, RelativeFilesNeedADirectory) {
  for (const char* base : {"", "s3://b/sp"}) {
    Small small;
    small.state().managed_keyed =
        KeyGroupsStateHandle{{}, {}, RelativeFileStateHandle{{"f"}, 3}, std::nullopt};
    ConversionOptions options;
    options.base_uri = base;
    const auto account =
        convert_tree(small.root, small.arena, info_of({6, {2, 1}}), target_for({1, 9}), options);
    ASSERT_NE(find(account, "relative-file"), nullptr);
    EXPECT_EQ(find(account, "relative-file")->needs_base_uri, *base == '\0');
    if (*base == '\0') {
      EXPECT_EQ(account.worst(), LossClass::impossible);
      continue;
    }
    EXPECT_EQ(account.worst(), LossClass::lossless);
    const auto& keyed = std::get<KeyGroupsStateHandle>(small.state().managed_keyed);
    EXPECT_EQ(std::get<FileStateHandle>(keyed.delegate).path.text, "s3://b/sp/f");
    EXPECT_EQ(small.root.operators[0].chain_length, 1);
    EXPECT_EQ(small.state().duration, -1);
  }
}

TEST(Conversion, VersionOneIsForVersionOneOnly) {
  Small small;
  EXPECT_EQ(loss_of(small.convert({1, 2}), "version-1"), LossClass::impossible);
}

TEST(Conversion, ChainsStayWhereTheyAre) {
  Arena arena;
  CheckpointMetadata root;
  OperatorState& op = root.operators.emplace_back(arena);
  op.parallelism = op.max_parallelism = 1;
  op.chain_length = 1;
  OperatorSubtaskState& state = op.subtasks.emplace_back(arena).state;
  state.duration = -1;
  state.legacy.emplace_back(arena);
  state.managed_operator.emplace_back(arena);
  OperatorStreamStateHandle handle;
  handle.delegate = ByteStreamStateHandle{{"x"}, {}};
  state.raw_operator.push_back(arena, handle);
  const ConversionTarget target = target_for({1, 9});
  auto account = examine_conversion(root, info_of({1, {1, 2}}), target, {});
  EXPECT_EQ(account.worst(), LossClass::lossless);
  EXPECT_EQ(find(account, "empty-entries")->count, 2U);
  op.chain_length = 2;
  state.raw_operator.push_back(arena, handle);
  state.legacy[0] = ByteStreamStateHandle{{"old"}, {}};
  account = convert_tree(root, arena, info_of({1, {1, 2}}), target, {});
  EXPECT_EQ(loss_of(account, "operator-chain"), LossClass::impossible);
  EXPECT_EQ(loss_of(account, "several-handles"), LossClass::impossible);
  EXPECT_EQ(loss_of(account, "legacy-state"), LossClass::impossible);
  EXPECT_EQ(find(account, "legacy-state")->places.front(), "operators[0].subtasks[0].legacy[0]");
}

// Flink before 1.10 looks for timers in raw keyed state, and drops others without an error.
TEST(Conversion, TimersThatMayLieInRocksDb) {
  Arena arena;
  CheckpointMetadata root;
  OperatorState& op = root.operators.emplace_back(arena);
  op.parallelism = op.max_parallelism = 1;
  OperatorSubtaskState& state = op.subtasks.emplace_back(arena).state;
  const auto cautions = [&](FlinkRelease reader, Dialect source = {3, {1, 11}}) {
    return examine_conversion(root, info_of(source), target_for(reader, 2), {}).cautions;
  };
  EXPECT_TRUE(cautions({1, 9}).empty()) << "no keyed state";
  KeyGroupsStateHandle keyed;
  keyed.delegate = ByteStreamStateHandle{{"x"}, {}};
  state.managed_keyed = keyed;
  root.operators.push_back(arena, OperatorState(op));
  ASSERT_EQ(cautions({1, 9}).size(), 1U);
  EXPECT_EQ(cautions({1, 9})[0].what, "rocksdb-timers");
  EXPECT_EQ(cautions({1, 9})[0].operators, 2U);
  EXPECT_EQ(cautions({1, 9})[0].place, "operators[0]");
  EXPECT_THAT(cautions({1, 6})[0].remedy, testing::HasSubstr("ROCKSDB there before the restore"));
  EXPECT_THAT(cautions({1, 5})[0].remedy, testing::HasSubstr("HEAP where it was written"));
  EXPECT_EQ(cautions({1, 9}, {2, {1, 3}}).size(), 1U) << "Flink 1.10 wrote version 2";
  EXPECT_TRUE(cautions({1, 10}).empty());
  EXPECT_TRUE(cautions({1, 9}, {1, {1, 2}}).empty()) << "Flink 1.2 wrote it";
  state.raw_keyed = keyed;
  root.operators[1].subtasks = op.subtasks;
  EXPECT_TRUE(cautions({1, 9}).empty()) << "timers are in raw keyed state";
}

TEST(Conversion, PropertiesAreThoseOfRealSnapshots) {
  struct Case {
    const char* name;
    DeclaredKind kind;
    bool forced;  // savepoints of users are: they ignored limits on concurrent snapshots
  };
  const Case cases[] = {
      {"generated-empty.v4-1.16.3.bin", DeclaredKind::savepoint_canonical, false},
      {"rocksdb-savepoint.v6-2.3.0.bin", DeclaredKind::savepoint_canonical, true},
      {"native-heap-savepoint.v4-1.20.3.bin", DeclaredKind::savepoint_native, true},
      {"inc-chk1.v6-2.3.0.bin", DeclaredKind::checkpoint, false},
      {"synthetic-null-properties.v6-2.3.bin", DeclaredKind::unknown, false},
  };
  constexpr std::size_t kForced = 0x107;
  for (const auto& [name, kind, forced] : cases) {
    SCOPED_TRACE(name);
    const Golden& golden = golden_named(name);
    Arena arena;
    const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    ByteVector real(root.properties.begin(), root.properties.end());
    if (forced) {
      ASSERT_GT(real.size(), kForced);
      EXPECT_EQ(real[kForced], std::byte{1});
      real[kForced] = std::byte{0};
    }
    const Bytes made = checkpoint_properties(kind);
    EXPECT_TRUE(std::equal(made.begin(), made.end(), real.begin(), real.end()));
    EXPECT_EQ(java_stream_length(made, 0), made.size());
    EXPECT_EQ(declared_kind_from_name(declared_kind_name(kind)), kind);
  }
}

// ---------------------------------------------------------------------------- readers

TEST(ReadersOf, AConstructDecides) {
  struct Case {
    const char* name;
    FlinkRelease oldest, newest;
    const char* construct;
  };
  const FlinkRelease next = newest_release().release;
  const Case cases[] = {
      {"synthetic-legacy.v1-1.2.bin", {1, 2}, {1, 3}, "format-version"},
      {"rocksdb-savepoint.v2-1.9.3.bin", {1, 5}, next, "broadcast-state"},
      {"generated-all.v3-1.11.6.bin", {1, 11}, {1, 11}, "format-version"},
      {"unaligned-chk1.v3-1.13.6.bin", {1, 12}, next, "subtask-index-dropped"},
      {"rocksdb-savepoint.v3-1.13.6.bin", {1, 13}, next, "savepoint-key-groups"},
      {"generated-all.v3-1.14.6.bin", {1, 14}, {1, 14}, "finished-operator"},
      {"rocksdb-savepoint.v4-1.16.3.bin", {1, 16}, next, "format-version"},
      {"merge-chk2.v4-1.20.3.bin", {1, 20}, next, "segment-file"},
      {"rocksdb-savepoint.v6-2.3.0.bin", {2, 1}, next, "format-version"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Golden& golden = golden_named(c.name);
    Arena arena;
    const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    const auto readers = readers_of(root, info_of(golden.dialect), dialects());
    ASSERT_TRUE(readers);
    EXPECT_EQ(to_string(readers->oldest), to_string(c.oldest));
    EXPECT_EQ(to_string(readers->newest), to_string(c.newest));
    EXPECT_EQ(readers->construct, c.construct);
    EXPECT_EQ(readers->place.empty(), readers->construct == "format-version");
  }
}

TEST(ReadersOf, ADraftThereAreNone) {
  const Golden& golden = golden_named("synthetic-all.v7-unreleased.bin");
  Arena arena;
  const auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
  EXPECT_FALSE(readers_of(root, info_of(golden.dialect), dialects()));
}

}  // namespace
}  // namespace stateferry::test
