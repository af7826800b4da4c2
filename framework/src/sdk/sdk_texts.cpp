#include "sdk/sdk_texts.hpp"

#include <utility>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/codes.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

[[noreturn]] void fail(std::string_view what, const std::string& why) {
  throw PluginError("E-PLUGIN-FAILED", "the plugin gives " + std::string(what) + " " + why,
                    "this is a fault of the plugin; tell its authors");
}

}  // namespace

std::string_view checked_text(stateferry_sdk_text text, std::string_view what) {
  if (text.size == 0) return {};
  if (text.data == nullptr) fail(what, "as a null pointer");
  if (text.size > kMostBytes) fail(what, "with " + std::to_string(text.size) + " bytes");
  const std::string_view view(text.data, text.size);
  if (!is_utf8(view)) fail(what, "in bytes that are no UTF-8");
  return view;
}

stateferry_sdk_text SdkKeptTexts::keep(std::string text) {
  return sdk_text(texts_.emplace_back(std::move(text)));
}

const stateferry_sdk_text* SdkKeptTexts::keep(const std::vector<std::string>& texts) {
  if (texts.empty()) return nullptr;
  std::vector<stateferry_sdk_text>& list = lists_.emplace_back();
  for (const std::string& text : texts) list.push_back(keep(text));
  return list.data();
}

std::string sdk_code(stateferry_sdk_text code) {
  const std::string_view text = checked_text(code, "a code");
  return text.substr(0, 2) == "E-" && text.substr(2).starts_with("RULE-") &&
                 find_code(text) != nullptr
             ? std::string(text)
             : "E-RULE-VALUE";
}

}  // namespace stateferry
