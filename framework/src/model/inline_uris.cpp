#include "stateferry/model/inline_uris.hpp"

#include "stateferry/bytes/modified_utf8.hpp"

namespace stateferry {

std::string InlineUri::operator_text() const {
  return hash.empty() ? std::string() : stateferry::operator_text(uid, hash);
}

void InlineUris::add(const Location& place, const FoundUri& uri, const OperatorNames* names) {
  ++count;
  if (uri.number == 0) ++arrays;
  if (first.size() >= limit) return;
  InlineUri& one = first.emplace_back();
  one.uri = uri.text;
  one.path = place.path->text();
  one.offset = uri.offset;
  one.encoding = uri.encoding;
  if (place.op == nullptr) return;
  const OperatorKey key = names != nullptr ? names->complete(*place.op) : *place.op;
  one.uid = to_utf8(key.uid);
  one.name = to_utf8(key.name);
  one.hash = to_hex(key.id);
}

}  // namespace stateferry
