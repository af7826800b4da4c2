#include "stateferry/transfer/verify.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "commands/commands.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/adoption.hpp"
#include "stateferry/transfer/missing.hpp"
#include "stateferry/transfer/source_roots.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/snapshot_args.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  SnapshotArgs in;
  std::string inside;
  bool strict = false;
  bool all = false;
  bool json = false;
};

// ------------------------------------------------------------------------------ where files lie

constexpr char kElsewhere = '>';
constexpr std::size_t kRootsShown = 10;

// A directory, and what lies in it by the places that names lead to: on local disks a link leads
// elsewhere.
class Inside {
 public:
  explicit Inside(const std::string& directory)
      : local_(scheme_of(directory) == "file"),
        directory_(directory.empty() ? directory : place_of(directory)) {}
  bool asked() const noexcept { return !directory_.empty(); }
  bool holds(const std::string& uri) const {
    return below_prefix(place_of(uri), directory_).has_value();
  }

 private:
  std::string place_of(const std::string& uri) const {
    if (!local_ || scheme_of(uri) != "file") return canonical_uri(uri);
    std::error_code error;
    const auto real = std::filesystem::weakly_canonical(local_path(uri), error);
    return error ? canonical_uri(uri) : "file:" + real.string();
  }

  const bool local_;
  const std::string directory_;
};

// Where the files lie that were found, and which of them lie elsewhere than they should.
struct Whereabouts {
  std::map<std::string, SourceRoot> roots;
  std::uint64_t elsewhere = 0;  // not inside of --inside
  std::uint64_t foreign = 0;    // outside of the snapshot's own tree
};

void count_in(Whereabouts& where, const Finding& f, const std::string& base) {
  const std::string root = root_of(f.uri, base);
  SourceRoot& at = where.roots.try_emplace(root, SourceRoot{root}).first->second;
  ++at.files;
  at.bytes += *f.found;
  if (root != tree_of(base)) ++where.foreign;
}

// The own tree first, then those with most files.
std::vector<SourceRoot> sorted_roots(const Whereabouts& where, const std::string& base) {
  const std::string own = tree_of(base);
  std::vector<SourceRoot> roots;
  for (const auto& entry : where.roots) roots.push_back(entry.second);
  std::stable_sort(roots.begin(), roots.end(), [&](const SourceRoot& a, const SourceRoot& b) {
    if ((a.uri == own) != (b.uri == own)) return a.uri == own;
    return a.files > b.files;
  });
  return roots;
}

std::string roots_text(const std::vector<SourceRoot>& roots) {
  std::string text;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    text += i == 0 ? "\nlie in     " : "\n           ";
    if (i == kRootsShown) {
      return text + "… and in " + grouped(roots.size() - i) + " more";
    }
    text += shown(roots[i].uri) + "  " + count_of(roots[i].files, "file");
  }
  return text;
}

std::string copied_text(const Whereabouts& where, const std::string& base, bool copied) {
  if (copied) {
    return "\nthe snapshot was copied by something else, and its handles still name the old place: "
           "'stateferry adopt' makes it right where it lies";
  }
  if (where.foreign == 0) return {};
  return "\n" + count_of(where.foreign, "file") + (where.foreign == 1 ? " lies" : " lie") +
         " outside of " + shown(tree_of(base)) +
         ": if this is a copy that was to hold all, it does not; 'stateferry adopt' makes copies "
         "right";
}

std::string sizes_text(const Finding& f) {
  if (f.mark != Mark::differs) return {};
  const Reference& r = *f.reference;
  return "  " + std::to_string(f.found.value_or(0)) + " bytes instead of " +
         (r.size ? std::to_string(*r.size) : "at least " + std::to_string(r.at_least));
}

void print_finding(const Finding& f, const References& references, char mark) {
  std::string line = std::string(1, mark) + " " + shown(f.uri) + sizes_text(f);
  if (f.reference != nullptr && mark != static_cast<char>(Mark::good)) {
    line += "  " + std::string(role_name(f.reference->role));
    if (const std::string op = references.operator_text(*f.reference); !op.empty()) {
      line += " of " + shown(op);
    }
    if (f.mark == Mark::missing && f.reference->relative) line += ", a relative handle";
  }
  print(line + "\n");
}

