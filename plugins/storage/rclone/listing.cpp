#include "listing.hpp"

#include <cstdint>
#include <ctime>

#include "stateferry/diag/error.hpp"

namespace stateferry::rclone {
namespace {

constexpr const char* kFlatOptions = R"({"filesOnly":true,"noMimeType":true})";
constexpr const char* kAnyOptions = R"({"noMimeType":true})";
constexpr const char* kDirectoryOptions = R"({"dirsOnly":true,"noMimeType":true})";
constexpr const char* kAllOptions = R"({"recurse":true,"filesOnly":true,"noMimeType":true})";

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

void for_each_listed(RcClient& client, const Place& place, Depth depth, const std::string& uri,
                     const std::function<void(std::string_view path, StoredFile)>& each) {
  const rapidjson::Document answer =
      client.call("operations/list", {{"fs", place.fs}, {"remote", place.remote}},
                  depth == Depth::all ? kAllOptions : kFlatOptions, uri, "E-IO-READ");
  const auto list = answer.FindMember("list");
  if (list == answer.MemberEnd() || !list->value.IsArray()) return;
  for (const rapidjson::Value& item : list->value.GetArray()) {
    const auto path = item.FindMember("Path");
    if (path == item.MemberEnd() || !path->value.IsString()) continue;
    auto file = found_in(item, {});
    if (!file) continue;
    each({path->value.GetString(), path->value.GetStringLength()}, std::move(*file));
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

std::map<std::string, StoredFile, std::less<>> files_in(RcClient& client, const Place& place,
                                                        const std::string& uri) {
  std::map<std::string, StoredFile, std::less<>> files;
  try {
    for_each_listed(client, place, Depth::flat, uri, [&](std::string_view path, StoredFile file) {
      files.emplace(path, std::move(file));
    });
  } catch (const IoError& error) {
    if (error.code() != "E-IO-NOT-FOUND") throw;
  }
  return files;
}

void check_bucket(RcClient& client, const Place& place, const std::string& directory) {
  try {
    // Of a directory that has no files of its own, so that the answer is short.
    for_each_listed(client, {place.fs, place.remote + "/_metadata"}, Depth::flat, directory,
                    [](std::string_view, const StoredFile&) {});
  } catch (const IoError& error) {
    if (error.code() != "E-IO-NOT-FOUND") throw;
    if (!has_buckets(client, place, directory)) return;
    throw IoError("E-IO-CREATE", "there is no bucket or container of this name", directory,
                  "make it (stateferry makes none), or choose another target");
  }
}

}  // namespace stateferry::rclone
