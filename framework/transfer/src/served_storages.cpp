#include "served_storages.hpp"

#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {

ServedStorages::ServedStorages(StorageFinder find, ParamNode config, RetryTimes times)
    : find_(std::move(find)), config_(std::move(config)), retries_(times) {}

void ServedStorages::tell_waits(WaitTeller tell, WaitTimes times) {
  wait_log_ = std::make_unique<WaitLog>(std::move(tell), times);
  retries_.tell(wait_log_.get());
}

ServedStorage& ServedStorages::of(std::string_view uri) {
  const std::string scheme(scheme_of(uri));
  const std::lock_guard lock(mutex_);
  for (const auto& served : served_) {
    if (served->serves(scheme)) return *served;
  }
  StorageOffer offer = find_(scheme);
  if (offer.storage == nullptr) {
    throw IoError("E-STORE-SCHEME", "no installed storage serves '" + scheme + "'",
                  std::string(uri),
                  "see 'stateferry plugins list', or give the scheme an entry under 'remotes' in "
                  "config.yaml");
  }
  served_.push_back(std::make_unique<ServedStorage>(std::move(offer), config_, retries_));
  served_.back()->work_as(run_);
  return *served_.back();
}

const ServedStorage* ServedStorages::copier(const std::string& source_scheme,
                                            const std::string& target_scheme) {
  // The target's first: it knows how its files come to be.
  for (const ServedStorage* served : {&of(target_scheme + ":/"), &of(source_scheme + ":/")}) {
    if (served->once(
            [&](Storage& storage) { return storage.copies(source_scheme, target_scheme); })) {
      return served;
    }
  }
  return nullptr;
}

// What local disks do needs no watching.
WaitLog* ServedStorages::log_of(std::string_view uri) const {
  return scheme_of(uri) == "file" ? nullptr : log();
}

}  // namespace stateferry
