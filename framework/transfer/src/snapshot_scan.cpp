#include "stateferry/transfer/snapshot_scan.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/uri/text_finder.hpp"

namespace stateferry {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Looks for what is wanted, whichever it is; fills text, offset and how it is written.
class Finder {
 public:
  explicit Finder(const std::vector<std::string>& texts) : texts_(texts), finder_(texts) {}

  void feed(std::span<const std::byte> piece, const ScanHit& at, const ScanFound& found) {
    if (texts_.empty()) {
      uris_.feed(piece, [&](const FoundUri& uri) { tell(at, uri, found); });
    } else {
      finder_.feed(piece, [&](const FoundText& text) { tell(at, text, found); });
    }
  }
  void finish(const ScanHit& at, const ScanFound& found) {
    if (texts_.empty()) {
      uris_.finish([&](const FoundUri& uri) { tell(at, uri, found); });
    } else {
      finder_.finish([&](const FoundText& text) { tell(at, text, found); });
    }
  }

 private:
  static void tell(ScanHit hit, const FoundUri& uri, const ScanFound& found) {
    hit.text = uri.text;
    hit.offset = uri.offset;
    hit.encoding = uri.encoding;
    found(hit);
  }
  void tell(ScanHit hit, const FoundText& text, const ScanFound& found) const {
    hit.text = texts_[text.text];
    hit.offset = text.offset;
    hit.encoding = text.encoding;
    hit.escaped = text.escaped;
    found(hit);
  }

  const std::vector<std::string>& texts_;
  UriScanner uris_;
  TextFinder finder_;
};

// ------------------------------------------------------------------------------ metadata

class MetadataScan final : public PartVisitor, private TreeVisitor {
 public:
  MetadataScan(const ScanRequest& request, const ScanFound& found)
      : request_(request), found_(found), finder_(request.texts), walk_(*this) {}

  ScanReport report;

  void begin(CheckpointMetadata& root) override { walk_.begin(root); }
  void begin_operator(OperatorState& op, std::uint32_t index) override {
    walk_.begin_operator(op, index);
  }
  void subtask(SubtaskEntry& entry, std::uint32_t index) override { walk_.subtask(entry, index); }
  void end_operator(OperatorState& op) override {
    walk_.end_operator(op);
    op_.clear();
    name_.clear();
  }
  void end(CheckpointMetadata& root) override {
    walk_.end(root);
    look(root.properties, {ScanPlace::properties, {}, "properties"});
  }

 private:
  void enter_operator(const OperatorKey& op) override {
    const OperatorKey key = request_.names != nullptr ? request_.names->complete(op) : op;
    op_ = operator_text(key);
    name_ = to_utf8(key.name);
    const std::string path = "operators[" + std::to_string(op.index) + "].";
    look(bytes_of(op.name), {ScanPlace::operator_name, {}, path + "name"});
    look(bytes_of(op.uid), {ScanPlace::operator_name, {}, path + "uid"});
  }
  void handle(StreamStateHandle& handle, const Location& location) override {
    if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) {
      ScanHit at{ScanPlace::handle_name, {}, location.path->text() + ".logical_file_id"};
      at.role = primary_role(location.roles);
      look(bytes_of(s->logical_file_id), at);
    }
  }
  void location(const Location& location, std::string_view& text) override {
    if (location.kind == LocationKind::bytes) {
      ScanHit at{ScanPlace::handle_name, {}, location.path->text()};
      at.role = primary_role(location.roles);
      look(bytes_of(text), at);
    } else if (std::any_of(request_.texts.begin(), request_.texts.end(), [&](const std::string& t) {
                 return text.find(t) != std::string_view::npos;
               })) {
      ++report.paths;
    }
  }
  void inline_state(const Location& place, bool /*behind_a_handle*/) override {
    report.bytes += place.state.size();
    if (place.state.empty()) return;
    ScanHit at{ScanPlace::inline_state, {}, place.path->text()};
    at.role = primary_role(place.roles);
    look(place.state, at);
  }

  void look(std::span<const std::byte> bytes, ScanHit at) {
    if (bytes.empty()) return;
    at.op = op_;
    at.name = name_;
    std::vector<ScanHit> hits;
    const ScanFound keep = [&](const ScanHit& hit) { hits.push_back(hit); };
    finder_.feed(bytes, at, keep);
    finder_.finish(at, keep);
    std::stable_sort(hits.begin(), hits.end(),
                     [](const ScanHit& a, const ScanHit& b) { return a.offset < b.offset; });
    for (const ScanHit& hit : hits) found_(hit);
  }

