#include "commands/inspect_many.hpp"

#include <algorithm>
#include <set>

#include "commands/inspect_one.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/counted.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/console.hpp"
#include "support/shared_files.hpp"
#include "support/table.hpp"

namespace stateferry::cli {
namespace {

// So many sets of snapshots are shown to people: most jobs have fewer.
constexpr std::size_t kSetsShown = 20;

// What the table of all says of one snapshot.
struct Row {
  std::string name;
  Verdict verdict = Verdict::relocatable;
  SnapshotKind kind;
  std::int64_t checkpoint_id = 0;
  std::size_t operators = 0;
  std::string tables;  // of its operators and handles, where asked for
};

std::string without_pointer(std::string name) {
  constexpr std::string_view kPointer = "/_metadata";
  if (name.ends_with(kPointer)) name.resize(name.size() - kPointer.size());
  return name;
}

void write_file(JsonText& json, const SharedFiles& shared, std::uint32_t i) {
  const SharedFiles::File file = shared.file(i);
  const Reference& r = file.reference;
  const auto known = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  json.object([&] {
    json.member("uri", r.uri);
    json.member("bytes", r.size);
    json.member("at-least-bytes", r.at_least);
    json.member("role", role_name(r.role));
    json.member("operator", known(*file.op));
    json.member("operator-name", known(*file.op_name));
    json.member("handles", r.handles);
    json.member("relative", r.relative);
    json.member("segments", r.segments);
    json.values("snapshots", shared.members(file.set));
  });
}

class ManyRun {
 public:
  ManyRun(const ListingOptions& lists, bool json, SnapshotRun& run, const OperatorNames* names)
      : lists_(lists), one_lists_(lists), json_wanted_(json), run_(run), names_(names) {
    one_lists_.files = false;  // those of all are one list
  }

  void read(const std::vector<std::string>& snapshots) {
    JsonText json;
    json.begin_object();
    json.member("schema", "stateferry/inspect-many/1");
    json.array("snapshots", snapshots, [&](const std::string& one) { add(one, json); });
    name_all();
    if (json_wanted_) {
      write_shared(json);
      json.end_object();
      print_json(json);
    } else if (lists_.jsonl) {
      if (lists_.files) print_file_lines();
    } else {
      print_all();
    }
  }

 private:
  void add(const std::string& argument, JsonText& json);
  void name_all();
  std::string names_of(const std::vector<std::uint32_t>& snapshots) const;
  void print_all() const;
  void print_snapshots() const;
  void print_shares() const;
  void print_files() const;
  void write_shared(JsonText& json) const;
  void print_file_lines() const;
  void print_operator_lines(const Inventory& inventory, Listings& lists, const std::string& name);

  const ListingOptions& lists_;
  ListingOptions one_lists_;
  const bool json_wanted_;
  SnapshotRun& run_;
  const OperatorNames* const names_;
  std::vector<Row> rows_;
  std::vector<std::string> labels_;
  std::set<std::string> known_;
  SharedFiles shared_;
};

void ManyRun::add(const std::string& argument, JsonText& json) {
  if (!known_.insert(argument == "-" ? argument : canonical_uri(pointer_uri(argument))).second) {
    throw Error({.code = "E-ARG-USAGE",
                 .message = "this snapshot is named twice",
                 .subject = argument,
                 .hint = "name each once: they are compared"});
  }
  PartReader snapshot = run_.parts(argument);
  const std::string name = snapshot.input().name();
  const std::string base = directory_anywhere(argument);
  const std::string& file_system = run_.stores.default_file_system();
  const Inventory inventory =
      take_inventory(snapshot, run_.registry.dialects(), base, file_system, names_);
  Listings lists(one_lists_, snapshot, base, file_system, names_);
  // What is shared is told of all files, but where a list of some is asked for.
  shared_.add(inventory,
              lists_.files ? lists.references() : collect_references(snapshot, base, file_system));
  Row& row = rows_.emplace_back(Row{name,
                                    inventory.verdict,
                                    inventory.kind,
                                    inventory.checkpoint_id,
                                    inventory.operators.size(),
                                    {}});
  if (json_wanted_) {
    json.object([&] { write_inventory_members(json, inventory, name, &lists); });
  } else if (lists_.jsonl) {
    if (lists_.operators) print_operator_lines(inventory, lists, name);
    if (lists_.handles) lists.print_lines(inventory, name);
  } else {
    if (lists_.operators) {
      const std::vector<std::uint32_t> shown = lists.operators(inventory);
      row.tables = operators_text(inventory, shown) + rest_text(lists.operators_cut());
    }
    row.tables += lists.tables_text(inventory);
  }
}

// By the last names of their directories where these are different, else as they were named.
void ManyRun::name_all() {
  std::set<std::string> different;
  for (const Row& row : rows_) {
    labels_.push_back(without_pointer(row.name));
    different.insert(labels_.back().substr(labels_.back().rfind('/') + 1));
  }
  if (different.size() != rows_.size()) return;
  for (std::string& label : labels_) label.erase(0, label.rfind('/') + 1);
}

// `chk-1 … chk-4, chk-7`.
std::string ManyRun::names_of(const std::vector<std::uint32_t>& snapshots) const {
  if (snapshots.size() == rows_.size()) return "all";
  std::string text;
  for (std::size_t i = 0; i < snapshots.size();) {
    std::size_t end = i + 1;
    while (end < snapshots.size() && snapshots[end] == snapshots[end - 1] + 1) ++end;
    text += (text.empty() ? "" : ", ") + labels_[snapshots[i]];
    if (end - i > 1) text += (end - i > 2 ? " … " : ", ") + labels_[snapshots[end - 1]];
    i = end;
  }
  return text;
}

void ManyRun::print_all() const {
  print_snapshots();
  print_shares();
  if (lists_.files) print_files();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (!rows_[i].tables.empty()) print("\n" + bold(shown(rows_[i].name)) + rows_[i].tables);
  }
}

void ManyRun::print_snapshots() const {
  Table table({"SNAPSHOT", "VERDICT", "KIND", ">ID", ">OPERATORS", ">FILES", ">SIZE", ">SHARED"});
  const std::vector<SharedFiles::Sum> sums = shared_.sums();
  std::set<Verdict> verdicts;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    const SharedFiles::Sum& sum = sums[i];
    const std::string least = sum.exact ? "" : "≥ ";
    verdicts.insert(row.verdict);
    table.row({labels_[i], verdict_name(row.verdict), kind_text(row.kind),
               std::to_string(row.checkpoint_id), grouped(row.operators), grouped(sum.files),
               least + human_size(sum.bytes), human_size(sum.shared_bytes)});
  }
  print(bold(count_of(rows_.size(), "snapshot")) + "\n" + table.text(2));
  for (const Verdict verdict : verdicts) {
    print("  " + bold(verdict_name(verdict)) + ": " + verdict_text(verdict) + "\n");
  }
}

