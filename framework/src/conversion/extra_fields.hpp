// What a conversion does about fields that a single codec has (model/extras.hpp): the target's are
// there afterwards, and what it has no place for is told in the words of the codec that brought it.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "conversion/walk.hpp"
#include "stateferry/model/extras.hpp"

namespace stateferry::conversion {

/// Serves one conversion, whose walk outlives it. The findings view it.
template <bool kApply>
class ExtraFields {
  template <class T>
  using Ref = TreeRef<kApply, T>;

 public:
  explicit ExtraFields(ConversionWalk& walk) : walk_(walk) {}

  /// The extra fields of one record.
  void convert(ExtendedRecord record, Ref<Extras> values) {
    if (walk_.source().extras.empty() && walk_.body().extras.empty()) return;
    for (const ExtraValue& value : values) {
      const ExtraField* const place = walk_.body().extra(record, *value.field);
      if (place != nullptr && place->type == value.type) continue;
      const ExtraField* const declared = walk_.source().extra(record, *value.field);
      const bool empty = value.number == 0 && value.text.empty();
      if (declared == nullptr || (!declared->optional && empty)) continue;
      walk_.note(kind_of(*declared), value.field);
    }
    change(values, [&](auto& list) { list = extras_of_target(record, list); });
  }

 private:
  struct ExtraKind {
    std::string what;  // that the kind's own `what` views
    FindingKind kind;
  };

  // What the target has a place for, with what it needs.
  Extras extras_of_target(ExtendedRecord record, const Extras& values) {
    Extras kept;
    for (const ExtraField& f : walk_.body().extras) {
      if (f.record != record) continue;
      const ExtraValue* const value = find_extra(values, f.field);
      if (value != nullptr && value->type == f.type) {
        kept.push_back(walk_.arena(), *value);
      } else if (!f.optional) {
        kept.push_back(walk_.arena(),
                       ExtraValue{keep_field(f.field, walk_.arena()), f.type, 0, {}});
      }
    }
    return kept;
  }

  // The codec that brought the field says what its loss means.
  const FindingKind& kind_of(const ExtraField& f) {
    const auto [at, is_new] = kinds_.try_emplace(&f);
    ExtraKind& made = at->second;
    if (is_new) {
      made.what = f.field.name;
      std::replace(made.what.begin(), made.what.end(), '_', '-');
      made.kind = {made.what.c_str(), f.loss, false, f.reason, f.remedy};
    }
    return made.kind;
  }

  ConversionWalk& walk_;
  std::map<const ExtraField*, ExtraKind> kinds_;
};

}  // namespace stateferry::conversion
