#include "stateferry/host/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using ::testing::HasSubstr;

// ---------------------------------------------------------------------------- transforms

class FakeUri final : public UriTransform {
 public:
  using Function = std::function<Outcome(std::string_view, std::string&)>;
  explicit FakeUri(Function f, bool injective = false) : f_(std::move(f)), injective_(injective) {}
  void configure(ParamBinder&) override {}
  Outcome rewrite(std::string_view uri, std::string& result) const override {
    return f_(uri, result);
  }
  bool injective() const noexcept override { return injective_; }

 private:
  Function f_;
  bool injective_;
};

// Moves what lies below `from`, and says so of whole directories, too.
class FakeMove final : public UriTransform {
 public:
  FakeMove(std::string from, std::string to, std::string of_directories = {},
           bool injective = false)
      : from_(std::move(from)),
        to_(std::move(to)),
        of_directories_(std::move(of_directories)),
        injective_(injective) {
    if (of_directories_.empty()) of_directories_ = to_;
  }
  void configure(ParamBinder&) override {}
  Outcome rewrite(std::string_view uri, std::string& result) const override {
    return move(uri, to_, result);
  }
  std::optional<Outcome> rewrite_directory(std::string_view directory,
                                           std::string& result) const override {
    ++asked;
    return move(directory, of_directories_, result);
  }
  bool injective() const noexcept override { return injective_; }
  mutable int asked = 0;

 private:
  Outcome move(std::string_view uri, const std::string& to, std::string& result) const {
    if (!uri.starts_with(from_)) return uri.starts_with(to) ? Outcome::already : Outcome::unmatched;
    result = to + std::string(uri.substr(from_.size()));
    return Outcome::changed;
  }

  std::string from_;
  std::string to_;
  std::string of_directories_;
  bool injective_;
};

class FakeDocument final : public DocumentTransform {
 public:
  explicit FakeDocument(std::function<void(Document&, DocumentContext&)> f) : f_(std::move(f)) {}
  void configure(ParamBinder&) override {}
  void apply(Document& document, DocumentContext& context) const override { f_(document, context); }

 private:
  std::function<void(Document&, DocumentContext&)> f_;
};

Step step(std::string id, std::shared_ptr<const Transform> transform) {
  Step s;
  s.id = std::move(id);
  s.uses = "fake.transform";
  s.transform = std::move(transform);
  return s;
}

FakeUri::Function prefix(std::string from, std::string to) {
  return [from, to](std::string_view uri, std::string& result) {
    if (uri.starts_with(from)) {
      result = to + std::string(uri.substr(from.size()));
      return Outcome::changed;
    }
    return uri.starts_with(to) ? Outcome::already : Outcome::unmatched;
  };
}

Step move(std::string from, std::string to, bool injective = true) {
  return step("move", std::make_shared<FakeUri>(prefix(from, to), injective));
}

// ---------------------------------------------------------------------------- snapshots

// A V5 snapshot of two operators with the given files as shared state of the first and one inline
// state in the second.
std::vector<std::byte> snapshot(const std::vector<std::string>& files) {
  Arena arena;
  CheckpointMetadata m;
  m.checkpoint_id = 3;
  OperatorState& first = m.operators.emplace_back(arena);
  first.name = "source";
  first.uid = "src";
  first.id = operator_id_of_uid("src");
  first.parallelism = 1;
  first.max_parallelism = 128;
  IncrementalRemoteKeyedStateHandle keyed;
  keyed.backend_id = "backend";
  keyed.key_group_range = {0, 128};
  keyed.checkpointed_size = 1;
  keyed.state_handle_id = "id";
  RelativeFileStateHandle meta;
  meta.relative_path.text = "meta";
  keyed.meta_handle = meta;
  for (const std::string& file : files) {
    FileStateHandle handle;
    handle.size = 10;
    handle.path.text = file;
    keyed.shared_state.push_back(arena, {"000001.sst", handle});
  }
  SubtaskEntry& entry = first.subtasks.emplace_back(arena);
  entry.state.managed_keyed = keyed;

  OperatorState& second = m.operators.emplace_back(arena);
  second.name = "sink";
  second.uid = "snk";
  second.id = operator_id_of_uid("snk");
  second.parallelism = 1;
  second.max_parallelism = 128;
  ByteStreamStateHandle inline_state;
  inline_state.handle_name.text = "s3://old/never-written";
  OperatorStreamStateHandle states;
  states.states.push_back(arena, {"offsets", OperatorStateMode::union_list, {}});
  states.delegate = inline_state;
  second.subtasks.emplace_back(arena).state.managed_operator.push_back(arena, states);
  static constexpr unsigned char kNull[] = {0xAC, 0xED, 0x00, 0x05, 0x70};
  m.properties = std::as_bytes(std::span(kNull));

  PluginRegistry registry = test::plugin_registry();
  std::vector<std::byte> bytes;
  const auto sink = memory_sink(bytes);
  ByteWriter out(*sink);
  out.i32(static_cast<std::int32_t>(kMetadataMagic));
  out.i32(5);
  registry.codec_for(5)->encode(m, {5, {2, 0}}, out);
  out.flush();
  return bytes;
}

std::vector<std::string> files_of(const std::vector<std::byte>& bytes) {
  struct Files final : TreeVisitor {
    std::vector<std::string> texts;
    void location(const Location& l, std::string_view& text) override {
      if (l.kind == LocationKind::file) texts.emplace_back(text);
    }
  } files;
  PluginRegistry registry = test::plugin_registry();
  DiagnosticList problems;
  Document document = decode_document(memory_source(bytes, "test"), registry, problems);
  walk(document.root(), files);
  return files.texts;
}

