#include "stateferry/model/parts.hpp"

namespace stateferry {

PartVisitor::~PartVisitor() = default;
void PartVisitor::begin(CheckpointMetadata&) {}
void PartVisitor::begin_operator(OperatorState&, std::uint32_t) {}
void PartVisitor::subtask(SubtaskEntry&, std::uint32_t) {}
void PartVisitor::end_operator(OperatorState&) {}
void PartVisitor::end(CheckpointMetadata&) {}

void show_parts(CheckpointMetadata& root, PartVisitor& visitor) {
  visitor.begin(root);
  std::uint32_t index = 0;
  for (OperatorState& op : root.operators) {
    visitor.begin_operator(op, index++);
    std::uint32_t subtask = 0;
    for (SubtaskEntry& entry : op.subtasks) visitor.subtask(entry, subtask++);
    visitor.end_operator(op);
  }
  visitor.end(root);
}

}  // namespace stateferry
