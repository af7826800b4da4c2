#include "commands/convert/record.hpp"

#include "commands/convert/report_json.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/sha256.hpp"
#include "support/json.hpp"

namespace stateferry::cli {
namespace {

void write_plugins(JsonText& json, const PluginRegistry& registry) {
  json.array("plugins", [&] {
    for (const PluginInfo& p : registry.list()) {
      if (!p.loaded) continue;
      json.object([&] {
        json.member("kind", plugin_kind_name(p.kind));
        json.member("name", p.name);
        json.member("version", p.version);
      });
    }
  });
}

void write_rules(JsonText& json, const RuleFile* rules) {
  json.array("rules", [&] {
    if (rules != nullptr) {
      for (const auto& source : rules->sources) {
        json.object([&] {
          json.member("file", source->name);
          json.member("sha256", sha256_hex(source->text));
        });
      }
    }
  });
  json.array("hazards-accepted", [&] {
    if (rules != nullptr) {
      for (const StepSpec& step : rules->steps) {
        for (const std::string& hazard : step.accept) {
          json.object([&] {
            json.member("step", step.id);
            json.member("hazard", hazard);
          });
        }
      }
    }
  });
}

}  // namespace

std::string record_text(const RunReport& r, const ConvertJob& job, const ConvertOptions& o,
                        const RuleFile* rules, const RecordSums& sums,
                        const PluginRegistry& registry) {
  JsonText json;
  json.object([&] {
    json.member("schema", "stateferry/record/1");
    json.member("stateferry", STATEFERRY_VERSION);
    write_plugins(json, registry);
    json.object("input", [&] {
      json.member("file", without_secrets(job.in));
      json.member("sha256", sums.input);
    });
    json.object("output", [&] {
      json.member("file", without_secrets(job.out));
      json.member("written", r.committed);
      if (r.committed) json.member("sha256", sums.output);
    });
    write_rules(json, rules);
    if (!sums.uids.empty()) {
      json.object("uids", [&] {
        json.member("file", o.uids);
        json.member("sha256", sums.uids);
      });
    }
    write_counts(json, r);
  });
  return json.text() + "\n";
}

}  // namespace stateferry::cli