struct Result {
  RunReport report;
  std::vector<std::byte> bytes;
  DiagnosticList problems;
};

Result run(const Pipeline& pipeline, const std::vector<std::byte>& input, RunOptions options = {}) {
  Result result;
  PluginRegistry registry = test::plugin_registry();
  const auto source = memory_source(input, "test");
  const auto sink = memory_sink(result.bytes);
  result.report = pipeline.run(*source, *sink, registry, options, result.problems);
  return result;
}

// The code of the error that stops the run; empty when none does.
std::string failure(const Pipeline& pipeline, const std::vector<std::byte>& input,
                    RunOptions options = {}) {
  try {
    run(pipeline, input, options);
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

// ---------------------------------------------------------------------------- tests

TEST(Pipeline, WithoutStepsCopies) {
  const auto input = snapshot({"s3://old/a"});
  const Result result = run({}, input);
  EXPECT_EQ(result.bytes, input);
  EXPECT_EQ(result.report.path, RunReport::Path::copied);
  EXPECT_EQ(result.report.locations, 3U);
  EXPECT_EQ(result.report.absolute, 1U);
}

TEST(Pipeline, RewritesAndCounts) {
  Pipeline p;
  p.steps.push_back(move("s3://old/", "s3://new/"));
  const Result result = run(p, snapshot({"s3://old/a", "s3://old/b"}));
  EXPECT_THAT(files_of(result.bytes), testing::ElementsAre("s3://new/a", "s3://new/b"));
  EXPECT_EQ(result.report.path, RunReport::Path::spliced);
  EXPECT_EQ(result.report.steps[0].selected, 2U);
  EXPECT_EQ(result.report.steps[0].changed, 2U);
  EXPECT_EQ(result.report.changed_locations, 2U);
  EXPECT_TRUE(result.report.verified);
}

TEST(Pipeline, SplicingAndReencodingGiveTheSameBytes) {
  Pipeline p;
  p.steps.push_back(move("s3://old/", "s3://another-bucket/deeper/"));
  const auto input = snapshot({"s3://old/a", "s3://old/b"});
  RunOptions tree;
  tree.reencode = true;
  const Result by_tree = run(p, input, tree);
  EXPECT_EQ(by_tree.report.path, RunReport::Path::reencoded);
  EXPECT_EQ(run(p, input).bytes, by_tree.bytes);
}

TEST(Pipeline, ASecondRunChangesNothing) {
  Pipeline p;
  p.steps.push_back(move("s3://old/", "s3://new/"));
  const Result first = run(p, snapshot({"s3://old/a"}));
  const Result second = run(p, first.bytes);
  EXPECT_EQ(second.bytes, first.bytes);
  EXPECT_TRUE(second.report.already_applied());
  EXPECT_EQ(second.report.path, RunReport::Path::copied);
}

TEST(Pipeline, StepsSeeWhatThoseBeforeThemMade) {
  Pipeline p;
  p.steps.push_back(move("s3://old/", "s3://middle/"));
  p.steps.push_back(move("s3://middle/", "s3://new/"));
  EXPECT_THAT(files_of(run(p, snapshot({"s3://old/a"})).bytes), testing::ElementsAre("s3://new/a"));
}

TEST(Pipeline, AnUntouchedUriStopsTheRun) {
  Pipeline p;
  p.steps.push_back(move("s3://old/", "s3://new/"));
  const auto input = snapshot({"s3://old/a", "s3://elsewhere/b"});
  try {
    run(p, input);
    FAIL() << "the run should have stopped";
  } catch (const RuleError& error) {
    EXPECT_EQ(error.code(), "E-RULE-UNMATCHED-URI");
    ASSERT_EQ(error.diagnostic().notes.size(), 1U);
    EXPECT_THAT(error.diagnostic().notes[0], HasSubstr("s3://elsewhere/b"));
    EXPECT_THAT(error.diagnostic().notes[0],
                HasSubstr("operators[0].subtasks[0].managed_keyed.shared[\"000001.sst\"].path"));
  }
  p.untouched_uris = Untouched::warn;
  const Result warned = run(p, input);
  ASSERT_EQ(warned.problems.all().size(), 1U);
  EXPECT_EQ(warned.problems.all()[0].code, "W-RULE-UNMATCHED-URI");
  p.untouched_uris = Untouched::allow;
  EXPECT_TRUE(run(p, input).problems.all().empty());
}

TEST(Pipeline, AllUnmetExpectationsAreReported) {
  Pipeline p;
  p.steps.push_back(move("s3://old/", "s3://new/"));
  p.steps[0].expect["changed"] = *parse_count_bound(">=5");
  p.steps[0].expect["selected"] = *parse_count_bound("1");
  p.untouched_uris = Untouched::allow;
  DiagnosticList problems;
  PluginRegistry registry = test::plugin_registry();
  const auto input = snapshot({"s3://old/a", "s3://old/b"});
  const auto source = memory_source(input, "test");
  std::vector<std::byte> bytes;
  const auto sink = memory_sink(bytes);
  EXPECT_THROW(p.run(*source, *sink, registry, {}, problems), RuleError);
  EXPECT_EQ(problems.errors(), 1U) << "one is thrown, the other reported";
}

TEST(Pipeline, WhereNarrowsByOperatorRoleAndHandle) {
  const auto input = snapshot({"s3://old/a"});
  const auto selected = [&](const std::function<void(Selector&)>& narrow) {
    Pipeline p;
    p.steps.push_back(move("s3://old/", "s3://new/"));
    p.untouched_uris = Untouched::allow;
    narrow(p.steps[0].where);
    return run(p, input).report.steps[0].selected;
  };
  EXPECT_EQ(selected([](Selector&) {}), 1U);
  EXPECT_EQ(selected([](Selector& s) { s.operator_uid = {"src"}; }), 1U);
  EXPECT_EQ(selected([](Selector& s) { s.operator_uid = {"s*"}; }), 1U);
  EXPECT_EQ(selected([](Selector& s) { s.operator_uid = {"snk"}; }), 0U);
  EXPECT_EQ(selected([](Selector& s) { s.operator_uid_hash = {operator_id_of_uid("src")}; }), 1U);
  EXPECT_EQ(selected([](Selector& s) { s.operator_name = {"sou*"}; }), 1U);
  EXPECT_EQ(selected([](Selector& s) { s.roles = Role::incremental_shared; }), 1U);
  EXPECT_EQ(selected([](Selector& s) { s.roles = Role::managed_keyed; }), 1U);
  EXPECT_EQ(selected([](Selector& s) { s.roles = Role::raw_keyed; }), 0U);
  EXPECT_EQ(selected([](Selector& s) { s.handles = {LocationKind::segment_file}; }), 0U);
  EXPECT_EQ(selected([](Selector& s) { s.uri_schemes = {"s3a"}; }), 0U);
  EXPECT_EQ(selected([](Selector& s) { s.uri_globs = {"s3://old/**"}; }), 1U);
  // Inline state only on request, and then by the names of the states in it.
  EXPECT_EQ(selected([](Selector& s) {
              s.handles = {LocationKind::bytes};
              s.state_name = {"off*"};
            }),
            1U);
  EXPECT_EQ(selected([](Selector& s) {
              s.handles = {LocationKind::bytes};
              s.state_name = {"other"};
            }),
            0U);
}

TEST(Pipeline, ScopeNeedsABaseUri) {
  Pipeline p;
  p.steps.push_back(move("s3://b/", "s3://new/"));
  p.steps[0].where.scopes = {Scope::shared};
  p.untouched_uris = Untouched::allow;
  const auto input = snapshot({"s3://b/job/shared/a", "s3://b/job/chk-3/b"});
  EXPECT_EQ(failure(p, input), "E-RULE-BASE-URI");
  RunOptions options;
  options.base_uri = "s3://b/job/chk-3";
  EXPECT_EQ(run(p, input, options).report.steps[0].changed, 1U);
}

// Of the files in a job's directory one may have the very name that decides about scopes.
TEST(Pipeline, FilesOfOneDirectoryMayHaveSeveralScopes) {
  const auto input = snapshot({"s3://b/job/1", "s3://b/job/2", "s3://b/job/shared",
                               "s3://b/job/taskowned", "s3://b/job/chk-3", "s3://b/job/3"});
  const auto selected = [&](Scope scope) {
    Pipeline p;
    p.steps.push_back(step("move", std::make_shared<FakeMove>("s3://b/job/", "s3://new/")));
    p.steps[0].where.scopes = {scope};
    p.untouched_uris = Untouched::allow;
    RunOptions options;
    options.base_uri = "s3://b/job/chk-3";
    return run(p, input, options).report.steps[0].selected;
  };
  EXPECT_EQ(selected(Scope::foreign), 3U);
  EXPECT_EQ(selected(Scope::shared), 1U);
  EXPECT_EQ(selected(Scope::taskowned), 1U);
  EXPECT_EQ(selected(Scope::exclusive), 1U);
}

TEST(Pipeline, TwoFilesMustNotBecomeOne) {
  Pipeline p;
  p.steps.push_back(step("merge", std::make_shared<FakeUri>([](std::string_view, std::string& r) {
                           r = "s3://new/one";
                           return Outcome::changed;
                         })));
  EXPECT_EQ(failure(p, snapshot({"s3://old/a", "s3://old/b"})), "E-RULE-COLLISION");
  // One file that two handles share stays one file.
  EXPECT_EQ(failure(p, snapshot({"s3://old/a", "s3://old/a"})), "");
}

TEST(Pipeline, AMovedFileMustNotHitOneThatIsThere) {
  Pipeline p;
  p.steps.push_back(move("s3://old/", "s3://new/"));
  EXPECT_EQ(failure(p, snapshot({"s3://old/a", "s3://new/a"})), "E-RULE-COLLISION");
  const Result apart = run(p, snapshot({"s3://old/a", "s3://new/b"}));
  EXPECT_TRUE(apart.report.collision_check);
  EXPECT_FALSE(run(p, snapshot({"s3://old/a", "s3://old/b"})).report.collision_check);
}

// What `where` leaves out stays where it is, which may be where something else goes.
TEST(Pipeline, AMovedFileMustNotHitOneThatIsNotSelected) {
  Pipeline p;
  p.untouched_uris = Untouched::allow;
  const std::shared_ptr<const Transform> kinds[] = {
      std::make_shared<FakeUri>(prefix("s3://old/", "s3://new/"), true),
      std::make_shared<FakeMove>("s3://old/", "s3://new/", "", true)};
  for (const auto& transform : kinds) {
    p.steps = {step("move", transform)};
    p.steps[0].where.uri_globs = {"s3://old/**"};
    EXPECT_EQ(failure(p, snapshot({"s3://old/a", "s3://new/a"})), "E-RULE-COLLISION");
    EXPECT_TRUE(run(p, snapshot({"s3://old/a", "s3://new/b"})).report.collision_check);
    EXPECT_FALSE(run(p, snapshot({"s3://old/a", "s3://old/b"})).report.collision_check);
  }
}

// ---------------------------------------------------------------------------- by directory

std::vector<std::string> files_in_three_directories() {
  std::vector<std::string> files;
  for (int i = 0; i < 60; ++i) {
    const char* const directory = i % 5 == 0   ? "s3://new/a/"
                                  : i % 3 == 0 ? "s3://old/a/x/"
                                               : "s3://old/b/";
    files.push_back(directory + std::string("file-") + std::to_string(i));
  }
  // Names that need a closer look.
  files.insert(files.end(), {"s3://old/b/.hidden", "s3://old/b/caf\u00e9", "s3://old/b"});
  return files;
}

TEST(Pipeline, AnswersForDirectoriesChangeNothingButTheTime) {
  const auto input = snapshot(files_in_three_directories());
  const auto by_directory = std::make_shared<FakeMove>("s3://old/", "s3://new/deeper/");
  Pipeline with;
  with.steps.push_back(step("move", by_directory));
  with.steps.push_back(step("again", std::make_shared<FakeMove>("s3://new/deeper/a/", "s3://c/")));
  with.steps[1].where.uri_globs = {"s3://new/**"};
  Pipeline without;
  without.steps.push_back(move("s3://old/", "s3://new/deeper/"));
  without.steps.push_back(move("s3://new/deeper/a/", "s3://c/"));
  without.steps[1].where = with.steps[1].where;
  with.untouched_uris = without.untouched_uris = Untouched::allow;
  std::vector<std::string> told[2];
  Result results[2];
  for (int i = 0; i < 2; ++i) {
    RunOptions options;
    options.on_change = [&](const Change& change) {
      told[i].push_back(std::string(change.before) + " > " + std::string(change.after));
    };
    results[i] = run(i == 0 ? with : without, input, options);
  }
  EXPECT_EQ(results[0].bytes, results[1].bytes);
  EXPECT_EQ(told[0], told[1]);
  EXPECT_GE(told[0].size(), 40U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(results[0].report.steps[i].selected, results[1].report.steps[i].selected);
    EXPECT_EQ(results[0].report.steps[i].changed, results[1].report.steps[i].changed);
    EXPECT_EQ(results[0].report.steps[i].already, results[1].report.steps[i].already);
    EXPECT_EQ(results[0].report.steps[i].unmatched, results[1].report.steps[i].unmatched);
  }
  EXPECT_EQ(results[0].report.locations, results[1].report.locations);
  EXPECT_EQ(results[0].report.absolute, results[1].report.absolute);
  EXPECT_EQ(results[0].report.changed_locations, results[1].report.changed_locations);
  EXPECT_LT(by_directory->asked, 20) << "each directory is asked about once, not once per file";
}

// Two operators whose subtasks have shared and private files in `directories`, one after the other
// or in no order: more of them than answers are kept for.
std::vector<std::byte> snapshot_in(const std::vector<std::string>& directories, unsigned seed) {
  std::mt19937 random(seed);
  Arena arena;
  CheckpointMetadata m;
  m.checkpoint_id = 3;
  int number = 0;
  const auto file = [&] {
    FileStateHandle handle;
    handle.size = 1;
    // Now and then the same directory for long, so that answers come and go at different paces.
    const std::size_t in = random() % 3 == 0 ? random() % directories.size() : random() % 2;
    handle.path.text = arena.intern(directories[in] + "file-" + std::to_string(number++));
    return handle;
  };
  for (const char* uid : {"src", "snk"}) {
    OperatorState& op = m.operators.emplace_back(arena);
    op.name = op.uid = uid;
    op.id = operator_id_of_uid(uid);
    op.parallelism = 40;
    op.max_parallelism = 128;
    for (int i = 0; i < op.parallelism; ++i) {
      IncrementalRemoteKeyedStateHandle keyed;
      keyed.backend_id = "backend";
      keyed.key_group_range = {i, 1};
      keyed.checkpointed_size = 1;
      keyed.state_handle_id = "id";
      keyed.meta_handle = file();
      for (int k = 0; k < 4; ++k) keyed.shared_state.push_back(arena, {"1.sst", file()});
      for (int k = 0; k < 4; ++k) keyed.private_state.push_back(arena, {"2.sst", file()});
      SubtaskEntry& entry = op.subtasks.emplace_back(arena);
      entry.index = i;
      entry.state.managed_keyed = keyed;
    }
  }
  static constexpr unsigned char kNull[] = {0xAC, 0xED, 0x00, 0x05, 0x70};
  m.properties = std::as_bytes(std::span(kNull));
  return test::encode_file(*test::plugin_registry().codec_for(5), {5, {2, 0}}, m);
}

TEST(Pipeline, AnswersEndWhereAnotherTakesTheirPlace) {
  std::vector<std::string> directories;
  // Of one length: what is left of an answer would fit.
  for (char c = 'a'; c <= 'z'; ++c) directories.push_back(std::string("s3://old/") + c + c + "/");
  Pipeline p;
  p.steps.push_back(step("shared", std::make_shared<FakeMove>("s3://old/", "s3://new/")));
  p.steps.push_back(step("sink", std::make_shared<FakeMove>("s3://old/", "s3://snk/")));
  p.steps[0].where.roles = Role::incremental_shared;
  p.steps[1].where.operator_uid = {"snk"};
  p.untouched_uris = Untouched::allow;
  RunOptions tree;
  tree.reencode = true;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const auto input = snapshot_in(directories, seed);
    if (seed == 10) p.steps.pop_back();  // no step asks for operators any more
    const Result spliced = run(p, input);
    const Result whole = run(p, input, tree);
    EXPECT_TRUE(spliced.bytes == whole.bytes) << seed;
    for (std::size_t i = 0; i < p.steps.size(); ++i) {
      EXPECT_EQ(spliced.report.steps[i].selected, whole.report.steps[i].selected);
      EXPECT_EQ(spliced.report.steps[i].changed, whole.report.steps[i].changed);
      EXPECT_EQ(spliced.report.steps[i].unmatched, whole.report.steps[i].unmatched);
    }
    EXPECT_EQ(spliced.report.untouched, whole.report.untouched);
  }
}

TEST(Pipeline, DirectoriesThatBecomeOneAreLookedAtFileByFile) {
  Pipeline p;
  p.steps.push_back(step("move", std::make_shared<FakeMove>("s3://old/", "s3://new/")));
  const auto all = [](std::string directory) {
    return std::vector<std::string>{directory + "1", directory + "2", directory + "3"};
  };
  auto apart = all("s3://old/a/");
  apart.push_back("s3://new/a/4");
  const Result result = run(p, snapshot(apart));
  EXPECT_TRUE(result.report.collision_check);
  auto clash = all("s3://old/a/");
  clash.push_back("s3://new/a/3");
  EXPECT_EQ(failure(p, snapshot(clash)), "E-RULE-COLLISION");
  EXPECT_FALSE(run(p, snapshot(all("s3://old/a/"))).report.collision_check) << "it is proved";
}

TEST(Pipeline, ADirectoryMustBeToldAsItsFilesAre) {
  Pipeline p;
  p.steps.push_back(
      step("two-faced", std::make_shared<FakeMove>("s3://old/", "s3://new/", "s3://else/")));
  EXPECT_EQ(failure(p, snapshot({"s3://old/a", "s3://old/b"})), "E-PLUGIN-FAILED");
}

TEST(Pipeline, ResultsMustBePathsAsFlinkWritesThem) {
  for (const char* bad : {"s3:bucket", "s3://b//x", "s3://b/x/", "relative", "", "file:///x"}) {
    Pipeline p;
    p.steps.push_back(step("bad", std::make_shared<FakeUri>([&](std::string_view, std::string& r) {
                             r = bad;
                             return Outcome::changed;
                           })));
    EXPECT_EQ(failure(p, snapshot({"s3://old/a"})), "E-RULE-NOT-PATH") << bad;
  }
}

TEST(Pipeline, ResultsMustFitTheFormat) {
  for (const std::size_t length : {65535U, 65536U}) {
    Pipeline p;
    p.steps.push_back(step("long", std::make_shared<FakeUri>([&](std::string_view, std::string& r) {
                             r = "s3://b/";
                             r.append(length - r.size(), 'x');
                             return Outcome::changed;
                           })));
    EXPECT_EQ(failure(p, snapshot({"s3://old/a"})), length > 65535 ? "E-RULE-TEXT-LENGTH" : "");
  }
}

TEST(Pipeline, OddSpellingsAreShownAsFlinkWouldWriteThem) {
  Pipeline p;
  p.steps.push_back(move("file:/tmp/", "s3://b/"));
  EXPECT_THAT(files_of(run(p, snapshot({"file:///tmp//x"})).bytes),
              testing::ElementsAre("s3://b/x"));
  // What no step changes keeps its spelling.
  p.steps[0] = move("hdfs://nn/", "s3://b/");
  p.untouched_uris = Untouched::allow;
  const auto input = snapshot({"file:///tmp//x"});
  EXPECT_EQ(run(p, input).bytes, input);
}

TEST(Pipeline, TextBeyondAsciiReachesStepsAsUtf8) {
  Pipeline p;
  std::string seen;
  p.steps.push_back(
      step("see", std::make_shared<FakeUri>([&](std::string_view uri, std::string& result) {
             seen = uri;
             result = std::string(uri) + "\xF0\x9F\x98\x80";
             return Outcome::changed;
           })));
  // U+1F600 in modified UTF-8: two surrogates of three bytes.
  const Result result = run(p, snapshot({"s3://b/\xED\xA0\xBD\xED\xB8\x80"}));
  EXPECT_EQ(seen, "s3://b/\xF0\x9F\x98\x80");
  EXPECT_THAT(files_of(result.bytes),
              testing::ElementsAre("s3://b/\xED\xA0\xBD\xED\xB8\x80\xED\xA0\xBD\xED\xB8\x80"));
}

TEST(Pipeline, DocumentStepsAndUriStepsKeepTheirOrder) {
  Pipeline p;
  p.steps.push_back(move("s3://old/", "s3://middle/"));
  p.steps.push_back(
      step("add", std::make_shared<FakeDocument>([](Document& document, DocumentContext& context) {
             document.root().operators[0].name = "renamed";
             context.changed(0, "name", "source", "renamed");
           })));
  p.steps.push_back(move("s3://middle/", "s3://new/"));
  const Result result = run(p, snapshot({"s3://old/a"}));
  EXPECT_THAT(files_of(result.bytes), testing::ElementsAre("s3://new/a"));
  EXPECT_EQ(result.report.changed_operators, 1U);
  EXPECT_EQ(result.report.path, RunReport::Path::reencoded);
}

// ---------------------------------------------------------------------------- operators

std::vector<std::string> uids_of(const std::vector<std::byte>& bytes) {
  PluginRegistry registry = test::plugin_registry();
  DiagnosticList problems;
  Document document = decode_document(memory_source(bytes, "test"), registry, problems);
  std::vector<std::string> uids;
  for (const OperatorState& op : document.root().operators) uids.emplace_back(op.uid);
  return uids;
}

// Gives each selected operator a uid with an 'x' behind, unless it has one; drops `snkx`.
std::shared_ptr<const Transform> append_x() {
  return std::make_shared<FakeDocument>([](Document& document, DocumentContext& context) {
    for (std::uint32_t i = 0; i < document.root().operators.size(); ++i) {
      if (!context.selects(i)) continue;
      OperatorState& op = document.root().operators[i];
      if (op.uid == "snkx") {
        context.drop(i);
      } else if (op.uid.ends_with('x')) {
        context.already(i);
      } else {
        const std::string uid = std::string(op.uid) + "x";
        context.changed(i, "uid", op.uid, uid);
        op.uid = document.arena().intern(uid);
      }
    }
  });
}

TEST(Pipeline, DocumentStepsCountOperators) {
  Pipeline p;
  p.steps.push_back(step("x", append_x()));
  p.steps[0].where.operator_uid = {"s*"};
  p.steps[0].expect["matched"] = *parse_count_bound("2");
  const auto input = snapshot({"s3://old/a"});
  std::vector<std::string> told;
  RunOptions options;
  options.on_operator_change = [&](const OperatorChange& change) {
    told.push_back(std::to_string(change.op.index) + " " + std::string(change.op.uid) + " " +
                   std::string(change.field) + " " + std::string(change.before) + " > " +
                   std::string(change.after));
  };
  const Result first = run(p, input, options);
  EXPECT_THAT(told, testing::ElementsAre("0 src uid src > srcx", "1 snk uid snk > snkx"));
  EXPECT_EQ(first.report.steps[0].changed, 2U);
  EXPECT_EQ(first.report.changed_operators, 2U);
  EXPECT_EQ(first.report.changed_locations, 0U);
  EXPECT_THAT(uids_of(first.bytes), testing::ElementsAre("srcx", "snkx"));

  told.clear();
  const Result second = run(p, first.bytes, options);
  EXPECT_THAT(told, testing::ElementsAre(testing::StartsWith("1 snkx  ")));
  EXPECT_THAT(uids_of(second.bytes), testing::ElementsAre("srcx"));
  EXPECT_EQ(second.report.steps[0].already, 1U);
  EXPECT_EQ(second.report.steps[0].changed, 1U);
  EXPECT_FALSE(second.report.already_applied());

  p.steps[0].expect.clear();
  const Result third = run(p, second.bytes, options);
  EXPECT_TRUE(third.report.already_applied());
  EXPECT_EQ(third.bytes, second.bytes);
}

TEST(Pipeline, DocumentStepsSelectByOperatorAndState) {
  const auto input = snapshot({"s3://old/a"});
  const auto selected = [&](const std::function<void(Selector&)>& narrow) {
    Pipeline p;
    p.steps.push_back(step("x", append_x()));
    narrow(p.steps[0].where);
    const Result result = run(p, input);
    EXPECT_EQ(result.report.steps[0].selected, result.report.steps[0].changed);
    return uids_of(result.bytes);
  };
  using testing::ElementsAre;
  EXPECT_THAT(selected([](Selector&) {}), ElementsAre("srcx", "snkx"));
  EXPECT_THAT(selected([](Selector& s) { s.operator_uid = {"snk"}; }), ElementsAre("src", "snkx"));
  EXPECT_THAT(selected([](Selector& s) { s.operator_name = {"so*"}; }), ElementsAre("srcx", "snk"));
  EXPECT_THAT(selected([](Selector& s) { s.state_name = {"off*"}; }), ElementsAre("src", "snkx"));
  EXPECT_THAT(selected([](Selector& s) { s.state_name = {"other"}; }), ElementsAre("src", "snk"));
}

TEST(Pipeline, WhatIsNotSelectedMustBeLeftAlone) {
  Pipeline p;
  p.steps.push_back(
      step("rude", std::make_shared<FakeDocument>(
                       [](Document&, DocumentContext& context) { context.drop(1); })));
  p.steps[0].where.operator_uid = {"src"};
  EXPECT_EQ(failure(p, snapshot({})), "E-PLUGIN-FAILED");
}

TEST(Pipeline, OperatorsAreRequiredOfTheInput) {
  Pipeline p;
  p.steps.push_back(step("x", append_x()));
  p.require.operators = {{operator_id_of_uid("src"), "uid:src"}};
  EXPECT_EQ(failure(p, snapshot({})), "");
  p.require.operators = {{operator_id_of_uid("srcx"), "uid:srcx"}};
  EXPECT_EQ(failure(p, snapshot({})), "E-RULE-REQUIRE");
}

TEST(Pipeline, OperatorsCanBeNamedFromOutside) {
  const auto input = test::read_file(test::testdata("examples/snapshots/1.9.3-heap/_metadata"));
  Pipeline p;
  p.steps.push_back(move("s3://bucket-old/", "s3://new/"));
  p.untouched_uris = Untouched::allow;
  p.steps[0].where.operator_uid = {"keyed-*"};
  EXPECT_EQ(failure(p, input), "E-RULE-NAMES");
  const auto names = std::make_shared<OperatorNames>();
  names->add(operator_id_of_uid("keyed-uid"), "keyed-uid", "");
  RunOptions options;
  options.operator_names = names;
  const std::uint64_t by_pattern = run(p, input, options).report.steps[0].selected;
  p.steps[0].where.operator_uid = {"keyed-uid"};
  EXPECT_EQ(run(p, input).report.steps[0].selected, by_pattern);
  EXPECT_GE(by_pattern, 1U);
  p.steps[0].where = {};
  p.steps[0].where.operator_name = {"Source*"};
  EXPECT_EQ(failure(p, input, options), "E-RULE-NAMES") << "its name is still unknown";
}

TEST(Pipeline, ABrokenTransformIsNamed) {
  Pipeline p;
  p.steps.push_back(step("bad", std::make_shared<FakeUri>([](std::string_view, std::string&) {
                           throw 42;
                           return Outcome::unmatched;
                         })));
  EXPECT_EQ(failure(p, snapshot({"s3://old/a"})), "E-PLUGIN-FAILED");
}

TEST(Pipeline, RequirementsAreChecked) {
  const auto input = snapshot({});
  Pipeline version;
  version.require.metadata_version = *parse_count_bound(">=6");
  EXPECT_EQ(failure(version, input), "E-RULE-REQUIRE");
  Pipeline kind;
  kind.require.snapshot = {SnapshotType::savepoint};
  EXPECT_EQ(failure(kind, input), "E-RULE-REQUIRE");
  kind.require.snapshot = {SnapshotType::savepoint, SnapshotType::unknown};
  EXPECT_EQ(failure(kind, input), "");
  Pipeline operators;
  operators.require.operators = {{operator_id_of_uid("src"), "uid:src"},
                                 {operator_id_of_uid("gone"), "uid:gone"}};
  EXPECT_EQ(failure(operators, input), "E-RULE-REQUIRE");
  operators.require.operators.pop_back();
  EXPECT_EQ(failure(operators, input), "");
}

// Keeps nothing, and knows whether it was committed.
struct CommitWatch final : ByteSink {
  bool committed = false;
  void write(std::span<const std::byte>) override {}
  void commit() override { committed = true; }
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return "watch"; }
};

