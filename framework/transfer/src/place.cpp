#include "stateferry/transfer/place.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>

#include "refusal.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {
namespace {

namespace fs = std::filesystem;

bool may_be_mount(const std::string& path) {
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), 0, 0, &status) != 0) return false;  // not there yet
  const bool told = (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0;
  return !told || (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

}  // namespace

std::string physical_uri(const std::string& uri) {
  if (!is_local_uri(uri)) return canonical_uri(uri);
  std::error_code error;
  const fs::path path = fs::weakly_canonical(local_path_of(uri), error);
  return error ? canonical_uri(uri) : without_slash("file:" + path.string());
}

std::vector<std::string> places_up_from(Stores& stores, const std::string& directory) {
  std::vector<std::string> places;
  for (std::string at = physical_uri(directory);; at = directory_of(at)) {
    if (auto place = stores.identity(at)) places.push_back(std::move(*place));
    if (is_store_root(at)) return places;
  }
}

bool is_reached_by_mount(const std::string& directory, const std::string& other) {
  if (!is_local_uri(directory)) return false;
  const std::string end = physical_uri(other);
  for (std::string at = physical_uri(directory); !lies_in(end, at); at = directory_of(at)) {
    if (may_be_mount(local_path_of(at))) return true;
    if (is_store_root(at)) break;
  }
  return false;
}

}  // namespace stateferry
