// operator.rename: operators get other uids, and the ids that Flink makes of them, so that a job
// finds its state under the new ones.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stateferry/bytes/modified_utf8.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/model/operator_ref.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace stateferry::operators {
namespace {

struct Renaming {
  OperatorRef from;
  OperatorRef to;

  // An operator that is named by its hash only has no uid, as one that Flink numbered by itself.
  std::string uid() const {
    return to.by == OperatorRef::By::uid ? from_utf8(to.text) : std::string();
  }
};

std::string shown(const OperatorRef& ref) {
  return (ref.by == OperatorRef::By::uid ? "uid:" : "hash:") + ref.text;
}

std::string place(std::size_t index) {
  return "operators[" + std::to_string(index) + "]";
}

// ---------------------------------------------------------------------------- one run

// What becomes of each operator: decided for all before anything is changed.
class Plan {
 public:
  Plan(const std::vector<Renaming>& renamings, Document& document, DocumentContext& context)
      : renamings_(renamings),
        document_(document),
        operators_(document.root().operators),
        context_(context),
        chosen_(operators_.size(), nullptr),
        found_(renamings.size(), false) {
    check_ids("has two operators with the id ");
    for (std::uint32_t i = 0; i < operators_.size(); ++i) {
      if (context.selects(i)) chosen_[i] = find(i);
    }
  }

  void check_strict() const {
    std::string missing;
    for (std::size_t r = 0; r < renamings_.size(); ++r) {
      if (found_[r] || target_of(r)) continue;
      missing += (missing.empty() ? "" : ", ") + shown(renamings_[r].from);
    }
    if (missing.empty()) return;
    throw RuleError("E-RULE-NO-OPERATOR",
                    "the snapshot has no operator " + missing +
                        ", neither under its old nor under "
                        "its new uid",
                    "correct the map, or leave 'strict' out if operators may be missing");
  }

  void apply() {
    check_ids("would have two operators with the id ");
    for (std::uint32_t i = 0; i < operators_.size(); ++i) {
      if (!context_.selects(i)) continue;
      if (chosen_[i] != nullptr) {
        rename(i, *chosen_[i]);
      } else if (in_place(i)) {
        context_.already(i);
      }
    }
  }

 private:
  // The renaming that is for the operator; null when there is none.
  const Renaming* find(std::uint32_t index) {
    const OperatorKey key = context_.key(index);
    const Renaming* chosen = nullptr;
    for (std::size_t r = 0; r < renamings_.size(); ++r) {
      if (!renamings_[r].from.names(key)) continue;
      if (chosen != nullptr) {
        throw RuleError("E-RULE-OPERATOR-TWICE",
                        "two entries of the map are for " + place(index) + ": " +
                            shown(chosen->from) + " and " + shown(renamings_[r].from),
                        "leave one of them out");
      }
      chosen = &renamings_[r];
      found_[r] = true;
    }
    return chosen;
  }

  // Whether some operator has the new id of renaming `r` already.
  std::optional<std::uint32_t> target_of(std::size_t r) const {
    for (std::uint32_t i = 0; i < operators_.size(); ++i) {
      if (operators_[i].id == renamings_[r].to.id && context_.selects(i)) return i;
    }
    return std::nullopt;
  }

  // Whether the operator is what an earlier run has made of one that is no longer there.
  bool in_place(std::uint32_t index) const {
    for (std::size_t r = 0; r < renamings_.size(); ++r) {
      if (!found_[r] && operators_[index].id == renamings_[r].to.id) return true;
    }
    return false;
  }

  OperatorId id_after(std::size_t index) const {
    return chosen_[index] != nullptr ? chosen_[index]->to.id : operators_[index].id;
  }

  void check_ids(const char* what) const {
    std::map<OperatorId, std::size_t> seen;
    for (std::size_t i = 0; i < operators_.size(); ++i) {
      const OperatorId id = id_after(i);
      const auto [first, is_new] = seen.emplace(id, i);
      if (is_new) continue;
      throw RuleError("E-RULE-OPERATOR-TWICE",
                      std::string("the snapshot ") + what + to_hex(id) + ": " +
                          place(first->second) + " and " + place(i),
                      "Flink would give the state of one of them to both, or drop it");
    }
  }

  void rename(std::uint32_t index, const Renaming& renaming) {
    OperatorState& op = operators_[index];
    const std::string old_id = to_hex(op.id);
    const std::string new_id = to_hex(renaming.to.id);
    const std::string uid = renaming.uid();
    const bool other_uid = context_.stores_operator_names() && op.uid != uid;
    if (op.id == renaming.to.id && !other_uid) {
      context_.already(index);
      return;
    }
    if (other_uid) {
      context_.changed(index, "uid", to_utf8(op.uid), to_utf8(uid));
      op.uid = document_.arena().intern(uid);
    }
    if (op.id == renaming.to.id) return;
    context_.changed(index, "id", old_id, new_id);
    op.id = renaming.to.id;
    // OperatorCoordinatorHolder names the state after the operator.
    auto* coordinator = std::get_if<ByteStreamStateHandle>(&op.coordinator);
    if (coordinator == nullptr || coordinator->handle_name.text != old_id) return;
    context_.changed(index, "coordinator.handle_name", old_id, new_id);
    coordinator->handle_name.text = document_.arena().intern(new_id);
  }