TEST(Pipeline, AFailedRunCommitsNothing) {
  CommitWatch sink;
  Pipeline p;
  p.steps.push_back(move("s3://nothing/", "s3://new/"));
  const auto input = snapshot({"s3://old/a"});
  const auto source = memory_source(input, "test");
  PluginRegistry registry = test::plugin_registry();
  DiagnosticList problems;
  EXPECT_THROW(p.run(*source, sink, registry, {}, problems), RuleError);
  EXPECT_FALSE(sink.committed);
}

TEST(Pipeline, AnInputThatWasChangedMeanwhileIsNotCommitted) {
  // A file that somebody writes to while it is read.
  struct Changing final : ByteSource {
    explicit Changing(std::span<const std::byte> bytes) : inner(memory_source(bytes, "test")) {}
    const std::string& name() const noexcept override { return inner->name(); }
    std::optional<std::uint64_t> size() const noexcept override { return inner->size(); }
    bool rewindable() const noexcept override { return true; }
    std::span<const std::byte> peek(std::size_t n) override { return inner->peek(n); }
    std::unique_ptr<ByteFeed> open() override { return inner->open(); }
    std::span<const std::byte> bytes() override { return inner->bytes(); }
    void check_unchanged() const override { throw IoError("E-IO-CHANGED", "changed", name()); }
    std::unique_ptr<ByteSource> inner;
  };
  for (const bool reencode : {false, true}) {
    CommitWatch sink;
    const auto input = snapshot({"s3://old/a"});
    Changing source(input);
    PluginRegistry registry = test::plugin_registry();
    DiagnosticList problems;
    RunOptions options;
    options.reencode = reencode;
    Pipeline p;
    p.steps.push_back(move("s3://old/", "s3://new/"));
    try {
      p.run(source, sink, registry, options, problems);
      ADD_FAILURE() << "the change went unnoticed";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "E-IO-CHANGED");
    }
    EXPECT_FALSE(sink.committed);
  }
}

