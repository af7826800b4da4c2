// The storage `rclone`: object stores and HDFS, through one rclone process for the whole run.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "daemon.hpp"
#include "errors.hpp"
#include "local_files.hpp"
#include "rc_client.hpp"
#include "remotes.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/plugin/plugin.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::rclone {
namespace {

// From so many files of one directory on, one listing is cheaper than a look at each.
constexpr std::size_t kListFrom = 8;
// How long a store that doesn't answer is asked again.
constexpr std::chrono::seconds kPatience{60};
constexpr const char* kListOptions = R"({"filesOnly":true,"noMimeType":true})";
constexpr const char* kListAllOptions = R"({"recurse":true,"filesOnly":true,"noMimeType":true})";

bool is_local(std::string_view uri) {
  const std::string_view scheme = split_flink_path(uri).scheme;
  return scheme.empty() || scheme == "file";
}
// Schemes from and to which rclone copies: ours, and local files.
bool within_reach(std::string_view scheme) {
  return scheme == "file" || family_of(scheme).has_value();
}

// Stores where a file that is being written can be seen.
bool shows_halves(std::string_view uri) {
  return split_flink_path(uri).scheme == "hdfs";
}

// A temporary file with a name, for rclone to open.
class Spool {
 public:
  Spool() {
    const std::string folder = environment_of_process("TMPDIR");
    path_ = (folder.empty() ? "/tmp" : folder) + "/stateferry-XXXXXX";
    fd_ = ::mkostemp(path_.data(), O_CLOEXEC);
    if (fd_ < 0) throw IoError("E-IO-CREATE", "no temporary file can be made", path_, "set TMPDIR");
  }
  ~Spool() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  void write(std::span<const std::byte> bytes) { descriptor_sink(fd_, path_)->write(bytes); }
  void clear() {
    if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) {
      throw IoError("E-IO-WRITE", "the temporary file can't be written", path_);
    }
  }
  Place place() const { return {"/", path_.substr(1)}; }
  // Shows what is at its place now, or a part of it.
  void read(const std::optional<ByteRange>& range, const TakeBytes& take) const {
    const auto source = file_source(path_, path_);
    const auto feed = source->open();
    std::uint64_t skip = range ? range->offset : 0;
    std::uint64_t left = range ? range->size : UINT64_MAX;
    std::vector<std::byte> buffer(std::size_t{1} << 18);
    while (const std::size_t got = feed->read(buffer)) {
      const auto behind = static_cast<std::size_t>(std::min<std::uint64_t>(skip, got));
      const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(left, got - behind));
      skip -= behind;
      left -= some;
      if (some > 0) take({buffer.data() + behind, some});
      if (left == 0) return;
    }
  }

 private:
  std::string path_;
  int fd_ = -1;
};

// Attempts that failed and are made again.
class Troubles {
 public:
  void note(const IoError& error, unsigned attempt, unsigned attempts) {
    const std::lock_guard lock(mutex_);
    if (lines_.size() == kKept) lines_.erase(lines_.begin());
    lines_.push_back(error.diagnostic().message + ": " + error.diagnostic().subject + " (attempt " +
                     std::to_string(attempt) + " of " + std::to_string(attempts) + ")");
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }

 private:
  static constexpr std::size_t kKept = 5;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

class CopyWorker;

class RcloneStorage final : public Storage {
 public:
  void configure(const ParamNode& config, DiagnosticSink&) override;
  std::optional<StoredFile> stat(const std::string& uri) override;
  void stat_many(
      std::span<const std::string> uris,
      const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found) override;
  void list(const std::string& directory,
            const std::function<void(const StoredFile&)>& each) override;
  void read(const std::string& uri, const std::optional<ByteRange>& range, ByteSink& sink) override;
  bool write_new(const std::string& uri, ByteSource& source,
                 const NewFileOptions& options) override;
  void replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options) override;
  void remove(const std::string& uri, const std::string& root) override;
  std::vector<std::string> take_troubles() override { return troubles_.take(); }
  void check_target(const std::string& directory) override;
  bool copies(std::string_view source_scheme, std::string_view target_scheme) const override {
    return within_reach(source_scheme) && within_reach(target_scheme);
  }
  void copy(std::span<const CopyItem> items, const CopyOptions& options,
            CopyObserver& observer) override;

