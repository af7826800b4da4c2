// handle.absolutize: relative handles become absolute, so that _metadata can leave its directory,
// or so that handles point to the directory where their files really lie.
#include "directory.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/uri/flink_path.hpp"
#include "transforms.hpp"

namespace stateferry::handle {
namespace {

class Absolutize final : public HandleTransform {
 public:
  void configure(ParamBinder& params) override {
    params.optional_uri_prefix(
        "directory",
        "the directory that the relative paths belong to; by default that of "
        "_metadata",
        directory_);
    params.finish();
  }

  bool applies_to(LocationKind kind) const noexcept override {
    return kind == LocationKind::relative_file || kind == LocationKind::file;
  }
  bool needs_base_uri() const noexcept override { return directory_.empty(); }

  Outcome apply(StreamStateHandle& handle, const HandleContext& context) const override {
    const std::string_view base = directory_.empty() ? context.base_uri : directory_;
    if (const auto* file = std::get_if<FileStateHandle>(&handle)) {
      return name_in(base, file->path.text) ? Outcome::already : Outcome::unmatched;
    }
    const auto* relative = std::get_if<RelativeFileStateHandle>(&handle);
    if (relative == nullptr) return Outcome::unmatched;
    // Path(parent, child), as RelativeFileStateHandle's reader resolves it.
    const std::string joined = std::string(base) + "/" + to_utf8(relative->relative_path.text);
    const auto path = normalize_flink_path(joined);
    if (!path) {
      throw RuleError("E-RULE-NOT-PATH", "'" + joined + "' is not a path as Flink writes it");
    }
    FileStateHandle absolute;
    absolute.size = relative->size;
    absolute.path.text = context.arena.intern(from_utf8(*path));
    handle = absolute;
    return Outcome::changed;
  }

 private:
  std::string directory_;
};

}  // namespace

Transform* make_absolutize() {
  return new Absolutize;
}

}  // namespace stateferry::handle