void write_finding(JsonText& json, const Finding& f, const References& references, char mark) {
  json.object([&] {
    json.member("mark", std::string(1, mark));
    json.member("uri", f.uri);
    if (f.found) json.member("bytes", *f.found);
    if (f.reference != nullptr) {
      const Reference& r = *f.reference;
      if (r.size) json.member("expected-bytes", *r.size);
      if (!r.size) json.member("expected-at-least", r.at_least);
      json.member("role", role_name(r.role));
      if (const std::string op = references.operator_text(r); !op.empty())
        json.member("operator", op);
      json.member("relative", r.relative);
    }
  });
}

std::string summary(const VerifyReport& r, std::uint64_t unsafe, std::uint64_t elsewhere,
                    const std::string& hint) {
  std::string text = count_of(r.files, "file") + ", " + human_size(r.bytes) + ": ";
  if (r.complete() && unsafe == 0) {
    text += "all there";
  } else {
    text += grouped(r.missing) + " missing, " + grouped(r.differs) + " of another size";
    if (unsafe > 0) text += ", " + count_of(unsafe, "location") + " not to be followed";
  }
  if (elsewhere > 0) text += "; " + count_of(elsewhere, "file") + " elsewhere";
  if (r.strays > 0) text += "; " + count_of(r.strays, "file") + " that nothing refers to";
  if (!hint.empty()) text += "\n" + shown(hint);
  return text;
}

ExitCode verify(const Options& o, const Context& context) {
  SnapshotRun run(o.in, context);
  Stores& stores = run.stores;
  const Snapshot snapshot = run.load();
  const References& references = snapshot.references;
  const Inside inside(o.inside.empty() ? o.inside : without_slash(uri_of_argument(o.inside)));
  Whereabouts where;
  JsonText findings;
  findings.begin_array();
  MissingFiles missing(references);
  const auto show = [&](const Finding& f) {
    if (f.reference != nullptr) missing.note(*f.reference, f.mark != Mark::missing);
    char mark = static_cast<char>(f.mark);
    if (f.reference != nullptr && f.found) {
      count_in(where, f, snapshot.base);
      if (inside.asked() && !inside.holds(f.uri)) {
        ++where.elsewhere;
        if (f.mark == Mark::good) mark = kElsewhere;
      }
    }
    if (mark == static_cast<char>(Mark::good) && !o.all) return;
    if (o.json) {
      write_finding(findings, f, references, mark);
    } else {
      print_finding(f, references, mark);
    }
  };
  for (const std::string& location : references.unsafe) {
    show({Mark::error, location, nullptr, std::nullopt});
  }
  const VerifyReport report = verify_references(stores, references, true, show);
  findings.end_array();
  const bool found = !report.complete() || references.unsafe_count > 0 || where.elsewhere > 0 ||
                     (o.strict && report.strays > 0);
  const std::vector<SourceRoot> roots = sorted_roots(where, snapshot.base);
  const bool copied = looks_copied(stores, references);
  if (o.json) {
    print_document("stateferry/verify/1", [&](JsonText& json) {
      json.member("snapshot", snapshot.pointer);
      json.member("ok", !found);
      json.member("files", report.files);
      json.member("bytes", report.bytes);
      json.member("good", report.good);
      json.member("missing", report.missing);
      json.member("dangling-relative", report.dangling);
      json.member("differs", report.differs);
      json.member("strays", report.strays);
      json.member("unsafe", references.unsafe_count);
      json.member("elsewhere", where.elsewhere);
      json.member("looks-copied", copied);
      write_roots(json, roots);
      if (const std::string hint = missing.hint(); !hint.empty()) json.member("hint", hint);
      json.key("findings");
      json.raw(findings.text());
    });
  } else {
    finish_stdout();
    say(summary(report, references.unsafe_count, where.elsewhere, missing.hint()) +
        roots_text(roots) + copied_text(where, snapshot.base, copied));
  }
  return found ? ExitCode::findings : ExitCode::ok;
}

}  // namespace

void declare_verify(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  add_snapshot_argument(app, o->in);
  add_place_options(app, o->in);
  app.add_option("--inside", o->inside, "files that lie elsewhere than below DIR are findings, too")
      ->type_name("DIR");
  app.add_flag("--strict", o->strict, "files that nothing refers to are findings, too");
  app.add_flag("--all", o->all, "show the files that are right, too");
  app.add_flag("--json", o->json, "one JSON document");
  add_store_options(app, o->in.stores, false);
  app.footer(
      "Example:\n  stateferry verify s3://new/flink/job/chk-9 --inside s3://new && echo complete");
  app.callback([&, o] { run = [&, o] { return verify(*o, context); }; });
}

}  // namespace stateferry::cli
