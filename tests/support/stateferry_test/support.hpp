// What the tests of all folders share: files of the source tree, the built plugins, bytes that come
// in pieces, and sinks and editors that remember what they were given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/bytes/byte_reader.hpp"
#include "stateferry/host/plugin_registry.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/memory/arena.hpp"
#include "stateferry/model/checkpoint_metadata.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/model/release.hpp"
#include "stateferry/plugin/codec.hpp"

namespace stateferry::test {

using ByteVector = std::vector<std::byte>;

// ---------------------------------------------------------------------------- files

/// A file or folder of the source tree, by its path below the root: `plugins/codecs/v6/golden`.
std::filesystem::path testdata(std::string_view path);
/// The content of a file. Throws std::runtime_error when it can't be read.
ByteVector read_file(const std::filesystem::path& file);
std::string read_text_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& file, std::string_view text);

/// The bytes of hex digits; white space between them is ignored. Throws std::invalid_argument.
ByteVector hex(std::string_view digits);

/// Folders of an environment variable that names them with colons between: how a test is told of
/// golden files or plugins that lie elsewhere.
std::vector<std::filesystem::path> folders_from_environment(const char* variable);

/// A folder of its own that goes away with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }
  /// Path of a file in it, as the functions of io/ take it.
  std::string file(std::string_view name) const { return (path_ / name).string(); }
  /// Names of all that is in it, hidden files too, sorted.
  std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

// ---------------------------------------------------------------------------- plugins

/// A registry over the plugins of the build tree and of STATEFERRY_TEST_PLUGINS.
PluginRegistry plugin_registry();

// ---------------------------------------------------------------------------- codecs

/// Decodes a whole file; what comes back views `file` and `arena`.
CheckpointMetadata decode_file(const Codec& codec, const Dialect& dialect,
                               std::span<const std::byte> file, Arena& arena);
/// The whole file of a model, header and body.
ByteVector encode_file(const Codec& codec, const Dialect& dialect, const CheckpointMetadata& root);
/// Splices `in`, which stands at the start of a file, into a whole file.
ByteVector splice_file(const Codec& codec, const Dialect& dialect, ByteReader& in,
                       LocationEditor& editor);

// ---------------------------------------------------------------------------- bytes

/// Gives 1, 2, … 7, 1, 2, … bytes at a time, to show whatever depends on where a piece ends.
class TinyFeed final : public ByteFeed {
 public:
  explicit TinyFeed(std::span<const std::byte> bytes) : left_(bytes) {}
  std::size_t read(std::span<std::byte> into) override;

 private:
  std::span<const std::byte> left_;
  std::size_t next_ = 0;
};

/// Keeps each piece that it was given, and whether it was committed.
class RecordingSink final : public ByteSink {
 public:
  void write(std::span<const std::byte> bytes) override;
  void commit() override { committed = true; }
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return "recording"; }
  /// All pieces together.
  ByteVector bytes() const;

  std::vector<ByteVector> pieces;
  bool committed = false;
};

// ---------------------------------------------------------------------------- locations

/// One line with all that a location shows: kind, roles, text, path, operator, state names.
std::string describe(const Location& location);
std::string describe(const OperatorKey& op);

/// Keeps a line for each operator and location that a splicing codec shows, and replaces texts.
class RecordingEditor final : public LocationEditor {
 public:
  using Replace = std::function<std::string(const Location&)>;
  /// Without `replace` every text stays.
  explicit RecordingEditor(Replace replace = nullptr) : replace_(std::move(replace)) {}
  void enter_operator(const OperatorKey& op) override { lines.push_back(describe(op)); }
  bool edit(const Location& location, Replacement& replacement) override;

  std::vector<std::string> lines;

 private:
  Replace replace_;
  std::string replacement_;
};

/// The same lines from a walk over a decoded tree; `replace` changes its texts, new ones live in
/// `arena`.
std::vector<std::string> walk_and_record(CheckpointMetadata& root, Arena& arena,
                                         const RecordingEditor::Replace& replace = nullptr);

}  // namespace stateferry::test