void ManyRun::print_shares() const {
  std::vector<SharedFiles::Share> shares = shared_.shares();
  if (shares.empty()) return;
  const std::uint64_t cut = shares.size() > kSetsShown ? shares.size() - kSetsShown : 0;
  if (cut > 0) shares.resize(kSetsShown);
  Table table({"NEEDED BY", ">FILES", ">SIZE"});
  for (const SharedFiles::Share& share : shares) {
    table.row({names_of(share.snapshots), grouped(share.files), human_size(share.bytes)});
  }
  print("\nfiles by who needs them: " + count_of(shared_.files().size(), "file") + "\n" +
        table.text(2) + rest_text(cut));
}

void ManyRun::print_files() const {
  const FileOrder order = order_of(shared_.files(), lists_);
  Table table({"FILE", "ROLE", "OPERATOR", ">HANDLES", ">SIZE", "NEEDED BY"});
  for (const std::uint32_t i : order.shown) {
    const SharedFiles::File file = shared_.file(i);
    const Reference& r = file.reference;
    const std::string size = human_size(r.size.value_or(r.at_least));
    table.row({r.uri, r.role == Role::none ? "-" : std::string(role_name(r.role)),
               file.op->empty() ? "-" : *file.op, grouped(r.handles), r.size ? size : "≥ " + size,
               names_of(shared_.members(file.set))});
  }
  print("\nfiles\n" + table.text(2) + rest_text(order.cut));
}

void ManyRun::write_shared(JsonText& json) const {
  json.member("file-count", std::uint64_t{shared_.files().size()});
  json.objects("sharing", shared_.shares(), [&](const SharedFiles::Share& share) {
    json.values("snapshots", share.snapshots);
    json.member("files", share.files);
    json.member("bytes", share.bytes);
  });
  if (!lists_.files) return;
  json.array("files", order_of(shared_.files(), lists_).shown,
             [&](std::uint32_t i) { write_file(json, shared_, i); });
}

void ManyRun::print_file_lines() const {
  for (const std::uint32_t i : order_of(shared_.files(), lists_).shown) {
    JsonText json(JsonText::Style::compact);
    write_file(json, shared_, i);
    print_exactly(json.text() + "\n");
  }
}

void ManyRun::print_operator_lines(const Inventory& inventory, Listings& lists,
                                   const std::string& name) {
  for (const std::uint32_t i : lists.operators(inventory)) {
    JsonText json(JsonText::Style::compact);
    json.object([&] {
      json.member("snapshot", name);
      write_operator_columns(json, inventory, inventory.operators[i]);
    });
    print_exactly(json.text() + "\n");
  }
}

}  // namespace

void inspect_many(const std::vector<std::string>& snapshots, const ListingOptions& lists, bool json,
                  SnapshotRun& run, const OperatorNames* names) {
  if (!run.args().base_uri.empty()) {
    throw Error("E-ARG-USAGE", "--base-uri is where one snapshot lies, and here are several",
                "leave it away, or name one snapshot");
  }
  ManyRun(lists, json, run, names).read(snapshots);
}

}  // namespace stateferry::cli
