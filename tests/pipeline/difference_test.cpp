// What was written is checked by comparing it with the model: no flipped byte may go unnoticed.
#include <gtest/gtest.h>

#include <filesystem>

#include "stateferry/diag/error.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

class DifferenceTest : public ::testing::TestWithParam<int> {};

// Whether a file with this content would pass for `root`.
bool passes(const Codec& codec, const Dialect& dialect, const CheckpointMetadata& root,
            std::span<const std::byte> file) {
  ByteReader in(file);
  in.take(kHeaderBytes);
  try {
    return !codec.difference(root, dialect, in).has_value();
  } catch (const FormatError&) {
    return false;
  }
}

TEST_P(DifferenceTest, FindsEveryFlippedByte) {
  PluginRegistry registry = test::plugin_registry();
  const auto folder = test::testdata("plugins/codecs/v" + std::to_string(GetParam()) + "/golden");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    // The files with every kind of handle in them.
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".bin") continue;
    if (!name.starts_with("generated-all") && !name.starts_with("synthetic")) continue;
    ++files;
    test::ByteVector file = test::read_file(entry.path());
    DiagnosticList problems;
    const Document document =
        decode_document(memory_source(file, entry.path().string()), registry, problems);
    const auto codec = registry.codec_for(GetParam());
    const Dialect dialect = document.source_dialect();
    EXPECT_TRUE(passes(*codec, dialect, document.root(), file)) << entry.path();
    // The document views `file`, so the damage is done to a copy.
    test::ByteVector copy = file;
    for (std::size_t i = kHeaderBytes; i < copy.size(); ++i) {
      copy[i] ^= std::byte{0x01};
      EXPECT_FALSE(passes(*codec, dialect, document.root(), copy)) << entry.path() << " byte " << i;
      copy[i] ^= std::byte{0x01};
    }
    copy.pop_back();
    EXPECT_FALSE(passes(*codec, dialect, document.root(), copy)) << entry.path() << " cut";
  }
  EXPECT_GT(files, 0U);
}

INSTANTIATE_TEST_SUITE_P(Versions, DifferenceTest,
                         ::testing::ValuesIn(test::plugin_registry().codec_versions()));

}  // namespace
}  // namespace stateferry
