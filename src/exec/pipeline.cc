#include "exec/pipeline.h"

#include <algorithm>

#include "exec/state.h"

namespace zerodb::exec {

using plan::Node;
using plan::Op;

namespace {

bool is_whole_scan(const ExecState& state, const Node& node) {
  return node.kind == Node::Kind::TableScan && node.tables.size() == 1 && !node.by_key_columns &&
         !node.low && !node.high && !node.descending &&
         node.estimated_rows >= 2.0 * state.context().morsel_rows;
}

bool keeps_left_order(const Node& join) {
  return join.join == sema::JoinKind::Inner || join.join == sema::JoinKind::Left ||
         join.join == sema::JoinKind::Cross;
}

}  // namespace

bool is_repeatable(const ExecState& state, const plan::Program& program) {
  const auto is_outer = [](uint32_t id) { return id >= plan::kFirstOuter; };
  if (std::ranges::any_of(program.parameter_ids, is_outer)) return false;
  return std::ranges::all_of(program.instrs, [&](const plan::Instr& instr) {
    if (instr.op == Op::Subquery) {
      // One that runs once runs once a thread.
      return !state.plan().subplans[instr.imm].correlated;
    }
    if (instr.op != Op::Call) return true;
    return instr.function != plan::Instr::kDynamicFunction &&
           state.library().functions()[instr.function].volatility != function::Volatility::Volatile;
  });
}

bool is_pipeline(const ExecState& state, plan::NodeId id) {
  const ExecContext& context = state.context();
  if (context.threads < 2 || context.workers == nullptr) return false;
  if (!context.transaction->can_be_read_beside()) return false;
  for (const Node* node = &state.plan().node(id);; node = &state.plan().node(node->children[0])) {
    if (node->program != nullptr && !is_repeatable(state, *node->program)) return false;
    switch (node->kind) {
      case Node::Kind::TableScan:
        return is_whole_scan(state, *node);
      case Node::Kind::Join:
        if (node->merges || !keeps_left_order(*node)) return false;
        break;
      case Node::Kind::Stage:
        break;
      default:
        return false;
    }
  }
}

Result<std::unique_ptr<PipelineWorker>> PipelineWorker::make(ExecState& main, Operator& shared,
                                                             uint32_t crew) {
  std::unique_ptr<PipelineWorker> worker(new PipelineWorker(crew));
  worker->transaction_ =
      std::make_unique<txn::Transaction>(TRY(main.transaction().reader_beside()));
  worker->call_ = main.call();
  worker->call_.regexes = &worker->regexes_;
  worker->call_.zones = &worker->zones_;
  ExecContext context = main.context();
  context.transaction = worker->transaction_.get();
  context.call = &worker->call_;
  context.budget = &main.budget();
  context.memory_max = main.budget().limit();
  context.operator_memory = main.spill_limit() / crew;
  context.threads = 1;
  context.workers = nullptr;
  std::unique_ptr<StatementMemory> memory = TRY(context.memory->acquire());
  worker->state_ = std::make_unique<ExecState>(main.plan_ptr(), context, std::move(memory));
  if (main.counts_nodes()) worker->state_->count_nodes();
  PipelinePart part{*worker->state_};
  worker->top_ = TRY(shared.copy(part));
  ASSERT(part.scan != nullptr);
  worker->scan_ = part.scan;
  return worker;
}

PipelineWorker::~PipelineWorker() = default;

}  // namespace zerodb::exec
