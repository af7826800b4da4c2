#include "lying_storage.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::test {
namespace {

// Without a scheme: `//bucket/key`.
std::string bare(const std::string& uri) {
  return uri.substr(uri.find(':') + 1);
}

std::string read_all(ByteSource& source) {
  std::string text;
  const auto feed = source.open();
  std::vector<std::byte> buffer(4096);
  while (const std::size_t got = feed->read(buffer)) {
    text.append(reinterpret_cast<const char*>(buffer.data()), got);
  }
  return text;
}

}  // namespace

class LyingStorage final : public Storage {
 public:
  explicit LyingStorage(LyingStore& store) : s_(store) {}

  void configure(ParamBinder& params) override {
    ++s_.configured;
    params.finish();
  }
  unsigned attempts() const override { return s_.tries; }

  std::optional<StoredFile> stat(const std::string& uri) override {
    const std::lock_guard lock(*s_.mutex_);
    s_.call(uri);
    const auto invented = s_.invented.find(uri);
    if (invented != s_.invented.end()) return StoredFile{uri, invented->second, 0};
    const auto at = s_.files_.find(s_.place_of(uri));
    if (at == s_.files_.end()) return std::nullopt;
    return StoredFile{uri, at->second.content.size(), s_.told(at->second.modified)};
  }

  std::optional<std::string> identity(const std::string& uri) override {
    const std::lock_guard lock(*s_.mutex_);
    s_.call(uri);
    if (!s_.knows_identity) return std::nullopt;
    const std::string place = "x:" + s_.place_of(uri);
    for (const auto& [name, file] : s_.files_) {
      if (below_prefix("x:" + name, place)) return place;
    }
    return std::nullopt;
  }

  void list(const std::string& directory, const ListOptions& options,
            const std::function<void(const StoredFile&)>& each) override {
    const std::lock_guard lock(*s_.mutex_);
    s_.call(directory);
    s_.listed.push_back(directory);
    const std::string place = "x:" + s_.place_of(directory);
    std::vector<StoredFile> found;
    if (s_.lists_flat && options.flat) {
      std::set<std::string> names;
      for (const auto& entry : s_.files_) {
        const std::string text = "x:" + entry.first;
        const auto rest = below_prefix(text, place);
        if (rest && !rest->empty()) names.emplace(rest->substr(0, rest->find('/', 1) + 1));
      }
      for (const std::string& name : names) {
        if (name.ends_with('/')) each({directory + name, 0});
      }
      return;
    }
    for (const auto& [name, file] : s_.files_) {
      const std::string text = "x:" + name;
      const auto rest = below_prefix(text, place);
      if (!rest || rest->empty()) continue;
      std::string uri = join_prefix(directory, *rest);
      s_.refuse_denied(uri);
      if (!s_.not_listed.contains(uri)) {
        found.push_back({std::move(uri), file.content.size(), s_.told(file.modified)});
      }
    }
    for (const std::string& uri : s_.still_listed) {
      if (below_prefix(uri, directory)) found.push_back({uri, 100, s_.told(1'000'000)});
    }
    for (const StoredFile& file : found) {
      each(file);
      if (std::exchange(s_.list_cut, false)) throw IoError("E-STORE-TEMPORARY", "cut", directory);
    }
  }

  void read(const std::string& uri, const ReadOptions& options, ByteSink& sink) override {
    const std::lock_guard lock(*s_.mutex_);
    s_.call(uri);
    ++s_.reads;
    s_.read_root[uri] = options.root;
    // As HTTP has it.
    if (options.range && options.range->size == 0) throw IoError("E-IO-READ", "no such part", uri);
    const auto at = s_.files_.find(s_.place_of(uri));
    if (at == s_.files_.end()) throw IoError("E-IO-NOT-FOUND", "there is no such file", uri);
    std::string content = at->second.content;
    const bool cut = s_.read_cut.erase(uri) > 0;
    if (s_.is_read_wrong(uri) && !content.empty()) content.back() ^= 1;
    if (options.range) {
      content = content.substr(std::min<std::size_t>(options.range->offset, content.size()),
                               options.range->size);
    }
    sink.write(std::as_bytes(std::span(content.data(), content.size() / (cut ? 2 : 1))));
    if (cut) throw IoError("E-STORE-TEMPORARY", "cut", uri);
  }

