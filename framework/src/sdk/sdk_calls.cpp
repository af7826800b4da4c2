#include "sdk/sdk_calls.hpp"

#include <string_view>
#include <utility>

#include "sdk/sdk_params.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

using Text = stateferry_sdk_text;
using Call = stateferry_sdk_call;

template <class F>
void over(Call* call, F&& f) noexcept {
  auto& self = *static_cast<SdkCall*>(call);
  if (!self.said) self.said.emplace();
  self.said->trouble.guard([&] { f(*self.said); });
}

std::string owned(Text text, std::string_view what) {
  return std::string(checked_text(text, what));
}

void fail(Call* call, Text code, Text message, Text hint) {
  over(call, [&](SdkSaid& said) {
    said.failure = Diagnostic{.code = sdk_code(code),
                              .message = owned(message, "a message"),
                              .hint = owned(hint, "a hint")};
  });
}

void move(Call* call, Text from, Text to) {
  over(call, [&](SdkSaid& said) {
    said.moves.push_back({owned(from, "a prefix"), owned(to, "a prefix")});
  });
}

void step_uses(Call* call, Text full_name) {
  over(call, [&](SdkSaid& said) { said.step.uses = owned(full_name, "the name of a transform"); });
}

// Puts a node where the parameters of the step have come to; where it stands now.
ParamNode& put(SdkSaid& said, Text key, ParamNode node) {
  ParamNode& into = said.open.empty() ? said.step.with : *said.open.back();
  if (into.kind == ParamNode::Kind::list) return into.items.emplace_back(std::move(node));
  into.add(owned(key, "the name of a parameter"), std::move(node));
  return into.entries.back().value;
}

void step_text(Call* call, Text key, Text value) {
  over(call, [&](SdkSaid& said) { put(said, key, ParamNode::of(owned(value, "a value"))); });
}

void begin(Call* call, Text key, ParamNode::Kind kind) {
  over(call, [&](SdkSaid& said) {
    ParamNode node;
    node.kind = kind;
    // What is open has nothing added to it before this has been ended, so it stays where it is.
    said.open.push_back(&put(said, key, std::move(node)));
  });
}

void step_begin_map(Call* call, Text key) {
  begin(call, key, ParamNode::Kind::map);
}
void step_begin_list(Call* call, Text key) {
  begin(call, key, ParamNode::Kind::list);
}

void step_end(Call* call) {
  over(call, [&](SdkSaid& said) {
    if (!said.open.empty()) {
      said.open.pop_back();
      return;
    }
    throw PluginError("E-PLUGIN-FAILED", "the plugin ends a map or list that it has not begun",
                      "this is a fault of the plugin; tell its authors");
  });
}

void step_accept(Call* call, Text hazard) {
  over(call,
       [&](SdkSaid& said) { said.step.accept.push_back(owned(hazard, "the name of a hazard")); });
}

void no_inverse(Call* call, Text reason) {
  over(call, [&](SdkSaid& said) { said.no_inverse = owned(reason, "a reason"); });
}

}  // namespace

void SdkCall::fail() const {
  rethrow();
  if (said && said->failure) throw RuleError(*said->failure);
  throw PluginError("E-PLUGIN-FAILED", "the plugin can't decide and doesn't say why",
                    "this is a fault of the plugin; tell its authors");
}

void set_call_functions(stateferry_sdk_host& host) noexcept {
  host.fail = fail;
  host.move = move;
  host.step_uses = step_uses;
  host.step_text = step_text;
  host.step_begin_map = step_begin_map;
  host.step_begin_list = step_begin_list;
  host.step_end = step_end;
  host.step_accept = step_accept;
  host.no_inverse = no_inverse;
}

const stateferry_sdk_host& sdk_host() noexcept {
  static const stateferry_sdk_host host = [] {
    stateferry_sdk_host made = {};
    made.struct_size = sizeof made;
    made.sdk = STATEFERRY_SDK_VERSION;
    set_param_functions(made);
    set_call_functions(made);
    return made;
  }();
  return host;
}

}  // namespace stateferry
