#include "listing.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <ctime>

#include "errors.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry::rclone {
namespace {

constexpr const char* kFlatOptions = R"({"filesOnly":true,"noMimeType":true})";
constexpr const char* kAnyOptions = R"({"noMimeType":true})";
constexpr const char* kDirectoryOptions = R"({"dirsOnly":true,"noMimeType":true})";
constexpr std::size_t kLongestLine = std::size_t{1} << 20;
constexpr std::size_t kLongestComplaint = 4096;

// The seconds since 1970 of `2026-01-31T12:00:00.123+01:00`.
std::optional<std::int64_t> time_of(const char* text) {
  std::tm at{};
  int end = 0;
  if (std::sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &at.tm_year, &at.tm_mon, &at.tm_mday,
                  &at.tm_hour, &at.tm_min, &at.tm_sec, &end) != 6 ||
      end == 0) {
    return std::nullopt;
  }
  at.tm_year -= 1900;
  at.tm_mon -= 1;
  text += end;
  if (*text == '.') text += 1 + std::strspn(text + 1, "0123456789");
  int hours = 0;
  int minutes = 0;
  if (*text != 'Z' && std::sscanf(text + 1, "%2d:%2d", &hours, &minutes) != 2) return std::nullopt;
  const std::int64_t ahead = (hours * 60 + minutes) * 60;
  return ::timegm(&at) + (*text == '-' ? ahead : -ahead);
}

std::optional<StoredFile> found_in(const rapidjson::Value& item, const std::string& uri) {
  const auto size = item.FindMember("Size");
  const auto directory = item.FindMember("IsDir");
  if (size == item.MemberEnd() || !size->value.IsInt64() || size->value.GetInt64() < 0) return {};
  if (directory != item.MemberEnd() && directory->value.IsBool() && directory->value.GetBool()) {
    return {};
  }
  StoredFile file{uri, static_cast<std::uint64_t>(size->value.GetInt64())};
  const auto time = item.FindMember("ModTime");
  if (time != item.MemberEnd() && time->value.IsString()) {
    file.modified = time_of(time->value.GetString());
  }
  return file;
}

// Thrown by whoever has seen enough of a listing.
struct EnoughListed {};

// What `lsjson` prints, which is an entry a line, and its complaints between them.
class Listing {
 public:
  Listing(std::string prefix, const std::string& uri, const TakeListed& each)
      : prefix_(std::move(prefix)), uri_(uri), each_(each) {}

  void take(std::span<const std::byte> piece) {
    const char* at = reinterpret_cast<const char*>(piece.data());
    for (std::size_t left = piece.size(); left > 0;) {
      const auto* const end = static_cast<const char*>(std::memchr(at, '\n', left));
      const std::size_t size = end == nullptr ? left : static_cast<std::size_t>(end - at);
      if (line_.size() + size > kLongestLine) {
        throw IoError("E-IO-READ", "a name in the listing is too long", uri_);
      }
      line_.append(at, size);
      if (end == nullptr) return;
      end_line();
      line_.clear();
      at += size + 1;
      left -= size + 1;
    }
  }

  // Throws where it did not come to its end.
  void end() const {
    if (whole_) return;
    std::string_view why = complaint_;
    for (const std::string_view before : {"error in ListJSON: ", "\": ", "Failed to lsjson: "}) {
      const auto at = why.rfind(before);
      if (at == std::string_view::npos) continue;
      why.remove_prefix(at + before.size());
      throw error_of(why, uri_, "E-IO-READ");
    }
    throw IoError("E-STORE-TEMPORARY", "the listing ended too early", uri_,
                  "run the same command again: it goes on");
  }

 private:
  void end_line() {
    if (over_) return;
    if (line_.starts_with("{\"Path\":")) {
      entry();
    } else if (line_ == "]") {
      over_ = whole_ = true;
    } else if (line_ == "{") {  // how the process ended, in JSON
      over_ = true;
    } else if (line_ != "[" && complaint_.size() + line_.size() < kLongestComplaint) {
      complaint_ += line_ + "\n";
    }
  }

  // A complaint may stand behind it, in the same line.
  void entry() {
    rapidjson::Document item;
    item.Parse<rapidjson::kParseStopWhenDoneFlag>(line_.data(), line_.size());
    if (item.HasParseError() || !item.IsObject()) return;
    const rapidjson::Value& fields = item;
    const auto path = fields.FindMember("Path");
    if (path == fields.MemberEnd() || !path->value.IsString()) return;
    auto file = found_in(item, {});
    if (!file) return;
    const std::string whole =
        prefix_ + std::string(path->value.GetString(), path->value.GetStringLength());
    if (!each_(whole, std::move(*file))) throw EnoughListed();
  }

