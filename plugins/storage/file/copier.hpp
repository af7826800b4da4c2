// Copies local files: reflink where the file system can, else within the kernel, else by hand.
#pragma once

#include <memory>

#include "stateferry/plugin/storage.hpp"

namespace stateferry::file_storage {

/// A copier from local files to local files. A file gets its name only when it is whole and, with
/// `sync`, on the disk; file systems without nameless files get a hidden temporary name, which the
/// next run for the same target uses again.
std::unique_ptr<Copier> make_file_copier(const CopierOptions& options);

}  // namespace stateferry::file_storage
