// verify_listing FILES: what `verify` itself takes for a snapshot of FILES files in one directory
// of a store that answers at once. Prints the time and the peak of memory of each part; the
// snapshot's own tree, which the command has besides, is gone before the first. The listing also
// has one file more, which must be found.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <string>

#include "stateferry/model/document.hpp"
#include "stateferry/transfer/references.hpp"
#include "stateferry/transfer/stores.hpp"
#include "stateferry/transfer/verify.hpp"

namespace {

using namespace stateferry;

constexpr char kBase[] = "s3://bucket-old/flink/savepoints/savepoint-000012-0123456789ab";
constexpr std::int64_t kSize = 1000;

/// Splitmix64: cheap, so that names take no time beside what is measured.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// `text` and the name of a file: as random as a UUID, the same for the same number.
std::string with_name(std::string text, std::uint64_t number) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const std::uint64_t bits[] = {mixed(2 * number), mixed(2 * number + 1)};
  text.reserve(text.size() + 36);
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
    text += kDigits[(bits[i / 16] >> (i % 16 * 4)) & 15];
  }
  return text;
}

/// Has every file that it is asked for; keeps nothing.
class InstantStorage final : public Storage {
 public:
  explicit InstantStorage(std::uint64_t files) : files_(files) {}
  std::optional<StoredFile> stat(const std::string& uri) override {
    return StoredFile{uri, kSize, 1};
  }
  void list(const std::string& directory, const ListOptions&,
            const std::function<void(const StoredFile&)>& each) override {
    for (std::uint64_t i = 0; i <= files_; ++i) {
      each({with_name(directory + "/", i), kSize, 1});
    }
  }
  void read(const std::string&, const ReadOptions&, ByteSink&) override {}
  bool write_new(const std::string&, ByteSource&, const NewFileOptions&) override { return true; }

 private:
  std::uint64_t files_;
};

/// The references of a snapshot of so many files.
References references_of(std::uint64_t files) {
  Document document(memory_source({}, "made"), Arena(), {}, Dialect{6, {2, 1}});
  Arena& arena = document.arena();
  OperatorState& op = document.root().operators.emplace_back(arena);
  op.subtasks.emplace_back(arena);
  IncrementalRemoteKeyedStateHandle state;
  state.shared_state.reserve(arena, static_cast<std::uint32_t>(files));
  for (std::uint64_t i = 0; i < files; ++i) {
    const std::string path = with_name(std::string(kBase) + "/", i);
    state.shared_state.push_back(arena, {"x", FileStateHandle{{arena.intern(path)}, kSize}});
  }
  op.subtasks[0].state.managed_keyed = state;
  return collect_references(document, kBase);
}

/// Of this process, from now on.
void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  }
  return 0;
}

class Part {
 public:
  explicit Part(const char* name) : name_(name) { forget_peak(); }
  ~Part() {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start_;
    const double cpu = static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC;
    std::printf("%-24s %7.3f s, of which CPU %7.3f s; peak %7.1f MiB\n", name_, took.count(), cpu,
                peak_mib());
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

 private:
  const char* name_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::clock_t cpu_ = std::clock();
};

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t files = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : 0;
  if (files == 0) {
    std::fputs("usage: verify_listing FILES\n", stderr);
    return 2;
  }
  std::unique_ptr<References> references;
  {
    const Part part("making the references");
    references = std::make_unique<References>(references_of(files));
  }
  Stores stores(
      [files](std::string_view) {
        return StorageOffer{std::make_shared<InstantStorage>(files), "instant", "s3"};
      },
      {});
  VerifyReport report;
  {
    const Part part("verify_references()");
    report = verify_references(stores, *references, true, [](const Finding&) {});
  }
  std::printf("%llu files, %llu good, %llu that nothing refers to\n",
              static_cast<unsigned long long>(report.files),
              static_cast<unsigned long long>(report.good),
              static_cast<unsigned long long>(report.strays));
  return report.good == files && report.strays == 1 ? 0 : 1;
}
