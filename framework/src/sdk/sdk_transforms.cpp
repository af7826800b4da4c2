// UriTransform and Assertion over plugins of the C interface. One call into the plugin for each
// question.
#include <utility>

#include "sdk/sdk_calls.hpp"
#include "sdk/sdk_params.hpp"
#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/host/guarded_call.hpp"
#include "stateferry/host/sdk_transform.hpp"

namespace stateferry {
namespace {

[[noreturn]] void fail_of_plugin(const std::string& why) {
  throw PluginError("E-PLUGIN-FAILED", why, "this is a fault of the plugin; tell its authors");
}

[[noreturn]] void fail_of_answer(std::int32_t answer) {
  fail_of_plugin("the plugin answers " + std::to_string(answer) + ", which means nothing here");
}

// An instance in the plugin, for as long as this lives.
class Instance {
 public:
  Instance(const stateferry_sdk_transform& transform, const std::string& file)
      : transform_(transform),
        label_(std::string(transform.name.data, transform.name.size) +
               (file.empty() ? "" : " (" + file + ")")) {
    const PluginInHand in_hand(label_);
    instance_ = transform.create(&transform);
    if (instance_ == nullptr) {
      fail_of_plugin(std::string(transform.name.data, transform.name.size) +
                     ": the plugin has made nothing");
    }
  }
  ~Instance() {
    const PluginInHand in_hand(label_);
    transform_.destroy(instance_);
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const stateferry_sdk_transform& transform() const noexcept { return transform_; }

  /// Calls `f` with the instance.
  template <class F>
  auto call(F&& f) const {
    const PluginInHand in_hand(label_);
    return f(instance_);
  }

  void configure(ParamBinder& binder) {
    SdkTrouble trouble;
    SdkParams params(binder, kept_, trouble, places_);
    call([&](void* instance) { transform_.configure(instance, &params); });
    trouble.rethrow();
  }

  /// The same of a question, whose trouble is thrown.
  template <class F>
  std::int32_t ask(SdkCall& call_data, F&& f) const {
    const std::int32_t answer = call(f);
    if (call_data.said) call_data.rethrow();
    if (answer == STATEFERRY_SDK_FAILED) call_data.fail();
    return answer;
  }

 private:
  const stateferry_sdk_transform& transform_;
  std::string label_;
  SdkKeptTexts kept_;
  std::vector<SourceMark> places_;
  void* instance_ = nullptr;
};

// The text that was put into a call. What came of `uri` may hold what that held: halves of
// surrogate pairs, which are no UTF-8.
std::string_view answered(const SdkCall& call, std::string_view uri) {
  if (call.out_size > call.out_capacity) {
    throw RuleError("E-RULE-TEXT-LENGTH", "the new text would have " +
                                              std::to_string(call.out_size) +
                                              " bytes, and Flink's format has room for " +
                                              std::to_string(call.out_capacity));
  }
  const std::string_view text(call.out, call.out_size);
  if (!is_ascii(text) && !is_utf8(text) && is_utf8(uri)) {
    fail_of_plugin("the plugin answers with bytes that are no UTF-8");
  }
  return text;
}

class SdkUriTransform final : public UriTransform {
 public:
  SdkUriTransform(const stateferry_sdk_transform& transform, const std::string& file)
      : plugin_(transform, file) {}

  void configure(ParamBinder& params) override {
    plugin_.configure(params);
    const auto& transform = plugin_.transform();
    if (!params.finish() || transform.injective == nullptr) return;
    injective_ = plugin_.call(transform.injective) == 1;
  }

  Outcome rewrite(std::string_view uri, std::string& result) const override {
    return *ask(plugin_.transform().apply, uri, result);
  }
  std::optional<Outcome> rewrite_directory(std::string_view directory,
                                           std::string& result) const override {
    const auto apply = plugin_.transform().apply_directory;
    if (apply == nullptr) return std::nullopt;
    return ask(apply, directory, result);
  }

  std::optional<std::vector<PrefixMove>> moves() const override {
    const auto moves = plugin_.transform().moves;
    if (moves == nullptr) return std::nullopt;
    SdkCall call;
    const std::int32_t answer =
        plugin_.ask(call, [&](void* instance) { return moves(instance, &call); });
    if (answer != 1) return std::nullopt;
    return call.said ? std::move(call.said->moves) : std::vector<PrefixMove>{};
  }

  bool injective() const noexcept override { return injective_; }

