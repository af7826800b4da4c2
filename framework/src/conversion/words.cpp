// The words of conversions in rule files, command lines and reports.
#include <array>

#include "stateferry/host/conversion.hpp"

namespace stateferry {
namespace {

template <class E>
struct Word {
  E value;
  std::string_view word;
};
constexpr std::array kHandleForms = {Word<HandleForm>{HandleForm::keep, "keep"},
                                     Word<HandleForm>{HandleForm::absolute, "absolute"},
                                     Word<HandleForm>{HandleForm::relative, "relative"}};
constexpr std::array kDeclaredKinds = {
    Word<DeclaredKind>{DeclaredKind::unknown, "unknown"},
    Word<DeclaredKind>{DeclaredKind::savepoint_canonical, "savepoint-canonical"},
    Word<DeclaredKind>{DeclaredKind::savepoint_native, "savepoint-native"},
    Word<DeclaredKind>{DeclaredKind::checkpoint, "checkpoint"}};
constexpr std::array kOnLoss = {Word<OnLoss>{OnLoss::fail, "fail"},
                                Word<OnLoss>{OnLoss::report, "report"}};
constexpr std::array kLossClasses = {
    Word<LossClass>{LossClass::lossless, "lossless"},
    Word<LossClass>{LossClass::drops_information, "drops-information"},
    Word<LossClass>{LossClass::impossible, "impossible"}};

template <class Words, class E>
std::string_view word_of(const Words& words, E value) noexcept {
  for (const auto& w : words) {
    if (w.value == value) return w.word;
  }
  return {};
}
template <class E, std::size_t N>
std::optional<E> value_of(const std::array<Word<E>, N>& words, std::string_view word) noexcept {
  for (const auto& w : words) {
    if (w.word == word) return w.value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view handle_form_name(HandleForm form) noexcept {
  return word_of(kHandleForms, form);
}
std::string_view declared_kind_name(DeclaredKind kind) noexcept {
  return word_of(kDeclaredKinds, kind);
}
std::optional<DeclaredKind> declared_kind_from_name(std::string_view name) noexcept {
  return value_of(kDeclaredKinds, name);
}
std::string_view on_loss_name(OnLoss on_loss) noexcept {
  return word_of(kOnLoss, on_loss);
}
std::optional<OnLoss> on_loss_from_name(std::string_view name) noexcept {
  return value_of(kOnLoss, name);
}
std::string_view loss_class_name(LossClass loss) noexcept {
  return word_of(kLossClasses, loss);
}

}  // namespace stateferry
