// Every way in which a plugin can be wrong has a code and a sentence of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ostream>

#include "bad_plugins.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/rules/build_pipeline.hpp"
#include "stateferry/rules/rule_file.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;
using test::module_file;
using test::module_folder;
using test::registry_over;
using test::thrown_by;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kFile[] = "stateferry_transform_bad.so";
const std::string kTag = kAbiTag;
const std::string kOtherHeaders =
    "the plugin was built against other stateferry headers; different are ";
const std::string kOtherSizes =
    "the plugin was built against the headers of this stateferry, but with switches that give "
    "their types other sizes";

// ---------------------------------------------------------------------------- when it is opened

struct Refusal {
  const char* module;
  const char* code;
  std::string sentence;
};
void PrintTo(const Refusal& refusal, std::ostream* out) {
  *out << refusal.module;
}

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, AreToldWithCodeSentenceAndFile) {
  const Refusal& expected = GetParam();
  const fs::path folder = module_folder(expected.module);
  PluginRegistry registry = registry_over(folder);
  registry.load_all();
  ASSERT_EQ(registry.list().size(), 1U);
  const PluginInfo info = registry.list().front();
  EXPECT_FALSE(info.loaded);
  ASSERT_TRUE(info.refused);
  EXPECT_EQ(info.refused->code, expected.code);
  EXPECT_EQ(info.refused->message, expected.sentence);
  EXPECT_EQ(info.refused->subject, (folder / kFile).string());
  EXPECT_NE(info.refused->hint, "");
  // Whoever needs it hears the same.
  const Diagnostic thrown = thrown_by([&] { registry.make_transform("bad.fine"); });
  EXPECT_EQ(thrown.code, expected.code);
  EXPECT_EQ(thrown.message, expected.sentence);
}

INSTANTIATE_TEST_SUITE_P(
    BadPlugins, Refusals,
    testing::Values(
        Refusal{"abi", "E-PLUGIN-ABI",
                "the plugin was built for plugin ABI 7, this stateferry has " +
                    std::to_string(kPluginAbi)},
        Refusal{"tag", "E-PLUGIN-ABI",
                "the plugin was built with '" + kTag.substr(0, kTag.size() - 1) +
                    "1', this stateferry with '" + kTag + "'"},
        Refusal{"no_tag", "E-PLUGIN-ABI",
                "the plugin was built with '', this stateferry with '" + kTag + "'"},
        Refusal{"member", "E-PLUGIN-ABI", kOtherHeaders + "model/state_handles.hpp"},
        Refusal{"virtual_function", "E-PLUGIN-ABI", kOtherHeaders + "plugin/transform.hpp"},
        Refusal{"enumerator", "E-PLUGIN-ABI", kOtherHeaders + "plugin/transform.hpp"},
        Refusal{"fingerprint", "E-PLUGIN-ABI", kOtherSizes},
        Refusal{"struct_size", "E-PLUGIN-ABI", kOtherSizes},
        Refusal{"kind", "E-PLUGIN-ENTRY",
                "the file name promises the transform plugin 'bad', but the plugin says that it is "
                "the codec plugin 'bad'"},
        Refusal{"name", "E-PLUGIN-ENTRY",
                "the file name promises the transform plugin 'bad', but the plugin says that it is "
                "the transform plugin 'good'"},
        Refusal{"no_name", "E-PLUGIN-ENTRY",
                "the file name promises the transform plugin 'bad', but the plugin says that it is "
                "the transform plugin ''"},
        Refusal{"no_version", "E-PLUGIN-ENTRY", "the plugin holds nothing"},
        Refusal{"no_entries", "E-PLUGIN-ENTRY", "the plugin holds nothing"},
        Refusal{"none_declared", "E-PLUGIN-ENTRY", "the plugin holds nothing"},
        Refusal{"declared_twice", "E-PLUGIN-ENTRY", "the plugin declares 'bad.fine' twice"},
        Refusal{"no_entry", "E-PLUGIN-ENTRY",
                "the library has no function stateferry_plugin_entry, so it is not a stateferry "
                "plugin"},
        Refusal{"null_entry", "E-PLUGIN-ENTRY", "the plugin's entry function returned nothing"}),
    [](const auto& param) { return std::string(param.param.module); });

