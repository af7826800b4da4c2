#include "golden.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "stateferry/host/pipeline.hpp"

namespace stateferry::test {

namespace fs = std::filesystem;

namespace {

// A dump takes up to ten times the space of its file.
constexpr std::size_t kLargestDumped = std::size_t{32} << 10;

// Header only: extra folders may hold large state files.
bool is_snapshot_of(const fs::path& file, std::int32_t format_version) {
  std::ifstream in(file, std::ios::binary);
  char head[kHeaderBytes] = {};
  if (!in.read(head, sizeof head)) return false;
  ByteReader reader(std::as_bytes(std::span(head)));
  return reader.i32() == static_cast<std::int32_t>(kMetadataMagic) &&
         reader.i32() == format_version;
}

std::vector<fs::path> find_files(std::int32_t format_version) {
  std::vector<fs::path> files;
  const fs::path own =
      testdata("plugins/codecs/v" + std::to_string(format_version) + "/golden").string();
  if (fs::is_directory(own)) {
    for (const auto& entry : fs::directory_iterator(own)) {
      if (entry.path().extension() == ".bin") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& folder : folders_from_environment("STATEFERRY_TEST_GOLDEN")) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && is_snapshot_of(entry.path(), format_version)) {
        files.push_back(entry.path());
      }
    }
  }
  return files;
}

// `inc-chk` of `inc-chk2.v6-2.3.0.bin`; the whole name where there is no number.
std::string job_of(const fs::path& file) {
  const std::string name = file.filename().string();
  const auto number = name.find("-chk");
  return number == std::string::npos
             ? name
             : name.substr(0, number + 4) + file.stem().string().substr(name.find(".v"));
}

}  // namespace

PluginRegistry& codecs() {
  static PluginRegistry registry = plugin_registry();
  return registry;
}

std::vector<std::int32_t> tested_versions() {
  return codecs().codec_versions();
}

std::vector<Golden> golden_files(std::int32_t format_version) {
  std::vector<Golden> files;
  for (const fs::path& file : find_files(format_version)) {
    Golden golden{file, read_file(file), nullptr, {}};
    golden.has_dump = file.extension() == ".bin" && golden.bytes.size() <= kLargestDumped;
    if (golden.has_dump && !files.empty() && job_of(files.back().file) == job_of(file)) {
      files.back().has_dump = false;
    }
    const auto source = memory_source(golden.bytes, golden.name());
    const Identified found = identify(*source, codecs());
    golden.codec = found.codec;
    golden.dialect = found.dialect;
    files.push_back(std::move(golden));
  }
  return files;
}

std::vector<Golden> handmade_files() {
  std::vector<Golden> all;
  for (const std::int32_t version : tested_versions()) {
    for (Golden& golden : golden_files(version)) {
      if (golden.made_by_hand()) all.push_back(std::move(golden));
    }
  }
  return all;
}

bool update_golden() {
  const char* value = std::getenv("STATEFERRY_UPDATE_GOLDEN");
  return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

}  // namespace stateferry::test
