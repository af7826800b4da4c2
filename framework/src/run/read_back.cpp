#include "run/read_back.hpp"

#include "io/digest.hpp"
#include "run/format.hpp"
#include "run/releasing.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/memory/page_buffer.hpp"

namespace stateferry {
namespace {

[[noreturn]] void fail(const std::string& message, const std::string& subject) {
  throw IoError("E-VERIFY", message, subject,
                "nothing was put in place; if the disk is sound, please report this as a bug");
}

}  // namespace

// Into aligned memory, like ByteReader: the kernel copies twice as fast.
void verify_bytes(ByteSource& written, std::uint64_t digest, const std::string& subject) {
  const auto feed = written.open();
  const PageBuffer buffer = allocate_pages(ByteReader::kWindow);
  Digest again;
  while (const std::size_t got = feed->read({buffer.get(), ByteReader::kWindow})) {
    again.update({buffer.get(), got});
  }
  if (again.value() != digest) fail("what was read back differs from what was written", subject);
}

void verify_model(ByteSource& written, const Document& tree, const Identified& format,
                  ByteSource& input) {
  const std::string& subject = input.name();
  ReleasingFeed feed(written.open(), input);
  ByteReader in(feed, written.size());
  try {
    in.take(kHeaderBytes);
    const auto place = guarded_call(codec_name(format), [&] {
      return format.codec->difference(tree.root(), format.dialect, in);
    });
    if (place) fail("what was read back differs from the snapshot in memory at " + *place, subject);
  } catch (const FormatError& error) {
    fail(std::string("what was written can't be read back: ") + error.what(), subject);
  }
}

}  // namespace stateferry
