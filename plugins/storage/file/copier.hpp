// Copies many local files: reflink where the file system can, else within the kernel, else by hand.
#pragma once

#include <span>

#include "stateferry/plugin/storage.hpp"

namespace stateferry::file_storage {

/// Storage::copy() from local files to local files. A file gets its name only when it is whole and,
/// with `sync`, on the disk; file systems without nameless files get a hidden temporary name, which
/// the next run for the same target uses again.
void copy_files(std::span<const CopyItem> items, const CopyOptions& options,
                CopyObserver& observer);

}  // namespace stateferry::file_storage
