// Where a version has several bodies, a run goes by the likeliest one and looks at the whole file
// only where the walk doesn't bear that out. What comes of it must be what comes of a run that has
// looked at the whole file first: for every golden file of version 3, and for damaged ones.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "golden.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/io/nameless_file.hpp"

namespace stateferry::test {
namespace {

constexpr std::int32_t kVersion = 3;

// Moves every path below another bucket.
struct MoveAll final : UriTransform {
  void configure(ParamBinder&) override {}
  Outcome rewrite(std::string_view uri, std::string& result) const override {
    // Whatever it is, as a plain name.
    result = "s3://new/x";
    for (const char c : uri) {
      result += static_cast<char>('a' + (static_cast<unsigned char>(c) >> 4U));
      result += static_cast<char>('a' + (static_cast<unsigned char>(c) & 0xFU));
    }
    return Outcome::changed;
  }
  bool injective() const noexcept override { return true; }
};

Pipeline move_all() {
  Pipeline pipeline;
  Step step;
  step.id = "move";
  step.uses = "test.move-all";
  step.transform = std::make_shared<MoveAll>();
  pipeline.steps.push_back(std::move(step));
  return pipeline;
}

// A source that counts how often it is read, and may say that it can be read but once.
class Watched final : public ByteSource {
 public:
  explicit Watched(const ByteVector& bytes) : inner_(memory_source(bytes, "watched")) {}
  const std::string& name() const noexcept override { return inner_->name(); }
  std::optional<std::uint64_t> size() const noexcept override { return inner_->size(); }
  bool rewindable() const noexcept override { return true; }
  std::span<const std::byte> peek(std::size_t n) override { return inner_->peek(n); }
  std::unique_ptr<ByteFeed> open() override {
    ++opened;
    return inner_->open();
  }
  std::span<const std::byte> bytes() override { return inner_->bytes(); }
  void check_unchanged() const override {}

  int opened = 0;

