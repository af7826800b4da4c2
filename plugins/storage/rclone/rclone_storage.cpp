// The storage `rclone`: object stores and HDFS, through one rclone process for the whole run.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>

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
class NamedSpool {
 public:
  NamedSpool() {
    const std::string folder = environment_of_process("TMPDIR");
    path_ = (folder.empty() ? "/tmp" : folder) + "/stateferry-XXXXXX";
    fd_ = ::mkostemp(path_.data(), O_CLOEXEC);
    if (fd_ < 0) throw IoError("E-IO-CREATE", "no temporary file can be made", path_, "set TMPDIR");
  }
  ~NamedSpool() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  NamedSpool(const NamedSpool&) = delete;
  NamedSpool& operator=(const NamedSpool&) = delete;
  void write(std::span<const std::byte> bytes) { descriptor_sink(fd_, path_)->write(bytes); }
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

class RcloneStorage final : public Storage {
 public:
  void configure(ParamBinder& params) override;
  unsigned attempts() const override { return static_cast<unsigned>(attempts_); }
  std::optional<StoredFile> stat(const std::string& uri) override;
  void stat_many(
      std::span<const std::string> uris,
      const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found) override;
  void list(const std::string& directory, const ListOptions& options,
            const std::function<void(const StoredFile&)>& each) override;
  void read(const std::string& uri, const ReadOptions& options, ByteSink& sink) override;
  bool write_new(const std::string& uri, ByteSource& source,
                 const NewFileOptions& options) override;
  void replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options) override;
  void remove(const std::string& uri, const std::string& root) override;
  void check_target(const std::string& directory) override;
  bool copies(std::string_view source_scheme, std::string_view target_scheme) const override {
    return within_reach(source_scheme) && within_reach(target_scheme);
  }
  void prepare_copy(std::span<const CopyItem> items) override;
  std::unique_ptr<Copier> make_copier(const CopierOptions& options) override;

 private:
  friend class RcloneCopier;

