// Handles that Flink takes for different stay different, and equal ones equal: it has maps from
// handles, and loses state where two become one. In every golden file.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "golden.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/handle_form.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/transfer/self_contain.hpp"
#include "stateferry/transfer/snapshot_transfer.hpp"

namespace stateferry::test {
namespace {

// What the equals() of Flink's handles compares, as text; empty for what is no file.
std::string compared(const StreamStateHandle& handle) {
  if (const auto* f = std::get_if<FileStateHandle>(&handle)) return "F" + std::string(f->path.text);
  if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) {
    return "R" + std::string(r->relative_path.text);
  }
  const auto* s = std::get_if<SegmentFileStateHandle>(&handle);
  if (s == nullptr) return {};
  return "S" + std::to_string(s->start_position) + " " + std::to_string(s->size) + " " +
         std::to_string(s->scope) + " " + std::string(s->path.text) + "\n" +
         std::string(s->logical_file_id);
}

// The file handles in file order, each as the number of the first that it equals.
class Classes final : public TreeVisitor {
 public:
  void handle(StreamStateHandle& handle, const Location&) override {
    const std::string text = compared(handle);
    if (text.empty()) return;
    of_handles.push_back(first_.try_emplace(text, of_handles.size()).first->second);
  }
  std::vector<std::size_t> of_handles;

 private:
  std::map<std::string, std::size_t> first_;
};
std::vector<std::size_t> classes(CheckpointMetadata& root) {
  Classes found;
  walk(root, found);
  return std::move(found.of_handles);
}

// The classes after self-contain, by the pipeline that the command makes.
std::vector<std::size_t> after_self_contain(const Golden& golden, bool anchor) {
  const std::string base = "s3://bucket/job/chk-1";
  const std::string target = "s3://new/place";
  DiagnosticList sink;
  Document document = decode_document(memory_source(golden.bytes, golden.name()), codecs(), sink);
  const References references = collect_references(document, base);
  const DirectoryNames names = names_in_one_directory(document, references, target, true);
  std::vector<PlanRow> parts;
  Pipeline pipeline;
  pipeline.steps.push_back(relative_by_names(names));
  pipeline.steps.push_back(unmerging(target, parts));
  if (anchor) pipeline.steps.push_back(anchoring(target));
  std::vector<std::byte> bytes;
  const auto source = memory_source(golden.bytes, golden.name());
  const auto made = memory_sink(bytes);
  RunOptions options;
  options.base_uri = base;
  pipeline.run(*source, *made, codecs(), options, sink);
  Document after = decode_document(memory_source(bytes, golden.name()), codecs(), sink);
  return classes(after.root());
}

TEST(HandleIdentity, IsKept) {
  std::size_t repeated = 0;
  for (const std::int32_t version : tested_versions()) {
    if (version < 3) continue;  // knows no relative handles
    for (const Golden& golden : golden_files(version)) {
      SCOPED_TRACE(golden.name());
      Arena arena;
      auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
      const auto before = classes(root);
      for (std::size_t i = 0; i < before.size(); ++i) repeated += before[i] != i;
      EXPECT_EQ(after_self_contain(golden, false), before);
      unmerge_segments(root, arena, {"s3://new/place", false});
      EXPECT_EQ(classes(root), before) << "unmerge";
    }
  }
  EXPECT_GT(repeated, 0U) << "nothing was there that could have been split";
}

TEST(HandleIdentity, IsKeptByAnchors) {
  for (const Golden& golden : golden_files(6)) {
    if (golden.made_by_hand()) continue;  // what a job writes has no file in two roles
    SCOPED_TRACE(golden.name());
    Arena arena;
    auto root = decode_file(*golden.codec, golden.dialect, golden.bytes, arena);
    EXPECT_EQ(after_self_contain(golden, true), classes(root));
  }
}

// What a move makes of shared segments has its place: later checkpoints of the job take it over.
TEST(Move, UnmergedSharedFilesHaveTheirPlace) {
  std::size_t merged = 0;
  for (const Golden& golden : golden_files(6)) {
    if (golden.name().find("merge-inc") == std::string::npos) continue;
    SCOPED_TRACE(golden.name());
    DiagnosticList sink;
    Stores stores(codecs(), {});
    Document document = decode_document(memory_source(golden.bytes, golden.name()), codecs(), sink);
    References references = collect_references(document, "s3://bucket/job/chk-1");
    SnapshotTransfer move{codecs(), stores, sink,
                          Snapshot{"s3://bucket/job/chk-1/_metadata", references.base,
                                   std::move(document), std::move(references)}};
    MovePlan plan;
    plan.base = plan.root = move.snapshot.base;
    plan.target = plan.new_base = "s3://new/chk-1";
    std::vector<Relocation> all;
    for (const char* from : {"file:/", "s3://bucket"}) all.push_back({from, "s3://new"});
    plan.relocations = Relocations(all);
    decide_move(move, plan, Pipeline(), true);
    for (const RestoreMode& mode : move.modes) EXPECT_TRUE(mode.goes_on) << mode.name;
    Document after = decode_document(memory_source(move.metadata, "moved"), codecs(), sink);
    EXPECT_FALSE(restore_traits(after).relative_reused);
    ++merged;
  }
  EXPECT_GT(merged, 0U);
}

// Segments of one place that differ in what Flink compares beside it.
TEST(HandleIdentity, OfSegmentsIsMoreThanTheirPlace) {
  const auto segment = [](std::int32_t scope, std::string_view id) {
    return SegmentFileStateHandle{0, 5, scope, {"s3://b/shared/merged"}, id};
  };
  Arena arena;
  CheckpointMetadata root;
  OperatorState& op = root.operators.emplace_back(arena);
  OperatorSubtaskState& state = op.subtasks.emplace_back(arena).state;
  for (const SegmentFileStateHandle& handle :
       {segment(0, "a"), segment(0, "b"), segment(1, "a"), segment(0, "a")}) {
    OperatorStreamStateHandle operator_state;
    operator_state.delegate = handle;
    state.managed_operator.push_back(arena, operator_state);
  }
  const auto before = classes(root);
  EXPECT_EQ(before, (std::vector<std::size_t>{0, 1, 2, 0}));
  EXPECT_EQ(unmerge_segments(root, arena, {"s3://new", true}).size(), 3U);
  EXPECT_EQ(classes(root), before);
}

}  // namespace
}  // namespace stateferry::test
