// Each plugin that we ship exports its entry function and nothing else, so that two plugins never
// answer each other's calls and none stays mapped.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <sstream>

#include "bad_plugins.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

std::vector<std::string> shipped_plugins() {
  std::vector<std::string> names;
  std::istringstream list(STATEFERRY_TEST_SHIPPED);
  for (std::string name; std::getline(list, name, ',');) names.push_back(name);
  return names;
}

// The file of a shipped plugin, by the name of its build target.
std::filesystem::path file_of(const std::string& target) {
  for (const PluginInfo& plugin : test::plugin_registry().list()) {
    if (plugin.file.stem() == target) return plugin.file;
  }
  throw std::runtime_error("there is no plugin " + target);
}

// Kind and name of each symbol that others can see, as nm tells them.
std::string exported_by(const std::filesystem::path& file) {
  const std::string command = std::string(STATEFERRY_TEST_NM) +
                              " --dynamic --defined-only --format=posix '" + file.string() + "'";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                             ::pclose);
  std::string output;
  for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) {
    output += static_cast<char>(c);
  }
  std::istringstream lines(output);
  std::string symbols;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::string kind;
    words >> name >> kind;
    // The address sanitizer marks each variable with a symbol of its own.
    if (name.starts_with("__odr_asan")) continue;
    symbols += kind + " " + name + "\n";
  }
  return symbols;
}

class ShippedPlugins : public testing::TestWithParam<std::string> {};

TEST_P(ShippedPlugins, ExportOneSymbol) {
  EXPECT_EQ(exported_by(file_of(GetParam())), "T stateferry_plugin_entry\n");
}

TEST_P(ShippedPlugins, AreTaken) {
  PluginRegistry registry = test::plugin_registry();
  registry.load_all();
  for (const PluginInfo& plugin : registry.list()) {
    if (plugin.file.stem() == GetParam()) {
      EXPECT_TRUE(plugin.loaded) << render(plugin.refused.value_or(Diagnostic{}));
      EXPECT_FALSE(plugin.items.empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ShippedPlugins, testing::ValuesIn(shipped_plugins()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace stateferry
