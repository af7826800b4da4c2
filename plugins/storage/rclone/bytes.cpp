#include "bytes.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "address.hpp"
#include "listing.hpp"
#include "local_files.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::rclone {

bool is_local(std::string_view uri) {
  const std::string_view scheme = split_flink_path(uri).scheme;
  return scheme.empty() || scheme == "file";
}

bool keeps_buckets(std::string_view uri) {
  const auto family = family_of(split_flink_path(uri).scheme);
  return family && family != Family::hdfs && family != Family::mapped;
}

NamedSpool::NamedSpool() {
  const std::string folder = environment_of_process("TMPDIR");
  path_ = (folder.empty() ? "/tmp" : folder) + "/stateferry-XXXXXX";
  fd_ = ::mkostemp(path_.data(), O_CLOEXEC);
  if (fd_ < 0) throw IoError("E-IO-CREATE", "no temporary file can be made", path_, "set TMPDIR");
}

NamedSpool::~NamedSpool() {
  ::close(fd_);
  ::unlink(path_.c_str());
}

void NamedSpool::write(std::span<const std::byte> bytes) {
  descriptor_sink(fd_, path_)->write(bytes);
}

std::string NamedSpool::write_all(ByteSource& source) {
  const auto feed = source.open();
  std::vector<std::byte> buffer(std::size_t{1} << 18);
  Sha256 sha256;
  while (const std::size_t got = feed->read(buffer)) {
    write({buffer.data(), got});
    sha256.update({buffer.data(), got});
  }
  return sha256.hex();
}

void NamedSpool::read(const std::optional<ByteRange>& range, const TakeBytes& take) const {
  const auto source = file_source(path_, path_);
  const auto feed = source->open();
  std::uint64_t skip = range ? range->offset : 0;
  std::uint64_t left = range ? range->size : UINT64_MAX;
  std::vector<std::byte> buffer(std::size_t{1} << 18);
  while (const std::size_t got = feed->read(buffer)) {
    const auto behind = static_cast<std::size_t>(std::min<std::uint64_t>(skip, got));
    const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(left, got - behind));
    skip -= behind;
    left -= some;
    if (some > 0) take({buffer.data() + behind, some});
    if (left == 0) return;
  }
}

