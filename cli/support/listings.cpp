#include "support/listings.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/holds_state.hpp"
#include "stateferry/model/visit.hpp"
#include "stateferry/rules/where.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/console.hpp"
#include "support/table.hpp"

namespace stateferry::cli {
namespace {

Selector selector_of(const std::string& text) {
  Selector where;
  if (!text.empty()) {
    DiagnosticList problems;
    auto parsed = parse_where("--where", text, problems);
    if (!parsed) {
      for (std::size_t i = 0; i + 1 < problems.all().size(); ++i) say(problems.all()[i]);
      throw Error(problems.all().back());
    }
    where = std::move(*parsed);
  }
  // A list is of all that is there; a step that leaves kinds out means the absolute ones.
  if (where.handles.empty()) {
    where.handles.assign(std::begin(kAllLocationKinds), std::end(kAllLocationKinds));
  }
  return where;
}

// Lists handles in the order of the file.
class HandleLister final : public TreeVisitor {
 public:
  HandleLister(LocationFilter& filter, std::vector<HandleRow>& rows)
      : filter_(filter), rows_(rows) {}

  void enter_operator(const OperatorKey& op) override { filter_.enter_operator(op); }
  void handle(StreamStateHandle& handle, const Location& location) override {
    std::string text = to_utf8(location.text);
    const auto normal =
        is_absolute(location.kind) ? normalize_flink_path(text) : std::optional<std::string>();
    if (!filter_.selects(location, normal ? *normal : text)) return;
    rows_.push_back({location.path->text(), location.kind, primary_role(location.roles),
                     location.op == nullptr ? kNoOperator : location.op->index, std::move(text),
                     state_size_of(handle)});
  }

 private:
  LocationFilter& filter_;
  std::vector<HandleRow>& rows_;
};

std::string operator_text(const Inventory& inventory, std::uint32_t op) {
  if (op >= inventory.operators.size()) return {};
  const OperatorInventory& figures = inventory.operators[op];
  return stateferry::operator_text(figures.uid, figures.hash);
}

// In front those that `less` says; equal ones keep their order.
template <class T, class Less>
void arrange(std::vector<T>& order, bool sorted, Less&& less) {
  if (sorted) std::stable_sort(order.begin(), order.end(), less);
}

// Leaves the first `top`, unless it is 0, and returns how many were more.
template <class T>
std::uint64_t cut(std::vector<T>& order, std::size_t top) {
  if (top == 0 || order.size() <= top) return 0;
  const std::uint64_t more = order.size() - top;
  order.resize(top);
  return more;
}

void write_operator_members(JsonText& json, const Inventory& inventory, std::uint32_t op) {
  const std::string text = operator_text(inventory, op);
  json.member("operator", text.empty() ? std::nullopt : std::optional(text));
  const bool named = !text.empty() && !inventory.operators[op].name.empty();
  json.member("operator-name", named ? std::optional(inventory.operators[op].name) : std::nullopt);
}

std::string role_text(Role role) {
  return role == Role::none ? "-" : std::string(role_name(role));
}

}  // namespace

std::string rest_text(std::uint64_t cut) {
  return cut > 0 ? "  … and " + grouped(cut) + " more\n" : std::string();
}

void add_listing_options(CLI::App& app, ListingOptions& options) {
  app.add_flag("--files", options.files, "list each file that is referred to, once");
  app.add_flag("--operators", options.operators, "list the operators");
  app.add_flag("--handles", options.handles, "list each handle");
  app.add_option("--where", options.where,
                 "list only what a rule step would select: '{role: incremental-shared}'")
      ->type_name("WHERE");
  app.add_option("--sort", options.sort, "order of the lists: largest first, or (default size)")
      ->check(CLI::IsMember({"size", "name", "handles", "file"}))
      ->type_name("size|name|handles|file");
  app.add_option("--top", options.top, "list so many at most")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}))
      ->type_name("N");
  app.add_flag("--jsonl", options.jsonl, "one list, a JSON object a line");
}

void check_listing_options(const ListingOptions& o, bool json) {
  const int lists = int{o.files} + int{o.operators} + int{o.handles};
  if (o.jsonl && json) {
    throw Error("E-ARG-USAGE", "--json and --jsonl exclude each other", "leave one away");
  }
  if (o.jsonl && lists != 1) {
    throw Error("E-ARG-USAGE", "--jsonl prints one list",
                "say which: --files, --operators or --handles");
  }
  if (!o.where.empty() && lists == 0) {
    throw Error("E-ARG-USAGE", "--where narrows down a list",
                "say which: --files, --operators or --handles");
  }
}

FileOrder order_of(const ReferenceList& files, const ListingOptions& options) {
  FileOrder order;
  order.shown.resize(files.size());
  std::iota(order.shown.begin(), order.shown.end(), 0U);
  // A row of the list is a copy, so what is compared is taken out once.
  if (options.sort == "name") {
    std::vector<std::string> uris;
    for (const Reference& file : files) uris.push_back(file.uri);
    arrange(order.shown, true, [&](std::uint32_t a, std::uint32_t b) { return uris[a] < uris[b]; });
  } else {
    std::vector<std::uint64_t> keys;
    for (const Reference& file : files) {
      keys.push_back(options.sort == "handles" ? file.handles : file.size.value_or(file.at_least));
    }
    arrange(order.shown, options.sort != "file",
            [&](std::uint32_t a, std::uint32_t b) { return keys[a] > keys[b]; });
  }
  order.cut = cut(order.shown, options.top);
  return order;
}