  Inverse inverse(const InverseContext& context) const override {
    const auto inverse = plugin_.transform().inverse;
    if (inverse == nullptr) return Transform::inverse(context);
    std::vector<stateferry_sdk_text> changed;
    changed.reserve(context.changed.size());
    for (const std::string& text : context.changed) changed.push_back(sdk_text(text));
    stateferry_sdk_inverse_context shown = {};
    shown.struct_size = sizeof shown;
    shown.changed = changed.data();
    shown.changed_count = changed.size();
    shown.base_uri = sdk_text(context.base_uri);
    SdkCall call;
    plugin_.call([&](void* instance) { inverse(instance, &shown, &call); });
    call.rethrow();
    if (!call.said) return Transform::inverse(context);
    SdkSaid& said = *call.said;
    if (said.failure) call.fail();
    if (said.no_inverse) return NoInverse{*said.no_inverse};
    if (said.step.uses.empty()) return Transform::inverse(context);
    if (!said.open.empty()) fail_of_plugin("the plugin doesn't end a map or list");
    said.step.with.kind = ParamNode::Kind::map;
    return std::move(said.step);
  }

 private:
  using Apply = std::int32_t (*)(const void*, stateferry_sdk_text, stateferry_sdk_call*);

  // Nothing where the plugin says so of a directory.
  std::optional<Outcome> ask(Apply apply, std::string_view text, std::string& result) const {
    char out[STATEFERRY_SDK_MAX_TEXT];  // of which only what is written is ever touched
    SdkCall call(out, sizeof out);
    const std::int32_t answer =
        plugin_.ask(call, [&](void* instance) { return apply(instance, sdk_text(text), &call); });
    switch (answer) {
      case STATEFERRY_SDK_UNMATCHED:
        return Outcome::unmatched;
      case STATEFERRY_SDK_ALREADY:
        return Outcome::already;
      case STATEFERRY_SDK_CHANGED:
        result = answered(call, text);
        return Outcome::changed;
      case STATEFERRY_SDK_DIFFERS:
        if (apply != plugin_.transform().apply) return std::nullopt;
        break;
      default:
        break;
    }
    fail_of_answer(answer);
  }

  Instance plugin_;
  bool injective_ = false;
};

class SdkAssertion final : public Assertion {
 public:
  SdkAssertion(const stateferry_sdk_transform& transform, const std::string& file)
      : plugin_(transform, file) {}

  void configure(ParamBinder& params) override {
    plugin_.configure(params);
    if (!params.finish()) return;
    matching_is_fault_ = plugin_.call(plugin_.transform().matching_is_fault) != 0;
  }

  bool matches(std::string_view uri) const override {
    SdkCall call;
    return is_yes(plugin_.ask(call, [&](void* instance) {
      return plugin_.transform().matches(instance, sdk_text(uri), &call);
    }));
  }
  std::optional<bool> matches_directory(std::string_view directory) const override {
    const auto matches = plugin_.transform().matches_directory;
    if (matches == nullptr) return std::nullopt;
    SdkCall call;
    const std::int32_t answer = plugin_.ask(
        call, [&](void* instance) { return matches(instance, sdk_text(directory), &call); });
    if (answer == STATEFERRY_SDK_DIFFERS) return std::nullopt;
    return is_yes(answer);
  }
  bool matches_inline(std::string_view name, std::span<const std::byte> state) const override {
    const auto matches = plugin_.transform().matches_inline;
    if (matches == nullptr) return Assertion::matches_inline(name, state);
    const stateferry_sdk_text bytes = {reinterpret_cast<const char*>(state.data()), state.size()};
    SdkCall call;
    const std::int32_t answer = plugin_.ask(
        call, [&](void* instance) { return matches(instance, sdk_text(name), bytes, &call); });
    if (answer == STATEFERRY_SDK_DEFAULT) return Assertion::matches_inline(name, state);
    return is_yes(answer);
  }
  bool matching_is_fault() const noexcept override { return matching_is_fault_; }

  std::string verdict(std::uint64_t selected, std::uint64_t matching) const override {
    char out[STATEFERRY_SDK_MAX_TEXT];
    SdkCall call(out, sizeof out);
    const std::int32_t answer = plugin_.ask(call, [&](void* instance) {
      return plugin_.transform().verdict(instance, selected, matching, &call);
    });
    if (answer != 0) fail_of_answer(answer);
    return std::string(answered(call, {}));
  }

 private:
  static bool is_yes(std::int32_t answer) {
    if (answer != STATEFERRY_SDK_YES && answer != STATEFERRY_SDK_NO) fail_of_answer(answer);
    return answer == STATEFERRY_SDK_YES;
  }

  Instance plugin_;
  bool matching_is_fault_ = false;
};

}  // namespace

std::unique_ptr<Transform> make_sdk_transform(const stateferry_sdk_transform& transform,
                                              const std::string& file) {
  if (transform.kind == STATEFERRY_SDK_URI) {
    return std::make_unique<SdkUriTransform>(transform, file);
  }
  return std::make_unique<SdkAssertion>(transform, file);
}

}  // namespace stateferry
