#include "stateferry/transfer/snapshot_files.hpp"

#include <algorithm>
#include <array>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

constexpr std::array kMagic = {std::byte{0x49}, std::byte{0x60}, std::byte{0x67}, std::byte{0x2D}};

}  // namespace

std::optional<std::uint64_t> checkpoint_number(std::string_view name) noexcept {
  if (!name.starts_with("chk-")) return std::nullopt;
  return number_from_text<std::uint64_t>(name.substr(4));
}

SnapshotName snapshot_name(std::string_view uri) noexcept {
  const std::string_view name = last_name(uri);
  if (name == "_metadata" || name.starts_with("savepoint-") ||
      name.starts_with("checkpoint_metadata-")) {
    return SnapshotName::snapshot;
  }
  return name.starts_with("completedCheckpoint") ? SnapshotName::completed_checkpoint
                                                 : SnapshotName::other;
}

std::optional<CheckpointDirectory> checkpoint_directory_of(std::string_view uri) noexcept {
  const std::size_t path = uri.size() - split_flink_path(uri).path.size();
  for (auto end = uri.rfind('/'); end != std::string_view::npos && end > path;) {
    const std::string_view directory = uri.substr(0, end);
    if (const auto number = checkpoint_number(last_name(directory))) return {{directory, *number}};
    end = directory.rfind('/');
  }
  return std::nullopt;
}

bool in_state_directory(std::string_view uri, std::string_view directory) noexcept {
  const auto below = below_prefix(uri, directory);
  std::string_view rest = below ? *below : uri;
  for (auto slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    const std::string_view name = rest.substr(0, slash);
    if (name == "shared" || name == "taskowned" || checkpoint_number(name)) return true;
    rest.remove_prefix(slash + 1);
  }
  return false;
}

bool begins_as_snapshot(Stores& stores, const std::string& uri) {
  std::vector<std::byte> bytes;
  const auto sink = memory_sink(bytes);
  try {
    stores.read(uri, ByteRange{0, kMagic.size()}, *sink);
  } catch (const IoError& error) {
    if (error.code() == "E-STORE-SIZE") return false;
    if (error.code() == "E-IO-NOT-FOUND" && !stores.stat(uri)) return false;
    throw;
  }
  return std::equal(bytes.begin(), bytes.end(), kMagic.begin(), kMagic.end());
}

void UnfinishedCheckpoints::see(const StoredFile& file) {
  const auto directory = checkpoint_directory_of(file.uri);
  if (!directory) return;
  const auto [at, added] = seen_.try_emplace(std::string(directory->uri));
  Seen& seen = at->second;
  seen.checkpoint.number = directory->number;
  const std::string_view rest = std::string_view(file.uri).substr(directory->uri.size());
  if (rest == "/_metadata") {
    seen.finished = true;
    seen.checkpoint.files.clear();
  }
  if (rest == "/") seen.checkpoint.modified = file.modified;
  if (!seen.finished && !file.uri.ends_with('/')) seen.checkpoint.files.push_back(file);
}

std::map<std::string, UnfinishedCheckpoints::Checkpoint> UnfinishedCheckpoints::unfinished() const {
  std::map<std::string, Checkpoint> left;
  for (const auto& [directory, seen] : seen_) {
    if (!seen.finished) left.emplace(directory, seen.checkpoint);
  }
  return left;
}

}  // namespace stateferry
