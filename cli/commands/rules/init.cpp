#include <algorithm>
#include <set>

#include "commands/rules/rules_commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/model/dump.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/inventory.hpp"
#include "support/json.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {
namespace {

struct InitOptions {
  SnapshotArgs in;
  std::string target;  // as the user writes it; empty: none
};

// A text as it may stand in a rule file, whatever is in it: JSON's strings are YAML's, too, and
// `${` would be a variable.
std::string yaml_text(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "${") plain += '$';
    plain += text[i];
  }
  return json_string(plain);
}

// A root and what its files are to lie below, under the target.
struct Part {
  std::string from;
  std::string below;  // `/name`, or empty where there is one root alone
  std::uint64_t locations = 0;
};

// A name that no other part has: the bucket or host, else the scheme.
std::string part_name(const std::string& root, std::set<std::string>& taken) {
  const FlinkPathParts parts = split_flink_path(root);
  std::string name(parts.authority.empty() ? parts.scheme : parts.authority);
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    if (!plain) c = '-';
  }
  if (name.empty()) name = "files";
  std::string unique = name;
  for (int i = 2; !taken.insert(unique).second; ++i) unique = name + "-" + std::to_string(i);
  return "/" + unique;
}

std::vector<Part> parts_of(const Inventory& inventory) {
  std::vector<Part> parts;
  std::set<std::string> taken;
  const bool several = inventory.roots.all().size() > 1;
  for (const auto& [store, root] : inventory.roots.all()) {
    parts.push_back(
        {root.uri, several ? part_name(root.uri, taken) : std::string(), root.locations});
  }
  return parts;
}

// Where the test of the file moves to, when the user has not said it.
std::string example_target(const std::vector<Part>& parts) {
  const bool bare = !has_scheme(parts.front().from);
  return bare ? "/stateferry-example/flink" : "s3://stateferry-example/flink";
}

void refuse_nested(const std::vector<Part>& parts, const std::string& target) {
  for (const Part& part : parts) {
    if (!below_prefix(target, part.from) && !below_prefix(part.from, target)) continue;
    throw Error("E-ARG-USAGE",
                "DST lies below what moves, or the other way round: " + shown(part.from),
                "a rule file that is applied twice would move it again; name a place beside it");
  }
}

std::string head(const std::string& snapshot, const Inventory& inventory,
                 const std::vector<Part>& parts) {
  std::string text =
      "# Made from " + shown(snapshot) + "\n#\n# " + verdict_text(inventory.verdict) + ".\n";
  for (const Part& part : parts) {
    text += "#   " + grouped(part.locations) + " locations below " + shown(part.from) + "\n";
  }
  if (inventory.inline_uris.count > 0) {
    text += "# Inline state of user code holds " + grouped(inventory.inline_uris.count) +
            " URIs, too. No rule rewrites them: 'stateferry inspect' names them.\n";
  }
  return text;
}

// For a snapshot that can be copied as it is.
std::string nothing_to_move() {
  return "#\n# Nothing has to be rewritten. This holds it against the next snapshot.\n"
         "rules: \"v1\"\n"
         "name: stay\n\n"
         "steps:\n"
         "  - {id: nothing-absolute, uses: assert.none}\n";
}

std::string variable(const std::string& target) {
  std::string text =
      "vars:\n"
      "  to:\n"
      "    type: uri-prefix\n";
  text += target.empty() ? "    required: true  # --set to=URI\n"
                         : "    default: " + yaml_text(target) + "\n";
  return text + "    description: the directory that holds the copies\n\n";
}

std::string step(const std::vector<Part>& parts) {
  std::string text =
      "steps:\n"
      "  - id: move\n";
  if (parts.size() == 1) {
    text += "    uses: uri.replace-prefix\n    with: {from: " + yaml_text(parts.front().from) +
            ", to: \"${to}\"}\n";
  } else {
    text += "    uses: uri.map-prefix\n    with:\n      map:\n";
    for (const Part& part : parts) {
      text += "        " + yaml_text(part.from) + ": \"${to}" + part.below + "\"\n";
    }
  }
  return text +
         "    # Every absolute location is moved, or was moved before. What lies elsewhere stops "
         "the "
         "run.\n"
         "    expect: {unmatched: 0}\n\n";
}

std::string tests(const std::vector<Part>& parts, const std::string& target) {
  const std::string to = target.empty() ? example_target(parts) : target;
  const std::string vars =
      target.empty() ? "    vars: {to: " + yaml_text(to) + "}\n" : std::string();
  std::string moved = "tests:\n  - name: files move with their directory\n" + vars + "    uris:\n";
  std::string stays = "  - name: what was moved already stays\n" + vars + "    uris:\n";
  for (const Part& part : parts) {
    const std::string before = join_uri(part.from, "example/file");
    const std::string after = join_uri(to + part.below, "example/file");
    moved += "      " + yaml_text(before) + ": " + yaml_text(after) + "\n";
    stays += "      " + yaml_text(after) + ": null\n";
  }
  return moved + stays;
}

ExitCode init(const InitOptions& o, const Context& context) {
  SnapshotRun run(o.in, context);
  PartReader snapshot = run.parts();
  const std::string name = snapshot.input().name();
  const Inventory inventory = take_inventory(snapshot, run.registry.dialects(), run.base(),
                                             run.stores.default_file_system(), nullptr);
  const std::vector<Part> parts = parts_of(inventory);
  std::string text = head(name, inventory, parts);
  if (parts.empty()) {
    print_exactly(text + nothing_to_move());
    return ExitCode::ok;
  }
  const std::string target =
      o.target.empty() ? std::string() : without_slash(uri_of_argument(o.target));
  if (!target.empty()) refuse_nested(parts, target);
  text +=
      "#\n# The files are copied by stateferry or by something else, with their layout kept; this "
      "makes _metadata\n# point at the copies:  stateferry convert -r FILE OLD NEW\n"
      "rules: \"v1\"\n"
      "name: move\n\n";
  print_exactly(text + variable(target) + step(parts) + tests(parts, target));
  return ExitCode::ok;
}

}  // namespace

void declare_rules_init(CLI::App& rules, Context& context, Run& run) {
  CLI::App* app =
      rules.add_subcommand("init", "print a first rule file for a snapshot, with its tests");
  const auto o = std::make_shared<InitOptions>();
  add_snapshot_argument(*app, o->in, "_metadata file or its directory, a path or URI, or -");
  app->add_option("DST", o->target, "where the copies lie; without it the rules ask for it")
      ->type_name("");
  add_place_options(*app, o->in);
  add_store_options(*app, o->in.stores, false);
  app->footer(
      "Example:\n  stateferry rules init savepoint-b9888f s3://new/flink >move.yaml\n"
      "  stateferry rules test move.yaml");
  app->callback([&, o] { run = [&, o] { return init(*o, context); }; });
}

}  // namespace stateferry::cli
