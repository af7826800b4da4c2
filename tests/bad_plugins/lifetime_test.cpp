// What came from a plugin may outlive the registry, in any order.
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "bad_plugins.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

using test::module_folder;
using test::registry_over;

std::string outcome_of(const Transform& transform, std::string_view uri) {
  std::string result;
  const auto& uri_transform = dynamic_cast<const UriTransform&>(transform);
  return uri_transform.rewrite(uri, result) == Outcome::already ? "already" : "something else";
}

TEST(Lifetime, ATransformOutlivesTheRegistry) {
  std::shared_ptr<Transform> transform;
  {
    PluginRegistry registry = registry_over(module_folder("good"));
    transform = registry.make_transform("good.fine");
  }
  EXPECT_EQ(outcome_of(*transform, "s3://b/x"), "already");
}

TEST(Lifetime, OneOfTwoTransformsOutlivesTheOther) {
  PluginRegistry registry = registry_over(module_folder("good"));
  std::shared_ptr<Transform> first = registry.make_transform("good.fine");
  const std::shared_ptr<Transform> second = registry.make_transform("good.fine");
  EXPECT_NE(first, second);
  first.reset();
  registry = PluginRegistry();
  EXPECT_EQ(outcome_of(*second, "s3://b/x"), "already");
}

TEST(Lifetime, ACodecOutlivesTheRegistry) {
  std::shared_ptr<const Codec> codec;
  {
    PluginRegistry registry = test::plugin_registry();
    codec = registry.codec_for(6);
  }
  EXPECT_EQ(codec->format_version(), 6);
  const test::ByteVector file =
      test::read_file(test::testdata("examples/snapshots/2.3.0-inc/_metadata"));
  Arena arena;
  EXPECT_EQ(test::decode_file(*codec, {6, {2, 1}}, file, arena).checkpoint_id, 2);
}

TEST(Lifetime, ADocumentNeedsNoPlugin) {
  std::optional<Document> document;
  {
    PluginRegistry registry = test::plugin_registry();
    DiagnosticList problems;
    const std::string path = test::testdata("examples/snapshots/2.3.0-inc/_metadata").string();
    document.emplace(decode_document(file_source(path, path), registry, problems));
  }
  EXPECT_EQ(document->root().checkpoint_id, 2);
}

// Without a walk, and without a copy of a pipe.
TEST(Bodies, AreThoseThatTheCodecTellsByTheHead) {
  PluginRegistry registry = registry_over(module_folder("two_bodies"));
  const auto codec = registry.codec_for(95);
  for (const int id : {1, 2}) {
    CheckpointMetadata root;
    root.checkpoint_id = id;
    const Dialect& expected = codec->dialects()[id == 1 ? 0 : 1].dialect;
    const test::ByteVector file = test::encode_file(*codec, expected, root);
    DiagnosticList problems;
    EXPECT_EQ(decode_document(memory_source(file, "in"), registry, problems).source_dialect(),
              expected);
    test::ByteVector made;
    const auto sink = memory_sink(made);
    const auto source = memory_source(file, "in");
    const RunReport report = Pipeline().run(*source, *sink, registry, RunOptions(), problems);
    EXPECT_EQ(report.dialect, expected);
    EXPECT_EQ(made, file);
  }
}

// The plugin's exception has a type that only the plugin knows; it must not leave it.
TEST(Lifetime, AnErrorOutlivesThePluginThatCausedIt) {
  std::exception_ptr error;
  {
    PluginRegistry registry = registry_over(module_folder("throwing"));
    try {
      registry.make_transform("bad.made-with-exception");
    } catch (...) {
      error = std::current_exception();
    }
  }
  try {
    std::rethrow_exception(error);
  } catch (const PluginError& e) {
    EXPECT_STREQ(e.what(), "bad.made-with-exception failed: no memory for this");
  }
}

TEST(Lifetime, TwoRegistriesDoNotDisturbEachOther) {
  PluginRegistry first = registry_over(module_folder("good"));
  std::shared_ptr<Transform> transform = first.make_transform("good.fine");
  {
    PluginRegistry second = registry_over(module_folder("good"));
    EXPECT_NE(second.make_transform("good.fine"), nullptr);
  }
  EXPECT_EQ(outcome_of(*transform, "s3://b/x"), "already");
}

}  // namespace
}  // namespace stateferry
