#include "commands/inspect_one.hpp"

#include <numeric>

#include "stateferry/diag/shown.hpp"
#include "support/console.hpp"
#include "support/inline_uris.hpp"
#include "support/table.hpp"

namespace stateferry::cli {
namespace {

// `Flink 1.20 and later`; what decides it is a line of its own.
std::string readers_text(const Inventory& i) {
  if (!i.released) return "no released Flink";
  if (!i.readers) return "no Flink reads it as it is";
  const Readers& r = *i.readers;
  const std::string text = "Flink " + to_string(r.oldest);
  if (r.newest == newest_release().release) return text + " and later";
  return text + (r.newest == r.oldest ? " only" : " to " + to_string(r.newest));
}

void print_readers(const Inventory& i) {
  print("  read by     " + readers_text(i) + "\n");
  if (!i.readers) return;
  std::string why = "  because     " + i.readers->reason;
  if (!i.readers->place.empty()) why += " (" + shown(i.readers->place) + ")";
  print(why + "\n");
}

void write_readers(JsonText& json, const Inventory& i) {
  const auto release = [&](const char* name, bool known, FlinkRelease value) {
    json.key(name);
    if (known) {
      json.value(to_string(value));
    } else {
      json.null();
    }
  };
  const Readers readers = i.readers.value_or(Readers{});
  // Nothing for the newest release: later ones are expected to read it, too.
  const bool ends = i.readers && readers.newest != newest_release().release;
  release("oldest-flink", i.readers.has_value(), readers.oldest);
  release("newest-flink", ends, readers.newest);
  if (!i.readers) return;
  json.object("oldest-flink-decided-by", [&] {
    json.member("construct", readers.construct);
    json.member("reason", readers.reason);
    json.member("place", readers.place);
  });
}

// The state of sources and sinks holds such lists of files that a table of all helps nobody.
void print_inline_uris(const InlineUris& uris) {
  constexpr std::size_t kShown = 20;
  if (uris.count == 0) return;
  print("\nURIs in inline state\n");
  Table table({"OPERATOR", "PLACE", "URI"});
  for (std::size_t k = 0; k < uris.first.size() && k < kShown; ++k) {
    const InlineUri& one = uris.first[k];
    const std::string op = one.operator_text();
    table.row({op.empty() ? "-" : op, one.path, one.uri});
  }
  print(table.text(2));
  if (uris.count > kShown) {
    print("  … and " + grouped(uris.count - kShown) + " more, the first thousand with --json\n");
  }
}

void print_head(const Inventory& i, const std::string& file) {
  print(bold(shown(file)) + "\n");
  print("  verdict     " + bold(verdict_name(i.verdict)) + ": " + verdict_text(i.verdict) + "\n");
  if (i.inline_uris.arrays > 0) {
    print("  note        " + count_of(i.inline_uris.arrays, "inline byte array") +
          " with storage URIs of user code; these are never rewritten\n");
  }
  print("  format      version " + std::to_string(i.dialect.format_version) + ", written by " +
        i.written_by + "\n");
  print("  snapshot    " + kind_text(i.kind) + ", checkpoint " + std::to_string(i.checkpoint_id) +
        "\n");
  print_readers(i);
}

// What there is besides lists that were asked for.
void print_overview(const Inventory& i) {
  if (!i.handles.empty()) {
    print("\nhandles\n");
    Table table({"KIND", ">COUNT"});
    for (const auto& [name, count] : i.handles) table.row({name, grouped(count)});
    print(table.text(2));
  }
  if (!i.roots.all().empty()) {
    print("\nroots of absolute URIs\n");
    Table table({"ROOT", ">LOCATIONS"});
    for (const auto& [store, root] : i.roots.all()) table.row({root.uri, grouped(root.locations)});
    print(table.text(2));
  }
  print_inline_uris(i.inline_uris);
}

// All as the file has them, but for a list that was asked for.
std::vector<std::uint32_t> all_operators(const Inventory& i) {
  std::vector<std::uint32_t> all(i.operators.size());
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

}  // namespace

std::string kind_text(const SnapshotKind& kind) {
  if (kind.type == SnapshotType::unknown) return "unknown kind";
  std::string text = kind.name.empty() ? std::string(snapshot_type_name(kind.type)) : kind.name;
  if (!kind.format.empty()) text += " (" + kind.format + ")";
  return shown(text);
}

std::string operators_text(const Inventory& i, const std::vector<std::uint32_t>& order) {
  if (i.operators.empty()) return {};
  Table table(
      {"#", "UID", "NAME", "HASH", ">PARALLELISM", ">MAX", ">SUBTASKS", ">COORDINATOR", ">STATE"});
  for (const std::uint32_t k : order) {
    const OperatorInventory& op = i.operators[k];
    std::string subtasks = std::to_string(op.subtasks);
    if (op.fully_finished) subtasks = "finished";
    if (op.finished_subtasks > 0) {
      subtasks += " (" + std::to_string(op.finished_subtasks) + " finished)";
    }
    table.row({std::to_string(k), op.uid.empty() ? "-" : op.uid, op.name.empty() ? "-" : op.name,
               op.hash, std::to_string(op.parallelism), std::to_string(op.max_parallelism),
               subtasks, human_size(op.coordinator_bytes), human_size(op.total_bytes)});
  }
  return "\noperators\n" + table.text(2);
}

void print_inventory(const Inventory& i, const std::string& file, const ListingOptions& options,
                     Listings& lists) {
  const std::vector<std::uint32_t> operators = lists.operators(i);
  print_head(i, file);
  if (options.operators || !options.any()) {
    print(operators_text(i, operators) + rest_text(lists.operators_cut()));
  }
  if (options.any()) {
    print(lists.tables_text(i));
  } else {
    print_overview(i);
  }
}

// The first eight members have the column names of Flink's savepoint_metadata table function.
void write_operator_columns(JsonText& json, const Inventory& i, const OperatorInventory& op) {
  json.member("checkpoint-id", i.checkpoint_id);
  const auto text_or_null = [&](const char* name, const std::string& text) {
    json.key(name);
    if (text.empty()) {
      json.null();
    } else {
      json.value(text);
    }
  };
  text_or_null("operator-name", op.name);
  text_or_null("operator-uid", op.uid);
  json.member("operator-uid-hash", op.hash);
  json.member("operator-parallelism", op.parallelism);
  json.member("operator-max-parallelism", op.max_parallelism);
  json.member("operator-coordinator-state-size-in-bytes", op.coordinator_bytes);
  json.member("operator-total-size-in-bytes", op.coordinator_bytes + op.total_bytes);
  json.member("subtasks", op.subtasks);
  json.member("finished-subtasks", op.finished_subtasks);
  json.member("fully-finished", op.fully_finished);
  json.member("inline-size-in-bytes", op.inline_bytes);
}

// `lists` may be null.
void write_inventory_members(JsonText& json, const Inventory& i, const std::string& file,
                             Listings* lists) {
  json.member("file", file);
  json.member("format-version", i.dialect.format_version);
  json.member("dialect", to_string(i.dialect));
  json.member("written-by", i.written_by);
  json.member("snapshot", snapshot_type_name(i.kind.type));
  if (!i.kind.name.empty()) json.member("snapshot-name", i.kind.name);
  if (!i.kind.format.empty()) json.member("snapshot-format", i.kind.format);
  json.member("checkpoint-id", i.checkpoint_id);
  write_readers(json, i);
  json.member("verdict", verdict_name(i.verdict));
  json.member("master-states", i.master_states);
  json.array(
      "operators",
      lists != nullptr && lists->options().operators ? lists->operators(i) : all_operators(i),
      [&](std::uint32_t k) {
        json.object([&] { write_operator_columns(json, i, i.operators[k]); });
      });
  json.object("handles", [&] {
    for (const auto& [name, count] : i.handles) json.member(name, count);
  });
  json.member("relative-files", i.relative_files);
  json.member("inline-uris", i.inline_uris.arrays);
  write_inline_uris(json, i.inline_uris);
  json.array("roots", [&] {
    for (const auto& entry : i.roots.all()) {
      const auto& root = entry.second;
      json.object([&] {
        json.member("uri", root.uri);
        json.member("locations", root.locations);
      });
    }
  });
  if (lists != nullptr) lists->write_members(json, i);
}

}  // namespace stateferry::cli
