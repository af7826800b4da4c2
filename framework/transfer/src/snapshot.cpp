#include "stateferry/transfer/snapshot.hpp"

#include "stateferry/host/pipeline.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {

Snapshot read_snapshot(std::string pointer, std::string base, Stores& stores,
                       PluginRegistry& registry, DiagnosticSink& sink) {
  base = without_slash(base.empty() ? parent_of(pointer) : std::string_view(base));
  Document document = decode_document(stores.open(pointer), registry, sink);
  References references = collect_references(document, base);
  return {std::move(pointer), std::move(base), std::move(document), std::move(references)};
}

}  // namespace stateferry
