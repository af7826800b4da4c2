#include "support/inline_uris.hpp"

#include "stateferry/diag/shown.hpp"

namespace stateferry::cli {

void write_inline_uris(JsonText& json, const InlineUris& uris) {
  json.member("inline-uri-count", uris.count);
  json.objects("inline-uri-places", uris.first, [&](const InlineUri& one) {
    if (!one.hash.empty()) json.member("operator-uid-hash", one.hash);
    if (!one.uid.empty()) json.member("operator-uid", one.uid);
    if (!one.name.empty()) json.member("operator-name", one.name);
    json.member("path", one.path);
    json.member("offset", one.offset);
    json.member("encoding", text_encoding_name(one.encoding));
    json.member("uri", without_secrets(one.uri));
  });
}

}  // namespace stateferry::cli
