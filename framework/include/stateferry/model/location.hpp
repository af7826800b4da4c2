// Locations: the strings of a snapshot that say where a file is, or identify one (format: the table
// "strings that are paths").
//
// Their types mark them in the model, so that no walk can miss one that is added later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "stateferry/export.hpp"
#include "stateferry/model/model_path.hpp"
#include "stateferry/model/operator_id.hpp"

namespace stateferry {

struct FoundUri;  // uri/uri_scanner.hpp

/// Which kind of string it is. The words in rule files are those of `location_kind_name`.
enum class LocationKind : std::uint8_t {
  file,           ///< FileStateHandle's path: absolute, opened by Flink
  relative_file,  ///< RelativeFileStateHandle's path: relative to the directory of _metadata
  bytes,          ///< ByteStreamStateHandle's name: an identity, never opened
  segment_file,   ///< SegmentFileStateHandle's path: absolute, the physical file
  directory,      ///< the two directories of FileMergingOperatorStreamStateHandle, deleted by Flink
};
inline constexpr LocationKind kAllLocationKinds[] = {
    LocationKind::file, LocationKind::relative_file, LocationKind::bytes,
    LocationKind::segment_file, LocationKind::directory};
/// `file`, `relative-file`, `bytes`, `segment-file`, `directory`.
STATEFERRY_API std::string_view location_kind_name(LocationKind kind) noexcept;
/// Whether strings of this kind are absolute URIs that must follow the state when it moves.
constexpr bool is_absolute(LocationKind kind) noexcept {
  return kind == LocationKind::file || kind == LocationKind::segment_file ||
         kind == LocationKind::directory;
}

/// A location string in the model: modified UTF-8, a view into the input or the arena.
template <LocationKind K>
struct LocationText {
  static constexpr LocationKind kind = K;
  std::string_view text;
};

/// The operator that a location belongs to. Views are valid during the call that shows them.
struct OperatorKey {
  std::uint32_t index = 0;  ///< position in the file, from 0
  OperatorId id;
  std::string_view uid;   ///< modified UTF-8; empty when unknown (before V5) or none
  std::string_view name;  ///< modified UTF-8; empty when unknown
};

/// One location as a walk shows it. Everything is valid during the call only.
struct Location {
  LocationKind kind;
  Role roles;                       ///< all roles that hold here
  std::string_view text;            ///< modified UTF-8
  const OperatorKey* op = nullptr;  ///< null outside operators
  /// Names of the registered operator states in the handle around it; empty elsewhere.
  std::span<const std::string_view> state_names = {};
  const ModelPath* path = nullptr;  ///< never null
  /// The state behind an inline handle, in walks over a tree; empty elsewhere.
  std::span<const std::byte> state = {};
};

/// What is to stand in the place of a location's text: modified UTF-8, `tail` behind `head`. In two
/// parts, since most new texts are a new directory before an old file name.
struct Replacement {
  std::string_view head;
  std::string_view tail;
  /// Not empty: the answer, be it `head` or that nothing changes, holds of every location of this
  /// kind with these roles whose text is `directory` (ASCII, with '/' at its end) followed by a
  /// plain name (uri/plain_name.hpp), which stays as it is. A caller may use that, and then says so
  /// with repeated(). It holds, and its texts stay, until the next operator, at most until edit()
  /// answers with another epoch.
  std::string_view directory = {};
  /// Of all that the editor has answered; 0: no answer outlives the next call.
  std::uint32_t epoch = 0;
  std::size_t size() const noexcept { return head.size() + tail.size(); }
};

/// Decides what becomes of each location, in file order.
class STATEFERRY_API LocationEditor {
 public:
  virtual ~LocationEditor();
  /// Returns true to write `replacement` instead, which must stay valid until the next call (its
  /// tail may be a part of the location's text). Throws to stop the run.
  virtual bool edit(const Location& location, Replacement& replacement) = 0;
  /// The answer with this `directory` (the very view) was used for `n` further locations, without
  /// asking. Called before the next edit() or enter_operator(), and after the last location. Does
  /// nothing by default.
  virtual void repeated(std::string_view directory, std::uint64_t n);
  /// Each operator, before its first location. Does nothing by default.
  virtual void enter_operator(const OperatorKey& op);
  /// Whether inline state is to be looked through for URIs. Asked once; false by default.
  virtual bool wants_inline_uris() const noexcept;
  /// A URI in inline state, be it behind a handle or not; `place` is that of the bytes, without
  /// text. Does nothing by default.
  virtual void inline_uri(const Location& place, const FoundUri& uri);
};

}  // namespace stateferry
