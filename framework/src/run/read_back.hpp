// Whether what was written is what should have been: read again before it is put in place.
#pragma once

#include <cstdint>
#include <string>

#include "stateferry/host/pipeline.hpp"
#include "stateferry/model/document.hpp"

namespace stateferry {

/// Throws IoError (E-VERIFY) unless `written` has this digest (io/digest.hpp). `subject` names the
/// input.
void verify_bytes(ByteSource& written, std::uint64_t digest, const std::string& subject);

/// Throws IoError (E-VERIFY) unless `written` decodes to `tree`. `format` is what it was written
/// in; `input` what the tree views, of which no more is held meanwhile than is needed.
void verify_model(ByteSource& written, const Document& tree, const Identified& format,
                  ByteSource& input);

}  // namespace stateferry