TEST(Pipeline, WhatIsReadBackDifferentlyIsNotCommitted) {
  // A disk that loses the last byte.
  struct Lossy final : ByteSink {
    std::vector<std::byte> kept;
    std::unique_ptr<ByteSink> inner = memory_sink(kept);
    bool committed = false;
    void write(std::span<const std::byte> bytes) override { inner->write(bytes); }
    void commit() override { committed = true; }
    std::unique_ptr<ByteSource> written() override {
      return memory_source(std::span(kept).first(kept.size() - 1), "lossy");
    }
    std::uint64_t digest() const override { return inner->digest(); }
    std::string name() const override { return "lossy"; }
  };
  for (const bool reencode : {false, true}) {
    Lossy sink;
    const auto input = snapshot({"s3://old/a"});
    const auto source = memory_source(input, "test");
    PluginRegistry registry = test::plugin_registry();
    DiagnosticList problems;
    RunOptions options;
    options.reencode = reencode;
    try {
      Pipeline{}.run(*source, sink, registry, options, problems);
      ADD_FAILURE() << "the loss went unnoticed";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "E-VERIFY");
    }
    EXPECT_FALSE(sink.committed);
  }
}

// ---------------------------------------------------------------------------- conversion

std::int32_t version_of(const std::vector<std::byte>& bytes) {
  ByteReader in{std::span<const std::byte>(bytes)};
  return read_format_version(in);
}

