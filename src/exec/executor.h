// Executor: runs a prepared plan in a transaction and hands out its rows batch by batch.
//
// Reads are lazy: a batch is computed when it is asked for. Writes, definitions and everything else
// that changes the transaction are done when execute() returns; RETURNING rows are then at hand.
// The stream must be gone before its transaction ends and before its context's members are. Errors:
// whatever the statement's expressions and constraints give, E1107 when cancelled or out of time,
// E1108 without memory. Threading: a stream belongs to one thread; the plan may be shared by all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "catalog/schema.h"
#include "exec/copy_batch.h"
#include "exec/tier.h"
#include "function/context.h"
#include "function/library.h"
#include "plan/plan.h"
#include "txn/transaction.h"
#include "value/value.h"

namespace zerodb::exec {

class ColumnCache;
class MemoryBudget;
class WorkerPool;

// So many cached records are invalid after one write among them.
inline constexpr uint32_t kMorselRows = 8192;

// All borrowed.
struct ExecContext {
  txn::Transaction* transaction = nullptr;
  std::span<const Value> parameters;  // by ParameterId; of the declared types
  MemoryProvider* memory = nullptr;
  const function::Library* library = nullptr;
  function::CallContext* call = nullptr;  // with clock, random, regexes, names
  const CancelToken* cancel = nullptr;    // may be null
  ColumnCache* columns = nullptr;         // may be null
  int64_t deadline_ns = INT64_MAX;        // on call->clock's monotonic time
  MemoryBudget* budget = nullptr;         // of the database; may be null
  // Bytes that the statement may hold; what it needs beyond them is E1108.
  uint64_t memory_max = UINT64_MAX;
  // What one operator may hold before it moves rows to disk, if less than half of memory_max.
  uint64_t operator_memory = UINT64_MAX;
  // Where operators put what does not fit; empty: nowhere. Borrowed.
  std::string_view spill_folder;
  TierPolicy tier = TierPolicy::Auto;
  // Threads that the statement may use, and where they come from; null: its own alone.
  uint32_t threads = 1;
  WorkerPool* workers = nullptr;
  // Records that a thread takes at once; of a table with fewer than twice as many one thread takes
  // all. Also the rows of a chunk of cached columns.
  uint32_t morsel_rows = kMorselRows;
  // A definition of an index alone only says that it is to be built (catalog/jobs.h).
  bool defers_index = false;
  // COPY FROM: the rows that this execution puts into the table.
  CopyRange* copy = nullptr;
  // How often the plan has run before; Auto generates code from the third time on.
  uint32_t executions = 0;
};

struct ExecStats {
  uint64_t rows_read = 0;  // records and index entries that were looked at
  uint64_t rows_written = 0;
  bool used_wasm = false;  // some batch ran in generated code
};

// Rows in columns. Views into the statement's memory: valid until the next call on the stream.
class RowBatch {
 public:
  RowBatch() = default;
  RowBatch(const Arena* arena, const std::vector<ColumnSlot>* slots, const std::vector<Type>* types,
           uint32_t rows)
      : arena_(arena), slots_(slots), types_(types), rows_(rows) {}

  uint32_t rows() const { return rows_; }
  bool is_empty() const { return rows_ == 0; }
  size_t columns() const { return slots_ == nullptr ? 0 : slots_->size(); }
  Value value(uint32_t row, uint32_t column) const {
    return read_value(*arena_, (*slots_)[column], row, (*types_)[column]);
  }

 private:
  const Arena* arena_ = nullptr;
  const std::vector<ColumnSlot>* slots_ = nullptr;
  const std::vector<Type>* types_ = nullptr;
  uint32_t rows_ = 0;
};

class RowStream {
 public:
  virtual ~RowStream() = default;
  // Names and types: plan.columns.
  virtual const std::vector<plan::OutputColumn>& columns() const = 0;
  // An empty batch at the end; after an error every call gives that error.
  virtual Result<RowBatch> next() = 0;
  // Records that a write changed; nothing for statements that only read.
  virtual std::optional<uint64_t> affected() const = 0;
  virtual ExecStats stats() const = 0;
};

// The plan must not be a session statement (USE, SET, BEGIN, ..): those are the session's own. LET
// and SET give their value as the single row of their query.
Result<std::unique_ptr<RowStream>> execute(std::shared_ptr<const plan::Plan> plan,
                                           const ExecContext& context);

}  // namespace zerodb::exec
