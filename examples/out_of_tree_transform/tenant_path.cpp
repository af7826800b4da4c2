// acme.tenant-path: gives each tenant a directory of its own behind the bucket.
//
//   s3://flink-eu/savepoints/x  →  s3://flink-eu/tenants/orders/savepoints/x
//
// A transform decides about one location at a time. It neither opens the file nor walks it: the
// framework does that, and applies the step's `where`, counts, compares results and records.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stateferry/plugin/plugin.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace acme {
namespace {

using stateferry::Outcome;
using stateferry::ParamBinder;

// A name that is one directory in every store and needs no quoting anywhere.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

void check_name(ParamBinder& params, std::string_view parameter, const std::string& name) {
  if (is_plain_name(name)) return;
  params.error(parameter, "E-RULE-VALUE", "'" + name + "' can't be the name of a directory",
               "use letters, digits, '-', '_' and '.', with no dot in front");
}

// Directories of the bucket that the tenant shares with others.
struct Exception {
  std::vector<std::string> directories;  // /flink/libraries
  Outcome outcome = Outcome::already;
};

class TenantPath final : public stateferry::UriTransform {
 public:
  // Names each parameter once, with its help. The same lines bind the values of a rule file, check
  // them, and tell `plugins describe`, and editors through `rules schema`, what there is. Values
  // can be lists, maps in maps, and lists of maps.
  void configure(ParamBinder& params) override {
    std::string tenant;
    std::string parent = "tenants";
    std::string style = "plain";
    params.required("tenant", "name of the tenant", tenant);
    params.list("buckets", "the buckets that hold the tenant's files", buckets_,
                /*is_required=*/true);
    params.group("directory", "what the tenant's directory is called", [&](ParamBinder& group) {
      group.optional("parent", "directory that holds those of all tenants", parent);
      group.one_of("style", "plain is 'orders', hive is 'tenant=orders'", {"plain", "hive"}, style);
    });
    params.group_list("exceptions", "directories that hold more than this tenant's files",
                      [&](ParamBinder& each) { add_exception(each); });
    // False while describing, and after a problem, which has then been told: only what was bound
    // well is looked at further.
    if (!params.finish()) return;
    check_name(params, "tenant", tenant);
    check_name(params, "directory", parent);
    parent_ = "/" + parent;
    directory_ = parent_ + "/" + (style == "hive" ? "tenant=" : "") + tenant;
  }

  // `uri` has the form that Flink writes, and so must the result.
  Outcome rewrite(std::string_view uri, std::string& result) const override {
    const auto [scheme, bucket, path] = stateferry::split_flink_path(uri);
    if (std::find(buckets_.begin(), buckets_.end(), bucket) == buckets_.end()) {
      return Outcome::unmatched;
    }
    // Idempotent: what lies in the tenant's directory was moved by an earlier run.
    if (stateferry::below_prefix(path, directory_)) return Outcome::already;
    for (const Exception& exception : exceptions_) {
      if (lies_in(path, exception)) return exception.outcome;
    }
    // Another tenant's file is not ours to move, and a bucket as a whole is no file. Unless the
    // rules allow it, a location that no step matches stops the run.
    if (stateferry::below_prefix(path, parent_) || path.size() < 2) return Outcome::unmatched;
    const std::string_view root = uri.substr(0, uri.size() - path.size());
    result.append(root).append(directory_).append(path);
    return Outcome::changed;
  }

  // The whole path stays behind the directory, so different locations stay different. Saying so
  // saves the framework a second pass in which it compares all results.
  bool injective() const noexcept override { return true; }

 private:
  // Called for each element of `exceptions`, and once while describing.
  void add_exception(ParamBinder& params) {
    Exception exception;
    std::string treatment = "keep";
    params.list("directories", "paths below the bucket", exception.directories,
                /*is_required=*/true);
    params.one_of("treatment", "keep leaves their files where they are, stop ends the run",
                  {"keep", "stop"}, treatment);
    if (!params.finish()) return;
    for (std::string& directory : exception.directories) directory.insert(directory.begin(), '/');
    exception.outcome = treatment == "stop" ? Outcome::unmatched : Outcome::already;
    exceptions_.push_back(std::move(exception));
  }

  static bool lies_in(std::string_view path, const Exception& exception) {
    return std::any_of(
        exception.directories.begin(), exception.directories.end(),
        [&](const std::string& directory) { return stateferry::below_prefix(path, directory); });
  }

  std::vector<std::string> buckets_;
  std::vector<Exception> exceptions_;
  std::string parent_;     // /tenants
  std::string directory_;  // /tenants/orders
};

}  // namespace
}  // namespace acme

// What `uses` in a rule file says, and what `plugins describe` says of it.
STATEFERRY_TRANSFORM(acme::TenantPath, "acme.tenant-path",
                     "puts a tenant's directory behind the bucket")
