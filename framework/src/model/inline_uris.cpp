#include "stateferry/model/inline_uris.hpp"

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/model/visit.hpp"

namespace stateferry {
namespace {

class Finder final : public TreeVisitor {
 public:
  Finder(InlineUris& uris, const OperatorNames* names) : uris_(uris), names_(names) {}
  void inline_state(const Location& place, bool /*behind_a_handle*/) override {
    find_uris(place.state, [&](const FoundUri& uri) { uris_.add(place, uri, names_); });
  }

 private:
  InlineUris& uris_;
  const OperatorNames* names_;
};

}  // namespace

std::string InlineUri::operator_text() const {
  if (!uid.empty()) return "uid:" + uid;
  return hash.empty() ? std::string() : "hash:" + hash;
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

InlineUris find_inline_uris(CheckpointMetadata& root, const OperatorNames* names,
                            std::size_t limit) {
  InlineUris uris;
  uris.limit = limit;
  Finder finder(uris, names);
  walk(root, finder);
  return uris;
}

}  // namespace stateferry