 private:
  std::unique_ptr<ByteSource> inner_;
};

// What a run made, or why it made nothing.
struct Made {
  ByteVector bytes;
  Dialect dialect;
  std::string error;
  bool operator==(const Made& other) const {
    return bytes == other.bytes && dialect == other.dialect && error == other.error;
  }
};
std::ostream& operator<<(std::ostream& out, const Made& made) {
  return out << to_string(made.dialect) << ", " << made.bytes.size() << " bytes " << made.error;
}

template <class Run>
Made made_by(Run&& run) {
  Made made;
  try {
    run(made);
  } catch (const Error& error) {
    made = {};
    made.error = error.code() + ": " + error.what();
  }
  return made;
}

// `first`: the body is looked for before the walk, since each change is told.
Made rewritten(ByteSource& source, bool first) {
  return made_by([&](Made& made) {
    RunOptions options;
    if (first) options.on_change = [](const Change&) {};
    DiagnosticList problems;
    const auto sink = memory_sink(made.bytes);
    made.dialect = move_all().run(source, *sink, codecs(), options, problems).dialect;
  });
}

class Descriptor {
 public:
  Descriptor() : fd_(open_nameless_file()) {}
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd() const noexcept { return fd_; }
  void fill(const ByteVector& bytes) {
    ASSERT_EQ(::write(fd_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    ::lseek(fd_, 0, SEEK_SET);
  }
  ByteVector content() const {
    ByteVector bytes(static_cast<std::size_t>(::lseek(fd_, 0, SEEK_END)));
    EXPECT_EQ(::pread(fd_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    return bytes;
  }

 private:
  int fd_;
};

// From and to a descriptor, neither of which can be rewound.
Made streamed(const ByteVector& bytes) {
  Descriptor in;
  in.fill(bytes);
  Descriptor out;
  Made made = made_by([&](Made& m) {
    DiagnosticList problems;
    const auto source = descriptor_source(in.fd(), "watched");
    const auto sink = descriptor_sink(out.fd(), "out");
    m.dialect = move_all().run(*source, *sink, codecs(), RunOptions(), problems).dialect;
  });
  if (made.error.empty()) made.bytes = out.content();
  return made;
}

Made decoded(const ByteVector& bytes, bool first) {
  return made_by([&](Made& made) {
    DiagnosticList problems;
    if (first) {
      const auto source = memory_source(bytes, "watched");
      const Identified found = identify(*source, codecs());
      Arena arena;
      made.bytes = encode_file(*found.codec, found.dialect,
                               decode_file(*found.codec, found.dialect, bytes, arena));
      made.dialect = found.dialect;
      return;
    }
    const Document document = decode_document(memory_source(bytes, "watched"), codecs(), problems);
    made.dialect = document.source_dialect();
    made.bytes = encode_file(*codecs().codec_for(kVersion), made.dialect, document.root());
  });
}

void expect_the_same(const ByteVector& bytes) {
  const auto source = memory_source(bytes, "watched");
  const Made expected = rewritten(*source, true);
  EXPECT_EQ(rewritten(*source, false), expected);
  EXPECT_EQ(streamed(bytes), expected);
  EXPECT_EQ(decoded(bytes, false), decoded(bytes, true));
}

TEST(OneWalk, GivesWhatALookAtTheWholeFileGives) {
  std::set<FlinkRelease> bodies;
  for (const Golden& golden : golden_files(kVersion)) {
    SCOPED_TRACE(golden.name());
    bodies.insert(identify(*memory_source(golden.bytes, "file"), codecs()).dialect.release);
    expect_the_same(golden.bytes);
  }
  EXPECT_EQ(bodies.size(), 3U) << "not every body is among the files";
}

TEST(OneWalk, GivesWhatALookAtTheWholeFileGivesOfDamagedFiles) {
  constexpr int kMutants = 60;
  std::mt19937 random(17);
  int whole = 0;
  int refused = 0;
  for (const Golden& golden : golden_files(kVersion)) {
    if (golden.bytes.size() > 20'000) continue;
    SCOPED_TRACE(golden.name());
    for (int i = 0; i < kMutants; ++i) {
      ByteVector bytes = golden.bytes;
      // Small numbers are what tags, counts and flags are made of.
      const std::size_t at = 8 + random() % (bytes.size() - 8);
      bytes[at] = static_cast<std::byte>(i % 2 == 0 ? random() % 18 : random() % 256);
      SCOPED_TRACE("byte " + std::to_string(at));
      expect_the_same(bytes);
      ++(decoded(bytes, true).error.empty() ? whole : refused);
    }
  }
  EXPECT_GT(whole, 100);
  EXPECT_GT(refused, 100);
}

TEST(OneWalk, IsOneWalkWhereNothingSpeaksAgainstTheNewestBody) {
  int once = 0;
  for (const Golden& golden : golden_files(kVersion)) {
    SCOPED_TRACE(golden.name());
    Watched source(golden.bytes);
    const Made made = rewritten(source, false);
    EXPECT_EQ(made.error, "");
    if (made.dialect.release == FlinkRelease{1, 15}) {
      EXPECT_LE(source.opened, 4);  // all bodies were tried, and the newest was the right one
      once += source.opened == 1 ? 1 : 0;
    } else {
      EXPECT_GT(source.opened, 1);
    }
  }
  EXPECT_GT(once, 5);
}

// So many files in front of what only Flink 1.11 has, data in flight without its subtask, that much
// was written before it is met.
ByteVector late_data_in_flight() {
  Arena arena;
  CheckpointMetadata metadata;
  metadata.checkpoint_id = 1;
  for (int o = 0; o < 2; ++o) {
    OperatorState& op = metadata.operators.emplace_back(arena);
    op.parallelism = 1;
    op.max_parallelism = 128;
    op.id.bytes[0] = static_cast<std::byte>(o);
    op.subtasks.emplace_back(arena);
  }
  IncrementalRemoteKeyedStateHandle state;
  state.backend_id = "00000000-0000-4000-8000-000000000001";
  state.key_group_range = {0, 128};
  for (int i = 0; i < 60'000; ++i) {
    FileStateHandle file;
    file.size = 1;
    file.path.text = arena.intern("s3://bucket/job/shared/file-" + std::to_string(i));
    state.shared_state.push_back(arena, {arena.intern(std::to_string(i)), file});
  }
  metadata.operators[0].subtasks[0].state.managed_keyed = state;
  ChannelStateHandle<InputChannelInfo> channel;
  FileStateHandle file;
  file.path.text = "s3://bucket/job/chk-1/in-flight";
  channel.delegate = file;
  metadata.operators[1].subtasks[0].state.input_channels.push_back(arena, channel);
  const auto codec = codecs().codec_for(kVersion);
  return encode_file(*codec, codec->dialects().front().dialect, metadata);
}

TEST(OneWalk, TakesBackWhatAWrongGuessHasWritten) {
  const ByteVector bytes = late_data_in_flight();
  ASSERT_GT(bytes.size(), 2 * ByteWriter::kBuffer);
  const auto source = memory_source(bytes, "watched");
  const Made expected = rewritten(*source, true);
  ASSERT_EQ(expected.error, "");
  EXPECT_EQ(expected.dialect.release, (FlinkRelease{1, 11}));
  expect_the_same(bytes);
}

// What a pipe was given can't be taken back: no byte that another body would read otherwise.
TEST(OneWalk, StopsInDoubtWhereItIsAsked) {
  struct Keep final : LocationEditor {
    bool edit(const Location&, Replacement&) override { return false; }
  };
  int stopped = 0;
  for (const Golden& golden : golden_files(kVersion)) {
    SCOPED_TRACE(golden.name());
    const auto walk = [&](bool stops) {
      BodyGuess guess;
      guess.stops = stops;
      ByteReader in(golden.bytes);
      in.take(kHeaderBytes);
      Keep editor;
      const auto nowhere = discarding_sink();
      ByteWriter out(*nowhere);
      try {
        golden.codec->splice(in, golden.codec->dialects().back().dialect, editor, out, &guess);
      } catch (const FormatError&) {
        EXPECT_FALSE(guess.confirmed);
      }
      return guess;
    };
    const bool in_doubt = golden.dialect.release != FlinkRelease{1, 15} ||
                          golden.name().find("unaligned") != std::string::npos ||
                          golden.name().find("generated-all") != std::string::npos;
    EXPECT_EQ(walk(true).stopped, in_doubt);
    EXPECT_FALSE(walk(false).stopped);
    stopped += in_doubt ? 1 : 0;
  }
  EXPECT_GE(stopped, 4);
}

TEST(OneWalk, TellsEachChangeOnce) {
  for (const Golden& golden : golden_files(kVersion)) {
    SCOPED_TRACE(golden.name());
    std::uint64_t told = 0;
    RunOptions options;
    options.on_change = [&](const Change&) { ++told; };
    ByteVector made;
    DiagnosticList problems;
    const auto source = memory_source(golden.bytes, "watched");
    const auto sink = memory_sink(made);
    EXPECT_EQ(told, 0U);
    const RunReport report = move_all().run(*source, *sink, codecs(), options, problems);
    EXPECT_EQ(told, report.changed_locations);
  }
}

}  // namespace
}  // namespace stateferry::test
