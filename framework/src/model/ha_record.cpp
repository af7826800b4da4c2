#include "stateferry/model/ha_record.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "model/java_stream.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

constexpr std::string_view kCheckpointClass =
    "org.apache.flink.runtime.checkpoint.CompletedCheckpoint";
constexpr std::string_view kPointerClass =
    "org.apache.flink.runtime.state.RetrievableStreamStateHandle";
// Every Java stream begins with AC ED 00 05: in base64 with this.
constexpr std::string_view kBase64Head = "rO0AB";

int digit_of(char c) noexcept {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto at = kDigits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// Until the first character that is none of base64, which the padding is, too; line ends are
// skipped.
std::vector<std::byte> from_base64(std::string_view text) {
  std::vector<std::byte> bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const int digit = digit_of(c);
    if (digit < 0) break;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if ((held += 6) < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<std::byte>(bits >> held & 0xFF));
  }
  return bytes;
}

// The first value of a field; empty when there is none, or none that Java would read. A URI keeps
// its text in `string`.
std::string value_of(const JavaStream& stream, std::string_view of_class, std::string_view field) {
  const auto& fields = stream.fields();
  const auto at = std::find_if(fields.begin(), fields.end(), [&](const JavaText& t) {
    return t.of_class == of_class && t.field == field;
  });
  if (at == fields.end() || find_invalid_modified_utf8(at->text)) return {};
  return to_utf8(at->text);
}

std::optional<HaRecord> record_in(Bytes bytes) {
  JavaStream stream(bytes, 0);
  try {
    stream.walk();
  } catch (const Error&) {
    // The head of a long one: what was met so far is enough.
  }
  const auto& texts = stream.texts();
  const auto has = [&](std::string_view name) {
    return std::find(texts.begin(), texts.end(), name) != texts.end();
  };
  // In a checkpoint handles follow, so it is asked for first.
  if (!texts.empty() && texts.front() == kCheckpointClass) {
    return HaRecord{HaRecord::Kind::completed_checkpoint,
                    value_of(stream, kCheckpointClass, "externalPointer")};
  }
  if (has(kPointerClass)) {
    return HaRecord{HaRecord::Kind::pointer, value_of(stream, "java.net.URI", "string")};
  }
  return std::nullopt;
}

}  // namespace

std::optional<HaRecord> ha_record(Bytes head) {
  head = head.first(std::min(head.size(), kHaRecordBytes));
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (!text.starts_with(kBase64Head)) return record_in(head);
  const std::vector<std::byte> bytes = from_base64(text);
  return record_in(bytes);
}

}  // namespace stateferry