namespace {

// `operations/copyfile` and `operations/movefile`.
void transfer(RcClient& client, const char* command, const Place& from, const Place& to,
              const std::string& uri, const char* otherwise, const char* settings = "") {
  client.call(
      command,
      {{"srcFs", from.fs}, {"srcRemote", from.remote}, {"dstFs", to.fs}, {"dstRemote", to.remote}},
      "", uri, otherwise, settings);
}

// Files from this size on are copied in parts, for which rclone must know them, or are nearly so
// large; what it asks for besides counts for nothing then.
constexpr std::uint64_t kLarge = std::uint64_t{256} << 20;

// A remote that only we define: what a user has called otherwise may be anything.
bool is_ours(const Place& place) {
  return place.fs.starts_with("sf_");
}

Place with_option(Place place, const char* option) {
  place.fs.insert(place.fs.find(':'), std::string(",") + option);
  return place;
}

// Copies to a bucket with as few requests as the store needs for it. rclone looks at source and
// target before, and at the target after; the host has done that, and will again.
void send_at_once(RcClient& client, const Place& from, const Place& to, const std::string& target) {
  const std::string remote = to.fs.substr(0, to.fs.find(':') + 1);
  if (family_of(split_flink_path(target).scheme) != Family::s3) {
    transfer(client, "operations/copyfile", from, to, target, "E-IO-WRITE",
             R"({"NoCheckDest":true})");
  } else if (!from.fs.starts_with(remote)) {
    transfer(client, "operations/copyfile", from, with_option(to, "no_head=true"), target,
             "E-IO-WRITE", R"({"NoCheckDest":true})");
  } else {
    // The server copies, and says when it can't. Nothing is known of the source then, so its size
    // can't be compared here.
    constexpr const char* kOption = "no_head_object=true";
    transfer(client, "operations/copyfile", with_option(from, kOption), with_option(to, kOption),
             target, "E-IO-WRITE",
             R"({"NoCheckDest":true,"IgnoreSize":true,"IgnoreChecksum":true})");
  }
}

// rclone 1.60 asks HDFS once whether a file is complete, right after its last byte. Where the data
// node has not told the name node yet, it gives up with these words and removes the file.
constexpr std::string_view kTooEarly = "replication in progress";
constexpr unsigned kTimesTooEarly = 25;

// `transfer` to HDFS, which is a matter of luck each time: so often that it fails by bad luck alone
// once in many millions of files.
void transfer_to_hdfs(RcClient& client, const Place& from, const Place& to,
                      const std::string& uri) {
  for (unsigned time = 1;; ++time) {
    try {
      transfer(client, "operations/copyfile", from, to, uri, "E-IO-WRITE");
      return;
    } catch (const IoError& error) {
      const Diagnostic& d = error.diagnostic();
      if (d.message.find(kTooEarly) == std::string::npos) throw;
      if (time < kTimesTooEarly) continue;
      throw IoError("E-STORE-ENGINE",
                    "rclone gave up " + std::to_string(time) +
                        " times before HDFS had the whole file: " + d.message,
                    uri,
                    "use a newer rclone, which waits: 'rclone: {program: …}' in "
                    "config.yaml");
    }
  }
}

// Puts a file to a place in a store. That the place is not there, and not the file, is said as it
// is: the source is fine.
void send(RcClient& client, const Place& from, const Place& to, const std::string& target,
          const PutOptions& options) {
  if (split_flink_path(target).scheme == "hdfs") {
    transfer_to_hdfs(client, from, to, target);
    return;
  }
  try {
    if (options.size && *options.size < kLarge && keeps_buckets(target) && is_ours(to)) {
      send_at_once(client, from, to, target);
      return;
    }
    transfer(client, "operations/copyfile", from, to, target, "E-IO-WRITE");
  } catch (const IoError& error) {
    if (error.code() == "E-IO-NOT-FOUND" && !to.shows_halves) check_bucket(client, to, target);
    throw;
  }
}

}  // namespace

void stream(RcClient& client, const Place& place, const std::optional<ByteRange>& range,
            const TakeBytes& take, const std::string& uri) {
  if (client.get(place, range, take, uri)) return;
  // A copy tells why it can't be opened; or it was for the moment only.
  NamedSpool whole;
  transfer(client, "operations/copyfile", place, whole.place(), uri, "E-IO-READ");
  whole.read(range, take);
}

std::string digest(RcClient& client, const Place& place, const std::string& uri) {
  Sha256 sha256;
  stream(
      client, place, std::nullopt, [&](std::span<const std::byte> piece) { sha256.update(piece); },
      uri);
  return sha256.hex();
}

void put(RcClient& client, const Place& from, const Place& to, const std::string& target,
         const PutOptions& options) {
  if (is_local(target)) {
    PartFile part("/" + to.remote, options.sync);
    transfer(client, "operations/copyfile", from, part.place(), target, "E-IO-WRITE");
    part.give_name();
    return;
  }
  Place first = to;
  if (to.shows_halves) {
    const auto slash = to.remote.rfind('/') + 1;
    first.remote = to.remote.substr(0, slash) + "." + to.remote.substr(slash) + ".stateferry-part";
  }
  send(client, from, first, target, options);
  if (!options.sha256.empty() && digest(client, first, target) != options.sha256) {
    if (options.replaces && first.remote == to.remote) {
      throw IoError("E-VERIFY", "what stands there now is not what should have been written",
                    target, "nobody may restore from it: put the backup back in its place");
    }
    remove_file(client, first, target);
    throw IoError("E-VERIFY", "what was written is not what should have been written", target,
                  "it was removed again; run the same command again, and suspect the store");
  }
  if (first.remote == to.remote) return;
  // Else one of the same size and time would count as the same file, and stay.
  if (options.replaces) remove_file(client, to, target);
  transfer(client, "operations/movefile", first, to, target, "E-IO-WRITE");
}

void remove_file(RcClient& client, const Place& place, const std::string& uri) {
  client.call("operations/deletefile", {{"fs", place.fs}, {"remote", place.remote}}, "", uri,
              "E-IO-WRITE");
}

}  // namespace stateferry::rclone
