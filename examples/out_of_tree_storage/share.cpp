// A storage for shares that are mounted at different places on different machines:
// share://archive/x is the file x below the directory that config.yaml names for `archive`.
#include <algorithm>
#include <filesystem>
#include <map>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/durable.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/plugin/plugin.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace share {

using namespace stateferry;
namespace fs = std::filesystem;

class Share final : public Storage {
 public:
  // config.yaml:
  //   share:
  //     archive: /mnt/archive
  void configure(ParamBinder& params) override {
    std::vector<ParamBinder::MapEntry> shares;
    params.map("share", "the directory of each share", shares);
    if (!params.finish()) return;
    for (const ParamBinder::MapEntry& share : shares) directories_[share.key] = share.value;
  }

  std::optional<StoredFile> stat(const std::string& uri) override {
    const fs::path path = local(uri);
    if (!fs::is_regular_file(path)) return std::nullopt;
    return StoredFile{uri, fs::file_size(path)};
  }

  void list(const std::string& directory, const ListOptions&,
            const std::function<void(const StoredFile&)>& each) override {
    const fs::path root = local(directory);
    if (!fs::is_directory(root)) throw IoError("E-IO-NOT-FOUND", "no such directory", directory);
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (!entry.is_regular_file()) continue;
      each({directory + "/" + entry.path().lexically_relative(root).string(), entry.file_size()});
    }
  }

  void read(const std::string& uri, const ReadOptions& options, ByteSink& sink) override {
    const auto source = file_source(local(uri), uri);
    auto bytes = source->bytes();
    if (options.range) {
      bytes = bytes.subspan(std::min<std::size_t>(options.range->offset, bytes.size()));
      bytes = bytes.first(std::min<std::size_t>(options.range->size, bytes.size()));
    }
    sink.write(bytes);
  }

  // Written whole or not at all, read back, synced, and never over a file that exists. Shares know
  // nothing of owners and modes: `options.like` is always empty.
  bool write_new(const std::string& uri, ByteSource& source,
                 const NewFileOptions& options) override {
    const fs::path path = local(uri);
    for (const std::string& directory : make_directories(path.parent_path().string())) {
      if (options.sync) sync_directory(directory);
    }
    FileSinkOptions file;
    file.sync = options.sync;
    const auto sink = atomic_file_sink(path.string(), file);
    sink->write(source.bytes());
    if (sha256_hex(*sink->written()) != sha256_hex(source.bytes())) {
      throw IoError("E-VERIFY", "what was read back differs from what was written", uri);
    }
    sink->commit();
    return true;
  }

  // For 'adopt': the same over a file that is still what the caller has read.
  void replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options) override {
    const std::string path = local(uri).string();
    FileSinkOptions file;
    file.sync = options.sync;
    file.replace = true;
    const auto sink = atomic_file_sink(path, file);
    sink->write(source.bytes());
    if (sha256_hex(*sink->written()) != sha256_hex(source.bytes())) {
      throw IoError("E-VERIFY", "what was read back differs from what was written", uri);
    }
    if (sha256_hex(*file_source(path, uri)) != options.before) {
      throw IoError("E-STORE-CONFLICT", "somebody else has changed the file meanwhile", uri);
    }
    sink->commit();
  }

 private:
  fs::path local(const std::string& uri) const {
    const FlinkPathParts parts = split_flink_path(uri);
    const auto at = directories_.find(parts.authority);
    if (at == directories_.end()) {
      throw IoError("E-IO-NOT-FOUND",
                    "no share '" + std::string(parts.authority) + "' is configured", uri,
                    "name its directory under 'share' in config.yaml");
    }
    return at->second / fs::path(parts.path).relative_path();
  }

  std::map<std::string, fs::path, std::less<>> directories_;
};

}  // namespace share

STATEFERRY_STORAGE_PLUGIN(share::Share, "share", "1.0.0", "share", "Shares by name")