TEST(BadPlugin, OfManyDifferentHeadersTheFirstAreNamed) {
  PluginRegistry registry = registry_over(module_folder("no_headers"));
  const Diagnostic thrown = thrown_by([&] { registry.make_transform("bad.fine"); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-ABI");
  EXPECT_THAT(thrown.message, StartsWith(kOtherHeaders + "bytes/byte_reader.hpp, "));
  EXPECT_THAT(thrown.message, EndsWith(" more"));
}

TEST(BadPlugin, AnEntryFunctionThatThrowsIsTold) {
  PluginRegistry registry = registry_over(module_folder("throwing_entry"));
  const Diagnostic thrown = thrown_by([&] { registry.make_transform("bad.fine"); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-FAILED");
  EXPECT_THAT(thrown.message, HasSubstr(kFile));
  EXPECT_THAT(thrown.message, HasSubstr("no licence"));
}

// What the system's loader says is passed on.
void expect_load_error(const fs::path& folder, const char* reason) {
  PluginRegistry registry = registry_over(folder);
  const Diagnostic thrown = thrown_by([&] { registry.make_transform("bad.fine"); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-LOAD");
  EXPECT_THAT(thrown.message, StartsWith("the plugin can't be loaded: "));
  EXPECT_THAT(thrown.message, HasSubstr(reason));
  EXPECT_EQ(thrown.subject, (folder / kFile).string());
}

TEST(BadPlugin, AnUndefinedSymbolIsFoundWhenItIsLoaded) {
  expect_load_error(module_folder("undefined_symbol"),
                    "undefined symbol: a_function_that_nobody_has");
}

TEST(BadPlugin, ATextFileIsTold) {
  const test::TemporaryDirectory folder;
  test::write_file(folder.path() / kFile, std::string(5000, 'x'));
  expect_load_error(folder.path(), "invalid ELF header");
}

TEST(BadPlugin, AnEmptyFileIsTold) {
  const test::TemporaryDirectory folder;
  test::write_file(folder.path() / kFile, "");
  expect_load_error(folder.path(), "file too short");
}

TEST(BadPlugin, AFolderWithThatNameIsTold) {
  const test::TemporaryDirectory folder;
  fs::create_directory(folder.path() / kFile);
  PluginRegistry registry = registry_over(folder.path());
  EXPECT_EQ(thrown_by([&] { registry.make_transform("bad.fine"); }).code, "E-PLUGIN-LOAD");
}

// ---------------------------------------------------------------------------- when it is used

TEST(BadPlugin, ACreatorThatThrowsAnExceptionIsTold) {
  PluginRegistry registry = registry_over(module_folder("throwing"));
  const Diagnostic thrown = thrown_by([&] { registry.make_transform("bad.made-with-exception"); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-FAILED");
  EXPECT_EQ(thrown.message, "bad.made-with-exception failed: no memory for this");
}

TEST(BadPlugin, ACreatorThatThrowsAnIntIsTold) {
  PluginRegistry registry = registry_over(module_folder("throwing"));
  const Diagnostic thrown = thrown_by([&] { registry.make_transform("bad.made-with-int"); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-FAILED");
  EXPECT_EQ(thrown.message, "bad.made-with-int threw something that is no exception");
}

TEST(BadPlugin, ACreatorThatMakesNothingIsTold) {
  PluginRegistry registry = registry_over(module_folder("throwing"));
  const Diagnostic thrown = thrown_by([&] { registry.make_transform("bad.made-of-nothing"); });
  EXPECT_THAT(thrown.code, StartsWith("E-PLUGIN-"));
  EXPECT_THAT(thrown.message, HasSubstr("bad.made-of-nothing"));
}

TEST(BadPlugin, ACodecThatIsNotMadeIsTold) {
  PluginRegistry registry = registry_over(module_folder("null_codec"));
  const Diagnostic thrown = thrown_by([&] { registry.codec_for(90); });
  EXPECT_THAT(thrown.code, StartsWith("E-PLUGIN-"));
  EXPECT_THAT(thrown.message, HasSubstr("v90"));
}

TEST(BadPlugin, ACodecWhoseCreatorThrowsIsTold) {
  PluginRegistry registry = registry_over(module_folder("throwing_codec"));
  const Diagnostic thrown = thrown_by([&] { registry.codec_for(91); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-FAILED");
  EXPECT_EQ(thrown.message, "codec v91 threw something that is no exception");
}

TEST(BadPlugin, ACodecPluginWithoutACodecIsTold) {
  PluginRegistry registry = registry_over(module_folder("no_codec"));
  const Diagnostic thrown = thrown_by([&] { registry.codec_for(92); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-ENTRY");
  EXPECT_EQ(thrown.message, "plugin 'v92' holds no codec");
}

TEST(BadPlugin, ACodecWithTheDialectsOfAnotherVersionIsRefused) {
  PluginRegistry registry = registry_over(module_folder("other_dialects"));
  Diagnostic thrown = thrown_by([&] { registry.codec_for(93); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-ENTRY");
  EXPECT_EQ(thrown.message, "the codec v93 has dialects of other versions");
  EXPECT_TRUE(registry.dialects().all().empty());
  registry.add_directory(module_folder("no_dialect"), true);
  thrown = thrown_by([&] { registry.codec_for(94); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-ENTRY");
  EXPECT_EQ(thrown.message, "the codec v94 has no dialect");
}

TEST(BadPlugin, ACodecThatCanNotBeMadeHasNoDialects) {
  PluginRegistry registry = test::plugin_registry();
  const std::vector<std::int32_t> shipped = registry.dialects().versions();
  EXPECT_EQ(shipped, registry.codec_versions());
  registry.add_directory(module_folder("null_codec"), true);
  EXPECT_NE(registry.codec_versions(), shipped);
  EXPECT_EQ(registry.dialects().versions(), shipped);
}

TEST(BadPlugin, ATransformThatItDoesNotHaveIsTold) {
  PluginRegistry registry = registry_over(module_folder("throwing"));
  const Diagnostic thrown = thrown_by([&] { registry.make_transform("bad.rewrit"); });
  EXPECT_EQ(thrown.code, "E-RULE-UNKNOWN-TRANSFORM");
  EXPECT_THAT(thrown.message, HasSubstr("did you mean 'bad.rewrite'?"));
}

// A pipeline of one step, from rules as a user would write them.
std::optional<Pipeline> pipeline_of(const std::string& uses, PluginRegistry& registry,
                                    DiagnosticSink& problems) {
  const std::string text = "rules: \"v1\"\nsteps:\n  - {id: only, uses: " + uses + "}\n";
  const auto file = parse_rule_file("rules.yaml", text, RuleInputs{}, problems);
  if (!file) return std::nullopt;
  TransformFactory transforms;
  transforms.make = [&](std::string_view name) { return registry.make_transform(name); };
  return build_pipeline(
      *file, transforms, [](std::string_view) { return "1.0.0"; }, problems);
}

TEST(BadPlugin, WhatItThrowsInConfigureIsToldAtTheStep) {
  PluginRegistry registry = registry_over(module_folder("throwing"));
  DiagnosticList problems;
  EXPECT_FALSE(pipeline_of("bad.configure", registry, problems));
  ASSERT_EQ(problems.all().size(), 1U);
  const Diagnostic& problem = problems.all().front();
  EXPECT_EQ(problem.code, "E-PLUGIN-FAILED");
  EXPECT_EQ(problem.message, "bad.configure failed: no parameters today");
  EXPECT_EQ(problem.mark.line, 3);
}

// What a run of one step over a real snapshot throws. Nothing may have been committed.
Diagnostic failure_of_run(const std::string& uses) {
  PluginRegistry registry = test::plugin_registry();
  registry.add_directory(module_folder("throwing"), true);
  DiagnosticList problems;
  const auto pipeline = pipeline_of(uses, registry, problems);
  const test::ByteVector file =
      test::read_file(test::testdata("examples/snapshots/2.3.0-inc/_metadata"));
  const auto source = memory_source(file, "snapshot");
  test::RecordingSink sink;
  const Diagnostic thrown =
      thrown_by([&] { pipeline.value().run(*source, sink, registry, RunOptions{}, problems); });
  EXPECT_FALSE(sink.committed);
  return thrown;
}

TEST(BadPlugin, WhatItThrowsInARunStopsTheRun) {
  const Diagnostic thrown = failure_of_run("bad.rewrite");
  EXPECT_EQ(thrown.code, "E-PLUGIN-FAILED");
  EXPECT_THAT(thrown.message, StartsWith("bad.rewrite failed: can't bear s3://bucket-old/flink/"));
}

TEST(BadPlugin, AnErrorOfTheFrameworkKeepsItsCodeAndNamesThePlugin) {
  const Diagnostic thrown = failure_of_run("bad.rule-error");
  EXPECT_EQ(thrown.code, "E-RULE-VALUE");
  EXPECT_THAT(thrown.message, StartsWith("undecided about s3://bucket-old/flink/"));
  EXPECT_EQ(thrown.hint, "decide");
  EXPECT_THAT(thrown.notes, Contains("in bad.rule-error"));
}

// ---------------------------------------------------------------------------- who could write it

class UnsafePlugin : public testing::Test {
 protected:
  UnsafePlugin() { fs::copy_file(module_file("good", "transform_good"), file_); }

  Diagnostic refusal() {
    PluginRegistry registry = registry_over(folder_.path());
    return thrown_by([&] { registry.make_transform("good.fine"); });
  }

  test::TemporaryDirectory folder_;
  const fs::path file_ = folder_.path() / "stateferry_transform_good.so";
};

TEST_F(UnsafePlugin, OneThatOnlyWeCanWriteIsTaken) {
  EXPECT_EQ(refusal().code, "");
}

TEST_F(UnsafePlugin, AFileThatAllMayWriteIsRefused) {
  fs::permissions(file_, fs::perms::others_write, fs::perm_options::add);
  EXPECT_EQ(refusal().code, "E-PLUGIN-UNSAFE");
  EXPECT_EQ(refusal().message, "every user may write here, so nothing is loaded from it");
  EXPECT_EQ(refusal().subject, file_.string());
  EXPECT_EQ(refusal().hint, "chmod o-w " + file_.string());
}

TEST_F(UnsafePlugin, AFolderThatAllMayWriteIsRefused) {
  fs::permissions(folder_.path(), fs::perms::all);
  EXPECT_EQ(refusal().code, "E-PLUGIN-UNSAFE");
  EXPECT_EQ(refusal().subject, folder_.path().string());
}

// As /tmp: others can put files beside it, but not in its place.
TEST_F(UnsafePlugin, AStickyFolderIsGoodEnough) {
  fs::permissions(folder_.path(), fs::perms::all | fs::perms::sticky_bit);
  EXPECT_EQ(refusal().code, "");
}

TEST_F(UnsafePlugin, AFileOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  ASSERT_EQ(::chown(file_.c_str(), 12345, static_cast<gid_t>(-1)), 0);
  EXPECT_EQ(refusal().code, "E-PLUGIN-UNSAFE");
  EXPECT_EQ(refusal().message, "this belongs to user 12345, so nothing is loaded from it");
}

TEST_F(UnsafePlugin, ALinkIsJudgedByWhatItLeadsTo) {
  const test::TemporaryDirectory elsewhere;
  fs::create_symlink(file_, elsewhere.path() / "stateferry_transform_good.so");
  fs::permissions(file_, fs::perms::others_write, fs::perm_options::add);
  PluginRegistry registry = registry_over(elsewhere.path());
  EXPECT_EQ(thrown_by([&] { registry.make_transform("good.fine"); }).code, "E-PLUGIN-UNSAFE");
}

TEST_F(UnsafePlugin, AFolderAboveItIsJudgedToo) {
  const fs::path below = folder_.path() / "below";
  fs::create_directory(below);
  fs::rename(file_, below / "stateferry_transform_good.so");
  fs::permissions(folder_.path(), fs::perms::all);
  PluginRegistry registry = registry_over(below);
  const Diagnostic thrown = thrown_by([&] { registry.make_transform("good.fine"); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-UNSAFE");
  EXPECT_EQ(thrown.subject, folder_.path().string());
  EXPECT_THAT(thrown.notes, Contains("on the way to " + below.string()));
}

// Opening it would wait for somebody who writes.
TEST_F(UnsafePlugin, APipeIsNotOpened) {
  fs::remove(file_);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(refusal().code, "E-PLUGIN-LOAD");
  EXPECT_EQ(refusal().message, "the plugin can't be loaded: this is no regular file");
}

// ---------------------------------------------------------------------------- and the others

TEST(BadPlugin, OthersStillWorkAfterOneHasFailed) {
  PluginRegistry registry = registry_over(module_folder("abi"), module_folder("good"));
  EXPECT_EQ(thrown_by([&] { registry.make_transform("bad.fine"); }).code, "E-PLUGIN-ABI");
  EXPECT_NE(registry.make_transform("good.fine"), nullptr);
  EXPECT_EQ(thrown_by([&] { registry.make_transform("bad.fine"); }).code, "E-PLUGIN-ABI");
  EXPECT_EQ(registry.version_of("good"), "1.0.0");
}

TEST(BadPlugin, ItsOtherTransformsStillWorkAfterOneHasFailed) {
  PluginRegistry registry = registry_over(module_folder("throwing"));
  EXPECT_NE(thrown_by([&] { registry.make_transform("bad.made-with-int"); }).code, "");
  EXPECT_NE(registry.make_transform("bad.fine"), nullptr);
}

}  // namespace
}  // namespace stateferry