  const ScanRequest& request_;
  const ScanFound& found_;
  Finder finder_;
  TreeWalk walk_;
  std::string op_;
  std::string name_;
};

// ------------------------------------------------------------------------------ files

// Looks through what is written to it and keeps what it finds: an attempt may be made again.
class ScanSink final : public ByteSink {
 public:
  // Of one file no more are kept: state may be nothing but such texts.
  static constexpr std::size_t kMostKept = 10'000;

  ScanSink(const std::vector<std::string>& texts, ScanHit at)
      : finder_(texts), at_(std::move(at)) {}

  void write(std::span<const std::byte> bytes) override {
    bytes_ += bytes.size();
    finder_.feed(bytes, at_, [&](const ScanHit& hit) { keep(hit); });
  }
  void commit() override {}
  std::unique_ptr<ByteSource> written() override { return nullptr; }
  std::uint64_t digest() const override { return 0; }
  std::string name() const override { return at_.path; }

  void finish() {
    finder_.finish(at_, [&](const ScanHit& hit) { keep(hit); });
    std::stable_sort(hits_.begin(), hits_.end(),
                     [](const ScanHit& a, const ScanHit& b) { return a.offset < b.offset; });
  }
  const std::vector<ScanHit>& hits() const noexcept { return hits_; }
  std::uint64_t bytes() const noexcept { return bytes_; }
  std::uint64_t left_out() const noexcept { return left_out_; }

 private:
  void keep(const ScanHit& hit) {
    if (hits_.size() < kMostKept) {
      hits_.push_back(hit);
    } else {
      ++left_out_;
    }
  }

  Finder finder_;
  const ScanHit at_;
  std::vector<ScanHit> hits_;
  std::uint64_t bytes_ = 0;
  std::uint64_t left_out_ = 0;
};

class FilesScan final : public ReadObserver {
 public:
  FilesScan(const References& references, const ScanRequest& request, const ScanFound& found)
      : references_(references), request_(request), found_(found) {}

  std::unique_ptr<ByteSink> open(std::size_t index) override {
    const Reference file = references_.files[index];
    ScanHit at{ScanPlace::state_file, {}, file.uri};
    at.role = file.role;
    at.op = references_.operator_text(file);
    return std::make_unique<ScanSink>(request_.texts, std::move(at));
  }
  void done(std::size_t /*index*/, ByteSink& sink) override {
    auto& scan = static_cast<ScanSink&>(sink);
    scan.finish();
    const std::lock_guard lock(mutex_);
    ++report.files;
    report.bytes += scan.bytes();
    report.left_out += scan.left_out();
    for (const ScanHit& hit : scan.hits()) found_(hit);
  }
  void failed(std::size_t /*index*/, Diagnostic why) override {
    const std::lock_guard lock(mutex_);
    report.failures.push_back(std::move(why));
  }

  ScanReport report;

 private:
  const References& references_;
  const ScanRequest& request_;
  const ScanFound& found_;
  std::mutex mutex_;
};

}  // namespace

std::string_view scan_place_name(ScanPlace place) noexcept {
  switch (place) {
    case ScanPlace::handle_name:
      return "handle-name";
    case ScanPlace::inline_state:
      return "inline-state";
    case ScanPlace::properties:
      return "properties";
    case ScanPlace::operator_name:
      return "operator-name";
    case ScanPlace::state_file:
      break;
  }
  return "state-file";
}

ScanReport scan_metadata(PartReader& snapshot, const ScanRequest& request, const ScanFound& found) {
  MetadataScan scan(request, found);
  snapshot.read(scan);
  return std::move(scan.report);
}

ScanReport scan_files(const References& references, const ScanRequest& request, Stores& stores,
                      unsigned jobs, const ScanFound& found) {
  std::vector<std::string> uris;
  uris.reserve(references.files.size());
  for (const Reference& file : references.files) uris.push_back(file.uri);
  FilesScan scan(references, request, found);
  stores.read_many(uris, jobs, scan);
  return std::move(scan.report);
}

}  // namespace stateferry
