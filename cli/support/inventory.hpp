// What a snapshot holds, counted in one walk: for `inspect`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stateferry/host/conversion.hpp"
#include "stateferry/host/part_reader.hpp"
#include "stateferry/model/inline_uris.hpp"
#include "stateferry/model/operator_ref.hpp"
#include "stateferry/model/snapshot_kind.hpp"
#include "stateferry/uri/uri_roots.hpp"

namespace stateferry::cli {

/// One operator's figures. Sizes are bytes of state as Flink's getStateSize counts them: files by
/// the size in their handle, inline state by its length.
struct OperatorInventory {
  std::string name;  ///< UTF-8; empty: unknown
  std::string uid;
  std::string hash;
  std::int32_t parallelism = 0;
  std::int32_t max_parallelism = 0;
  std::uint32_t subtasks = 0;  ///< with an entry in the file
  std::uint32_t finished_subtasks = 0;
  bool fully_finished = false;
  std::uint64_t coordinator_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::uint64_t inline_bytes = 0;  ///< of the total, what stands in _metadata itself
};

/// Whether and how the snapshot can be moved.
enum class Verdict : std::uint8_t { relocatable, rewrite, rewrite_map, not_self_contained, opaque };
const char* verdict_name(Verdict verdict);
/// One sentence for people.
const char* verdict_text(Verdict verdict);

struct Inventory {
  Dialect dialect;
  std::string written_by;  ///< `Flink 1.16 … 1.20`
  SnapshotKind kind;
  std::int64_t checkpoint_id = 0;
  std::uint64_t master_states = 0;
  std::vector<OperatorInventory> operators;
  std::map<std::string, std::uint64_t> handles;  ///< by Flink's class name
  UriRoots roots;                                ///< of absolute URIs
  std::uint64_t relative_files = 0;
  InlineUris inline_uris;  ///< in inline state
  Verdict verdict = Verdict::relocatable;
  std::optional<Readers> readers;  ///< which releases read it as it is; nothing: none does
  bool released = false;           ///< whether some release reads its version at all
};

/// Counts `snapshot` in one pass. `base_uri` is where its _metadata lies, empty when unknown;
/// `file_system` that of locations without a scheme; `names` may be null.
Inventory take_inventory(PartReader& snapshot, const Dialects& dialects,
                         const std::string& base_uri, const std::string& file_system,
                         const OperatorNames* names);

}  // namespace stateferry::cli
