// Golden files: snapshots in the codecs' folders, written by Flink or by its serializers, each with
// its canonical dump beside it. See README.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "stateferry/plugin/codec.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry::test {

/// A golden file, in memory.
struct Golden {
  std::filesystem::path file;
  ByteVector bytes;
  std::shared_ptr<const Codec> codec;
  Dialect dialect;
  bool has_dump = false;  ///< whether its dump is kept beside it

  std::string name() const { return file.filename().string(); }
  /// Whether it was made to hold everything that its release knows, rather than by a job.
  bool made_by_hand() const {
    return name().starts_with("generated") || name().starts_with("synthetic");
  }
};

/// The plugins under test, opened once per process.
PluginRegistry& codecs();
/// Format versions that have a codec.
std::vector<std::int32_t> tested_versions();
/// The golden files of a version, sorted by name: `golden/*.bin` of its codec, and in the folders
/// of STATEFERRY_TEST_GOLDEN all files at any depth that begin as a snapshot of that version does.
/// Of several checkpoints of one job only the last has a dump; large files and those in extra
/// folders have none.
std::vector<Golden> golden_files(std::int32_t format_version);
/// Those of all versions that were made by hand.
std::vector<Golden> handmade_files();

/// Whether the tests are to write what they would compare with.
bool update_golden();

}  // namespace stateferry::test
