#include "stateferry_test/support.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/model/visit.hpp"

namespace stateferry::test {

namespace fs = std::filesystem;

// ---------------------------------------------------------------------------- files

fs::path testdata(std::string_view path) {
  return fs::path(STATEFERRY_TEST_SOURCE_DIR) / path;
}

std::string read_text_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw std::runtime_error("can't read " + file.string());
  return text;
}

ByteVector read_file(const fs::path& file) {
  const std::string text = read_text_file(file);
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

void write_file(const fs::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!out.flush()) throw std::runtime_error("can't write " + file.string());
}

void write_file(const fs::path& file, std::span<const std::byte> bytes) {
  write_file(file, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

ByteVector hex(std::string_view digits) {
  ByteVector bytes;
  int high = -1;
  for (const char c : digits) {
    if (c == ' ' || c == '\n' || c == '\t') continue;
    const auto value = std::string_view("0123456789abcdef").find(static_cast<char>(c | 0x20));
    if (value == std::string_view::npos) throw std::invalid_argument("not a hex digit");
    if (high < 0) {
      high = static_cast<int>(value);
    } else {
      bytes.push_back(static_cast<std::byte>(static_cast<std::size_t>(high) << 4 | value));
      high = -1;
    }
  }
  if (high >= 0) throw std::invalid_argument("half a byte");
  return bytes;
}

std::vector<fs::path> folders_from_environment(const char* variable) {
  std::vector<fs::path> folders;
  const char* value = std::getenv(variable);
  std::string_view rest = value == nullptr ? "" : value;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    if (end > 0) folders.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return folders;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (fs::temp_directory_path() / "stateferry-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("can't make " + name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> TemporaryDirectory::names() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// ---------------------------------------------------------------------------- plugins

PluginRegistry plugin_registry() {
  PluginRegistry registry;
  registry.add_directory(STATEFERRY_TEST_PLUGIN_DIR, true);
  for (const fs::path& folder : folders_from_environment("STATEFERRY_TEST_PLUGINS")) {
    registry.add_directory(folder, true);
  }
  return registry;
}

// ---------------------------------------------------------------------------- codecs

CheckpointMetadata decode_file(const Codec& codec, const Dialect& dialect,
                               std::span<const std::byte> file, Arena& arena) {
  DiagnosticList warnings;
  DecodeContext context{arena, warnings};
  ByteReader in(file);
  in.take(kHeaderBytes);
  return codec.decode(in, dialect, context);
}

namespace {

void write_header(ByteWriter& out, const Dialect& dialect) {
  out.i32(static_cast<std::int32_t>(kMetadataMagic));
  out.i32(dialect.format_version);
}

}  // namespace

ByteVector encode_file(const Codec& codec, const Dialect& dialect, const CheckpointMetadata& root) {
  ByteVector file;
  const auto sink = memory_sink(file);
  ByteWriter out(*sink);
  write_header(out, dialect);
  codec.encode(root, dialect, out);
  out.flush();
  return file;
}

ByteVector splice_file(const Codec& codec, const Dialect& dialect, ByteReader& in,
                       LocationEditor& editor) {
  ByteVector file;
  const auto sink = memory_sink(file);
  ByteWriter out(*sink);
  in.take(kHeaderBytes);
  write_header(out, dialect);
  codec.splice(in, dialect, editor, out, nullptr);
  out.flush();
  return file;
}

// ---------------------------------------------------------------------------- bytes

std::size_t TinyFeed::read(std::span<std::byte> into) {
  next_ = next_ % 7 + 1;
  const std::size_t n = std::min({next_, into.size(), left_.size()});
  std::copy_n(left_.begin(), n, into.begin());
  left_ = left_.subspan(n);
  return n;
}

void RecordingSink::write(std::span<const std::byte> bytes) {
  pieces.emplace_back(bytes.begin(), bytes.end());
}

ByteVector RecordingSink::bytes() const {
  ByteVector all;
  for (const ByteVector& piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
  return all;
}

// ---------------------------------------------------------------------------- locations

std::string describe(const OperatorKey& op) {
  return "operator " + std::to_string(op.index) + " " + to_hex(op.id) + " uid '" +
         std::string(op.uid) + "' name '" + std::string(op.name) + "'";
}

std::string describe(const Location& location) {
  std::string line(location_kind_name(location.kind));
  line += " '" + std::string(location.text) + "' at " + location.path->text() + " roles";
  for (const Role role : kAllRoles) {
    if (any(role, location.roles)) line += " " + std::string(role_name(role));
  }
  if (location.op != nullptr) line += " of " + describe(*location.op);
  for (const std::string_view state : location.state_names) {
    line += " state '" + std::string(state) + "'";
  }
  return line;
}

bool RecordingEditor::edit(const Location& location, Replacement& replacement) {
  lines.push_back(describe(location));
  if (!replace_) return false;
  replacement_ = replace_(location);
  // In two parts that meet somewhere, as codecs may get it.
  const std::string_view text = replacement_;
  replacement = {text.substr(0, text.size() / 2), text.substr(text.size() / 2), {}};
  return true;
}

std::vector<std::string> walk_and_record(CheckpointMetadata& root, Arena& arena,
                                         const RecordingEditor::Replace& replace) {
  struct Recorder final : TreeVisitor {
    Recorder(Arena& a, const RecordingEditor::Replace& r) : arena(a), replace_text(r) {}
    void enter_operator(const OperatorKey& op) override { lines.push_back(describe(op)); }
    void location(const Location& location, std::string_view& text) override {
      lines.push_back(describe(location));
      if (replace_text) text = arena.intern(replace_text(location));
    }
    Arena& arena;
    const RecordingEditor::Replace& replace_text;
    std::vector<std::string> lines;
  } recorder(arena, replace);
  walk(root, recorder);
  return recorder.lines;
}

}  // namespace stateferry::test
