// handle.absolutize: relative handles become absolute, so that _metadata can leave its directory,
// or so that handles point to the directory where their files really lie.
#include "directory.hpp"
#include "stateferry/model/handle_form.hpp"
#include "stateferry/plugin/plugin.hpp"

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
    if (!params.finish() || directory_.empty() || has_scheme(directory_)) return;
    params.error("directory", "E-RULE-VALUE", "'" + directory_ + "' has no scheme",
                 "a local path is written 'file:" + directory_ + "'");
  }

  bool applies_to(LocationKind kind) const noexcept override {
    return kind == LocationKind::relative_file || kind == LocationKind::file;
  }
  bool needs_base_uri() const noexcept override { return directory_.empty(); }

  Inverse inverse(const InverseContext& /*context*/) const override {
    InverseStep step;
    step.uses = "handle.relativize";
    step.with.kind = ParamNode::Kind::map;
    if (!directory_.empty()) step.with.add("directory", ParamNode::of(directory_));
    return step;
  }

  Outcome apply(StreamStateHandle& handle, const HandleContext& context) const override {
    const std::string_view base = directory_.empty() ? context.base_uri : directory_;
    if (const auto* file = std::get_if<FileStateHandle>(&handle)) {
      return name_in(base, file->path.text, context.default_file_system) ? Outcome::already
                                                                         : Outcome::unmatched;
    }
    const auto* relative = std::get_if<RelativeFileStateHandle>(&handle);
    if (relative == nullptr) return Outcome::unmatched;
    handle = absolute_handle(*relative, base, context.arena);
    return Outcome::changed;
  }

 private:
  std::string directory_;
};

}  // namespace

STATEFERRY_TRANSFORM(Absolutize, "handle.absolutize",
                     "makes relative handles absolute, below a directory")

}  // namespace stateferry::handle
