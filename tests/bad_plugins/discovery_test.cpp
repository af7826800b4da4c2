// Where plugins are searched, which are opened, and what is said of two with one name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "bad_plugins.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;
using test::module_file;
using test::module_folder;
using test::registry_over;
using test::thrown_by;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kGood[] = "stateferry_transform_good.so";

std::vector<std::string> loaded(const PluginRegistry& registry) {
  std::vector<std::string> names;
  for (const PluginInfo& plugin : registry.list()) {
    if (plugin.loaded) names.push_back(plugin.name);
  }
  return names;
}

bool has(const PluginRegistry& registry, std::string_view name) {
  const auto plugins = registry.list();
  return std::any_of(plugins.begin(), plugins.end(),
                     [&](const PluginInfo& plugin) { return plugin.name == name; });
}

// Sets STATEFERRY_PLUGIN_PATH for the duration of a test.
class PluginPath {
 public:
  explicit PluginPath(const std::string& value) {
    if (const char* before = std::getenv(kName)) before_ = before;
    ::setenv(kName, value.c_str(), 1);
  }
  ~PluginPath() {
    if (before_) {
      ::setenv(kName, before_->c_str(), 1);
    } else {
      ::unsetenv(kName);
    }
  }
  PluginPath(const PluginPath&) = delete;
  PluginPath& operator=(const PluginPath&) = delete;

 private:
  static constexpr char kName[] = "STATEFERRY_PLUGIN_PATH";
  std::optional<std::string> before_;
};

// Goes to a folder for the duration of a test.
class WorkingDirectory {
 public:
  explicit WorkingDirectory(const fs::path& folder) : before_(fs::current_path()) {
    fs::current_path(folder);
  }
  ~WorkingDirectory() { fs::current_path(before_); }
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;

 private:
  const fs::path before_;
};

// ---------------------------------------------------------------------------- folders