Listings::Listings(const ListingOptions& options, PartReader& snapshot, std::string base_uri,
                   std::string file_system, const OperatorNames* names)
    : options_(options),
      snapshot_(snapshot),
      base_uri_(std::move(base_uri)),
      file_system_(std::move(file_system)),
      names_(names),
      where_(selector_of(options.where)) {}

LocationFilter Listings::filter() const {
  return LocationFilter(where_, base_uri_, file_system_, names_);
}

std::vector<std::uint32_t> Listings::operators(const Inventory& inventory) {
  LocationFilter only = filter();
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < inventory.operators.size(); ++i) {
    const OperatorInventory& op = inventory.operators[i];
    const std::string uid = from_utf8(op.uid);
    const std::string name = from_utf8(op.name);
    const OperatorKey key{i, operator_id_from_hex(op.hash).value(), uid, name};
    only.enter_operator(key);
    if (only.selects_operator(key)) order.push_back(i);
  }
  only.check_names();
  const auto& all = inventory.operators;
  const auto text = [&](std::uint32_t i) { return all[i].uid.empty() ? all[i].hash : all[i].uid; };
  arrange(order, options_.sort != "file", [&](std::uint32_t a, std::uint32_t b) {
    if (options_.sort == "name") return text(a) < text(b);
    return all[a].total_bytes + all[a].coordinator_bytes >
           all[b].total_bytes + all[b].coordinator_bytes;
  });
  operators_cut_ = cut(order, options_.top);
  return order;
}

References Listings::references() {
  LocationFilter only = filter();
  References found = collect_references(snapshot_, base_uri_, file_system_, &only);
  only.check_names();
  return found;
}

Listings::Files Listings::files() {
  Files found{references(), {}};
  found.order = order_of(found.references.files, options_);
  return found;
}

std::vector<HandleRow> Listings::handles() {
  LocationFilter only = filter();
  std::vector<HandleRow> rows;
  HandleLister lister(only, rows);
  TreeWalk walk(lister);
  snapshot_.read(walk);
  only.check_names();
  const bool by_name = options_.sort == "name";
  arrange(rows, options_.sort != "file", [&](const HandleRow& a, const HandleRow& b) {
    return by_name ? a.location < b.location : a.bytes > b.bytes;
  });
  return rows;
}

std::string Listings::tables_text(const Inventory& inventory) {
  std::string text;
  if (options_.files) {
    const Files list = files();
    Table table({"FILE", "ROLE", "OPERATOR", ">HANDLES", ">SIZE"});
    for (const std::uint32_t i : list.order.shown) {
      const Reference file = list.references.files[i];
      const std::string op = operator_text(inventory, file.op);
      const std::string size = human_size(file.size.value_or(file.at_least));
      table.row({file.uri, role_text(file.role), op.empty() ? "-" : op, grouped(file.handles),
                 file.size ? size : "≥ " + size});
    }
    text += "\nfiles\n" + table.text(2) + rest_text(list.order.cut);
  }
  if (options_.handles) {
    std::vector<HandleRow> rows = handles();
    const std::uint64_t more = cut(rows, options_.top);
    Table table({"PLACE", "KIND", "ROLE", "OPERATOR", "LOCATION", ">SIZE"});
    for (const HandleRow& row : rows) {
      const std::string op = operator_text(inventory, row.op);
      table.row({row.path, std::string(location_kind_name(row.kind)), role_text(row.role),
                 op.empty() ? "-" : op, row.location, human_size(row.bytes)});
    }
    text += "\nhandles\n" + table.text(2) + rest_text(more);
  }
  return text;
}

void Listings::write_file(JsonText& json, const Inventory& inventory, const Reference& file) const {
  json.object([&] {
    json.member("uri", file.uri);
    json.member("bytes", file.size);
    json.member("at-least-bytes", file.at_least);
    json.member("role", role_name(file.role));
    write_operator_members(json, inventory, file.op);
    json.member("handles", file.handles);
    json.member("relative", file.relative);
    json.member("segments", file.segments);
  });
}

void Listings::write_handle(JsonText& json, const Inventory& inventory, const HandleRow& row,
                            std::string_view snapshot) const {
  json.object([&] {
    if (!snapshot.empty()) json.member("snapshot", snapshot);
    json.member("path", row.path);
    json.member("kind", location_kind_name(row.kind));
    json.member("role", role_name(row.role));
    write_operator_members(json, inventory, row.op);
    json.member("location", row.location.empty() ? std::nullopt : std::optional(row.location));
    json.member("bytes", row.bytes);
  });
}

void Listings::write_members(JsonText& json, const Inventory& inventory) {
  if (options_.files) {
    const Files list = files();
    json.member("file-count", std::uint64_t{list.references.files.size()});
    json.array("files", list.order.shown,
               [&](std::uint32_t i) { write_file(json, inventory, list.references.files[i]); });
  }
  if (options_.handles) {
    std::vector<HandleRow> rows = handles();
    json.member("handle-count", std::uint64_t{rows.size()});
    cut(rows, options_.top);
    json.array("handle-list", rows,
               [&](const HandleRow& row) { write_handle(json, inventory, row); });
  }
}

void Listings::print_lines(const Inventory& inventory, std::string_view snapshot) {
  const auto line = [&](auto&& write) {
    JsonText json(JsonText::Style::compact);
    write(json);
    print_exactly(json.text() + "\n");
  };
  if (options_.files) {
    const Files list = files();
    for (const std::uint32_t i : list.order.shown) {
      line([&](JsonText& json) { write_file(json, inventory, list.references.files[i]); });
    }
    return;
  }
  std::vector<HandleRow> rows = handles();
  cut(rows, options_.top);
  for (const HandleRow& row : rows) {
    line([&](JsonText& json) { write_handle(json, inventory, row, snapshot); });
  }
}

}  // namespace stateferry::cli
