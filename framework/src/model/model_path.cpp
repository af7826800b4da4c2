#include "stateferry/model/model_path.hpp"

#include <iterator>

#include "stateferry/bytes/digits.hpp"
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

// Keys come from the file; what would garble a message is shown as \xNN.
std::string quoted(std::string_view key) {
  std::string text = "\"";
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (byte < 0x20 || byte >= 0x7F) {
      text += "\\x";
      append_hex(text, byte, 2);
    } else {
      text += c;
    }
  }
  return text + "\"";
}

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
void LocationEditor::repeated(std::uint64_t) {}
void LocationEditor::enter_operator(const OperatorKey&) {}
bool LocationEditor::wants_inline_uris() const noexcept {
  return false;
}
void LocationEditor::inline_uri(const Location&, const FoundUri&) {}

std::string ModelPath::text(bool with_leaf) const {
  std::string text;
  for (std::size_t i = 0; i < depth_; ++i) {
    const Frame& frame = frames_[i];
    // The level of a file's handle adds nothing: shared["000123.sst"].path says it all.
    const bool skipped =
        frame.field == &field::handle || std::string_view(frame.field->name) == field::handle.name;
    if (!skipped) {
      if (!text.empty()) text += '.';
      text += frame.field->name;
    }
    if (frame.key_size > 0) {
      text += "[" + quoted({frame.key, frame.key_size}) + "]";
    } else if (frame.index != kNoIndex) {
      text += "[" + std::to_string(frame.index) + "]";
    }
  }
  if (with_leaf && leaf_ != nullptr) {
    if (!text.empty()) text += '.';
    text += leaf_->name;
  }
  return text;
}

}  // namespace stateferry
