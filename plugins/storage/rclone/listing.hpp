// What rclone tells of files: single ones, and those of a directory.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "rc_client.hpp"
#include "remotes.hpp"
#include "stateferry/plugin/storage.hpp"

namespace stateferry::rclone {

/// The file at a place; nothing when there is none, or a directory. `uri` is its name. Throws
/// IoError.
std::optional<StoredFile> stat_file(RcClient& client, const Place& place, const std::string& uri);

/// Whether there is a file or a directory at a place. The root of `place.fs` is there. Throws
/// IoError.
bool exists(RcClient& client, const Place& place, const std::string& uri);

/// Whether a listing goes into directories.
enum class Depth : bool { flat, all };
/// Shows the files that rclone lists below a place: their paths in the place's `fs`, and themselves
/// without URI. `uri` is for messages. Throws IoError.
void for_each_listed(RcClient& client, const Place& place, Depth depth, const std::string& uri,
                     const std::function<void(std::string_view path, StoredFile)>& each);

/// Shows the directories that lie in a directory itself, by their paths in the place's `fs`. Throws
/// IoError.
void for_each_directory(RcClient& client, const Place& place, const std::string& uri,
                        const std::function<void(std::string_view path)>& each);

/// The files that lie in a directory itself, by their paths in the place's `fs`; none when it
/// doesn't exist. Throws IoError.
std::map<std::string, StoredFile, std::less<>> files_in(RcClient& client, const Place& place,
                                                        const std::string& uri);

/// Throws E-IO-CREATE when the bucket or container of a directory isn't there.
void check_bucket(RcClient& client, const Place& place, const std::string& directory);

}  // namespace stateferry::rclone
