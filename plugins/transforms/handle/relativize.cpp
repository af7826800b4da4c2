// handle.relativize: absolute handles of files that lie beside _metadata become relative, so that
// the directory can be copied as it is from then on.
#include "stateferry/diag/error.hpp"
#include "stateferry/model/handle_form.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::handle {
namespace {

class Relativize final : public HandleTransform {
 public:
  void configure(ParamBinder& params) override {
    params.optional_uri_prefix("directory",
                               "the directory in which _metadata will lie; by default that in "
                               "which it lies",
                               directory_);
    params.finish();
  }

  bool applies_to(LocationKind kind) const noexcept override {
    return kind == LocationKind::file || kind == LocationKind::relative_file;
  }
  bool needs_base_uri() const noexcept override { return directory_.empty(); }

  Inverse inverse(const InverseContext& /*context*/) const override {
    InverseStep step;
    step.uses = "handle.absolutize";
    step.with.kind = ParamNode::Kind::map;
    if (!directory_.empty()) step.with.add("directory", ParamNode::of(directory_));
    return step;
  }

  Outcome apply(StreamStateHandle& handle, const HandleContext& context) const override {
    if (std::holds_alternative<RelativeFileStateHandle>(handle)) return Outcome::already;
    const auto* file = std::get_if<FileStateHandle>(&handle);
    if (file == nullptr) return Outcome::unmatched;
    const std::string_view base = directory_.empty() ? context.base_uri : directory_;
    const auto relative = relative_handle(*file, base, context.arena, context.default_file_system);
    if (!relative) return Outcome::unmatched;
    check_format(context);
    handle = *relative;
    return Outcome::changed;
  }

 private:
  static void check_format(const HandleContext& context) {
    if ((context.writers_know & tag_bit(HandleTag::relative_stream)) != 0) return;
    throw CapabilityError(
        "E-CAPABILITY-FIELD",
        "no Flink that writes format version " + std::to_string(context.target.format_version) +
            " knows relative handles",
        "", "leave the handles absolute; relative ones are known since Flink 1.11 (version 3)");
  }

  std::string directory_;
};

}  // namespace

STATEFERRY_TRANSFORM(Relativize, "handle.relativize",
                     "makes handles of files beside _metadata relative")

}  // namespace stateferry::handle