TEST(PipelineOutput, AnotherFormatAfterTheSteps) {
  Pipeline p;
  p.steps.push_back(move("s3://old/", "s3://new/"));
  p.output.flink = FlinkRelease{1, 18};
  p.output.on_loss = OnLoss::report;
  const Result result = run(p, snapshot({"s3://old/a"}));
  EXPECT_EQ(version_of(result.bytes), 4);
  EXPECT_THAT(files_of(result.bytes), testing::ElementsAre("s3://new/a"));
  EXPECT_EQ(result.report.dialect.format_version, 5);
  ASSERT_TRUE(result.report.conversion);
  EXPECT_EQ(result.report.conversion->target.format_version, 4);
  EXPECT_TRUE(result.report.verified);
  // Both operators have a name and a uid: one warning for each reason.
  ASSERT_EQ(result.problems.all().size(), 2U);
  EXPECT_EQ(result.problems.all()[0].code, "W-CAPABILITY-LOSS");
  EXPECT_EQ(result.problems.all()[0].notes.size(), 2U);
}

TEST(PipelineOutput, WhatIsRefusedIsToldWholeAndNotBegun) {
  Pipeline p;
  p.output.flink = FlinkRelease{1, 18};
  PluginRegistry registry = test::plugin_registry();
  const auto input = snapshot({"s3://old/a"});
  const auto source = memory_source(input, "test");
  test::RecordingSink sink;
  DiagnosticList problems;
  std::optional<ConversionAccount> account;
  RunOptions options;
  options.on_account = [&](const ConversionAccount& a) { account = a; };
  try {
    p.run(*source, sink, registry, options, problems);
    FAIL() << "a loss was written";
  } catch (const CapabilityError& error) {
    EXPECT_EQ(error.code(), "E-CAPABILITY-LOSS");
  }
  EXPECT_EQ(problems.errors(), 1U);  // the other one was thrown
  EXPECT_TRUE(sink.pieces.empty());
  EXPECT_FALSE(sink.committed);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->findings.size(), 4U);
}

