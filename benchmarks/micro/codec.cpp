// Decode, encode and splice of 100,100 file handles in memory.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "incremental_model.hpp"
#include "stateferry/bytes/byte_reader.hpp"
#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/io/byte_source.hpp"

namespace {

using namespace stateferry;

constexpr int kOperators = 10;
constexpr int kSubtasks = 385;
constexpr int kFiles = 25;
constexpr std::int64_t kHandles = std::int64_t{kOperators} * kSubtasks * (kFiles + 1);

/// The whole file.
const std::vector<std::byte>& file() {
  static const std::vector<std::byte> bytes = [] {
    Arena arena;
    std::vector<std::byte> result;
    const auto sink = memory_sink(result);
    ByteWriter out(*sink);
    bench::write_file(bench::incremental_model(arena, kOperators, kSubtasks, kFiles), out);
    return result;
  }();
  return bytes;
}

void count(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * kHandles);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file().size()));
}

void decode(benchmark::State& state) {
  DiagnosticList problems;
  Arena arena;
  const Arena::Mark empty = arena.mark();
  for (auto _ : state) {
    arena.release(empty);
    ByteReader in(std::span<const std::byte>(file()).subspan(kHeaderBytes));
    DecodeContext context{arena, problems};
    benchmark::DoNotOptimize(bench::codec().decode(in, bench::kDialect, context).operators.size());
  }
  count(state);
  state.counters["arena bytes per handle"] =
      static_cast<double>(arena.bytes_used()) / static_cast<double>(kHandles);
}
BENCHMARK(decode)->Unit(benchmark::kMillisecond);

void encode(benchmark::State& state) {
  Arena arena;
  const CheckpointMetadata metadata =
      bench::incremental_model(arena, kOperators, kSubtasks, kFiles);
  for (auto _ : state) {
    const auto sink = discarding_sink();
    ByteWriter out(*sink);
    bench::write_file(metadata, out);
  }
  count(state);
}
BENCHMARK(encode)->Unit(benchmark::kMillisecond);

/// Changes nothing, or puts another text in the place of every one.
class Editor final : public LocationEditor {
 public:
  explicit Editor(bool changes) : changes_(changes) {}
  bool edit(const Location& location, Replacement& replacement) override {
    if (!changes_) return false;
    text_ = "s3://elsewhere";
    text_ += location.text;
    replacement.head = text_;
    return true;
  }

 private:
  bool changes_;
  std::string text_;
};

void splice(benchmark::State& state) {
  Editor editor(state.range(0) != 0);
  for (auto _ : state) {
    const auto source = memory_source(file(), "bench");
    SourceReader in(*source, false);
    for (std::uint64_t i = 0; i < kHeaderBytes; ++i) in->u8();
    const auto sink = discarding_sink();
    ByteWriter out(*sink);
    bench::codec().splice(*in, bench::kDialect, editor, out, nullptr);
    out.flush();
  }
  count(state);
}
BENCHMARK(splice)->ArgName("changes")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