  const std::vector<Renaming>& renamings_;
  Document& document_;
  List<OperatorState>& operators_;
  DocumentContext& context_;
  std::vector<const Renaming*> chosen_;  // by operator; null: keeps its id
  std::vector<bool> found_;              // by renaming: its old operator is there
};

// ---------------------------------------------------------------------------- the transform

class Rename final : public DocumentTransform {
 public:
  void configure(ParamBinder& params) override {
    std::vector<ParamBinder::MapEntry> entries;
    params.map("map",
               "from an operator (uid:TEXT or hash:32HEX; bare 32 hex digits are a hash, other "
               "bare text is a uid) to what it will be",
               entries, /*is_required=*/true);
    params.optional("strict", "each operator of the map must be there", strict_);
    accepted_ = params.hazard("not-idempotent",
                              "a new uid is an old one, too, so a second run renames again");
    if (!params.finish()) return;
    for (const ParamBinder::MapEntry& entry : entries) add(params, entry);
    check_apart(params, entries);
    if (!accepted_) check_idempotent(params, entries);
  }

  void apply(Document& document, DocumentContext& context) const override {
    Plan plan(renamings_, document, context);
    if (strict_) plan.check_strict();
    plan.apply();
  }

  Inverse inverse(const InverseContext& /*context*/) const override {
    InverseStep step;
    step.uses = "operator.rename";
    ParamNode map;
    for (const Renaming& r : renamings_) map.add(shown(r.to), ParamNode::of(shown(r.from)));
    step.with.add("map", std::move(map));
    if (accepted_) step.accept = {"not-idempotent"};
    return step;
  }

 private:
  static std::optional<OperatorRef> read(ParamBinder& params, const std::string& text,
                                         const SourceMark& mark) {
    OperatorRefProblem problem;
    auto ref = parse_operator_ref(text, problem);
    if (ref && ref->by == OperatorRef::By::name) {
      problem = {"an operator is renamed by uid or hash", "uid:TEXT or hash:32HEX"};
    }
    if (ref && from_utf8(ref->text).size() > kMaxUtfBytes) {
      problem = {"the uid is longer than the 65535 bytes that a metadata file can hold",
                 "choose a shorter uid"};
    }
    if (problem.text.empty()) return ref;
    params.error_at(mark, "E-RULE-VALUE", problem.text, problem.hint);
    return std::nullopt;
  }

  void add(ParamBinder& params, const ParamBinder::MapEntry& entry) {
    auto from = read(params, entry.key, entry.key_mark);
    auto to = read(params, entry.value, entry.value_mark);
    if (!from || !to) return;
    if (from->id == to->id && from->by == to->by) {
      params.error_at(entry.value_mark, "E-RULE-VALUE", "the operator has that uid or hash already",
                      "leave the entry out");
    }
    renamings_.push_back({std::move(*from), std::move(*to)});
  }

  // Two entries for one operator, or two operators that become one. `renamings_` and `entries` are
  // parallel unless a problem was told.
  void check_apart(ParamBinder& params, const std::vector<ParamBinder::MapEntry>& entries) const {
    if (renamings_.size() != entries.size()) return;
    std::map<OperatorId, std::size_t> sources;
    std::map<OperatorId, std::size_t> targets;
    for (std::size_t r = 0; r < renamings_.size(); ++r) {
      if (const auto [at, is_new] = sources.emplace(renamings_[r].from.id, r); !is_new) {
        params.error_at(
            entries[r].key_mark, "E-RULE-DUPLICATE",
            "'" + entries[r].key + "' is the same operator as '" + entries[at->second].key + "'");
      }
      if (const auto [at, is_new] = targets.emplace(renamings_[r].to.id, r); !is_new) {
        params.error_at(entries[r].value_mark, "E-RULE-DUPLICATE",
                        "'" + entries[r].value + "' is the same operator as '" +
                            entries[at->second].value + "'",
                        "two operators can't become one");
      }
    }
  }

  void check_idempotent(ParamBinder& params,
                        const std::vector<ParamBinder::MapEntry>& entries) const {
    if (renamings_.size() != entries.size()) return;
    for (std::size_t r = 0; r < renamings_.size(); ++r) {
      for (std::size_t other = 0; other < renamings_.size(); ++other) {
        if (other == r || renamings_[r].to.id != renamings_[other].from.id) continue;
        params.error_at(
            entries[r].value_mark, "E-RULE-IDEMPOTENT",
            "'" + entries[r].value + "' is renamed, too, so a second run would rename it again",
            "if that is meant, accept it with 'accept: [not-idempotent]'");
      }
    }
  }

  std::vector<Renaming> renamings_;
  bool strict_ = false;
  bool accepted_ = false;  ///< that a second run renames again
};

}  // namespace

STATEFERRY_TRANSFORM(Rename, "operator.rename",
                     "gives operators other uids, and the ids that Flink makes of them")

}  // namespace stateferry::operators
