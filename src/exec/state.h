// ExecState: everything that the operators of one running statement share.
//
// Memory. Frames and result columns are allocated while operators are made; what a batch needs
// besides (texts) is allocated while it is computed and given back by whoever consumes it
// (ArenaMark). So a batch is valid until its consumer asks for the next one, and an operator that
// keeps rows across calls of next() keeps them as Values. Threading: belongs to the thread that
// executes the statement.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "exec/executor.h"
#include "exec/host.h"
#include "exec/memory_budget.h"
#include "exec/spill_file.h"
#include "plan/explain.h"
#include "value/record_codec.h"

namespace zerodb::exec {

// How often loops over rows that ask no child for them look whether the statement is to end.
inline constexpr size_t kRowsBetweenInterrupts = 4096;

class RowBuffer;
class SharedRows;

class ExecState final : public HostServices {
 public:
  ExecState(std::shared_ptr<const plan::Plan> plan, const ExecContext& context,
            std::unique_ptr<StatementMemory> memory);
  ~ExecState() override;

  const plan::Plan& plan() const { return *plan_; }
  const std::shared_ptr<const plan::Plan>& plan_ptr() const { return plan_; }
  const catalog::Schema& schema() const { return plan_->schema(); }
  const ExecContext& context() const { return context_; }
  txn::Transaction& transaction() { return *context_.transaction; }
  Arena& arena() { return arena_; }
  StatementMemory& memory() { return *memory_; }
  ExecStats& stats() { return stats_; }
  MemoryBudget& budget() { return budget_; }
  // For what the operator of a node of this plan keeps.
  MemoryHold hold(const plan::Node& node);
  // For what belongs to no operator.
  MemoryHold hold() { return MemoryHold(budget_); }

  const Value& parameter(uint32_t id) const;
  void set_outer(uint32_t id, Value value) { outer_[id - plan::kFirstOuter] = std::move(value); }
  Result<Value> evaluate(const plan::Scalar& scalar);
  const RecordLayouts& layouts(TableId table);
  // E1107 once the statement was cancelled or its time is over, E1108 if the arena outgrew the
  // budget.
  Status check_interrupt();

  // Rows of the last round of a recursion, set while its step runs. Borrowed.
  void set_last_round(sema::QueryId recursion, const RowBuffer* rows) {
    last_rounds_[recursion.value()] = rows;
  }
  const RowBuffer* last_round(sema::QueryId recursion) const;
  // Rows that several operators read, kept until the statement ends; null before they are there.
  const SharedRows* shared_rows(plan::NodeId node) const;
  const SharedRows* share_rows(plan::NodeId node, std::unique_ptr<SharedRows> rows);

  // What an operator may hold before it moves rows to disk: half of what the statement may hold, so
  // that something is left for others.
  uint64_t spill_limit() const { return std::min(context_.operator_memory, budget_.limit() / 2); }
  bool can_spill() const { return !context_.spill_folder.empty(); }
  bool should_spill(uint64_t bytes) const { return can_spill() && bytes > spill_limit(); }
  // Of one buffer of rows that are on their way to disk.
  size_t spill_block_bytes() const {
    return std::clamp<uint64_t>(spill_limit() / 128, 1 << 10, 64 << 10);
  }
  // A file for rows that do not fit into memory; E1108 where there is no folder for it.
  Result<SpillFile> spill_file() const;
  // Bytes that the operator of a node wrote, for EXPLAIN ANALYZE.
  void count_spilled(const plan::Node& node, uint64_t bytes);

  // Counts of nodes, for EXPLAIN ANALYZE; null otherwise.
  plan::NodeActuals* actuals(plan::NodeId node) {
    return actuals_.empty() ? nullptr : &actuals_[node.value()];
  }
  void count_nodes();
  bool counts_nodes() const { return !actuals_.empty(); }
  // Adds what a state of the same plan has counted that ran a part of it beside `parts - 1` others.
  void add_counts(const ExecState& part, uint32_t parts);
  std::span<const plan::NodeActuals> all_actuals();

  const function::Library& library() const override { return *context_.library; }
  function::CallContext& call() override { return *context_.call; }
  Names names() const override { return schema().names(); }
  Status fetch(std::span<const Value> links, Sight sight, std::vector<Value>& out) override;
  Result<Value> commit_stamp(const Value& link) override;
  Result<Value> subquery(uint32_t subplan, const Value& needle,
                         std::span<const Value> outer) override;

 private:
  struct SubplanResult;
  Result<std::optional<std::string>> store_key(const Value& link) const;
  Status run_subplan(const plan::Subplan& subplan, SubplanResult& out);
  Result<Value> answer(const plan::Subplan& subplan, const SubplanResult& result,
                       const Value& needle) const;

  std::shared_ptr<const plan::Plan> plan_;
  ExecContext context_;
  std::unique_ptr<StatementMemory> memory_;
  Arena& arena_;
  MemoryBudget budget_;
  MemoryHold arena_hold_;
  std::vector<Value> outer_;
  ExecStats stats_;
  std::map<TableId, RecordLayouts> layouts_;  // of tables that the plan does not name
  std::vector<std::unique_ptr<SubplanResult>> subplan_results_;  // of those that run once
  std::vector<plan::NodeActuals> actuals_;
  std::vector<HeldBytes> held_;  // of nodes, where they are counted
  std::map<uint32_t, const RowBuffer*> last_rounds_;
  std::map<uint32_t, std::unique_ptr<SharedRows>> shared_rows_;
};

// Gives what was allocated in the arena since its construction back when it ends.
class ArenaMark {
 public:
  explicit ArenaMark(Arena& arena) : arena_(arena), top_(arena.top()) {}
  ~ArenaMark() { arena_.rewind(top_); }
  ArenaMark(const ArenaMark&) = delete;
  ArenaMark& operator=(const ArenaMark&) = delete;

 private:
  Arena& arena_;
  uint32_t top_;
};

}  // namespace zerodb::exec
