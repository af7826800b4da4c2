// What may be asked of a result's format.

#include "stateferry/host/conversion.hpp"

namespace stateferry {

bool OutputFormat::asks() const noexcept {
  return version || flink || handles != HandleForm::keep || snapshot != DeclaredKind::unknown;
}

namespace {

std::string unknown_release(FlinkRelease release) {
  if (release < all_releases().front().release) {
    return "Flink " + to_string(release) + " is not known";
  }
  return "there is no Flink " + to_string(release) +
         (release > newest_release().release ? " yet" : "");
}

// Of a version that there is, for a release that there is.
std::optional<FormatProblem> problem_with_reader(const OutputFormat& format,
                                                 const ReleaseInfo& reader,
                                                 const Dialects& dialects) {
  const std::string flink = "Flink " + to_string(reader.release);
  if (format.version && dialects.read_by(reader.release, *format.version) == nullptr) {
    std::vector<std::int32_t> read = dialects.versions();
    std::erase_if(read, [&](std::int32_t version) {
      return dialects.read_by(reader.release, version) == nullptr;
    });
    return FormatProblem{flink + " doesn't read format version " + std::to_string(*format.version),
                         "it reads versions " + versions_text(read)};
  }
  if (format.handles == HandleForm::relative &&
      (reader.knows & tag_bit(HandleTag::relative_stream)) == 0) {
    return FormatProblem{flink + " reads no relative handles", "they exist since Flink 1.11"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<FormatProblem> problem_with(const OutputFormat& format, const Dialects& dialects) {
  const auto bodies = dialects.of_version(format.version.value_or(0));
  if (format.version && bodies.empty()) {
    return FormatProblem{"there is no format version " + std::to_string(*format.version),
                         "versions are " + versions_text(dialects.versions())};
  }
  if (format.flink) {
    const ReleaseInfo* reader = find_release(*format.flink);
    if (reader != nullptr) return problem_with_reader(format, *reader, dialects);
    return FormatProblem{unknown_release(*format.flink),
                         "the nearest is " + to_string(nearest_release(*format.flink).release) +
                             "; known are " + to_string(all_releases().front().release) + " to " +
                             to_string(newest_release().release)};
  }
  if (bodies.size() > 1) {
    return FormatProblem{"version " + std::to_string(*format.version) +
                             " has several bodies, and each Flink reads only some of them",
                         "say also which Flink, from " + to_string(bodies.front().read_by.first) +
                             " on, is to read the result"};
  }
  return std::nullopt;
}

}  // namespace stateferry
