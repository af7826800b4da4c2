#include "commands/convert/record.hpp"

#include "commands/convert/report_json.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/sha256.hpp"
#include "support/json.hpp"

namespace stateferry::cli {
namespace {

void write_plugins(JsonText& json, const PluginRegistry& registry) {
  json.key("plugins");
  json.begin_array();
  for (const PluginInfo& p : registry.list()) {
    if (!p.loaded) continue;
    json.begin_object();
    json.member("kind", plugin_kind_name(p.kind));
    json.member("name", p.name);
    json.member("version", p.version);
    json.end_object();
  }
  json.end_array();
}

void write_rules(JsonText& json, const RuleFile* rules) {
  json.key("rules");
  json.begin_array();
  if (rules != nullptr) {
    for (const auto& source : rules->sources) {
      json.begin_object();
      json.member("file", source->name);
      json.member("sha256", sha256_hex(source->text));
      json.end_object();
    }
  }
  json.end_array();
  json.key("hazards-accepted");
  json.begin_array();
  if (rules != nullptr) {
    for (const StepSpec& step : rules->steps) {
      for (const std::string& hazard : step.accept) {
        json.begin_object();
        json.member("step", step.id);
        json.member("hazard", hazard);
        json.end_object();
      }
    }
  }
  json.end_array();
}

}  // namespace

std::string record_text(const RunReport& r, const ConvertJob& job, const ConvertOptions& o,
                        const RuleFile* rules, const RecordSums& sums,
                        const PluginRegistry& registry) {
  JsonText json;
  json.begin_object();
  json.member("schema", "stateferry/record/1");
  json.member("stateferry", STATEFERRY_VERSION);
  write_plugins(json, registry);
  json.key("input");
  json.begin_object();
  json.member("file", without_secrets(job.in));
  json.member("sha256", sums.input);
  json.end_object();
  json.key("output");
  json.begin_object();
  json.member("file", without_secrets(job.out));
  json.member("written", r.committed);
  if (r.committed) json.member("sha256", sums.output);
  json.end_object();
  write_rules(json, rules);
  if (!sums.uids.empty()) {
    json.key("uids");
    json.begin_object();
    json.member("file", o.uids);
    json.member("sha256", sums.uids);
    json.end_object();
  }
  write_counts(json, r);
  json.end_object();
  return json.text() + "\n";
}

}  // namespace stateferry::cli
