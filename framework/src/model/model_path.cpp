#include "stateferry/model/model_path.hpp"

#include <algorithm>
#include <iterator>

#include "model/path_text.hpp"
#include "stateferry/model/location.hpp"

namespace stateferry {
namespace {

struct RoleWord {
  Role role;
  std::string_view word;
};
// From the most general to the most specific.
constexpr RoleWord kRoleWords[] = {
    {Role::master, "master"},
    {Role::coordinator, "coordinator"},
    {Role::managed_operator, "managed-operator"},
    {Role::raw_operator, "raw-operator"},
    {Role::managed_keyed, "managed-keyed"},
    {Role::raw_keyed, "raw-keyed"},
    {Role::input_channel, "input-channel"},
    {Role::result_subpartition, "result-subpartition"},
    {Role::incremental_meta, "incremental-meta"},
    {Role::incremental_shared, "incremental-shared"},
    {Role::incremental_private, "incremental-private"},
    {Role::changelog, "changelog"},
    {Role::legacy, "legacy"},
};

constexpr std::string_view kKindWords[] = {"file", "relative-file", "bytes", "segment-file",
                                           "directory"};

}  // namespace

std::string_view role_name(Role role) noexcept {
  for (const RoleWord& r : kRoleWords) {
    if (r.role == role) return r.word;
  }
  return "none";
}

Role primary_role(Role roles) noexcept {
  for (auto r = std::rbegin(kRoleWords); r != std::rend(kRoleWords); ++r) {
    if (any(r->role, roles)) return r->role;
  }
  return Role::none;
}

std::string_view location_kind_name(LocationKind kind) noexcept {
  return kKindWords[static_cast<std::size_t>(kind)];
}

LocationEditor::~LocationEditor() = default;
void LocationEditor::repeated(std::string_view /*directory*/, std::uint64_t /*n*/) {}
void LocationEditor::enter_operator(const OperatorKey&) {}
bool LocationEditor::wants_inline_uris() const noexcept {
  return false;
}
void LocationEditor::inline_uri(const Location&, const FoundUri&) {}

std::string ModelPath::text(bool with_leaf) const {
  PathText path;
  for (std::size_t i = 0; i < depth_; ++i) {
    const Frame& frame = frames_[i];
    path.push(*frame.field);
    if (frame.key_size > 0) {
      path.set_key({frame.key, frame.key_size});
    } else if (frame.index != kNoIndex) {
      path.set_index(frame.index);
    }
  }
  std::string text = path.text();
  if (with_leaf && leaf_ != nullptr) {
    if (!text.empty()) text += '.';
    text += leaf_->name;
  }
  return text;
}

}  // namespace stateferry
