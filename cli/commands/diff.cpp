// diff: what is different in two snapshots, and where growth comes from.
#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/snapshot_diff.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/json.hpp"
#include "support/operator_names.hpp"
#include "support/snapshot_args.hpp"
#include "support/table.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs first;
  std::string second;
  std::string uids;
  bool detail = false;
  bool json = false;
};

// One of the two.
struct Side {
  std::string name;
  SnapshotMarks marks;
};

Side read_side(const std::string& argument, SnapshotRun& run, const OperatorNames* names) {
  const std::string chosen = run.chosen(argument);
  PartReader snapshot = run.parts(chosen);
  std::string base = run.args().base_uri;
  if (chosen != "-") base = directory_anywhere(chosen);
  // Relative files of a stream lie nowhere: they are told apart by their names.
  base = base.empty() ? "stdin:/" : normalize_flink_path(base).value_or(base);
  std::string name = snapshot.input().name();
  return {std::move(name), read_marks(snapshot, base, run.stores.default_file_system(), names)};
}

// ------------------------------------------------------------------------------ words

std::vector<std::string> words_of(const OperatorDifference& d) {
  if (!d.before) return {"added"};
  if (!d.after) return {"removed"};
  std::vector<std::string> words;
  if (d.renamed) words.emplace_back("renamed");
  if (d.rescaled) words.emplace_back("rescaled");
  if (d.resized) words.emplace_back("resized");
  if (d.handles.added.count + d.handles.gone.count > 0) words.emplace_back("handles");
  const bool files = d.files.added.count + d.files.gone.count > 0;
  if (d.otherwise) words.emplace_back("otherwise");
  // Relative handles that say the same of other files.
  if (words.empty() && files) words.emplace_back("files");
  return words;
}

std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// `4`, or `4 to 8`.
std::string from_to(const std::string& before, const std::string& after) {
  if (before.empty()) return after;
  return after.empty() || before == after ? before : before + " to " + after;
}

struct Counts {
  std::uint64_t same = 0, changed = 0, added = 0, removed = 0, renamed = 0;
};

Counts count_operators(const SnapshotDifference& d) {
  Counts counts;
  for (const OperatorDifference& op : d.operators) {
    if (!op.before) {
      ++counts.added;
    } else if (!op.after) {
      ++counts.removed;
    } else {
      ++(op.changed() ? counts.changed : counts.same);
      counts.renamed += op.renamed ? 1 : 0;
    }
  }
  return counts;
}

// ------------------------------------------------------------------------------ for people

std::string side_text(const Side& side) {
  std::string kind = side.marks.kind.type == SnapshotType::unknown
                         ? "snapshot"
                         : std::string(snapshot_type_name(side.marks.kind.type));
  return shown(side.name) + ": " + kind + " " + std::to_string(side.marks.checkpoint_id) +
         ", version " + std::to_string(side.marks.dialect.format_version);
}

std::string exchange_text(const Exchange& e) {
  const auto part = [](const CountedBytes& c, const char* word) {
    return grouped(c.count) + " " + word + (c.count > 0 ? " (" + human_size(c.bytes) + ")" : "");
  };
  return part(e.added, "new") + ", " + part(e.gone, "gone") + ", " + part(e.shared, "shared");
}

void print_operators(const SnapshotDifference& d, const Side& a, const Side& b) {
  Table table({"OPERATOR", "NAME", "CHANGE", "PARALLELISM", "STATE", ">NEW FILES", ">NEW BYTES",
               ">GONE BYTES"});
  for (const OperatorDifference& op : d.operators) {
    if (!op.changed()) continue;
    const OperatorMarks* before = op.before ? &a.marks.operators[*op.before] : nullptr;
    const OperatorMarks* after = op.after ? &b.marks.operators[*op.after] : nullptr;
    const auto both = [&](auto&& text_of) {
      return from_to(before == nullptr ? std::string() : text_of(*before),
                     after == nullptr ? std::string() : text_of(*after));
    };
    const std::string name = both([](const OperatorMarks& o) { return o.name; });
    table.row({both([](const OperatorMarks& o) { return o.text(); }), name.empty() ? "-" : name,
               joined_words(words_of(op)),
               both([](const OperatorMarks& o) { return std::to_string(o.parallelism); }),
               both([](const OperatorMarks& o) { return human_size(o.state_bytes); }),
               grouped(op.files.added.count), human_size(op.files.added.bytes),
               human_size(op.files.gone.bytes)});
  }
  if (!table.empty()) print("\noperators, those with most new bytes first\n" + table.text(2));
}

void print_files(const char* title, const std::vector<std::uint32_t>& files,
                 const References& references) {
  if (files.empty()) return;
  print(std::string("\n") + title + "\n");
  for (const std::uint32_t i : files) {
    const Reference file = references.files[i];
    std::string line = "  " + shown(file.uri) + "  " + std::string(role_name(file.role));
    if (const std::string op = references.operator_text(file); !op.empty()) {
      line += " of " + shown(op);
    }
    if (file.size) line += ", " + human_size(*file.size);
    print(line + "\n");
  }
}

void print_text(const SnapshotDifference& d, const Side& a, const Side& b, bool detail) {
  const Counts c = count_operators(d);
  print("from       " + side_text(a) + "\n");
  print("to         " + side_text(b) + "\n");
  if (d.same()) return print("the same\n");
  print("operators  " + grouped(c.same) + " the same, " + grouped(c.changed) + " changed" +
        (c.renamed > 0 ? " (" + grouped(c.renamed) + " renamed)" : "") + ", " + grouped(c.added) +
        " added, " + grouped(c.removed) + " removed\n");
  print("handles    " + exchange_text(d.handles) + "\n");
  print("files      " + exchange_text(d.files) + "\n");
  if (d.format) {
    print("format     " + to_string(a.marks.dialect) + " to " + to_string(b.marks.dialect) + "\n");
  }
  if (d.rest) print("also       master states or properties are others\n");
  print_operators(d, a, b);
  if (!detail) return;
  print_files("new files", d.new_files, b.marks.references);
  print_files("files that are gone", d.gone_files, a.marks.references);
}