 private:
  friend class CopyWorker;

  // The running rclone, which knows of all URIs that were shown to place_of().
  const Daemon& daemon();
  Place place_of(const std::string& uri) {
    const std::lock_guard lock(mutex_);
    return remotes_.place_of(uri);
  }
  // Calls `f` until it doesn't fail for a reason that may go away, some times.
  template <class F>
  auto trying(F&& f) -> decltype(f()) {
    const auto start = std::chrono::steady_clock::now();
    for (unsigned attempt = 1;; ++attempt) {
      try {
        return f();
      } catch (const IoError& error) {
        const bool late = error.code() == "E-STORE-UNREACHABLE" &&
                          std::chrono::steady_clock::now() - start > kPatience;
        if (attempt >= attempts_ || late || !may_go_away(error)) throw;
        troubles_.note(error, attempt, attempts_);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(250) * (1U << std::min(attempt, 6U)));
    }
  }
  std::optional<StoredFile> stat_by(RcClient& client, const std::string& uri);
  void stat_directory(const std::string& directory, const std::vector<std::size_t>& members,
                      std::span<const std::string> uris,
                      const std::function<void(std::size_t, const std::optional<StoredFile>&)>&);
  // What a file that is put must hold, and how.
  struct PutOptions {
    std::string sha256;  // read back and compared before it gets its name; empty: not
    bool sync = true;
    bool replaces = false;  // what stands there in its place is left, also when it is wrong
  };
  void send(RcClient& client, const Place& from, const Place& to, const std::string& target);
  void put(RcClient& client, const Place& from, const std::string& target,
           const PutOptions& options);

  Remotes remotes_;
  DaemonOptions options_;
  std::vector<std::string> passed_on_;  // RCLONE_…=… from the configuration
  unsigned attempts_ = 4;
  Troubles troubles_;
  std::mutex mutex_;
  std::unique_ptr<Daemon> daemon_;
  std::vector<std::string> known_;  // environment that the daemon was started with
};

// ------------------------------------------------------------------------------ configuration

[[noreturn]] void refuse(const ParamNode& at, const std::string& message) {
  Diagnostic d;
  d.code = "E-CONFIG";
  d.message = message;
  d.mark = at.mark;
  throw RuleError(std::move(d));
}

// Beginnings of options that would change what is seen or copied, or how rclone is spoken to.
constexpr std::array<std::string_view, 20> kNotForUsers = {
    "config-", "dry-run",     "dump",      "exclude", "files-from", "filter",      "ignore-",
    "include", "interactive", "log",       "max-age", "max-depth",  "max-size",    "max-transfer",
    "min-",    "rc",          "size-only", "syslog",  "update",     "use-json-log"};

std::string variable_of_option(const ParamNode& key, const ParamNode& value) {
  if (value.kind != ParamNode::Kind::scalar) refuse(value, "an option's value is a text");
  std::string name = "RCLONE_";
  for (const char c : key.scalar) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0 && c != '-' && c != '_') {
      refuse(key, "rclone has no option '" + key.scalar + "'");
    }
    name += c == '-' ? '_' : static_cast<char>(std::toupper(byte));
  }
  for (const std::string_view beginning : kNotForUsers) {
    if (key.scalar.starts_with(beginning)) {
      refuse(key, "'" + key.scalar + "' would change what rclone sees or how it is spoken to");
    }
  }
  if (names_secret(key.scalar)) {
    refuse(key, "'" + key.scalar + "' is a credential and must not stand here");
  }
  return name + "=" + value.scalar;
}

