#include "stateferry/transfer/stores.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "file_copying.hpp"
#include "served_storages.hpp"
#include "spool.hpp"
#include "stateferry/io/nameless_file.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

namespace {

using FoundFile = std::function<void(std::size_t, const std::optional<StoredFile>&)>;

// Of one storage. Another attempt asks for what was not answered.
void stat_group(const ServedStorage& served, std::span<const std::string> uris, WaitLog::Call& call,
                const FoundFile& found) {
  std::vector<bool> answered(uris.size(), false);
  const auto tell = [&](std::size_t i, const std::optional<StoredFile>& file) {
    call.progressed();
    answered.at(i) = true;
    found(i, file);
  };
  served.trying([&](Storage& storage, unsigned attempt) {
    if (attempt == 1) return storage.stat_many(uris, tell);
    std::vector<std::size_t> asked;
    std::vector<std::string> left;
    for (std::size_t i = 0; i < uris.size(); ++i) {
      if (answered[i]) continue;
      asked.push_back(i);
      left.push_back(uris[i]);
    }
    storage.stat_many(left, [&](std::size_t k, const std::optional<StoredFile>& file) {
      tell(asked.at(k), file);
    });
  });
}

}  // namespace

CopyObserver::~CopyObserver() = default;
void CopyObserver::grown(std::size_t, std::uint64_t) {}
void CopyObserver::taken(std::size_t) {}
void CopyObserver::access_not_kept(std::size_t) {}

StorageOffer find_storage(PluginRegistry& registry, std::string_view scheme,
                          const ParamNode& config) {
  StorageOffer offer = registry.storage_for(scheme);
  if (offer.storage != nullptr) return offer;
  for (const std::string& name : registry.storage_names()) {
    const StorageOffer asked = registry.make_storage(name);
    if (asked.storage == nullptr || !configure_storage(name, *asked.storage, config).empty())
      continue;
    const std::vector<std::string> more =
        guarded_call("storage " + name, [&] { return asked.storage->configured_schemes(); });
    if (std::find(more.begin(), more.end(), scheme) != more.end())
      return registry.make_storage(name);
  }
  return offer;
}

Stores::Stores(PluginRegistry& registry, ParamNode config, RetryTimes times)
    : Stores([&registry,
              config](std::string_view scheme) { return find_storage(registry, scheme, config); },
             config, times) {}
Stores::Stores(StorageFinder find, ParamNode config, RetryTimes times)
    : storages_(std::make_unique<ServedStorages>(std::move(find), std::move(config), times)) {}
Stores::~Stores() = default;
Stores::Stores(Stores&&) noexcept = default;

void Stores::tell_waits(WaitTeller tell, WaitTimes times) {
  storages_->tell_waits(std::move(tell), times);
}

void Stores::work_as(StorageRun run) {
  storages_->work_as(std::move(run));
}

StoreAccess Stores::access(const std::string& uri) {
  const StorageCall call(*storages_, uri);
  return call.storage.once([&](Storage& storage) { return storage.access(uri); });
}

std::optional<StoredFile> Stores::stat(const std::string& uri) {
  const StorageCall call(*storages_, uri);
  return call.storage.stat(uri);
}

void Stores::stat_many(
    std::span<const std::string> uris,
    const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found) {
  if (uris.empty()) return;
  const auto stat_all = [&](std::span<const std::string> all, const FoundFile& each) {
    WaitLog::Call call(storages_->log_of(all.front()), all.front());
    stat_group(storages_->of(all.front()), all, call, each);
  };
  const ServedStorage* const first = &storages_->of(uris.front());
  const auto is_firsts = [&](const std::string& uri) { return &storages_->of(uri) == first; };
  // Mostly one storage has them all: then there is no copy of what may be a million texts.
  if (std::all_of(uris.begin(), uris.end(), is_firsts)) return stat_all(uris, found);
  std::map<const ServedStorage*, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < uris.size(); ++i) groups[&storages_->of(uris[i])].push_back(i);
  for (const auto& entry : groups) {
    const std::vector<std::size_t>& members = entry.second;
    std::vector<std::string> group;
    group.reserve(members.size());
    for (const std::size_t i : members) group.push_back(uris[i]);
    stat_all(group, [&](std::size_t k, const std::optional<StoredFile>& file) {
      found(members[k], file);
    });
  }
}