  const std::string prefix_;
  const std::string& uri_;
  const TakeListed& each_;
  std::string line_;
  std::string complaint_;
  bool over_ = false;
  bool whole_ = false;
};

// Whether the remote is a store of buckets, as all of ours are; one that the user has named may be
// a disk, which makes directories as they are needed.
bool has_buckets(RcClient& client, const Place& place, const std::string& uri) {
  const rapidjson::Document answer =
      client.call("operations/fsinfo", {{"fs", place.fs}}, "", uri, "E-IO-READ");
  const auto features = answer.FindMember("Features");
  if (features == answer.MemberEnd() || !features->value.IsObject()) return true;
  const auto buckets = features->value.FindMember("BucketBased");
  return buckets == features->value.MemberEnd() || !buckets->value.IsBool() ||
         buckets->value.GetBool();
}

}  // namespace

std::optional<StoredFile> stat_file(RcClient& client, const Place& place, const std::string& uri) {
  try {
    const rapidjson::Document answer =
        client.call("operations/stat", {{"fs", place.fs}, {"remote", place.remote}}, kFlatOptions,
                    uri, "E-IO-READ");
    const auto item = answer.FindMember("item");
    if (item == answer.MemberEnd() || !item->value.IsObject()) return std::nullopt;
    return found_in(item->value, uri);
  } catch (const IoError& error) {
    if (error.code() == "E-IO-NOT-FOUND") return std::nullopt;
    throw;
  }
}

bool exists(RcClient& client, const Place& place, const std::string& uri) {
  if (place.remote.empty()) return true;
  try {
    const rapidjson::Document answer =
        client.call("operations/stat", {{"fs", place.fs}, {"remote", place.remote}}, kAnyOptions,
                    uri, "E-IO-READ");
    const auto item = answer.FindMember("item");
    return item != answer.MemberEnd() && item->value.IsObject();
  } catch (const IoError& error) {
    if (error.code() != "E-IO-NOT-FOUND") throw;
    return false;
  }
}

void for_each_directory(RcClient& client, const Place& place, const std::string& uri,
                        const std::function<void(std::string_view path)>& each) {
  const rapidjson::Document answer =
      client.call("operations/list", {{"fs", place.fs}, {"remote", place.remote}},
                  kDirectoryOptions, uri, "E-IO-READ");
  const auto list = answer.FindMember("list");
  if (list == answer.MemberEnd() || !list->value.IsArray()) return;
  for (const rapidjson::Value& item : list->value.GetArray()) {
    const auto path = item.FindMember("Path");
    if (path == item.MemberEnd() || !path->value.IsString()) continue;
    each({path->value.GetString(), path->value.GetStringLength()});
  }
}

void for_each_listed(RcClient& client, const Place& place, Depth depth, const std::string& uri,
                     const TakeListed& each) {
  // With a slash at the end no store is asked whether it is a file.
  std::string root = place.fs;
  if (!place.remote.empty()) root += (root.ends_with(':') ? "" : "/") + place.remote + "/";
  std::vector<std::string> arguments = {"--files-only", "--no-mimetype", "--log-level", "ERROR",
                                        std::move(root)};
  if (depth == Depth::all) arguments.emplace_back("--recursive");
  Listing listing(place.remote.empty() ? "" : place.remote + "/", uri, each);
  try {
    client.run(
        "lsjson", arguments, [&](std::span<const std::byte> piece) { listing.take(piece); }, uri);
  } catch (const EnoughListed&) {
    return;
  }
  listing.end();
}

void check_bucket(RcClient& client, const Place& place, const std::string& directory) {
  try {
    // Of a directory that has no files of its own, so that the answer is short.
    client.call("operations/list", {{"fs", place.fs}, {"remote", place.remote + "/_metadata"}},
                kFlatOptions, directory, "E-IO-READ");
  } catch (const IoError& error) {
    if (error.code() != "E-IO-NOT-FOUND") throw;
    if (!has_buckets(client, place, directory)) return;
    throw IoError("E-IO-CREATE", "there is no bucket or container of this name", directory,
                  "make it (stateferry makes none), or choose another target");
  }
}

}  // namespace stateferry::rclone