void RcloneStorage::configure(const ParamNode& config, DiagnosticSink&) {
  remotes_.configure(config);
  const ParamNode* own = config.find("rclone");
  if (own == nullptr || own->kind == ParamNode::Kind::null) return;
  if (own->kind != ParamNode::Kind::map) refuse(*own, "'rclone' must be a map");
  for (const ParamEntry& entry : own->entries) {
    if (entry.key.scalar == "program") {
      options_.program = entry.value.scalar;
      if (options_.program.find('/') != std::string::npos && options_.program.front() != '/') {
        refuse(entry.value, "'program' must be an absolute path, or a name to be found in PATH");
      }
    } else if (entry.key.scalar == "attempts") {
      std::int64_t attempts = 0;
      if (read_integer(entry.value, attempts) || attempts < 1 || attempts > 100) {
        refuse(entry.value, "'attempts' must be an integer from 1 to 100");
      }
      attempts_ = static_cast<unsigned>(attempts);
    } else if (entry.key.scalar == "options") {
      for (const ParamEntry& option : entry.value.entries) {
        passed_on_.push_back(variable_of_option(option.key, option.value));
      }
    } else {
      refuse(entry.key, "unknown key '" + entry.key.scalar + "' under 'rclone'" +
                            did_you_mean(entry.key.scalar, {"program", "attempts", "options"}));
    }
  }
}

const Daemon& RcloneStorage::daemon() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> wanted = remotes_.environment();
  if (daemon_ != nullptr && wanted == known_) return *daemon_;
  daemon_.reset();
  options_.environment = passed_on_;
  options_.environment.insert(options_.environment.end(), wanted.begin(), wanted.end());
  daemon_ = std::make_unique<Daemon>(options_);
  known_ = std::move(wanted);
  return *daemon_;
}

// ------------------------------------------------------------------------------ looking

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

std::optional<StoredFile> RcloneStorage::stat_by(RcClient& client, const std::string& uri) {
  const Place place = place_of(uri);
  try {
    const rapidjson::Document answer =
        client.call("operations/stat", {{"fs", place.fs}, {"remote", place.remote}}, kListOptions,
                    uri, "E-IO-READ");
    const auto item = answer.FindMember("item");
    if (item == answer.MemberEnd() || !item->value.IsObject()) return std::nullopt;
    return found_in(item->value, uri);
  } catch (const IoError& error) {
    if (error.code() == "E-IO-NOT-FOUND") return std::nullopt;
    throw;
  }
}

std::optional<StoredFile> RcloneStorage::stat(const std::string& uri) {
  place_of(uri);
  RcClient client(daemon());
  return trying([&] { return stat_by(client, uri); });
}

void RcloneStorage::stat_many(
    std::span<const std::string> uris,
    const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found) {
  std::map<std::string, std::vector<std::size_t>> directories;
  for (std::size_t i = 0; i < uris.size(); ++i) {
    place_of(uris[i]);
    directories[std::string(parent_of(uris[i]))].push_back(i);
  }
  RcClient client(daemon());
  for (const auto& [directory, members] : directories) {
    if (members.size() >= kListFrom) {
      stat_directory(directory, members, uris, found);
      continue;
    }
    for (const std::size_t i : members) {
      found(i, trying([&] { return stat_by(client, uris[i]); }));
    }
  }
}

// Shows the files that rclone lists below a place: their paths there, and themselves.
template <class F>
void for_each_listed(RcClient& client, const Place& place, const char* options,
                     const std::string& uri, F&& f) {
  const rapidjson::Document answer = client.call(
      "operations/list", {{"fs", place.fs}, {"remote", place.remote}}, options, uri, "E-IO-READ");
  const auto list = answer.FindMember("list");
  if (list == answer.MemberEnd() || !list->value.IsArray()) return;
  for (const rapidjson::Value& item : list->value.GetArray()) {
    const auto path = item.FindMember("Path");
    if (path == item.MemberEnd() || !path->value.IsString()) continue;
    f(std::string_view(path->value.GetString(), path->value.GetStringLength()), item);
  }
}