std::optional<std::string> Stores::identity(const std::string& uri) {
  const StorageCall call(*storages_, uri);
  return call.storage.trying([&](Storage& storage, unsigned) { return storage.identity(uri); });
}

void Stores::list(const std::string& directory, const ListOptions& options,
                  const std::function<void(const StoredFile&)>& each) {
  const StorageCall call(*storages_, directory);
  const auto left_out = [&](const std::string& uri) {
    return std::any_of(options.left_out.begin(), options.left_out.end(),
                       [&](const std::string& out) { return below_prefix(uri, out).has_value(); });
  };
  const auto is_deeper = [&](const std::string& uri) {
    const auto rest = below_prefix(uri, without_slash(directory));
    return rest && !rest->empty() && rest->find('/', 1) < rest->size() - 1;
  };
  bool shown = false;  // then nothing may come a second time
  call.storage.trying(
      [&](Storage& storage, unsigned) {
        storage.list(directory, options, [&](const StoredFile& file) {
          shown = true;
          if (!left_out(file.uri) && !(options.flat && is_deeper(file.uri))) each(file);
        });
      },
      [&] { return !shown; });
}

void Stores::read(const std::string& uri, const std::optional<ByteRange>& range, ByteSink& sink) {
  const StorageCall call(*storages_, uri);
  if (!call.storage.may_ask_again()) {
    call.storage.fetch(uri, {range}, [&]() -> ByteSink& { return sink; });
    return;
  }
  // What was given away can't be taken back, so it is all fetched before any is.
  Spool spool;
  call.storage.fetch(uri, {range}, [&]() -> ByteSink& { return spool.fresh(uri); });
  const auto fetched = spool.source(uri);
  const auto feed = fetched->open();
  std::vector<std::byte> buffer(std::size_t{1} << 18);
  while (const std::size_t got = feed->read(buffer)) sink.write({buffer.data(), got});
}

std::string Stores::digest(const std::string& uri, const std::optional<ByteRange>& range) {
  const StorageCall call(*storages_, uri);
  return call.storage.digest(uri, {range});
}

bool Stores::write_new(const std::string& uri, ByteSource& source, NewFileOptions options) {
  const StorageCall call(*storages_, uri);
  if (!call.storage.serves(scheme_of(options.like))) options.like.clear();
  return call.storage.write_new(uri, source, options);
}

void Stores::replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options) {
  const StorageCall call(*storages_, uri);
  call.storage.replace(uri, source, options);
}

void Stores::make_durable(std::span<const std::string> uris) {
  std::map<ServedStorage*, std::vector<std::string>> groups;
  for (const std::string& uri : uris) groups[&storages_->of(uri)].push_back(uri);
  for (const auto& entry : groups) {
    entry.first->trying([&](Storage& storage, unsigned) { storage.make_durable(entry.second); });
  }
}

void Stores::remove(const std::string& uri, const std::string& root) {
  const StorageCall call(*storages_, uri);
  call.storage.remove(uri, root);
}

void Stores::check_target(const std::string& directory) {
  const StorageCall call(*storages_, directory);
  call.storage.trying([&](Storage& storage, unsigned) { storage.check_target(directory); });
}

S3Access Stores::s3_access(const std::string& uri) {
  const StorageCall call(*storages_, uri);
  return call.storage.once([&](Storage& storage) {
    auto* const teller = dynamic_cast<S3AccessTeller*>(&storage);
    if (teller != nullptr) return teller->s3_access(uri);
    throw IoError("E-STORE-UNSUPPORTED",
                  "the storage of this scheme doesn't tell other programs how it is reached", uri,
                  "leave --engine away");
  });
}

