#include "stateferry/plugin/storage.hpp"

#include "stateferry/diag/error.hpp"
#include "stateferry/plugin/file_extender.hpp"
#include "stateferry/plugin/s3_access.hpp"

namespace stateferry {

Copier::~Copier() = default;
Storage::~Storage() = default;
S3AccessTeller::~S3AccessTeller() = default;
FileExtender::~FileExtender() = default;

void Copier::keep(const CopyItem&) {}
bool Copier::full() const {
  return true;
}
void Copier::finish(std::span<CopyResult>) {}

void Storage::configure(ParamBinder& params) {
  params.finish();
}

unsigned Storage::attempts() const {
  return 1;
}

std::vector<std::string> Storage::configured_schemes() const {
  return {};
}

bool Storage::limit_rate(std::uint64_t) {
  return false;
}

void Storage::tell_engine(EngineLog, EngineTeller) {}

StoreAccess Storage::access(const std::string&) {
  return {};
}

void Storage::stat_many(
    std::span<const std::string> uris,
    const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found) {
  for (std::size_t i = 0; i < uris.size(); ++i) found(i, stat(uris[i]));
}

std::optional<std::string> Storage::identity(const std::string&) {
  return std::nullopt;
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

void Storage::check_target(const std::string&) {}

bool Storage::copies(std::string_view, std::string_view) const {
  return false;
}

void Storage::prepare_copy(std::span<const CopyItem>) {}

std::unique_ptr<Copier> Storage::make_copier(const CopierOptions&) {
  return nullptr;
}

}  // namespace stateferry
