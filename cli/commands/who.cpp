// who: which snapshots and operators need a file.
#include "commands/commands.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/transfer/file_users.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "support/json.hpp"
#include "support/rule_loading.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

struct Options {
  std::string file;
  std::string root;
  std::string default_scheme;
  bool json = false;
  StoreOptions stores;
};

// Of a directory the answer would always be that nobody needs it.
void refuse_directory(Stores& stores, const std::string& uri) {
  if (stores.stat(uri)) return;
  bool holds_files = false;
  try {
    ListOptions options;
    options.directories = true;
    stores.list(uri, options, [&](const StoredFile&) {
      holds_files = true;
      throw Error("E-ARG-USAGE", "a file is needed, and this is a directory");  // enough was seen
    });
  } catch (const Error&) {
    if (!holds_files) return;  // nothing of this name, or a store that can't list it
    throw Error("E-ARG-USAGE", "'" + uri + "' is a directory, and who looks for one file",
                "name a file in it; 'orphans' looks for files that nobody needs");
  }
}

std::string use_text(const FileUse& use) {
  if (use.op.empty()) return "it is its own metadata";
  return std::string(role_name(use.role)) + " of " + shown(use.op) +
         (use.name.empty() ? "" : " (" + shown(use.name) + ")") + ", " +
         count_of(use.handles, "handle");
}

void print_users(const FileUsers& found) {
  for (const FileUser& user : found.users) {
    print(shown(user.pointer) + "\n");
    for (const FileUse& use : user.uses) print("  " + use_text(use) + "\n");
  }
}

std::string summary(const FileUsers& found) {
  std::string text = count_of(found.users.size(), "snapshot") + " of " + grouped(found.snapshots) +
                     " that were read " + (found.users.size() == 1 ? "needs" : "need") +
                     " the file";
  if (!found.unread.empty()) {
    text += "; " + count_of(found.unread.size(), "further one") +
            " can't be read, so that nobody can say whether that is all";
  }
  return text;
}

void print_document_of(const FileUsers& found, const std::string& file, const std::string& root) {
  print_document("stateferry/who/1", [&](JsonText& json) {
    json.member("file", file);
    json.member("root", root);
    json.member("sure", found.unread.empty());
    json.member("snapshots", found.snapshots);
    json.objects("users", found.users, [&](const FileUser& user) {
      json.member("snapshot", user.pointer);
      json.objects("uses", user.uses, [&](const FileUse& use) {
        const bool own = use.op.empty();
        json.member("operator", own ? std::nullopt : std::optional(use.op));
        json.member("operator-name", use.name.empty() ? std::nullopt : std::optional(use.name));
        json.member("role", own ? std::string_view("metadata") : role_name(use.role));
        json.member("handles", use.handles);
      });
    });
    json.objects("unreadable", found.unread, [&](const UnreadSnapshot& one) {
      json.member("snapshot", one.pointer);
      json.member("code", one.why.code);
      json.member("message", one.why.message);
    });
    json.values("incomplete-checkpoints", found.unfinished);
  });
}

void warn(const FileUsers& found) {
  for (const UnreadSnapshot& one : found.unread) {
    Diagnostic d = one.why;
    if (d.subject.empty()) d.subject = one.pointer;
    d.notes.emplace_back("whether it needs the file can't be told");
    say(d);
  }
  if (found.unfinished.empty()) return;
  Diagnostic d;
  d.severity = Severity::warning;
  d.code = "W-WHO-INCOMPLETE";
  d.message = count_of(found.unfinished.size(), "checkpoint") +
              " without _metadata: if it is being written, it may come to need the file";
  for (std::size_t i = 0; i < found.unfinished.size() && i < 10; ++i) {
    d.notes.push_back(found.unfinished[i]);
  }
  d.hint = "look whether the job is running before the file is deleted";
  say(d);
}

ExitCode who(const Options& o, const Context& context) {
  PluginRegistry registry = open_registry(context);
  ConsoleSink problems;
  Stores stores = open_stores(o.stores, registry);
  stores.set_default_file_system(default_file_system(o.default_scheme));
  const std::string file = without_slash(uri_of_argument(o.file));
  const std::string root = without_slash(uri_of_argument(o.root));
  refuse_directory(stores, file);
  const FileUsers found = find_users(stores, registry, problems, file, root);
  if (o.json) {
    print_document_of(found, file, root);
  } else {
    print_users(found);
  }
  finish_stdout();
  warn(found);
  if (!o.json) say(summary(found));
  if (!found.unread.empty()) return exit_of(found.unread.front().why.code);
  return found.users.empty() ? ExitCode::findings : ExitCode::ok;
}

}  // namespace

void declare_who(CLI::App& app, Context& context, Run& run) {
  const auto o = std::make_shared<Options>();
  app.add_option("FILE", o->file, "the file that is asked about, a path or URI")
      ->required()
      ->type_name("");
  app.add_option("--root", o->root, "read the snapshots below this directory, at any depth")
      ->required()
      ->type_name("DIR");
  add_default_scheme_option(app, o->default_scheme);
  app.add_flag("--json", o->json, "one JSON document");
  add_store_options(app, o->stores, false);
  app.footer(
      "Example:\n"
      "  stateferry who s3://bucket/flink/job/shared/7d0e5a --root s3://bucket/flink\n"
      "The exit code is 0 when some snapshot needs it, 1 when none does, and another one when that "
      "can't be told.");
  app.callback([&, o] { run = [&, o] { return who(*o, context); }; });
}

}  // namespace stateferry::cli