std::unique_ptr<ByteSource> Stores::open(const std::string& uri) {
  if (is_local_uri(uri)) {
    const std::string path = local_path_of(uri);
    return file_source(path, path);
  }
  const StorageCall call(*storages_, uri);
  const auto fetched = nameless_file_sink(uri);
  call.storage.fetch(uri, {}, [&]() -> ByteSink& {
    fetched->restart();
    return *fetched;
  });
  return fetched->written();
}

// ------------------------------------------------------------------------------ copying

namespace {

// Shows a group's items under their numbers in the whole.
class Renumbered final : public CopyObserver {
 public:
  Renumbered(CopyObserver& inner, const std::vector<std::size_t>& numbers, WaitLog::Call& watch)
      : inner_(inner), numbers_(numbers), watch_(watch) {}
  void progress(std::uint64_t bytes) override {
    watch_.progressed();
    inner_.progress(bytes);
  }
  void done(std::size_t i, std::uint64_t bytes, bool existed) override {
    watch_.progressed();
    inner_.done(numbers_.at(i), bytes, existed);
  }
  void taken(std::size_t i) override {
    watch_.progressed();
    inner_.taken(numbers_.at(i));
  }
  void grown(std::size_t i, std::uint64_t kept) override { inner_.grown(numbers_.at(i), kept); }
  void access_not_kept(std::size_t i) override { inner_.access_not_kept(numbers_.at(i)); }
  void failed(std::size_t i, Diagnostic why) override {
    inner_.failed(numbers_.at(i), std::move(why));
  }
  bool stopped() const override { return inner_.stopped(); }

 private:
  CopyObserver& inner_;
  const std::vector<std::size_t>& numbers_;
  WaitLog::Call& watch_;
};

// Before the first file of all is copied.
void check_rate(ServedStorages& storages, const std::string& from, const std::string& to) {
  if (storages.run().bytes_per_second == 0) return;
  if (storages.of(from + ":/").keeps_rate() || storages.of(to + ":/").keeps_rate()) return;
  throw IoError(
      "E-STORE-UNSUPPORTED",
      "copies from '" + from + "' to '" + to + "' can't be held to a rate: nothing was copied", to,
      "leave --bwlimit away, or have the system do it, as with ionice or "
      "'systemd-run -p IOWriteBandwidthMax=…'");
}

// Items of one scheme for one scheme.
void copy_group(Stores& stores, ServedStorages& storages, std::span<const CopyItem> items,
                const CopyOptions& options, CopyObserver& observer) {
  const std::string from(scheme_of(items.front().source));
  const std::string to(scheme_of(items.front().target));
  const Route route{storages.of(from + ":/"), storages.of(to + ":/"), storages.copier(from, to)};
  std::vector<std::string> targets;
  targets.reserve(items.size());
  for (const CopyItem& item : items) targets.push_back(item.target);
  std::vector<std::optional<std::uint64_t>> there(items.size());
  stores.stat_many(targets, [&](std::size_t i, const std::optional<StoredFile>& file) {
    if (file) there[i] = file->size;
  });
  targets = {};
  copy_files(route, items, there, options, observer,
             [&](std::span<const std::string> uris, const FoundFile& found) {
               stores.stat_many(uris, found);
             });
}

}  // namespace

void Stores::copy(std::span<const CopyItem> items, const CopyOptions& options,
                  CopyObserver& observer) {
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < items.size(); ++i) {
    groups[{std::string(scheme_of(items[i].source)), std::string(scheme_of(items[i].target))}]
        .push_back(i);
  }
  for (const auto& entry : groups) check_rate(*storages_, entry.first.first, entry.first.second);
  for (const auto& entry : groups) {
    const std::vector<std::size_t>& members = entry.second;
    std::vector<CopyItem> group;
    group.reserve(members.size());
    for (const std::size_t i : members) group.push_back(items[i]);
    const bool local = entry.first.first == "file" && entry.first.second == "file";
    WaitLog::Call watch(local ? nullptr : storages_->log(), group.front().target, true);
    Renumbered renumbered(observer, members, watch);
    copy_group(*this, *storages_, group, options, renumbered);
  }
}

}  // namespace stateferry
