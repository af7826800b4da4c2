#include "stateferry/transfer/stores.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/nameless_file.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "wait_log.hpp"

namespace stateferry {

struct Stores::Made {
  std::string what;     // for messages: `storage rclone`
  std::string schemes;  // with a space around each
  std::shared_ptr<Storage> storage;

  bool serves(std::string_view scheme) const {
    return schemes.find(" " + std::string(scheme) + " ") != std::string::npos;
  }
};

namespace {

// Bytes that the source itself owns.
class OwnedSource final : public ByteSource {
 public:
  OwnedSource(std::vector<std::byte> bytes, const std::string& name)
      : bytes_(std::move(bytes)), view_(memory_source(bytes_, name)) {}
  const std::string& name() const noexcept override { return view_->name(); }
  std::optional<std::uint64_t> size() const noexcept override { return bytes_.size(); }
  bool rewindable() const noexcept override { return true; }
  std::span<const std::byte> peek(std::size_t n) override { return view_->peek(n); }
  std::unique_ptr<ByteFeed> open() override { return view_->open(); }
  std::span<const std::byte> bytes() override { return bytes_; }
  void check_unchanged() const override {}

 private:
  std::vector<std::byte> bytes_;
  std::unique_ptr<ByteSource> view_;
};

// A nameless temporary file.
class Spool {
 public:
  Spool() = default;
  ~Spool() { ::close(fd_); }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  int fd() const noexcept { return fd_; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  const int fd_ = open_nameless_file();
};

}  // namespace

Stores::Stores(PluginRegistry& registry, ParamNode config, DiagnosticSink& sink)
    : Stores([&registry](std::string_view scheme) { return registry.storage_for(scheme); },
             std::move(config), sink) {}
Stores::Stores(StorageFinder find, ParamNode config, DiagnosticSink& sink)
    : find_(std::move(find)), config_(std::move(config)), sink_(sink) {}
Stores::~Stores() = default;
Stores::Stores(Stores&&) noexcept = default;

Stores::Made& Stores::of(std::string_view uri) {
  const std::string scheme(scheme_of(uri));
  for (const auto& made : made_) {
    if (made->serves(scheme)) return *made;
  }
  StorageOffer offer = find_(scheme);
  if (offer.storage == nullptr) {
    throw IoError("E-STORE-SCHEME", "no installed storage serves '" + scheme + "'",
                  std::string(uri), "see 'stateferry plugins list'");
  }
  auto made = std::make_unique<Made>();
  made->what = "storage " + offer.name;
  made->schemes = " " + offer.schemes + " ";
  made->storage = std::move(offer.storage);
  guarded_call(made->what, [&] { made->storage->configure(config_, sink_); });
  made_.push_back(std::move(made));
  return *made_.back();
}

void Stores::tell_waits(WaitTeller tell, WaitTimes times) {
  wait_log_ = std::make_unique<WaitLog>(std::move(tell), times);
}

// What local disks do needs no watching.
template <class F>
auto Stores::on(const std::string& uri, F&& f) {
  Made& made = of(uri);
  const WaitLog::Call call(scheme_of(uri) == "file" ? nullptr : wait_log_.get(), made.storage, uri);
  return guarded_call(made.what, [&] { return f(*made.storage); });
}

std::optional<StoredFile> Stores::stat(const std::string& uri) {
  return on(uri, [&](Storage& storage) { return storage.stat(uri); });
}

void Stores::stat_many(
    std::span<const std::string> uris,
    const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found) {
  std::map<Made*, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < uris.size(); ++i) groups[&of(uris[i])].push_back(i);
  for (const auto& entry : groups) {
    const std::vector<std::size_t>& members = entry.second;
    std::vector<std::string> group;
    group.reserve(members.size());
    for (const std::size_t i : members) group.push_back(uris[i]);
    WaitLog* const log = scheme_of(group.front()) == "file" ? nullptr : wait_log_.get();
    WaitLog::Call call(log, entry.first->storage, group.front());
    guarded_call(entry.first->what, [&, storage = entry.first->storage] {
      storage->stat_many(group, [&](std::size_t k, const std::optional<StoredFile>& file) {
        call.progressed();
        found(members[k], file);
      });
    });
  }
}

std::optional<std::string> Stores::identity(const std::string& uri) {
  return on(uri, [&](Storage& storage) { return storage.identity(uri); });
}

void Stores::list(const std::string& directory,
                  const std::function<void(const StoredFile&)>& each) {
  on(directory, [&](Storage& storage) { storage.list(directory, each); });
}

void Stores::list_with(const std::string& directory, const ListOptions& options,
                       const std::function<void(const StoredFile&)>& each) {
  on(directory, [&](Storage& storage) { storage.list_with(directory, options, each); });
}

void Stores::read(const std::string& uri, const std::optional<ByteRange>& range, ByteSink& sink) {
  on(uri, [&](Storage& storage) { storage.read(uri, range, sink); });
}

bool Stores::write_new(const std::string& uri, ByteSource& source, NewFileOptions options) {
  if (!of(uri).serves(scheme_of(options.like))) options.like.clear();
  return on(uri, [&](Storage& storage) { return storage.write_new(uri, source, options); });
}

void Stores::replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options) {
  on(uri, [&](Storage& storage) { storage.replace(uri, source, options); });
}

