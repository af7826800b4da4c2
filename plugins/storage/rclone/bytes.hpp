// The bytes of files: read from stores, and put to them so that they appear whole or not at all.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rc_client.hpp"
#include "remotes.hpp"
#include "stateferry/io/byte_source.hpp"
#include "stateferry/plugin/storage.hpp"

namespace stateferry::rclone {

/// Whether a URI names a local file.
bool is_local(std::string_view uri);
/// Whether the store of a URI keeps buckets, in which files appear whole and what lies below a
/// prefix is listed page by page.
bool keeps_buckets(std::string_view uri);

/// A temporary file with a name, for rclone to open; it goes with the object.
class NamedSpool {
 public:
  NamedSpool();
  ~NamedSpool();
  NamedSpool(const NamedSpool&) = delete;
  NamedSpool& operator=(const NamedSpool&) = delete;

  /// Appends. Throws IoError.
  void write(std::span<const std::byte> bytes);
  /// Writes all that a source holds; returns its SHA-256.
  std::string write_all(ByteSource& source);
  Place place() const { return {"/", path_.substr(1)}; }
  /// Shows what is at its place now, or a part of it.
  void read(const std::optional<ByteRange>& range, const TakeBytes& take) const;

 private:
  std::string path_;
  int fd_ = -1;
};

/// Reads a file or a part of it; `uri` is for messages. Throws IoError.
void stream(RcClient& client, const Place& place, const std::optional<ByteRange>& range,
            const TakeBytes& take, const std::string& uri);
/// SHA-256, in hex, of a file.
std::string digest(RcClient& client, const Place& place, const std::string& uri);

/// What a file that is put must hold, and how.
struct PutOptions {
  std::string sha256;  ///< read back and compared before it gets its name; empty: not
  bool sync = true;
  bool replaces = false;  ///< what stands there in its place is left, also when it is wrong
  /// Bytes that are put, where they are known and the caller looks at the target before and after:
  /// then rclone doesn't look again.
  std::optional<std::uint64_t> size = std::nullopt;
};
/// Copies a file within rclone to `to`, which is the place of `target`, so that it appears whole or
/// not at all. Throws IoError.
void put(RcClient& client, const Place& from, const Place& to, const std::string& target,
         const PutOptions& options);
/// Removes a file.
void remove_file(RcClient& client, const Place& place, const std::string& uri);

}  // namespace stateferry::rclone
