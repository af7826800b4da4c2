// Looks for texts, or for URIs of storages, in a snapshot where no rule rewrites them: in names, in
// state that stands in the metadata itself, and in its files.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/host/part_reader.hpp"
#include "stateferry/model/field.hpp"
#include "stateferry/model/operator_ref.hpp"
#include "stateferry/transfer/references.hpp"
#include "stateferry/transfer/stores.hpp"
#include "stateferry/uri/uri_scanner.hpp"

namespace stateferry {

/// Where a text stands.
enum class ScanPlace : std::uint8_t {
  handle_name,    ///< the name of an inline handle, or of a merged file's part
  inline_state,   ///< bytes of state in the metadata: of operators, coordinators and the master
  properties,     ///< the Java object that says what kind of snapshot it is
  operator_name,  ///< name or uid of an operator
  state_file,     ///< a file that a handle names
};
/// `handle-name`, `inline-state`, `properties`, `operator-name`, `state-file`.
std::string_view scan_place_name(ScanPlace place) noexcept;

/// One that was found. All text is UTF-8.
struct ScanHit {
  ScanPlace place = ScanPlace::inline_state;
  std::string text{};        ///< the one that was looked for, or the URI
  std::string path{};        ///< of the bytes in the model; of a file its URI
  std::uint64_t offset = 0;  ///< of its first byte in them
  TextEncoding encoding = TextEncoding::utf8;
  bool escaped = false;  ///< characters of it are, as in JSON; not told of URIs
  Role role = Role::none;
  std::string op{};    ///< `uid:…` or `hash:…`; empty outside of operators
  std::string name{};  ///< of the operator; empty: unknown
};
using ScanFound = std::function<void(const ScanHit&)>;

/// What is looked for: some texts (see TextFinder), or without any each URI of a storage.
struct ScanRequest {
  std::vector<std::string> texts;
  const OperatorNames* names = nullptr;  ///< null: nobody names operators
};

/// What was looked at.
struct ScanReport {
  std::uint64_t bytes = 0;  ///< of state in the metadata, or of files
  std::uint64_t files = 0;
  /// Handles whose own path has one of the texts: what rules rewrite, so that it is no hit.
  std::uint64_t paths = 0;
  std::uint64_t left_out = 0;  ///< that were found, and not told: of one file ten thousand are
  std::vector<Diagnostic> failures;  ///< files that could not be read
};

/// Looks through the metadata, in one pass. Throws as PartReader::read().
ScanReport scan_metadata(PartReader& snapshot, const ScanRequest& request, const ScanFound& found);

/// Looks through all files that a snapshot needs, several at a time; each is streamed. `found` is
/// called for one file after the other, by one thread at a time. A text that crosses the end of a
/// part that was read is found, too.
ScanReport scan_files(const References& references, const ScanRequest& request, Stores& stores,
                      unsigned jobs, const ScanFound& found);

}  // namespace stateferry
