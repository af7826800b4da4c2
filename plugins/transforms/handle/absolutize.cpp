// handle.absolutize: relative handles become absolute, so that _metadata can leave its directory.
#include "stateferry/model/handle_form.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

using namespace stateferry;

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
    return kind == LocationKind::relative_file;
  }
  bool needs_base_uri() const noexcept override { return directory_.empty(); }

  Outcome apply(StreamStateHandle& handle, const HandleContext& context) const override {
    const auto* relative = std::get_if<RelativeFileStateHandle>(&handle);
    if (relative == nullptr) return Outcome::unmatched;
    const std::string_view base = directory_.empty() ? context.base_uri : directory_;
    handle = absolute_handle(*relative, base, context.arena);
    return Outcome::changed;
  }

 private:
  std::string directory_;
};

}  // namespace

STATEFERRY_TRANSFORM_PLUGIN(
    "handle", "0.1.0",
    STATEFERRY_TRANSFORM(Absolutize, "handle.absolutize",
                         "makes relative handles absolute, below a directory"))
