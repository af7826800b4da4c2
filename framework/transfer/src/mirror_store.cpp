#include "stateferry/transfer/mirror_store.hpp"

#include <unistd.h>

#include <array>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "stateferry/bytes/digits.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {
namespace {

// No mirror notes more; a file of this name may hold anything.
constexpr std::size_t kMostBytes = 16U << 20U;
constexpr unsigned kAttempts = 3;

// Takes as many bytes as a note may have.
class NoteSink final : public ByteSink {
 public:
  NoteSink(std::string uri, std::size_t most) : uri_(std::move(uri)), most_(most) {}
  void write(std::span<const std::byte> bytes) override {
    if (bytes.size() > most_ - text.size()) {
      throw Error({.code = "E-MIRROR-STATE",
                   .message = "what the mirror has noted can't be read: it is too large",
                   .subject = uri_,
                   .hint = "look who has written the file"});
    }
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  void restart() override { text.clear(); }
  void commit() override {}
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return uri_; }

  std::string text;

 private:
  std::string uri_;
  std::size_t most_;
};

std::optional<std::string> read_text(Stores& stores, const std::string& uri) {
  return read_note(stores, uri, kMostBytes);
}

// `before`: digest of what stands there; empty: nothing does.
void write_text(Stores& stores, const std::string& uri, const std::string& text,
                const std::string& before, const std::string& like) {
  const auto source = memory_source(std::as_bytes(std::span(text.data(), text.size())), uri);
  if (before.empty()) {
    stores.write_new(uri, *source, {like, true});
  } else {
    stores.replace(uri, *source, {before, true});
  }
}

std::string holder_of_this_process() {
  const std::string host = host_name();
  std::random_device random;
  std::string holder = (host.empty() ? "?" : host) + ":" + std::to_string(::getpid()) + ":";
  append_hex(holder, random(), 8);
  return holder;
}

// What is worth being written.
std::string without_look(MirrorState state) {
  state.looked = 0;
  return text_of(state);
}

[[noreturn]] void refuse_lease(const std::string& target, const MirrorLease& lease) {
  throw Error({.code = "E-MIRROR-LEASE",
               .message = "another mirror writes there: '" + lease.name + "'",
               .subject = target,
               .hint = "nothing was written; its lease runs out in at most " +
                       std::to_string(std::max<std::int64_t>(lease.until - seconds_now(), 0)) +
                       " s if it is dead; a mirror of the same --name takes it over at once",
               .notes = {"held by " + lease.holder}});
}

}  // namespace

std::int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string host_name() {
  std::array<char, 256> host{};
  return ::gethostname(host.data(), host.size() - 1) == 0 ? host.data() : std::string();
}

std::optional<std::string> read_note(Stores& stores, const std::string& uri, std::size_t most) {
  NoteSink sink(uri, most);
  try {
    stores.read(uri, std::nullopt, sink);
  } catch (const Error& error) {
    if (error.code() == "E-IO-NOT-FOUND") return std::nullopt;
    throw;
  }
  return std::move(sink.text);
}

NotedState read_noted(Stores& stores, const std::string& job) {
  const std::string uri = join_uri(job, kMirrorState);
  NotedState noted;
  if (auto text = read_text(stores, uri)) {
    noted.state = parse_mirror_state(*text, uri);
    noted.digest = sha256_hex(*text);
    noted.text = without_look(noted.state);
  }
  return noted;
}

void write_noted(Stores& stores, const std::string& job, NotedState& noted,
                 const std::string& like) {
  std::string worth = without_look(noted.state);
  if (worth == noted.text) return;
  const std::string text = text_of(noted.state);
  write_text(stores, join_uri(job, kMirrorState), text, noted.digest, like);
  noted.digest = sha256_hex(text);
  noted.text = std::move(worth);
}

void refuse_changed(Stores& stores, const std::string& job, const NotedState& noted) {
  const std::string uri = join_uri(job, kMirrorState);
  const auto text = read_text(stores, uri);
  if ((text ? sha256_hex(*text) : std::string()) == noted.digest) return;
  throw IoError("E-STORE-CONFLICT", "what the mirror has noted was changed by somebody else", uri,
                "another mirror or a failover was here; the next round sees what it has noted");
}

std::optional<MirrorLease> read_lease(Stores& stores, const std::string& target) {
  const std::string uri = join_uri(target, kMirrorLease);
  const auto text = read_text(stores, uri);
  if (!text) return std::nullopt;
  return parse_mirror_lease(*text, uri);
}

// ------------------------------------------------------------------------------ the lease

LeaseKeeper::LeaseKeeper(Stores& stores, std::string target, std::string name, Times times)
    : stores_(stores),
      target_(std::move(target)),
      times_(times),
      mine_{std::move(name), holder_of_this_process(), 0} {
  take();
  check();
  thread_ = std::jthread([this](const std::stop_token& stop) { renew_until(stop); });
}

LeaseKeeper::~LeaseKeeper() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  try {
    const std::lock_guard lock(mutex_);
    mine_.until = 0;
    write_text(stores_, join_uri(target_, kMirrorLease), text_of(mine_), digest_, {});
  } catch (...) {  // it runs out by itself
  }
}

// False when somebody else was faster.
bool LeaseKeeper::put(const std::string& before) {
  mine_.until = seconds_now() + times_.length.count();
  const std::string text = text_of(mine_);
  try {
    write_text(stores_, join_uri(target_, kMirrorLease), text, before, {});
  } catch (const Error& error) {
    if (error.code() == "E-IO-EXISTS" || error.code() == "E-STORE-CONFLICT" ||
        error.code() == "E-IO-NOT-FOUND") {
      return false;
    }
    throw;
  }
  digest_ = sha256_hex(text);
  return true;
}

void LeaseKeeper::take() {
  const std::string uri = join_uri(target_, kMirrorLease);
  const std::lock_guard lock(mutex_);
  for (unsigned i = 0; i < kAttempts; ++i) {
    const auto text = read_text(stores_, uri);
    if (text) {
      const MirrorLease other = parse_mirror_lease(*text, uri);
      if (other.name != mine_.name && other.until > seconds_now()) refuse_lease(target_, other);
    }
    if (put(text ? sha256_hex(*text) : std::string())) return;
  }
  throw Error("E-MIRROR-LEASE", "several mirrors fight for the lease: " + target_,
              "give each target one mirror");
}

void LeaseKeeper::check() {
  const std::lock_guard lock(mutex_);
  const auto lease = read_lease(stores_, target_);
  if (lease && lease->holder == mine_.holder) return;
  refuse_lease(target_, lease.value_or(MirrorLease{"?", "nobody: the lease is gone", 0}));
}

void LeaseKeeper::renew_until(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, stop, times_.renewed, [] { return false; }) &&
         !stop.stop_requested()) {
    try {
      put(digest_);
    } catch (const Error&) {  // it is read again before anything is put or deleted
    }
  }
}

}  // namespace stateferry