void Stores::make_durable(std::span<const std::string> uris) {
  std::map<Made*, std::vector<std::string>> groups;
  for (const std::string& uri : uris) groups[&of(uri)].push_back(uri);
  for (const auto& [made, group] : groups) {
    guarded_call(made->what,
                 [&, storage = made->storage, &g = group] { storage->make_durable(g); });
  }
}

void Stores::remove(const std::string& uri, const std::string& root) {
  on(uri, [&](Storage& storage) { storage.remove(uri, root); });
}

void Stores::check_target(const std::string& directory) {
  on(directory, [&](Storage& storage) { storage.check_target(directory); });
}

std::unique_ptr<ByteSource> Stores::open(const std::string& uri) {
  if (is_local_uri(uri)) {
    const std::string path(split_flink_path(uri).path);
    return file_source(path, path);
  }
  std::vector<std::byte> bytes;
  const auto sink = memory_sink(bytes);
  read(uri, std::nullopt, *sink);
  return std::make_unique<OwnedSource>(std::move(bytes), uri);
}

// ------------------------------------------------------------------------------ copying

namespace {

// Shows a group's items under their numbers in the whole.
class Renumbered final : public CopyObserver {
 public:
  Renumbered(CopyObserver& inner, const std::vector<std::size_t>& numbers, WaitLog::Call& call)
      : inner_(inner), numbers_(numbers), call_(call) {}
  void progress(std::uint64_t bytes) override {
    call_.progressed();
    inner_.progress(bytes);
  }
  void done(std::size_t i, std::uint64_t bytes, bool existed) override {
    call_.progressed();
    inner_.done(numbers_.at(i), bytes, existed);
  }
  void access_not_kept(std::size_t i) override { inner_.access_not_kept(numbers_.at(i)); }
  void failed(std::size_t i, Diagnostic why) override {
    inner_.failed(numbers_.at(i), std::move(why));
  }
  bool stopped() const override { return inner_.stopped(); }

 private:
  CopyObserver& inner_;
  const std::vector<std::size_t>& numbers_;
  WaitLog::Call& call_;
};

}  // namespace

Stores::Made* Stores::copier(const std::string& source_scheme, const std::string& target_scheme) {
  // The target's first: it knows how its files come to be.
  for (Made* made : {&of(target_scheme + ":/"), &of(source_scheme + ":/")}) {
    if (guarded_call(made->what, [&, storage = made->storage] {
          return storage->copies(source_scheme, target_scheme);
        })) {
      return made;
    }
  }
  return nullptr;
}

void Stores::copy(std::span<const CopyItem> items, const CopyOptions& options,
                  CopyObserver& observer) {
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < items.size(); ++i) {
    groups[{std::string(scheme_of(items[i].source)), std::string(scheme_of(items[i].target))}]
        .push_back(i);
  }
  for (const auto& [schemes, members] : groups) {
    Made* const made = copier(schemes.first, schemes.second);
    if (made == nullptr) {
      for (const std::size_t i : members) {
        if (!observer.stopped()) copy_by_hand(items[i], i, options, observer);
      }
      continue;
    }
    std::vector<CopyItem> group;
    group.reserve(members.size());
    for (const std::size_t i : members) group.push_back(items[i]);
    const bool local = schemes.first == "file" && schemes.second == "file";
    WaitLog::Call call(local ? nullptr : wait_log_.get(), made->storage, group.front().target,
                       true);
    Renumbered renumbered(observer, members, call);
    guarded_call(made->what, [&] { made->storage->copy(group, options, renumbered); });
  }
}

void Stores::copy_by_hand(const CopyItem& item, std::size_t index, const CopyOptions& options,
                          CopyObserver& observer) {
  try {
    const Spool spool;
    const auto sink = descriptor_sink(spool.fd(), item.source);
    read(item.source, item.range, *sink);
    const auto copied = file_source(spool.path(), item.source);
    const std::uint64_t bytes = copied->size().value_or(0);
    if (item.size && *item.size != bytes) {
      throw IoError("E-STORE-SIZE",
                    "the file has " + std::to_string(bytes) + " bytes instead of " +
                        std::to_string(*item.size),
                    item.source, "it is damaged or was written to; use another copy of it");
    }
    const bool existed = stat(item.target).has_value();
    if (!existed) {
      write_new(item.target, *copied, {{}, options.sync});
    } else if (sha256_hex(*open(item.target)) != sha256_hex(*copied)) {
      throw IoError("E-STORE-CONFLICT", "something else stands where the file is to go",
                    item.target,
                    "nothing is replaced: choose another target, or remove what stands there");
    }
    observer.progress(bytes);
    observer.done(index, bytes, existed);
  } catch (const Error& error) {
    observer.failed(index, error.diagnostic());
  }
}

}  // namespace stateferry
