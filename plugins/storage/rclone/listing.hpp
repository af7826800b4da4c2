// What rclone tells of files: single ones, and those below a directory.
#pragma once

#include <functional>
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
/// Takes a listed file: its path in the `fs` of the directory's place, and itself without URI.
/// Returns whether the listing is to go on.
using TakeListed = std::function<bool(std::string_view path, StoredFile)>;
/// Shows the files that rclone lists below a place, as they come: stores of buckets are listed in
/// constant memory with Depth::all, and with the other a directory at a time. `uri` is for
/// messages. Throws IoError.
void for_each_listed(RcClient& client, const Place& place, Depth depth, const std::string& uri,
                     const TakeListed& each);

/// Shows the directories that lie in a directory itself, by their paths in the place's `fs`. Throws
/// IoError.
void for_each_directory(RcClient& client, const Place& place, const std::string& uri,
                        const std::function<void(std::string_view path)>& each);

/// Throws E-IO-CREATE when the bucket or container of a directory isn't there.
void check_bucket(RcClient& client, const Place& place, const std::string& directory);

}  // namespace stateferry::rclone
