#include "stateferry/host/conversion.hpp"

#include <algorithm>
#include <utility>

#include "conversion/converter.hpp"
#include "conversion/ledger.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

// Whether `release` reads the file as it is.
bool reads(const CheckpointMetadata& root, const DialectInfo& source, const ReleaseInfo& release,
           const Dialects& dialects) {
  const DialectInfo* body = dialects.read_by(release.release, source.dialect.format_version);
  return body != nullptr &&
         conversion::examine(root, source, {*body, release}, {}).findings.empty();
}

// What is known of restores by the release that the target was chosen for.
RestoresSeen restores_by(const ConversionTarget& target, const CheckpointMetadata& root,
                         const DialectInfo& source) {
  if (!target.reader) return {};
  return restores_seen(root, source, target.reader->release);
}

}  // namespace

LossClass ConversionAccount::worst() const noexcept {
  LossClass worst = LossClass::lossless;
  for (const ConversionFinding& finding : findings) worst = std::max(worst, finding.loss);
  return worst;
}

bool ConversionAccount::reversible() const noexcept {
  return std::all_of(findings.begin(), findings.end(),
                     [](const ConversionFinding& finding) { return finding.reversible; });
}

// ---------------------------------------------------------------------------- conversion

ConversionTarget choose_target(const CheckpointMetadata& root, const DialectInfo& source,
                               const OutputFormat& format, const Dialects& dialects) {
  if (!format.flink) {
    if (!format.version || *format.version == source.dialect.format_version) {
      return {source, std::nullopt};
    }
    const auto bodies = dialects.of_version(*format.version);
    const ReleaseInfo* writer = newest_writer(bodies);
    if (writer == nullptr) return {bodies.front(), std::nullopt};
    return {*dialects.written_by(writer->release), *writer};
  }
  const ReleaseInfo* reader = find_release(*format.flink);
  if (format.version) return {*dialects.read_by(reader->release, *format.version), *reader};
  // Several names may stand for the same bytes: the file keeps its own.
  if (reads(root, source, *reader, dialects)) return {source, *reader};
  const DialectInfo* newest = dialects.newest_read_by(reader->release);
  if (newest != nullptr) return {*newest, *reader};
  throw PluginError("E-PLUGIN-NO-CODEC",
                    "no codec is installed for what Flink " + to_string(reader->release) + " reads",
                    "see 'stateferry plugins list'");
}

ConversionAccount examine_conversion(const CheckpointMetadata& root, const DialectInfo& source,
                                     const ConversionTarget& target,
                                     const ConversionOptions& options) {
  auto account = conversion::examine(root, source, target, options);
  account.restores = restores_by(target, root, source);
  return account;
}

ConversionAccount convert_tree(CheckpointMetadata& root, Arena& arena, const DialectInfo& source,
                               const ConversionTarget& target, const ConversionOptions& options) {
  RestoresSeen restores = restores_by(target, root, source);
  auto account = conversion::convert(root, arena, source, target, options);
  account.restores = std::move(restores);
  return account;
}

std::vector<ConversionFinding> kinds_of_findings() {
  std::vector<ConversionFinding> kinds;
  for (const conversion::FindingKind* kind : conversion::kAllKinds) {
    kinds.push_back(conversion::finding_of(*kind));
  }
  return kinds;
}

}  // namespace stateferry
