#include "file_growth.hpp"

#include <algorithm>

#include "spool.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

// Hands on to another sink, and tells of it.
class TellingSink final : public ByteSink {
 public:
  TellingSink(ByteSink& inner, const Arrived& arrived) : inner_(inner), arrived_(arrived) {}
  void write(std::span<const std::byte> bytes) override {
    inner_.write(bytes);
    arrived_(bytes_ += bytes.size());
  }
  void commit() override {}
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return inner_.name(); }

 private:
  ByteSink& inner_;
  const Arrived& arrived_;
  std::uint64_t bytes_ = 0;
};

// Reads a part of the source into what `fresh` gives for each attempt.
void fetch(const Route& route, const CopyItem& item, const CopyOptions& options,
           const ByteRange& range, const Arrived& arrived,
           const std::function<ByteSink&()>& fresh) {
  std::optional<TellingSink> telling;
  route.source.fetch(item.source, {range, options.source_root},
                     [&]() -> ByteSink& { return telling.emplace(fresh(), arrived); });
}

}  // namespace

std::optional<SameBeginning> compare_beginning(const Route& route, const CopyItem& item,
                                               const CopyOptions& options, std::uint64_t there) {
  const auto source = route.source.stat(item.source);
  if (!source) {
    throw IoError("E-IO-NOT-FOUND", "the file does not exist", item.source,
                  "look with 'stateferry verify' what else is missing");
  }
  const ByteRange both{0, std::min(there, source->size)};
  if (both.size == 0 && there != source->size) {
    // Anything begins with nothing: that proves nothing. What is no file says so when it is read.
    route.target.digest(item.target, {std::nullopt, options.target_root});
    return std::nullopt;
  }
  std::string digest = route.source.digest(item.source, {both, options.source_root});
  if (digest != route.target.digest(item.target, {both, options.target_root})) return std::nullopt;
  return SameBeginning{source->size, there, std::move(digest)};
}

std::uint64_t bring_rest(const Route& route, const CopyItem& item, const CopyOptions& options,
                         const SameBeginning& seen, const Arrived& arrived) {
  const auto end =
      route.target.extend(item.target, {seen.target, options.target_root, options.sync});
  if (end != nullptr) {
    fetch(route, item, options, {seen.target, seen.source - seen.target}, arrived,
          [&]() -> ByteSink& {
            end->restart();
            return *end;
          });
    end->commit();
    return seen.target;
  }
  Spool spool;
  fetch(route, item, options, {0, seen.source}, arrived,
        [&]() -> ByteSink& { return spool.fresh(item.source); });
  route.target.replace(item.target, *spool.source(item.source), {seen.digest, options.sync});
  return 0;
}

}  // namespace stateferry
