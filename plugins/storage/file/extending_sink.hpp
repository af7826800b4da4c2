// Writes behind the last byte of a local file.
#pragma once

#include <memory>
#include <string>

#include "stateferry/plugin/file_extender.hpp"

namespace stateferry::file_storage {

/// See FileExtender::extend().
std::unique_ptr<ByteSink> extending_sink(const std::string& uri, const ExtendOptions& options);

}  // namespace stateferry::file_storage
