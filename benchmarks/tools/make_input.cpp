// make_input FILE OPERATORS SUBTASKS FILES [--dialect VERSION[/RELEASE]] [--seed N]: a snapshot for
// what must run without a JVM, the same bytes for the same arguments; compare.sh takes Flink's own
// classes instead.
//
// Without --dialect an incremental checkpoint of version 6 with regular names: FILES shared files
// per subtask and one more. With it the mix of a real job with random names (mixed_job.hpp), as
// RELEASE of Flink writes it, by default the newest that writes VERSION: 2/1.10, 3/1.11, 6. Uids
// and names before version 5: rules/operators.json.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "incremental_model.hpp"
#include "mixed_job.hpp"
#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/model/release.hpp"

namespace {

using namespace stateferry;

int usage() {
  std::fputs(
      "usage: make_input FILE OPERATORS SUBTASKS FILES [--dialect VERSION[/RELEASE]] [--seed N]\n",
      stderr);
  return 2;
}

/// How a file is laid out, and which release is to have written it.
struct Target {
  Dialect layout;
  FlinkRelease release;
};

/// `3/1.11`, `4`; nothing when no release writes that.
std::optional<Target> target_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  std::int32_t version = 0;
  std::from_chars(text.data(), text.data() + std::min(slash, text.size()), version);
  std::optional<FlinkRelease> release;
  if (slash != std::string_view::npos) {
    release = release_from_text(text.substr(slash + 1));
    if (!release) return std::nullopt;
  }
  std::optional<Target> target;
  for (const bench::WrittenDialect& written : bench::kWrittenDialects) {
    if (written.dialect.format_version != version) continue;
    const bool fits =
        !release || (written.dialect.release <= *release && *release <= written.newest);
    if (fits) target = Target{written.dialect, release.value_or(written.newest)};
  }
  return target;
}

struct Arguments {
  std::optional<Target> target;
  std::uint64_t seed = 1;
};

std::optional<Arguments> options_of(int argc, char** argv) {
  Arguments arguments;
  for (int i = 5; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--dialect") {
      arguments.target = target_of(argv[i + 1]);
      if (!arguments.target) return std::nullopt;
    } else if (name == "--seed") {
      arguments.seed = std::strtoull(argv[i + 1], nullptr, 10);
    } else {
      return std::nullopt;
    }
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5 || argc % 2 == 0) return usage();
  const std::optional<Arguments> arguments = options_of(argc, argv);
  if (!arguments) return usage();
  const int operators = std::atoi(argv[2]);
  const int subtasks = std::atoi(argv[3]);
  const int files = std::atoi(argv[4]);

  Arena arena;
  FileSinkOptions options;
  options.replace = true;
  options.sync = false;
  const auto sink = atomic_file_sink(argv[1], options);
  ByteWriter out(*sink);
  if (arguments->target) {
    Dialect written = arguments->target->layout;
    written.release = arguments->target->release;
    bench::MixedJob job(arena, written, arguments->seed);
    bench::write_file(job.metadata(operators, subtasks, files), arguments->target->layout, out);
  } else {
    bench::write_file(bench::incremental_model(arena, operators, subtasks, files), out);
  }
  sink->commit();
}
