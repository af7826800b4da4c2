#include "stateferry/plugin/storage.hpp"

#include <algorithm>

#include "stateferry/diag/error.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

CopyObserver::~CopyObserver() = default;
Storage::~Storage() = default;

void CopyObserver::access_not_kept(std::size_t) {}

void Storage::configure(const ParamNode&, DiagnosticSink&) {}

void Storage::stat_many(
    std::span<const std::string> uris,
    const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found) {
  for (std::size_t i = 0; i < uris.size(); ++i) found(i, stat(uris[i]));
}

std::optional<std::string> Storage::identity(const std::string&) {
  return std::nullopt;
}

void Storage::list_with(const std::string& directory, const ListOptions& options,
                        const std::function<void(const StoredFile&)>& each) {
  list(directory, [&](const StoredFile& file) {
    const bool left_out = std::any_of(
        options.left_out.begin(), options.left_out.end(),
        [&](const std::string& out) { return below_prefix(file.uri, out).has_value(); });
    if (!left_out) each(file);
  });
}

void Storage::replace(const std::string& uri, ByteSource&, const ReplaceOptions&) {
  throw IoError("E-STORE-UNSUPPORTED", "this storage can't replace files", uri,
                "fetch the file, change it, and put it back with the store's own tool");
}

void Storage::make_durable(std::span<const std::string>) {}

void Storage::remove(const std::string& uri, const std::string&) {
  throw IoError("E-STORE-UNSUPPORTED", "this storage can't remove files", uri,
                "remove it with the store's own tool");
}

std::vector<std::string> Storage::take_troubles() {
  return {};
}

void Storage::check_target(const std::string&) {}

bool Storage::copies(std::string_view, std::string_view) const {
  return false;
}

void Storage::copy(std::span<const CopyItem> items, const CopyOptions&, CopyObserver&) {
  if (items.empty()) return;
  throw IoError("E-STORE-UNSUPPORTED", "this storage copies no files by itself",
                items.front().source);
}

}  // namespace stateferry
