// Pipeline: a chain of operators over the scan of a whole table that several threads run at once,
// each over morsels of the table (exec/morsel_scan.h).
//
// The chain is made of filters, projections and hash joins from the left side.
// Operators that read all rows of a child anyway look for one below them: an aggregation lets each
// thread group for itself and merges the groups; for the others a gather (exec/gather.h) brings the
// rows together in the order in which one thread would have them. So the number of threads never
// shows in a result. Threading: belongs to one statement, but for the workers, one a thread.
#pragma once

#include <memory>

#include "exec/morsel_scan.h"
#include "exec/operator.h"
#include "exec/worker_pool.h"
#include "function/regex.h"
#include "function/zone.h"

namespace zerodb::exec {

// Whether what the node gives may be made by several threads of this statement: it has them, the
// table is large enough, nothing below depends on an order of evaluation, and nobody has to know
// what the transaction reads.
bool is_pipeline(const ExecState& state, plan::NodeId node);
// Whether several threads may run the program side by side.
bool is_repeatable(const ExecState& state, const plan::Program& program);

// What a thread needs to run a copy of a pipeline: a transaction, a memory and caches of its own.
class PipelineWorker {
 public:
  // Of operators that are shared (Operator::share). All borrowed; they outlive the worker. One of
  // `crew` workers, which share what the statement may hold.
  static Result<std::unique_ptr<PipelineWorker>> make(ExecState& main, Operator& shared,
                                                      uint32_t crew);
  ~PipelineWorker();

  ExecState& state() { return *state_; }
  Operator& top() { return *top_; }
  MorselScan& scan() { return *scan_; }
  // Adds what was counted to the counts of the statement, once the thread has ended.
  void count_into(ExecState& main) { main.add_counts(*state_, crew_); }

 private:
  explicit PipelineWorker(uint32_t crew) : crew_(crew) {}

  const uint32_t crew_;

  std::unique_ptr<txn::Transaction> transaction_;
  function::RegexCache regexes_;
  function::ZoneCache zones_;
  function::CallContext call_;
  std::unique_ptr<ExecState> state_;
  std::unique_ptr<Operator> top_;
  MorselScan* scan_ = nullptr;
};

}  // namespace zerodb::exec
