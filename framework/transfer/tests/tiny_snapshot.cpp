#include "tiny_snapshot.hpp"

#include "stateferry/uri/flink_path.hpp"

namespace stateferry::test {
namespace {

std::string big_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text += static_cast<char>(value >> shift & 0xff);
  }
  return text;
}

std::string i32(std::int32_t value) {
  return big_endian(static_cast<std::uint32_t>(value), 4);
}

std::string i64(std::int64_t value) {
  return big_endian(static_cast<std::uint64_t>(value), 8);
}

std::string utf(std::string_view text) {
  return big_endian(text.size(), 2) + std::string(text);
}

std::string handle(const TinyFile& file) {
  if (has_scheme(file.uri) || file.uri.starts_with('/'))
    return "\x02" + i64(file.size) + utf(file.uri);
  return "\x06" + utf(file.uri) + i64(file.size);
}

}  // namespace

std::string tiny_snapshot(const std::vector<TinyFile>& files) {
  std::string shared = i32(static_cast<std::int32_t>(files.size() - 1));
  for (std::size_t i = 1; i < files.size(); ++i) {
    shared += utf(std::to_string(i) + ".sst") + handle(files[i]);
  }
  const std::string none(1, '\0');
  const std::string keyed =
      "\x05" + i64(1) + utf("backend") + i32(0) + i32(16) + handle(files.front()) + shared + i32(0);
  const std::string subtask = i32(0) + i32(0) + i32(0) + keyed + none + i32(0) + i32(0);
  const std::string op = std::string(16, 'o') + i32(1) + i32(16) + none + i32(1) + subtask;
  return "\x49\x60\x67\x2d" + i32(3) + i64(1) + i32(0) + i32(1) + op;
}

}  // namespace stateferry::test
