// The storage `rclone`: object stores and HDFS, through one rclone process for the whole run.
#include <algorithm>

#include "bytes.hpp"
#include "connection.hpp"
#include "listing.hpp"
#include "local_files.hpp"
#include "lookup.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/plugin/plugin.hpp"
#include "stateferry/plugin/s3_access.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::rclone {
namespace {

class RcloneCopier final : public Copier {
 public:
  RcloneCopier(Connection& connection, const CopierOptions& options)
      : connection_(connection), client_(connection.daemon()), options_(options) {}

  void copy(const CopyItem& item, const Progress&) override {
    if (is_local(item.source)) refuse_links(item.source, options_.source_root);
    if (is_local(item.target)) refuse_links(item.target, options_.target_root);
    const Place from = connection_.place_of(item.source);
    if (!item.range) {
      put_at(item.target, from, item.size);
      return;
    }
    NamedSpool spool;
    fetch(item, from, spool);
    put_at(item.target, spool.place(), item.range->size);
  }

 private:
  void put_at(const std::string& target, const Place& from,
              const std::optional<std::uint64_t>& size) {
    PutOptions how{{}, options_.sync};
    how.size = size;
    put(client_, from, connection_.place_of(target), target, how);
  }
  void fetch(const CopyItem& item, const Place& from, NamedSpool& spool) {
    std::uint64_t bytes = 0;
    const auto take = [&](std::span<const std::byte> piece) {
      spool.write(piece);
      bytes += piece.size();
    };
    if (item.range->size > 0) stream(client_, from, item.range, take, item.source);
    if (bytes == item.range->size) return;
    throw IoError("E-STORE-SIZE", "the file ends before the part that is needed", item.source,
                  "it is damaged; use another copy of it");
  }

  Connection& connection_;
  RcClient client_;
  const CopierOptions& options_;
};

class RcloneStorage final : public Storage, public S3AccessTeller {
 public:
  void configure(ParamBinder& params) override {
    connection_.configure(params);
    params.finish();
    mapped_ = connection_.mapped_schemes();
  }
  std::vector<std::string> configured_schemes() const override { return mapped_; }
  bool limit_rate(std::uint64_t bytes_per_second) override {
    connection_.limit_rate(bytes_per_second);
    return true;
  }
  void tell_engine(EngineLog wanted, EngineTeller tell) override {
    connection_.tell_engine(wanted, std::move(tell));
  }
  StoreAccess access(const std::string& uri) override { return connection_.access(uri); }
  unsigned attempts() const override { return connection_.attempts(); }

  std::optional<StoredFile> stat(const std::string& uri) override {
    const Place place = connection_.place_of(uri);
    RcClient client(connection_.daemon());
    return stat_file(client, place, uri);
  }

  void stat_many(
      std::span<const std::string> uris,
      const std::function<void(std::size_t, const std::optional<StoredFile>&)>& found) override {
    look_at_many(connection_, uris, found);
  }

  std::optional<std::string> identity(const std::string& uri) override {
    if (family_of(split_flink_path(uri).scheme) != Family::hdfs) return std::nullopt;
    const Place place = connection_.place_of(uri);
    RcClient client(connection_.daemon());
    if (!exists(client, place, uri)) return std::nullopt;
    return "hdfs " + connection_.hdfs_identity(uri);
  }

  S3Access s3_access(const std::string& uri) override { return connection_.s3_access(uri); }

  void list(const std::string& directory, const ListOptions& options,
            const std::function<void(const StoredFile&)>& each) override {
    const Place place = connection_.place_of(directory);
    RcClient client(connection_.daemon());
    if (options.flat && options.directories) {
      for_each_directory(client, place, directory, [&](std::string_view path) {
        auto uri = listed_uri(directory, place, path);
        if (uri) each({*uri + "/", 0});
      });
    }
    for_each_listed(client, place, options.flat ? Depth::flat : Depth::all, directory,
                    [&](std::string_view path, StoredFile file) {
                      auto uri = listed_uri(directory, place, path);
                      if (!uri) return true;
                      file.uri = std::move(*uri);
                      each(file);
                      return true;
                    });
  }

  void read(const std::string& uri, const ReadOptions& options, ByteSink& sink) override {
    if (is_local(uri) && options.root) refuse_links(uri, *options.root);
    const Place place = connection_.place_of(uri);
    RcClient client(connection_.daemon());
    stream(
        client, place, options.range, [&](std::span<const std::byte> piece) { sink.write(piece); },
        uri);
  }

  bool write_new(const std::string& uri, ByteSource& source,
                 const NewFileOptions& wanted) override {
    if (stat(uri)) {
      throw IoError("E-IO-EXISTS", "the file exists already", uri,
                    "nothing is replaced: choose another target, or remove what stands there");
    }
    NamedSpool spool;
    const PutOptions options{spool.write_all(source), wanted.sync};
    const Place place = connection_.place_of(uri);
    RcClient client(connection_.daemon());
    put(client, spool.place(), place, uri, options);
    return true;
  }

  void replace(const std::string& uri, ByteSource& source, const ReplaceOptions& wanted) override {
    NamedSpool spool;
    const PutOptions options{spool.write_all(source), wanted.sync, true};
    const Place place = connection_.place_of(uri);
    RcClient client(connection_.daemon());
    if (digest(client, place, uri) != wanted.before) {
      throw IoError("E-STORE-CONFLICT", "the file was changed by somebody else meanwhile", uri,
                    "run the same command again when nobody else writes to it");
    }
    put(client, spool.place(), place, uri, options);
  }

  void remove(const std::string& uri, const std::string&) override {
    const Place place = connection_.place_of(uri);
    RcClient client(connection_.daemon());
    remove_file(client, place, uri);
  }

  void check_target(const std::string& directory) override {
    const Place place = connection_.place_of(directory);
    // Such stores have no buckets, and make directories.
    if (place.shows_halves) return;
    RcClient client(connection_.daemon());
    check_bucket(client, place, directory);
  }

  bool copies(std::string_view source_scheme, std::string_view target_scheme) const override {
    return within_reach(source_scheme) && within_reach(target_scheme);
  }

  void prepare_copy(std::span<const CopyItem> items) override {
    for (const CopyItem& item : items) {
      connection_.place_of(item.source);
      connection_.place_of(item.target);
    }
    connection_.daemon();
  }

  std::unique_ptr<Copier> make_copier(const CopierOptions& options) override {
    return std::make_unique<RcloneCopier>(connection_, options);
  }

 private:
  // Schemes from and to which rclone copies: ours, and local files.
  bool within_reach(std::string_view scheme) const {
    return scheme == "file" || family_of(scheme).has_value() ||
           std::find(mapped_.begin(), mapped_.end(), scheme) != mapped_.end();
  }

  Connection connection_;
  std::vector<std::string> mapped_;
};

}  // namespace
}  // namespace stateferry::rclone

STATEFERRY_STORAGE_PLUGIN(stateferry::rclone::RcloneStorage, "rclone", "0.1.0",
                          stateferry::rclone::kSchemes.data(),
                          "Object stores and HDFS, through rclone")