  bool write_new(const std::string& uri, ByteSource& source,
                 const NewFileOptions& options) override {
    const std::lock_guard lock(*s_.mutex_);
    s_.change(uri);
    if (!s_.not_written.empty() && uri.find(s_.not_written) != std::string::npos) return true;
    const auto [at, added] = s_.files_.try_emplace(s_.place_of(uri));
    if (!added) throw IoError("E-IO-EXISTS", "the file exists already", uri);
    at->second = {read_all(source), 2'000'000, options.sync};
    s_.likes[uri] = options.like;
    s_.changed(uri);
    return true;
  }

  void make_durable(std::span<const std::string> uris) override {
    const std::lock_guard lock(*s_.mutex_);
    s_.call(uris.front());
    if (s_.forgets) throw IoError("E-IO-SYNC", "the disk forgets", uris.front());
    if (s_.removed.empty()) s_.durable.insert(uris.begin(), uris.end());
  }

  void replace(const std::string& uri, ByteSource& source, const ReplaceOptions& options) override {
    const std::lock_guard lock(*s_.mutex_);
    s_.change(uri);
    const auto at = s_.files_.find(s_.place_of(uri));
    if (at == s_.files_.end()) throw IoError("E-IO-NOT-FOUND", "there is no such file", uri);
    const std::string& there = at->second.content;
    if (sha256_hex(there) != options.before) {
      throw IoError("E-STORE-CONFLICT", "the file was changed by somebody else", uri);
    }
    if (s_.not_replaced.contains(uri)) return;
    at->second = {read_all(source), 2'000'000, options.sync};
    s_.changed(uri);
  }

  void remove(const std::string& uri, const std::string&) override {
    const std::lock_guard lock(*s_.mutex_);
    s_.change(uri);
    s_.removed.push_back(uri);
    if (s_.files_.erase(s_.place_of(uri)) == 0) {
      throw IoError("E-IO-NOT-FOUND", "there is no such file", uri);
    }
    s_.changed(uri);
  }

  void check_target(const std::string& directory) override {
    s_.call(directory);
    if (s_.no_target.empty() || !below_prefix(directory, s_.no_target)) return;
    throw IoError("E-IO-CREATE", "there is no such bucket", directory);
  }

  bool copies(std::string_view, std::string_view) const override { return !s_.copies_nothing; }
  void prepare_copy(std::span<const CopyItem> items) override {
    for (const CopyItem& item : items) s_.prepared.push_back(item.target);
  }

  std::unique_ptr<Copier> make_copier(const CopierOptions& options) override;

 private:
  LyingStore& s_;
};

class LyingCopier final : public Copier {
 public:
  LyingCopier(LyingStore& store, const CopierOptions& options) : s_(store), options_(options) {}

  void copy(const CopyItem& item, const Progress& progress) override {
    const std::lock_guard lock(*s_.mutex_);
    s_.change(item.target);
    if (s_.not_copyable.contains(item.target)) {
      throw IoError(s_.not_copyable_code, "not today", item.target);
    }
    const auto source = s_.files_.find(s_.place_of(item.source));
    if (source == s_.files_.end()) {
      throw IoError("E-IO-NOT-FOUND", "there is no such file", item.source);
    }
    std::string content = source->second.content;
    if (item.range) content = content.substr(item.range->offset, item.range->size);
    if (s_.shows > 0) progress(s_.shows);
    if (s_.copied_twice.erase(item.target) > 0) {
      throw IoError("E-STORE-TEMPORARY", "once more", item.target);
    }
    const std::uint64_t size = content.size();
    if (s_.copied_short.contains(item.target)) content.pop_back();
    if (!s_.not_copied.contains(item.target) && !s_.comes_last.contains(item.target)) {
      const auto [at, added] = s_.files_.try_emplace(s_.place_of(item.target));
      if (!added) throw IoError("E-IO-EXISTS", "the file exists already", item.target);
      at->second = {std::move(content), 2'000'000, options_.sync};
    }
    batch_.push_back({item.target, size});
  }
  void keep(const CopyItem& item) override {
    const std::lock_guard lock(*s_.mutex_);
    s_.call(item.target);
    batch_.push_back({item.target, s_.files_.at(s_.place_of(item.target)).content.size()});
  }
  bool full() const override { return batch_.size() >= s_.batch; }
  void finish(std::span<CopyResult> results) override {
    const std::lock_guard lock(*s_.mutex_);
    if (s_.finish_throws) throw std::runtime_error("not an error of ours");
    for (std::size_t k = 0; k < batch_.size(); ++k) {
      const std::string& target = batch_[k].target;
      CopyResult& result = results[k];
      if (!s_.tells_no_sizes) result.size = batch_[k].size;
      result.access_kept = !s_.access_lost.contains(target);
      const auto fault = s_.not_finished.find(target);
      if (fault != s_.not_finished.end())
        result.failure = IoError(fault->second, "no", target).diagnostic();
      const auto other = s_.comes_last.find(target);
      if (other == s_.comes_last.end()) continue;
      s_.put(target, other->second);
      s_.comes_last.erase(other);
      result.failure = IoError("E-IO-EXISTS", "the file exists already", target).diagnostic();
    }
    batch_.clear();
  }

