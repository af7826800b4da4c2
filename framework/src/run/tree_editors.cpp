#include "run/tree_editors.hpp"

#include <variant>

#include "stateferry/host/guarded_call.hpp"
#include "stateferry/model/handle_form.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry {
namespace {

std::string_view text_of(const StreamStateHandle& handle) {
  if (const auto* b = std::get_if<ByteStreamStateHandle>(&handle)) return b->handle_name.text;
  if (const auto* f = std::get_if<FileStateHandle>(&handle)) return f->path.text;
  if (const auto* r = std::get_if<RelativeFileStateHandle>(&handle)) return r->relative_path.text;
  if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) return s->path.text;
  return {};
}

const void* address_of_text(const StreamStateHandle& handle) {
  if (const auto* f = std::get_if<FileStateHandle>(&handle)) return &f->path.text;
  if (const auto* s = std::get_if<SegmentFileStateHandle>(&handle)) return &s->path.text;
  return nullptr;
}

}  // namespace

void TreeEditor::location(const Location& location, std::string_view& text) {
  // About what a handle takes in the file around its location.
  releaser_.passed(text.size() + 64);
  Replacement replacement;
  if (runner_.edit(location, replacement)) text = arena_.intern(replacement.head, replacement.tail);
  if (state_.touched != nullptr && runner_.touched()) state_.touched->push_back(&text);
}

void HandleEditor::handle(StreamStateHandle& handle, const Location& location) {
  if (!transform_.applies_to(location.kind)) return;
  const std::string before = to_utf8(location.text);
  if (!selection_.selects(location, before)) return;
  ++counts_.selected;
  switch (guarded_call(step_.uses, [&] { return transform_.apply(handle, context_); })) {
    case Outcome::unmatched:
      ++counts_.unmatched;
      return;
    case Outcome::already:
      ++counts_.already;
      break;
    case Outcome::changed:
      ++counts_.changed;
      ++state_.report.changed_locations;
      if (state_.options.on_change) {
        const std::string after = to_utf8(text_of(handle));
        state_.options.on_change(Change{location, before, after});
      }
      break;
  }
  if (state_.touched != nullptr) state_.touched->push_back(address_of_text(handle));
}

Selector HandleEditor::with_kinds(Selector where, const HandleTransform& transform) {
  if (where.handles.empty()) {
    for (const LocationKind kind : kAllLocationKinds) {
      if (transform.applies_to(kind)) where.handles.push_back(kind);
    }
  }
  return where;
}

void HandleFormEditor::handle(StreamStateHandle& handle, const Location& location) {
  const auto* relative = std::get_if<RelativeFileStateHandle>(&handle);
  const auto* file = std::get_if<FileStateHandle>(&handle);
  const std::string before = state_.options.on_change ? to_utf8(location.text) : std::string();
  if (form_ == HandleForm::absolute && relative != nullptr) {
    handle = absolute_handle(*relative, directory_, arena_);
  } else if (form_ == HandleForm::relative && file != nullptr) {
    const auto shorter =
        relative_handle(*file, directory_, arena_, state_.options.default_file_system);
    if (!shorter) return;
    handle = *shorter;
  } else {
    return;
  }
  ++state_.report.changed_locations;
  if (state_.options.on_change) {
    const std::string after = to_utf8(text_of(handle));
    state_.options.on_change(Change{location, before, after});
  }
}

void ResultCounter::location(const Location& location, std::string_view& text) {
  ++report_.locations;
  if (!is_absolute(location.kind)) return;
  ++report_.absolute;
  if (!count_untouched_ ||
      std::binary_search(touched_.begin(), touched_.end(), static_cast<const void*>(&text))) {
    return;
  }
  ++report_.untouched;
  const std::string uri = to_utf8(text);
  report_.untouched_roots.add(normalize_flink_path(uri).value_or(uri),
                              location.kind == LocationKind::directory);
  if (report_.untouched_samples.size() < 10) {
    report_.untouched_samples.push_back(uri + "  (" + location.path->text() + ")");
  }
}

}  // namespace stateferry
