// The files that a snapshot needs, from its metadata alone.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/model/document.hpp"
#include "stateferry/model/field.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

/// No operator.
inline constexpr std::uint32_t kNoOperator = UINT32_MAX;

/// One file that handles refer to. A file that is referred to both absolutely and relatively has
/// two entries, since the two follow different rules when it moves.
struct Reference {
  /// As the first handle writes it, in Flink's form; relative: resolved; without a scheme: with
  /// that of the default file system.
  std::string uri;
  bool relative = false;           ///< by handles relative to the directory of _metadata
  bool bare = false;               ///< some handle has no scheme
  bool segments = false;           ///< some handles need only a part (file merging)
  std::uint32_t op = kNoOperator;  ///< index of the first handle's operator
  Role role = Role::none;          ///< of the first handle
  std::uint32_t handles = 0;       ///< how many share it
  /// Its size in bytes, where a handle of the whole file says it.
  std::optional<std::uint64_t> size;
  std::uint64_t at_least = 0;  ///< bytes that it must have: what the furthest segment reaches to
};

/// How to name an operator to people: `uid:…` where known, else `hash:…`.
struct OperatorLabel {
  std::string text;
};

/// All that a snapshot refers to. Owns everything.
struct References {
  std::string base;              ///< directory of _metadata, without a slash at the end
  std::vector<Reference> files;  ///< by first use, in the order of the file
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

}  // namespace stateferry