 private:
  struct Begun {
    std::string target;
    std::uint64_t size;  // bytes that it says to have copied
  };
  LyingStore& s_;
  const CopierOptions& options_;
  std::vector<Begun> batch_;
};

std::unique_ptr<Copier> LyingStorage::make_copier(const CopierOptions& options) {
  if (s_.makes_no_copier) return nullptr;
  return std::make_unique<LyingCopier>(s_, options);
}

void LyingStore::put(const std::string& uri, std::string_view content, std::int64_t modified) {
  files_[place_of(uri)] = {std::string(content), modified, true};
}

std::optional<std::string> LyingStore::content(const std::string& uri) const {
  const auto at = files_.find(place_of(uri));
  return at == files_.end() ? std::nullopt : std::optional(at->second.content);
}

void LyingStore::erase(const std::string& uri) {
  files_.erase(place_of(uri));
}

void LyingStore::power_failure() {
  std::erase_if(files_, [](const auto& entry) { return !entry.second.synced; });
}

void LyingStore::alias(const std::string& name, const std::string& place) {
  aliases_.emplace_back(bare(name), bare(place));
}

std::string LyingStore::place_of(const std::string& uri) const {
  const std::string name = bare(uri);
  for (const auto& [from, to] : aliases_) {
    const std::string text = "x:" + name;
    if (const auto rest = below_prefix(text, "x:" + from)) return to + std::string(*rest);
  }
  return name;
}

void LyingStore::call(const std::string& uri) {
  if (dead_) throw IoError("E-STORE-UNREACHABLE", "the process is dead", uri);
  if (++calls == fails_at) throw IoError("E-STORE-TEMPORARY", "not now", uri);
  refuse_denied(uri);
}

bool LyingStore::is_read_wrong(const std::string& uri) {
  const auto later = read_wrong_after.find(uri);
  if (later == read_wrong_after.end()) return read_wrong.contains(uri);
  if (later->second == 0) return true;
  --later->second;
  return false;
}

void LyingStore::refuse_denied(const std::string& uri) const {
  for (const std::string& place : denied) {
    if (below_prefix(uri, place)) throw IoError("E-IO-DENIED", "not permitted", uri);
  }
}

void LyingStore::change(const std::string& uri) {
  call(uri);
  dead_ = ++changes == dies_at;
  if (dead_) throw IoError("E-STORE-UNREACHABLE", "the process is dead", uri);
  const auto other = comes_first.find(uri);
  if (other == comes_first.end()) return;
  put(uri, other->second);
  comes_first.erase(other);
}

void LyingStore::changed(const std::string& uri) {
  if (changes != unheard_at) return;
  unheard_at = 0;
  throw IoError("E-STORE-TEMPORARY", "the answer was lost", uri);
}

StorageFinder LyingStore::finder() {
  // A new finder is a new process.
  dead_ = false;
  return [this](std::string_view scheme) {
    static constexpr std::string_view kSchemes = "s3 s3a gs hdfs";
    if ((" " + std::string(kSchemes) + " ").find(" " + std::string(scheme) + " ") ==
        std::string::npos) {
      return StorageOffer{};
    }
    return StorageOffer{std::make_shared<LyingStorage>(*this), "lying", std::string(kSchemes)};
  };
}

}  // namespace stateferry::test
