// The files that a snapshot needs, from its metadata alone.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/host/location_filter.hpp"
#include "stateferry/host/part_reader.hpp"
#include "stateferry/model/document.hpp"
#include "stateferry/transfer/reference_list.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

/// How to name an operator to people: `uid:…` where known, else `hash:…`.
struct OperatorLabel {
  std::string text;
};

/// All that a snapshot refers to. Owns everything.
struct References {
  std::string base;     ///< directory of _metadata, without a slash at the end
  ReferenceList files;  ///< by first use, in the order of the file
  /// Directories that Flink deletes when they are of no use any more (file merging); not files.
  std::vector<std::string> directories;
  std::vector<OperatorLabel> operators;
  /// What stands in front of locations without a scheme; see with_default_file_system().
  std::string default_file_system = std::string(kLocalFileSystem);
  /// `scheme://authority` of all locations as they are written, each once; "" for those without a
  /// scheme.
  std::set<std::string> store_roots;
  /// Locations that nobody should follow, as text for people: those that lead upwards, relative
  /// ones that are absolute, and absolute ones that are relative. They are not among the files. At
  /// most ten; `unsafe_count` has all.
  std::vector<std::string> unsafe;
  std::uint64_t unsafe_count = 0;

  /// Where a file lies besides, for what has to be kept: one without a scheme may be in the store
  /// of the snapshot, whatever default file system was said. Empty where there is no such other
  /// place.
  std::string in_own_store(const Reference& file) const;
  /// `uid:…` or `hash:…` of a file's operator; empty without one.
  std::string operator_text(const Reference& file) const;
};

/// Collects what `document` refers to. `base` is the directory of its _metadata in Flink's form,
/// `file_system` what stands in front of locations without a scheme.
References collect_references(Document& document, const std::string& base,
                              std::string_view file_system = kLocalFileSystem);
/// The same of a snapshot that is read part by part. `only`, where given: handles that it doesn't
/// select don't count, and files without any other are left out. Throws as PartReader::read().
References collect_references(PartReader& snapshot, const std::string& base,
                              std::string_view file_system = kLocalFileSystem,
                              LocationFilter* only = nullptr);

/// Where the file of a handle lies, as Reference::uri has it; empty where it has none, or one that
/// nobody should follow. `base` and `file_system` as above.
std::string file_uri_of(const StreamStateHandle& handle, const std::string& base,
                        std::string_view file_system);

}  // namespace stateferry
