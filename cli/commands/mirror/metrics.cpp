// The figures of a round in the text form of Prometheus.
#include <fmt/format.h>

#include <functional>

#include "commands/mirror/mirror.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/job_directory.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry::cli {
namespace {

// A label's value: names of directories come from others.
std::string label(const JobRound& r) {
  std::string value;
  for (const char c : shown(name_of(r))) {
    if (c == '\\' || c == '"') value += '\\';
    value += c;
  }
  return value;
}

using Figure = std::function<std::int64_t(const JobRound&)>;

void add(std::string& text, const RoundReport& report, const char* name, const char* help,
         const Figure& figure) {
  text += fmt::format("# HELP stateferry_mirror_{0} {1}\n# TYPE stateferry_mirror_{0} gauge\n",
                      name, help);
  for (const JobRound& r : report.jobs) {
    text += fmt::format("stateferry_mirror_{}{{job=\"{}\"}} {}\n", name, label(r), figure(r));
  }
}

void add_one(std::string& text, const char* name, const char* help, const std::string& value) {
  text += fmt::format(
      "# HELP stateferry_mirror_{0} {1}\n# TYPE stateferry_mirror_{0} gauge\n"
      "stateferry_mirror_{0} {2}\n",
      name, help, value);
}

std::int64_t number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

}  // namespace

std::string metrics_text(const RoundReport& report) {
  std::string text;
  add_one(text, "round_ok", "1 if the last round could list the jobs.", report.failed ? "0" : "1");
  add_one(text, "round_end_timestamp_seconds", "When the last round ended.",
          std::to_string(report.at));
  add_one(text, "round_seconds", "Duration of the last round.",
          fmt::format("{:.3f}", report.seconds));
  add(text, report, "job_ok", "1 if the job's last round had no error.",
      [](const JobRound& r) { return r.up_to_date() ? 1 : 0; });
  add(text, report, "lag_checkpoints", "Checkpoints of the source that are not mirrored.",
      [](const JobRound& r) { return number(r.lag.checkpoints); });
  add(text, report, "lag_seconds", "Seconds since the oldest of those was complete.",
      [](const JobRound& r) { return r.lag.seconds; });
  add(text, report, "lag_bytes", "Bytes that were to be copied yet when last seen.",
      [](const JobRound& r) { return number(r.state.lag_bytes); });
  add(text, report, "newest_timestamp_seconds",
      "When the source completed the newest checkpoint that is mirrored; 0: there is none.",
      [](const JobRound& r) {
        return r.state.checkpoints.empty()
                   ? 0
                   : r.state.checkpoints.front().source.written / kNanoseconds;
      });
  add(text, report, "checkpoints", "Mirrored checkpoints that are kept.",
      [](const JobRound& r) { return number(r.state.checkpoints.size()); });
  add(text, report, "given_up_in_a_row",
      "Checkpoints that were gone before they were copied, since the last that was mirrored.",
      [](const JobRound& r) { return number(r.state.given_up_in_a_row); });
  add(text, report, "source_broken", "1 if the source misses files of its own checkpoint.",
      [](const JobRound& r) { return r.state.broken.empty() ? 0 : 1; });
  add(text, report, "failed_over", "1 if the job was failed over, and nothing is mirrored.",
      [](const JobRound& r) { return r.state.failover ? 1 : 0; });
  return text;
}

}  // namespace stateferry::cli
