#include "served_storage.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "digest_sink.hpp"
#include "wait_log.hpp"

namespace stateferry {
namespace {

// Hands on to another sink, and counts.
class CountingSink final : public ByteSink {
 public:
  explicit CountingSink(ByteSink& inner) : inner_(inner) {}
  void write(std::span<const std::byte> bytes) override {
    inner_.write(bytes);
    bytes_ += bytes.size();
  }
  void commit() override {}
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return inner_.name(); }
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  ByteSink& inner_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::vector<Diagnostic> configure_storage(const std::string& name, Storage& storage,
                                          const ParamNode& config) {
  DiagnosticList problems;
  ParamBinder binder(config, problems);
  guarded_call("storage " + name, [&] { storage.configure(binder); });
  std::vector<Diagnostic> found = problems.all();
  for (Diagnostic& problem : found) {
    if (problem.code.starts_with("E-RULE-")) problem.code = "E-CONFIG";
  }
  return found;
}

bool Retries::again(const Error& error, unsigned attempt, unsigned attempts,
                    Clock::time_point start) {
  const bool nobody = error.code() == "E-STORE-UNREACHABLE";
  if (attempt >= attempts || (!nobody && error.code() != "E-STORE-TEMPORARY")) return false;
  if (nobody && Clock::now() - start > times_.patience) return false;
  if (log_ != nullptr) {
    const Diagnostic& d = error.diagnostic();
    log_->trouble(d.message + ": " + d.subject + " (attempt " + std::to_string(attempt) + " of " +
                  std::to_string(attempts) + ")");
  }
  std::this_thread::sleep_for(times_.pause * (1U << std::min(attempt, 6U)));
  return true;
}

ServedStorage::ServedStorage(StorageOffer offer, const ParamNode& config, Retries& retries)
    : what_("storage " + offer.name),
      schemes_(" " + offer.schemes + " "),
      storage_(std::move(offer.storage)),
      retries_(retries) {
  const auto problems = configure_storage(offer.name, *storage_, config);
  if (!problems.empty()) throw RuleError(problems.front());
  attempts_ = once([](Storage& storage) { return storage.attempts(); });
  for (const std::string& scheme : once([](Storage& s) { return s.configured_schemes(); })) {
    schemes_ += scheme + " ";
  }
}

void ServedStorage::work_as(const StorageRun& run) {
  once([&](Storage& storage) {
    if (run.bytes_per_second > 0) keeps_rate_ = storage.limit_rate(run.bytes_per_second);
    if (run.tell) storage.tell_engine(run.log, run.tell);
  });
}

bool ServedStorage::serves(std::string_view scheme) const {
  return schemes_.find(" " + std::string(scheme) + " ") != std::string::npos;
}

std::optional<StoredFile> ServedStorage::stat(const std::string& uri) const {
  return trying([&](Storage& storage, unsigned) { return storage.stat(uri); });
}

std::uint64_t ServedStorage::fetch(const std::string& uri, const ReadOptions& options,
                                   const std::function<ByteSink&()>& fresh) const {
  const std::uint64_t bytes = trying([&](Storage& storage, unsigned) {
    CountingSink counting(fresh());
    if (!options.range || options.range->size > 0) storage.read(uri, options, counting);
    return counting.bytes();
  });
  if (options.range && bytes != options.range->size) {
    throw IoError("E-STORE-SIZE", "the file ends before the part that is needed", uri,
                  "it is damaged; use another copy of it");
  }
  return bytes;
}

std::string ServedStorage::digest(const std::string& uri, const ReadOptions& options) const {
  std::optional<DigestSink> sink;
  fetch(uri, options, [&]() -> ByteSink& { return sink.emplace(); });
  return sink->hex();
}

bool ServedStorage::holds(const std::string& uri, ByteSource& source) const {
  return digest(uri, {}) == sha256_hex(source);
}

bool ServedStorage::write_new(const std::string& uri, ByteSource& source,
                              const NewFileOptions& options) const {
  return trying([&](Storage& storage, unsigned attempt) {
    try {
      return storage.write_new(uri, source, options);
    } catch (const Error& error) {
      if (attempt == 1 || error.code() != "E-IO-EXISTS" || !holds(uri, source)) throw;
      return true;
    }
  });
}

void ServedStorage::replace(const std::string& uri, ByteSource& source,
                            const ReplaceOptions& options) const {
  trying([&](Storage& storage, unsigned attempt) {
    try {
      storage.replace(uri, source, options);
    } catch (const Error& error) {
      if (attempt == 1 || error.code() != "E-STORE-CONFLICT" || !holds(uri, source)) throw;
    }
  });
}

std::unique_ptr<ByteSink> ServedStorage::extend(const std::string& uri,
                                                const ExtendOptions& options) const {
  return trying([&](Storage& storage, unsigned) {
    auto* const extender = dynamic_cast<FileExtender*>(&storage);
    return extender == nullptr ? nullptr : extender->extend(uri, options);
  });
}

void ServedStorage::remove(const std::string& uri, const std::string& root) const {
  trying([&](Storage& storage, unsigned attempt) {
    try {
      storage.remove(uri, root);
    } catch (const Error& error) {
      if (attempt == 1 || error.code() != "E-IO-NOT-FOUND") throw;
    }
  });
}

}  // namespace stateferry