  // The running rclone, which knows of all URIs that were shown to place_of(). One that doesn't
  // know them is left to those who are still using it.
  std::shared_ptr<const Daemon> daemon();
  Place place_of(const std::string& uri) {
    const std::lock_guard lock(mutex_);
    return remotes_.place_of(uri);
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
  std::int64_t attempts_ = 4;
  std::mutex mutex_;
  std::shared_ptr<const Daemon> daemon_;
  std::vector<std::string> known_;  // environment that the daemon was started with
};

// ------------------------------------------------------------------------------ configuration

// Beginnings of options that would change what is seen or copied, or how rclone is spoken to.
constexpr std::array<std::string_view, 20> kNotForUsers = {
    "config-", "dry-run",     "dump",      "exclude", "files-from", "filter",      "ignore-",
    "include", "interactive", "log",       "max-age", "max-depth",  "max-size",    "max-transfer",
    "min-",    "rc",          "size-only", "syslog",  "update",     "use-json-log"};

// What is wrong with an option of rclone that the user names; empty: nothing.
std::string fault_of_option(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
  if (name.empty() || !plain) return "rclone has no option '" + name + "'";
  for (const std::string_view beginning : kNotForUsers) {
    if (name.starts_with(beginning)) {
      return "'" + name + "' would change what rclone sees or how it is spoken to";
    }
  }
  return names_secret(name) ? "'" + name + "' is a credential and must not stand here" : "";
}

// `RCLONE_…=value`.
std::string variable_of_option(const ParamBinder::MapEntry& option) {
  std::string name = "RCLONE_";
  for (const char c : option.key) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name + "=" + option.value;
}

void RcloneStorage::configure(ParamBinder& params) {
  remotes_.configure(params);
  params.group("rclone", "how rclone is run", [&](ParamBinder& rclone) {
    rclone.optional("program", "the program: an absolute path, or a name to be found in PATH",
                    options_.program);
    rclone.optional("attempts", "how often a call that failed for the moment is made, 1 to 100",
                    attempts_);
    std::vector<ParamBinder::MapEntry> options;
    rclone.map("options", "options of rclone, without the dashes", options);
    if (options_.program.find('/') != std::string::npos && options_.program.front() != '/') {
      rclone.error("program", "E-RULE-VALUE",
                   "'program' must be an absolute path, or a name to be found in PATH");
    }
    if (attempts_ < 1 || attempts_ > 100) {
      rclone.error("attempts", "E-RULE-VALUE", "'attempts' must be an integer from 1 to 100");
    }
    for (const ParamBinder::MapEntry& option : options) {
      const std::string fault = fault_of_option(option.key);
      if (!fault.empty()) rclone.error_at(option.key_mark, "E-RULE-VALUE", fault);
      passed_on_.push_back(variable_of_option(option));
    }
  });
  params.finish();
}

std::shared_ptr<const Daemon> RcloneStorage::daemon() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> wanted = remotes_.environment();
  if (daemon_ != nullptr && wanted == known_) return daemon_;
  daemon_.reset();
  options_.environment = passed_on_;
  options_.environment.insert(options_.environment.end(), wanted.begin(), wanted.end());
  daemon_ = std::make_shared<const Daemon>(options_);
  known_ = std::move(wanted);
  return daemon_;
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
  return stat_by(client, uri);
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
      found(i, stat_by(client, uris[i]));
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
  std::map<std::string, StoredFile, std::less<>> files;
  try {
    for_each_listed(client, place, kListOptions, plain,
                    [&](std::string_view path, const rapidjson::Value& item) {
                      const auto file = found_in(item, {});
                      if (file) files.emplace(path, *file);
                    });
  } catch (const IoError& error) {
    if (error.code() != "E-IO-NOT-FOUND") throw;
  }
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

void RcloneStorage::list(const std::string& directory, const ListOptions&,
                         const std::function<void(const StoredFile&)>& each) {
  const Place place = place_of(directory);
  RcClient client(daemon());
  for_each_listed(client, place, kListAllOptions, directory,
                  [&](std::string_view path, const rapidjson::Value& item) {
                    auto uri = listed_uri(directory, place, path);
                    const auto file = uri ? found_in(item, std::move(*uri)) : std::nullopt;
                    if (file) each(*file);
                  });
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
    // Of a directory that has no files of its own, so that the answer is short.
    for_each_listed(client, {place.fs, place.remote + "/_metadata"}, kListOptions, directory,
                    [](std::string_view, const rapidjson::Value&) {});
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
  NamedSpool whole;
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

void RcloneStorage::read(const std::string& uri, const ReadOptions& options, ByteSink& sink) {
  if (is_local(uri) && options.root) refuse_links(uri, *options.root);
  const Place place = place_of(uri);
  RcClient client(daemon());
  stream(
      client, place, options.range, [&](std::span<const std::byte> piece) { sink.write(piece); },
      uri);
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
std::string spool_all(ByteSource& source, NamedSpool& spool) {
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
  NamedSpool spool;
  const PutOptions options{spool_all(source, spool), wanted.sync};
  RcClient client(daemon());
  put(client, spool.place(), uri, options);
  return true;
}

void RcloneStorage::replace(const std::string& uri, ByteSource& source,
                            const ReplaceOptions& wanted) {
  NamedSpool spool;
  const PutOptions options{spool_all(source, spool), wanted.sync, true};
  const Place place = place_of(uri);
  RcClient client(daemon());
  if (digest(client, place, uri) != wanted.before) {
    throw IoError("E-STORE-CONFLICT", "the file was changed by somebody else meanwhile", uri,
                  "run the same command again when nobody else writes to it");
  }
  put(client, spool.place(), uri, options);
}

void RcloneStorage::remove(const std::string& uri, const std::string&) {
  const Place place = place_of(uri);
  RcClient client(daemon());
  client.call("operations/deletefile", {{"fs", place.fs}, {"remote", place.remote}}, "", uri,
              "E-IO-WRITE");
}

// ------------------------------------------------------------------------------ copying

class RcloneCopier final : public Copier {
 public:
  RcloneCopier(RcloneStorage& storage, const CopierOptions& options)
      : storage_(storage), client_(storage.daemon()), options_(options) {}

  void copy(const CopyItem& item, const Progress&) override {
    if (is_local(item.source)) refuse_links(item.source, options_.source_root);
    if (is_local(item.target)) refuse_links(item.target, options_.target_root);
    const RcloneStorage::PutOptions how{{}, options_.sync};
    if (!item.range) {
      storage_.put(client_, storage_.place_of(item.source), item.target, how);
      return;
    }
    NamedSpool spool;
    if (item.range->size > 0) {
      stream(
          client_, storage_.place_of(item.source), item.range,
          [&](std::span<const std::byte> piece) { spool.write(piece); }, item.source);
    }
    storage_.put(client_, spool.place(), item.target, how);
  }

 private:
  RcloneStorage& storage_;
  RcClient client_;
  const CopierOptions& options_;
};

void RcloneStorage::prepare_copy(std::span<const CopyItem> items) {
  for (const CopyItem& item : items) {
    place_of(item.source);
    place_of(item.target);
  }
  daemon();
}

std::unique_ptr<Copier> RcloneStorage::make_copier(const CopierOptions& options) {
  return std::make_unique<RcloneCopier>(*this, options);
}

}  // namespace
}  // namespace stateferry::rclone

STATEFERRY_STORAGE_PLUGIN(stateferry::rclone::RcloneStorage, "rclone", "0.1.0",
                          stateferry::rclone::kSchemes.data(),
                          "Object stores and HDFS, through rclone")