TEST(PipelineOutput, NothingToConvertIsACopy) {
  Pipeline p;
  p.output.flink = FlinkRelease{2, 1};
  const auto input = snapshot({"s3://old/a"});
  const Result result = run(p, input);
  EXPECT_EQ(result.bytes, input);
  EXPECT_EQ(result.report.path, RunReport::Path::copied);
  EXPECT_FALSE(result.report.changed());
}

TEST(PipelineOutput, ExplainingEndsWithTheAccount) {
  Pipeline p;
  p.output.flink = FlinkRelease{1, 13};
  RunOptions options;
  options.explain = true;
  options.commit = false;
  const Result result = run(p, snapshot({"s3://old/a"}), options);
  EXPECT_TRUE(result.bytes.empty());
  EXPECT_EQ(result.problems.all().size(), 0U);
  ASSERT_TRUE(result.report.conversion);
  EXPECT_EQ(result.report.conversion->worst(), LossClass::drops_information);
}

TEST(PipelineOutput, HandlesFollowTheDirectoryThatTheStepsMove) {
  RunOptions options;
  options.base_uri = "s3://old/sp";
  Pipeline p;
  p.steps.push_back(move("s3://old/", "s3://new/"));
  p.output.handles = HandleForm::relative;
  const Result relative = run(p, snapshot({"s3://old/sp/a", "s3://old/shared/b"}), options);
  EXPECT_THAT(files_of(relative.bytes), testing::ElementsAre("s3://new/shared/b"));
  EXPECT_EQ(relative.report.changed_locations, 3U);
  EXPECT_EQ(relative.report.absolute, 1U);
  EXPECT_EQ(version_of(relative.bytes), 5);
  p.output.handles = HandleForm::absolute;
  options.base_uri = "s3://old/sp2";
  const Result absolute = run(p, relative.bytes, options);
  EXPECT_THAT(files_of(absolute.bytes),
              testing::ElementsAre("s3://new/sp2/meta", "s3://new/sp2/a", "s3://new/shared/b"));
  EXPECT_EQ(failure(p, relative.bytes), "E-RULE-BASE-URI");
}

TEST(CountBounds, AreParsed) {
  EXPECT_TRUE(parse_count_bound("0")->holds(0));
  EXPECT_FALSE(parse_count_bound("0")->holds(1));
  EXPECT_TRUE(parse_count_bound(">=1 <=3")->holds(3));
  EXPECT_FALSE(parse_count_bound(">1 <4")->holds(4));
  for (const char* bad : {"", " ", "x", "1x", ">= 1", "<0", ">=3 <=1", "-1"}) {
    EXPECT_FALSE(parse_count_bound(bad)) << bad;
  }
}

}  // namespace
}  // namespace stateferry
