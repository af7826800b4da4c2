// Files that name the operators of snapshots which store ids only (before version 5).
//
// Text: one operator a line, as its uid, or as its id and its uid, with a blank between them or as
// CSV (`id,uid` or `id,uid,name`, RFC 4180 quotes, the header `hash,uid` may stand in front). Empty
// lines and those that begin with `#` don't count; `uid:` in front of a uid takes away the meaning
// of what follows. JSON: a list of uids, or of objects with `uid`, `hash` and `name`, which may
// also be called as `inspect --json` calls them (`operator-uid`, …), or a document of that command.
#pragma once

#include <memory>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/export.hpp"
#include "stateferry/model/operator_ref.hpp"

namespace stateferry {

/// Reads such a file. A uid without an id gets the id that Flink makes of it. Problems go to `sink`
/// with their places (E-ARG-UIDS); what could be understood is returned all the same.
STATEFERRY_API OperatorNames parse_operator_names(const std::shared_ptr<const SourceText>& file,
                                                  DiagnosticSink& sink);

}  // namespace stateferry
