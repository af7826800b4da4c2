// make_input FILE OPERATORS SUBTASKS FILES: an incremental checkpoint of version 6, with FILES
// shared files per subtask and one more, the same bytes for the same arguments. For what must run
// without a JVM; compare.sh takes Flink's own classes instead.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "incremental_model.hpp"
#include "stateferry/bytes/byte_writer.hpp"
#include "stateferry/io/byte_sink.hpp"

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: make_input FILE OPERATORS SUBTASKS FILES\n", stderr);
    return 2;
  }
  using namespace stateferry;
  Arena arena;
  const CheckpointMetadata metadata =
      bench::incremental_model(arena, std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]));
  FileSinkOptions options;
  options.replace = true;
  options.sync = false;
  const auto sink = atomic_file_sink(argv[1], options);
  ByteWriter out(*sink);
  bench::write_file(metadata, out);
  sink->commit();
}