// ------------------------------------------------------------------------------ for programs

void write_exchange(JsonText& json, const char* name, const Exchange& e) {
  json.object(name, [&] {
    const auto part = [&](const char* word, const CountedBytes& c) {
      json.object(word, [&] {
        json.member("count", c.count);
        json.member("bytes", c.bytes);
      });
    };
    part("new", e.added);
    part("gone", e.gone);
    part("shared", e.shared);
  });
}

void write_side(JsonText& json, const char* name, const Side& side) {
  json.object(name, [&] {
    json.member("file", side.name);
    json.member("checkpoint-id", side.marks.checkpoint_id);
    json.member("snapshot", snapshot_type_name(side.marks.kind.type));
    json.member("format-version", side.marks.dialect.format_version);
    json.member("dialect", to_string(side.marks.dialect));
    json.member("operators", std::uint64_t{side.marks.operators.size()});
  });
}

void write_operator(JsonText& json, const char* name, const Side& side,
                    const std::optional<std::uint32_t>& index) {
  if (!index) {
    json.key(name);
    return json.null();
  }
  const OperatorMarks& op = side.marks.operators[*index];
  json.object(name, [&] {
    const auto text = [&](const char* key, const std::string& value) {
      json.member(key, value.empty() ? std::nullopt : std::optional(value));
    };
    text("operator-name", op.name);
    text("operator-uid", op.uid);
    json.member("operator-uid-hash", op.hash);
    json.member("operator-parallelism", op.parallelism);
    json.member("operator-max-parallelism", op.max_parallelism);
    json.member("state-bytes", op.state_bytes);
  });
}

void write_files(JsonText& json, const char* name, const std::vector<std::uint32_t>& files,
                 const References& references) {
  json.objects(name, files, [&](std::uint32_t i) {
    const Reference file = references.files[i];
    json.member("uri", file.uri);
    json.member("bytes", file.size);
    json.member("role", role_name(file.role));
    if (const std::string op = references.operator_text(file); !op.empty()) {
      json.member("operator", op);
    }
  });
}

void print_document_of(const SnapshotDifference& d, const Side& a, const Side& b, bool detail) {
  const Counts c = count_operators(d);
  print_document("stateferry/diff/1", [&](JsonText& json) {
    json.member("same", d.same());
    write_side(json, "from", a);
    write_side(json, "to", b);
    json.member("checkpoint-changed", d.checkpoint);
    json.member("format-changed", d.format);
    json.member("rest-changed", d.rest);
    json.member("operators-same", c.same);
    json.member("operators-changed", c.changed);
    json.member("operators-renamed", c.renamed);
    json.member("operators-added", c.added);
    json.member("operators-removed", c.removed);
    write_exchange(json, "handles", d.handles);
    write_exchange(json, "files", d.files);
    json.array("operators", d.operators, [&](const OperatorDifference& op) {
      if (!op.changed()) return;
      json.object([&] {
        json.values("changes", words_of(op));
        write_operator(json, "from", a, op.before);
        write_operator(json, "to", b, op.after);
        write_exchange(json, "handles", op.handles);
        write_exchange(json, "files", op.files);
      });
    });
    if (!detail) return;
    write_files(json, "new-files", d.new_files, b.marks.references);
    write_files(json, "gone-files", d.gone_files, a.marks.references);
  });
}

ExitCode diff(const Options& o, const Context& context) {
  if (o.first.snapshot == "-" && o.second == "-") {
    throw Error("E-ARG-USAGE", "stdin can be one of the two snapshots only",
                "name a file for the other");
  }
  SnapshotRun run(o.first, context);
  const LoadedNames loaded = load_operator_names(o.uids);
  const Side a = read_side(o.first.snapshot, run, loaded.names.get());
  const Side b = read_side(o.second, run, loaded.names.get());
  const SnapshotDifference d = compare(a.marks, b.marks);
  if (o.json) {
    print_document_of(d, a, b, o.detail);
  } else {
    print_text(d, a, b, o.detail || context.global.verbose > 0);
  }
  return d.same() ? ExitCode::ok : ExitCode::findings;
}

}  // namespace

void declare_diff(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  app.add_option("A", o->first.snapshot, "_metadata file or its directory, a path or URI, or -")
      ->required()
      ->type_name("");
  app.add_option("B", o->second, "the same, of the snapshot that is compared with it")
      ->required()
      ->type_name("");
  add_latest_option(app, o->first);
  app.add_option("--base-uri", o->first.base_uri, "where the snapshot lives that stdin has")
      ->type_name("URI");
  add_default_scheme_option(app, o->first.default_scheme);
  add_uids_option(app, o->uids);
  app.add_flag("--detail", o->detail, "name each file that is new or gone, too, as -v does");
  app.add_flag("--json", o->json, "one JSON document");
  add_store_options(app, o->first.stores, false);
  app.footer(
      "Examples:\n"
      "  stateferry diff s3://bucket/flink/job/chk-8 s3://bucket/flink/job/chk-9\n"
      "  stateferry diff --json old new | jq '.operators[0].to[\"operator-uid\"]'");
  app.callback([&, o] { run = [&, o] { return diff(*o, context); }; });
}

}  // namespace stateferry::cli
