// Out-of-line destructors: one vtable and one type_info for each interface, in this library.
#include "stateferry/plugin/codec.hpp"
#include "stateferry/plugin/transform.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "stateferry/uri/uri_scanner.hpp"

namespace stateferry {

Codec::~Codec() = default;
void Codec::decode_parts(ByteReader& in, const Dialect& dialect, DecodeContext& context,
                         PartVisitor& visitor) const {
  CheckpointMetadata root = decode(in, dialect, context);
  show_parts(root, visitor);
}
Transform::~Transform() = default;
Inverse Transform::inverse(const InverseContext& /*context*/) const {
  return NoInverse{"its transform names no step that would undo it"};
}
UriTransform::~UriTransform() = default;
std::optional<Outcome> UriTransform::rewrite_directory(std::string_view, std::string&) const {
  return std::nullopt;
}
std::optional<std::vector<PrefixMove>> UriTransform::moves() const {
  return std::nullopt;
}
HandleTransform::~HandleTransform() = default;
DocumentContext::~DocumentContext() = default;
DocumentTransform::~DocumentTransform() = default;
Assertion::~Assertion() = default;
bool Assertion::matches_inline(std::string_view name, std::span<const std::byte> state) const {
  bool found = !name.empty() && matches(name);
  if (found) return true;
  find_uris(state, [&](const FoundUri& uri) {
    found = found || matches(normalize_flink_path(uri.text).value_or(uri.text));
  });
  return found;
}
std::optional<bool> Assertion::matches_directory(std::string_view) const {
  return std::nullopt;
}

}  // namespace stateferry
