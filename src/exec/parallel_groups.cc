#include "exec/parallel_groups.h"

#include <algorithm>

namespace zerodb::exec {

using plan::AggregateSlot;
using plan::Node;

namespace {

// Equal values of these types are alike in every way, so it does not matter whose is kept.
bool has_one_form(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Bool:
    case TypeKind::String:
    case TypeKind::Bytes:
    case TypeKind::Uuid:
    case TypeKind::Datetime:
    case TypeKind::Duration:
      return true;
    default:
      return false;
  }
}

bool can_merge(const function::Library& library, const AggregateSlot& slot) {
  if (slot.kind != AggregateSlot::Kind::Host) return true;
  if (slot.distinct || !slot.order.empty()) return false;
  const function::AggregateFunction* function = library.find_aggregate(slot.function);
  if (function == nullptr) return false;
  switch (function->op) {
    case function::AggregateOp::CountRows:
    case function::AggregateOp::Count:
      return true;
    case function::AggregateOp::Sum:
    case function::AggregateOp::Avg:
      // Of values whose classes are known not to mix.
      return !slot.type.is_any();
    case function::AggregateOp::Min:
    case function::AggregateOp::Max:
      return has_one_form(slot.type);
    case function::AggregateOp::Other:
      break;
  }
  return false;
}

}  // namespace

bool ParallelGroups::fits(const ExecState& state, const Node& node) {
  if (!is_repeatable(state, *node.program) || !is_pipeline(state, node.children[0])) return false;
  // A group costs about as much as some rows, and each thread may have it.
  constexpr double kRowsOfGroup = 16;
  const double rows = state.plan().node(node.children[0]).estimated_rows;
  if (node.width > 0 && node.estimated_rows * kRowsOfGroup > rows) return false;
  return std::ranges::all_of(node.program->aggregates, [&](const AggregateSlot& slot) {
    return can_merge(state.library(), slot);
  });
}

Status ParallelGroups::add_member(uint32_t crew) {
  Member& member = members_.emplace_back();
  member.worker = TRY(PipelineWorker::make(state_, child_, crew));
  ExecState& state = member.worker->state();
  member.frame = TRY(Frame::make(state, node_.program, limits::kBatchRowsMax));
  member.groups =
      std::make_unique<GroupTable>(*node_.program, state.library(), state.arena(), node_.width > 0);
  member.groups->set_owner(state, node_);
  member.groups->keep_origins();
  member.frame->set_groups(member.groups.get());
  return member.groups->prepare(member.frame->header());
}

Result<bool> ParallelGroups::run() {
  const uint32_t crew = state_.context().threads;
  for (uint32_t i = 0; i < crew; ++i) TRY(add_member(crew));
  {
    Crew threads(*state_.context().workers);
    threads.start(crew, [this](uint32_t i) {
      members_[i].status = work(members_[i]);
      if (!members_[i].status) is_over_ = true;
    });
    threads.finish();
  }
  TRY(state_.check_interrupt());
  if (is_over_) return false;
  for (Member& member : members_) member.worker->count_into(state_);
  return true;
}

Status ParallelGroups::work(Member& member) {
  // Rows of one morsel are fewer.
  constexpr uint32_t kRowBits = 40;
  PipelineWorker& worker = *member.worker;
  ExecState& state = worker.state();
  Arena& arena = state.arena();
  GroupTable& groups = *member.groups;
  MemoryHold hold = state.hold(node_);
  const uint32_t mark = arena.top();
  uint64_t morsel = UINT64_MAX;
  uint64_t row = 0;  // of the morsel
  while (!is_over_) {
    const uint32_t rows =
        TRY(worker.top().next({member.frame->inputs(), member.frame->capacity()}));
    if (rows == 0) break;
    if (worker.scan().morsel() != morsel) row = 0;
    morsel = worker.scan().morsel();
    groups.set_origin((morsel << kRowBits) + row);
    row += rows;
    TRY(member.frame->run(rows));
    arena.rewind(std::max(mark, groups.floor()));
    const uint64_t bytes = groups.bytes();
    if (state.should_spill(bytes + groups.arena_bytes())) is_over_ = true;
    TRY(hold.set(bytes));
  }
  return ok_status();
}

Status ParallelGroups::merge_into(GroupTable& groups, plan::FrameHeader& header) {
  for (Member& member : members_) {
    TRY(groups.merge(*member.groups, header));
    TRY(state_.check_interrupt());
  }
  return ok_status();
}

}  // namespace zerodb::exec
