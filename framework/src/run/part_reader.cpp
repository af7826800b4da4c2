#include "stateferry/host/part_reader.hpp"

#include <utility>

#include "run/format.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/plugin/codec.hpp"

namespace stateferry {
namespace {

// Of a mapped file so much stays in memory behind the place that is read.
constexpr std::uint64_t kReleaseEvery = std::uint64_t{4} << 20;

// Passes all on, and gives back the memory of what was read.
class Releasing final : public PartVisitor {
 public:
  Releasing(PartVisitor& inner, ByteSource& source, const ByteReader& in)
      : inner_(inner), source_(source), in_(in) {}

  void begin(CheckpointMetadata& root) override { inner_.begin(root); }
  void begin_operator(OperatorState& op, std::uint32_t index) override {
    inner_.begin_operator(op, index);
  }
  void subtask(SubtaskEntry& entry, std::uint32_t index) override {
    inner_.subtask(entry, index);
    if (in_.offset() - released_ < kReleaseEvery) return;
    released_ = in_.offset();
    source_.release();
  }
  void end_operator(OperatorState& op) override { inner_.end_operator(op); }
  void end(CheckpointMetadata& root) override { inner_.end(root); }

 private:
  PartVisitor& inner_;
  ByteSource& source_;
  const ByteReader& in_;
  std::uint64_t released_ = 0;
};

struct KindOnly final : PartVisitor {
  void end(CheckpointMetadata& root) override { kind = snapshot_kind(root.properties); }
  SnapshotKind kind;
};

}  // namespace

PartReader::PartReader(std::unique_ptr<ByteSource> source, PluginRegistry& registry,
                       DiagnosticSink& diagnostics)
    : source_(std::move(source)),
      diagnostics_(diagnostics),
      format_(identify(*source_, registry)) {}

void PartReader::read(PartVisitor& visitor) {
  const Arena::Mark start = arena_.mark();
  try {
    ByteReader in(source_->bytes());
    DecodeContext context{arena_, diagnostics_};
    Releasing releasing(visitor, *source_, in);
    in.take(kHeaderBytes);
    guarded_call(codec_name(format_),
                 [&] { format_.codec->decode_parts(in, format_.dialect, context, releasing); });
  } catch (Error& error) {
    if (error.diagnostic().subject.empty()) error.diagnostic().subject = source_->name();
    throw;
  }
  arena_.release(start);
}

SnapshotKind PartReader::check() {
  KindOnly visitor;
  read(visitor);
  return std::move(visitor.kind);
}

}  // namespace stateferry