void RcloneStorage::stat_directory(
    const std::string& directory, const std::vector<std::size_t>& members,
    std::span<const std::string> uris,
    const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found) {
  const std::string plain =
      directory.ends_with('/') ? directory.substr(0, directory.size() - 1) : directory;
  const Place place = place_of(plain);
  RcClient client(daemon());
  const auto files = trying([&] {
    std::map<std::string, StoredFile, std::less<>> all;
    try {
      for_each_listed(client, place, kListOptions, plain,
                      [&](std::string_view path, const rapidjson::Value& item) {
                        const auto file = found_in(item, {});
                        if (file) all.emplace(path, *file);
                      });
    } catch (const IoError& error) {
      if (error.code() != "E-IO-NOT-FOUND") throw;
    }
    return all;
  });
  for (const std::size_t i : members) {
    const auto at = files.find(place_of(uris[i]).remote);
    if (at == files.end()) {
      found(i, std::nullopt);
      continue;
    }
    StoredFile file = at->second;
    file.uri = uris[i];
    found(i, file);
  }
}

void RcloneStorage::list(const std::string& directory,
                         const std::function<void(const StoredFile&)>& each) {
  const Place place = place_of(directory);
  RcClient client(daemon());
  std::vector<StoredFile> files = trying([&] {
    std::vector<StoredFile> all;
    for_each_listed(client, place, kListAllOptions, directory,
                    [&](std::string_view path, const rapidjson::Value& item) {
                      auto uri = listed_uri(directory, place, path);
                      auto file = uri ? found_in(item, std::move(*uri)) : std::nullopt;
                      if (file) all.push_back(std::move(*file));
                    });
    return all;
  });
  for (const StoredFile& file : files) each(file);
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

void RcloneStorage::check_target(const std::string& directory) {
  const Place place = place_of(directory);
  // HDFS has no buckets, and makes directories.
  if (shows_halves(directory)) return;
  RcClient client(daemon());
  try {
    trying([&] {
      // Of a directory that has no files of its own, so that the answer is short.
      for_each_listed(client, {place.fs, place.remote + "/_metadata"}, kListOptions, directory,
                      [](std::string_view, const rapidjson::Value&) {});
    });
  } catch (const IoError& error) {
    if (error.code() != "E-IO-NOT-FOUND") throw;
    if (!has_buckets(client, place, directory)) return;
    throw IoError("E-IO-CREATE", "there is no bucket or container of this name", directory,
                  "make it (stateferry makes none), or choose another target");
  }
}

// ------------------------------------------------------------------------------ bytes

// `operations/copyfile` and `operations/movefile`.
void transfer(RcClient& client, const char* command, const Place& from, const Place& to,
              const std::string& uri, const char* otherwise) {
  client.call(
      command,
      {{"srcFs", from.fs}, {"srcRemote", from.remote}, {"dstFs", to.fs}, {"dstRemote", to.remote}},
      "", uri, otherwise);
}

// Reads a file or a part of it.
void stream(RcClient& client, const Place& place, const std::optional<ByteRange>& range,
            const TakeBytes& take, const std::string& uri) {
  if (client.get(place, range, take, uri)) return;
  // A copy tells why it can't be opened; or it was for the moment only.
  Spool whole;
  transfer(client, "operations/copyfile", place, whole.place(), uri, "E-IO-READ");
  whole.read(range, take);
}

std::string digest(RcClient& client, const Place& place, const std::string& uri) {
  Sha256 sha256;
  stream(
      client, place, std::nullopt, [&](std::span<const std::byte> piece) { sha256.update(piece); },
      uri);
  return sha256.hex();
}

void RcloneStorage::read(const std::string& uri, const std::optional<ByteRange>& range,
                         ByteSink& sink) {
  if (range && range->size == 0) return;
  const Place place = place_of(uri);
  RcClient client(daemon());
  // What was given away can't be taken back, so it is all fetched before any is.
  Spool spool;
  std::uint64_t bytes = 0;
  trying([&] {
    spool.clear();
    bytes = 0;
    stream(
        client, place, range,
        [&](std::span<const std::byte> piece) {
          spool.write(piece);
          bytes += piece.size();
        },
        uri);
  });
  if (range && bytes != range->size) {
    throw IoError("E-STORE-SIZE", "the file ends before the part that is needed", uri,
                  "it is damaged; use another copy of it");
  }
  spool.read(std::nullopt, [&](std::span<const std::byte> piece) { sink.write(piece); });
}

// Puts a file to a place in a store. That the place is not there, and not the file, is said as it
// is: the source is fine.
void RcloneStorage::send(RcClient& client, const Place& from, const Place& to,
                         const std::string& target) {
  try {
    transfer(client, "operations/copyfile", from, to, target, "E-IO-WRITE");
  } catch (const IoError& error) {
    if (error.code() != "E-IO-NOT-FOUND") throw;
    check_target(target);
    throw;
  }
}

// Copies a file within rclone so that it appears whole or not at all.
void RcloneStorage::put(RcClient& client, const Place& from, const std::string& target,
                        const PutOptions& options) {
  const Place to = place_of(target);
  if (is_local(target)) {
    PartFile part("/" + to.remote, options.sync);
    transfer(client, "operations/copyfile", from, part.place(), target, "E-IO-WRITE");
    part.give_name();
    return;
  }
  Place first = to;
  if (shows_halves(target)) {
    const auto slash = to.remote.rfind('/') + 1;
    first.remote = to.remote.substr(0, slash) + "." + to.remote.substr(slash) + ".stateferry-part";
  }
  send(client, from, first, target);
  if (!options.sha256.empty() && digest(client, first, target) != options.sha256) {
    if (options.replaces && first.remote == to.remote) {
      throw IoError("E-VERIFY", "what stands there now is not what should have been written",
                    target, "nobody may restore from it: put the backup back in its place");
    }
    client.call("operations/deletefile", {{"fs", first.fs}, {"remote", first.remote}}, "", target,
                "E-IO-WRITE");
    throw IoError("E-VERIFY", "what was written is not what should have been written", target,
                  "it was removed again; run the same command again, and suspect the store");
  }
  if (first.remote == to.remote) return;
  transfer(client, "operations/movefile", first, to, target, "E-IO-WRITE");
}

// Writes all that a source holds to a temporary file; returns its SHA-256.
std::string spool_all(ByteSource& source, Spool& spool) {
  const auto feed = source.open();
  std::vector<std::byte> buffer(std::size_t{1} << 18);
  Sha256 sha256;
  while (const std::size_t got = feed->read(buffer)) {
    spool.write({buffer.data(), got});
    sha256.update({buffer.data(), got});
  }
  return sha256.hex();
}

bool RcloneStorage::write_new(const std::string& uri, ByteSource& source,
                              const NewFileOptions& wanted) {
  if (stat(uri)) {
    throw IoError("E-IO-EXISTS", "the file exists already", uri,
                  "nothing is replaced: choose another target, or remove what stands there");
  }
  Spool spool;
  const PutOptions options{spool_all(source, spool), wanted.sync};
  RcClient client(daemon());
  trying([&] { put(client, spool.place(), uri, options); });
  return true;
}

void RcloneStorage::replace(const std::string& uri, ByteSource& source,
                            const ReplaceOptions& wanted) {
  Spool spool;
  const PutOptions options{spool_all(source, spool), wanted.sync, true};
  const Place place = place_of(uri);
  RcClient client(daemon());
  trying([&] {
    // What an attempt that seemed to fail has put there is no change by somebody else.
    const std::string there = digest(client, place, uri);
    if (there == options.sha256) return;
    if (there != wanted.before) {
      throw IoError("E-STORE-CONFLICT", "the file was changed by somebody else meanwhile", uri,
                    "run the same command again when nobody else writes to it");
    }
    put(client, spool.place(), uri, options);
  });
}

void RcloneStorage::remove(const std::string& uri, const std::string&) {
  const Place place = place_of(uri);
  RcClient client(daemon());
  trying([&] {
    client.call("operations/deletefile", {{"fs", place.fs}, {"remote", place.remote}}, "", uri,
                "E-IO-WRITE");
  });
}

// ------------------------------------------------------------------------------ copying

// One thread of a copy.
class CopyWorker {
 public:
  CopyWorker(RcloneStorage& storage, const Daemon& daemon, std::span<const CopyItem> items,
             const std::vector<std::optional<StoredFile>>& there, const CopyOptions& options,
             CopyObserver& observer, std::atomic<std::size_t>& next)
      : storage_(storage),
        client_(daemon),
        items_(items),
        there_(there),
        options_(options),
        observer_(observer),
        next_(next) {}

  void run() {
    while (!observer_.stopped()) {
      const std::size_t i = next_++;
      if (i >= items_.size()) return;
      try {
        copy(i);
      } catch (const Error& error) {
        observer_.failed(i, error.diagnostic());
      }
    }
  }

 private:
  void copy(std::size_t i) {
    const CopyItem& item = items_[i];
    if (is_local(item.source)) refuse_links(item.source, options_.source_root);
    if (is_local(item.target)) refuse_links(item.target, options_.target_root);
    std::optional<Spool> spool;
    Place from = storage_.place_of(item.source);
    if (item.range) {
      spool.emplace();
      storage_.trying([&] { fetch(item, *spool); });
      from = spool->place();
    }
    if (there_[i]) {
      check_same(item, from, *there_[i]);
      observer_.progress(there_[i]->size);
      observer_.done(i, there_[i]->size, true);
      return;
    }
    const auto made = storage_.trying([&] {
      storage_.put(client_, from, item.target, {{}, options_.sync});
      return storage_.stat_by(client_, item.target);
    });
    check_size(item, made);
    observer_.progress(made->size);
    observer_.done(i, made->size, false);
  }

  void fetch(const CopyItem& item, Spool& spool) {
    spool.clear();
    if (item.range->size == 0) return;
    stream(
        client_, storage_.place_of(item.source), item.range,
        [&](std::span<const std::byte> piece) { spool.write(piece); }, item.source);
  }

  static void check_size(const CopyItem& item, const std::optional<StoredFile>& made) {
    const auto wanted = item.range ? std::optional(item.range->size) : item.size;
    if (made && (!wanted || made->size == *wanted)) return;
    throw IoError("E-STORE-SIZE",
                  made ? "the file has " + std::to_string(made->size) + " bytes instead of " +
                             std::to_string(*wanted)
                       : "the file is not there after it was copied",
                  item.target, "the source is damaged or was written to; use another copy of it");
  }

  // What stands at the target counts as copied when it has the same content.
  void check_same(const CopyItem& item, const Place& from, const StoredFile& there) {
    const auto wanted = item.range ? std::optional(item.range->size) : item.size;
    if ((!wanted || there.size == *wanted) &&
        content(from, item.source) == content(storage_.place_of(item.target), item.target)) {
      return;
    }
    throw IoError("E-STORE-CONFLICT", "something else stands where the file is to go", item.target,
                  "nothing is replaced: choose another target, or remove what stands there");
  }
  std::string content(const Place& place, const std::string& uri) {
    return storage_.trying([&] { return digest(client_, place, uri); });
  }

  RcloneStorage& storage_;
  RcClient client_;
  std::span<const CopyItem> items_;
  const std::vector<std::optional<StoredFile>>& there_;
  const CopyOptions& options_;
  CopyObserver& observer_;
  std::atomic<std::size_t>& next_;
};

void RcloneStorage::copy(std::span<const CopyItem> items, const CopyOptions& options,
                         CopyObserver& observer) {
  std::vector<std::string> targets;
  for (const CopyItem& item : items) {
    place_of(item.source);
    targets.push_back(item.target);
  }
  std::vector<std::optional<StoredFile>> there(items.size());
  stat_many(targets,
            [&](std::size_t i, const std::optional<StoredFile>& file) { there[i] = file; });
  const Daemon& running = daemon();
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  {
    std::vector<std::jthread> workers;
    const std::size_t threads = std::min<std::size_t>(options.jobs, items.size());
    for (std::size_t k = 0; k < threads; ++k) {
      workers.emplace_back([&] {
        try {
          CopyWorker(*this, running, items, there, options, observer, next).run();
        } catch (...) {
          const std::lock_guard lock(mutex_);
          failure = std::current_exception();
        }
      });
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace
}  // namespace stateferry::rclone

STATEFERRY_STORAGE_PLUGIN(stateferry::rclone::RcloneStorage, "rclone", "0.1.0",
                          stateferry::rclone::kSchemes.data(),
                          "Object stores and HDFS, through rclone")