TEST(PluginFolders, AMissingOneIsAnErrorWhereItWasAskedFor) {
  PluginRegistry registry;
  const Diagnostic thrown = thrown_by([&] { registry.add_directory("/no/such/folder", true); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-PATH");
  EXPECT_EQ(thrown.message, "the plugin folder does not exist");
  EXPECT_EQ(thrown.subject, "/no/such/folder");
  EXPECT_EQ(thrown_by([&] { registry.add_directory("/no/such/folder", false); }).code, "");
}

TEST(PluginFolders, FilesOfOtherNamesArePassedOver) {
  const test::TemporaryDirectory folder;
  for (const char* name : {"README", "stateferry_.so", "stateferry_codec_.so", "stateferry_x_y.so",
                           "libstateferry_codec_v5.so", "stateferry_codec_v5.so.bak"}) {
    test::write_file(folder.path() / name, "");
  }
  EXPECT_THAT(registry_over(folder.path()).list(), IsEmpty());
}

TEST(PluginFolders, TheSameFolderTwiceIsNoDuplicate) {
  const fs::path folder = module_folder("good");
  PluginRegistry registry = registry_over(folder, folder / ".." / "good", folder);
  EXPECT_EQ(registry.list().size(), 1U);
  EXPECT_NE(registry.make_transform("good.fine"), nullptr);
}

TEST(PluginFolders, TheVariableNamesSeveral) {
  const PluginPath path("/no/such/folder:" + module_folder("good").string() + ":" +
                        module_folder("throwing").string());
  const PluginRegistry registry = default_registry({});
  EXPECT_TRUE(has(registry, "good"));
  EXPECT_TRUE(has(registry, "bad"));
}

TEST(PluginFolders, ARelativeOneInTheVariableIsRefused) {
  for (const char* relative : {"plugins", "./plugins", ".", "/usr/lib:plugins"}) {
    const PluginPath path(relative);
    const Diagnostic thrown = thrown_by([&] { default_registry({}); });
    EXPECT_EQ(thrown.code, "E-PLUGIN-PATH") << relative;
    EXPECT_EQ(thrown.message, "STATEFERRY_PLUGIN_PATH holds a relative folder") << relative;
  }
}

TEST(PluginFolders, TheWorkingDirectoryIsNeverSearched) {
  const test::TemporaryDirectory here;
  for (const char* folder : {".", "plugins", "lib/stateferry/plugins", "stateferry/plugins"}) {
    fs::create_directories(here.path() / folder);
    fs::copy_file(module_file("good", "transform_good"), here.path() / folder / kGood,
                  fs::copy_options::skip_existing);
  }
  const WorkingDirectory working(here.path());
  // Empty parts of PATH mean the working directory to a shell; not here.
  for (const char* value : {"", ":", "::", ":/no/such/folder:"}) {
    const PluginPath path(value);
    EXPECT_FALSE(has(default_registry({}), "good")) << value;
  }
}

// ---------------------------------------------------------------------------- two of one name

TEST(Duplicates, AreAnErrorThatNamesBothFiles) {
  const test::TemporaryDirectory other;
  fs::copy_file(module_file("good", "transform_good"), other.path() / kGood);
  PluginRegistry registry = registry_over(module_folder("good"), other.path());
  const Diagnostic thrown = thrown_by([&] { registry.make_transform("good.fine"); });
  EXPECT_EQ(thrown.code, "E-PLUGIN-DUPLICATE");
  EXPECT_EQ(thrown.message, "two plugins have the name 'good'");
  EXPECT_THAT(thrown.notes, ElementsAre("found " + module_file("good", "transform_good").string(),
                                        "found " + (other.path() / kGood).string()));
}

TEST(Duplicates, AreFoundWithoutOpeningThem) {
  const test::TemporaryDirectory first;
  const test::TemporaryDirectory second;
  test::write_file(first.path() / "stateferry_codec_v5.so", "not a library");
  test::write_file(second.path() / "stateferry_codec_v5.so", "not a library");
  PluginRegistry registry = registry_over(first.path(), second.path());
  EXPECT_EQ(thrown_by([&] { registry.codec_for(5); }).code, "E-PLUGIN-DUPLICATE");
  registry.load_all();
  for (const PluginInfo& plugin : registry.list()) {
    ASSERT_TRUE(plugin.refused);
    EXPECT_EQ(plugin.refused->code, "E-PLUGIN-DUPLICATE");
    EXPECT_EQ(plugin.refused->subject, plugin.file.string());
  }
}

TEST(Duplicates, OfAnotherKindAreNone) {
  const test::TemporaryDirectory folder;
  fs::copy_file(module_file("good", "transform_good"), folder.path() / kGood);
  test::write_file(folder.path() / "stateferry_codec_good.so", "not a library");
  EXPECT_NE(registry_over(folder.path()).make_transform("good.fine"), nullptr);
}

TEST(Duplicates, DoNotTouchOtherPlugins) {
  const test::TemporaryDirectory other;
  fs::copy_file(module_file("throwing", "transform_bad"),
                other.path() / "stateferry_transform_bad.so");
  PluginRegistry registry =
      registry_over(module_folder("throwing"), other.path(), module_folder("good"));
  EXPECT_EQ(thrown_by([&] { registry.make_transform("bad.fine"); }).code, "E-PLUGIN-DUPLICATE");
  EXPECT_NE(registry.make_transform("good.fine"), nullptr);
}

// ---------------------------------------------------------------------------- what they declare

// Each module has a list of its own, in the order of names, whoever was loaded before, and however
// it was compiled.
TEST(DeclaredTransforms, AreThoseOfTheModuleAlone) {
  PluginRegistry registry = registry_over(module_folder("open_one"), module_folder("open_two"));
  registry.load_all();
  std::vector<std::string> names;
  for (const PluginInfo& plugin : registry.list()) {
    for (const auto& item : plugin.items) names.push_back(plugin.name + ": " + item.name);
  }
  EXPECT_THAT(names, ElementsAre("one: one.a", "one: one.z", "two: two.only"));
  for (const char* name : {"one.a", "one.z", "two.only"}) {
    EXPECT_NE(registry.make_transform(name), nullptr) << name;
  }
}

// ---------------------------------------------------------------------------- what is opened

TEST(OpenedPlugins, AreNoneForAList) {
  const PluginRegistry registry = test::plugin_registry();
  EXPECT_GE(registry.list().size(), 10U);
  EXPECT_THAT(loaded(registry), IsEmpty());
}

TEST(OpenedPlugins, OfARunAreThoseThatItNeeds) {
  PluginRegistry registry = test::plugin_registry();
  auto transform = registry.make_transform("uri.scheme");
  ParamNode with;
  with.kind = ParamNode::Kind::map;
  for (const auto& [key, value] : {std::pair{"from", "s3"}, std::pair{"to", "s3a"}}) {
    ParamEntry& entry = with.entries.emplace_back();
    entry.key.kind = entry.value.kind = ParamNode::Kind::scalar;
    entry.key.scalar = key;
    entry.value.scalar = value;
  }
  DiagnosticList problems;
  const std::vector<std::string> accepted;
  ParamBinder binder(&with, SourceMark{}, accepted, problems);
  transform->configure(binder);
  ASSERT_EQ(problems.errors(), 0U);
  Pipeline pipeline;
  pipeline.steps.emplace_back().transform = transform;
  pipeline.steps.back().id = "scheme";

  const test::ByteVector file =
      test::read_file(test::testdata("examples/snapshots/2.3.0-inc/_metadata"));
  const auto source = memory_source(file, "snapshot");
  const auto sink = discarding_sink();
  const RunReport report = pipeline.run(*source, *sink, registry, RunOptions{}, problems);
  EXPECT_EQ(report.changed_locations, 16U);
  EXPECT_THAT(loaded(registry), ElementsAre("v6", "uri"));
}

}  // namespace
}  // namespace stateferry
