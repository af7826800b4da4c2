// URIs in inline state as members of JSON documents.
#pragma once

#include "stateferry/model/inline_uris.hpp"
#include "support/json.hpp"

namespace stateferry::cli {

/// `inline-uri-count`, and `inline-uri-places` with those that are kept: operator, place in the
/// model, offset there, encoding and text, without secrets.
void write_inline_uris(JsonText& json, const InlineUris& uris);

}  // namespace stateferry::cli
