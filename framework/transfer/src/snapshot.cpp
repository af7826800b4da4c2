#include "stateferry/transfer/snapshot.hpp"

#include <string_view>
#include <vector>

#include "stateferry/bytes/byte_reader.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/pipeline.hpp"
#include "stateferry/plugin/codec.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

namespace {

// Throws when a remote file is no snapshot by its first bytes. Of a Java stream more has to be seen
// to tell what it is.
void refuse_by_head(const std::string& pointer, Stores& stores) {
  std::vector<std::byte> head;
  const auto sink = memory_sink(head);
  try {
    stores.read(pointer, ByteRange{0, kHeaderBytes}, *sink);
  } catch (const IoError& error) {
    if (error.code() == "E-STORE-SIZE") return;  // so short that it can be read as a whole
    throw;
  }
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (text.starts_with("\xAC\xED") || text.starts_with("rO0")) return;
  try {
    ByteReader in(head);
    read_format_version(in);
  } catch (Error& error) {
    error.diagnostic().subject = pointer;
    throw;
  }
}

}  // namespace

std::unique_ptr<ByteSource> open_metadata(const std::string& pointer, Stores& stores) {
  if (!is_local_uri(pointer)) refuse_by_head(pointer, stores);
  return stores.open(pointer);
}

Snapshot read_snapshot(std::string pointer, std::string base, Stores& stores,
                       PluginRegistry& registry, DiagnosticSink& sink) {
  base = without_slash(base.empty() ? parent_of(pointer) : std::string_view(base));
  Document document = decode_document(open_metadata(pointer, stores), registry, sink);
  References references = collect_references(document, base, stores.default_file_system());
  return {std::move(pointer), std::move(base), std::move(document), std::move(references)};
}

SnapshotReferences read_references(std::string pointer, std::string base, Stores& stores,
                                   PluginRegistry& registry, DiagnosticSink& sink) {
  base = without_slash(base.empty() ? parent_of(pointer) : std::string_view(base));
  PartReader snapshot(open_metadata(pointer, stores), registry, sink);
  References references = collect_references(snapshot, base, stores.default_file_system());
  return {std::move(pointer), std::move(base), std::move(snapshot).take_input(),
          std::move(references)};
}

}  // namespace stateferry
