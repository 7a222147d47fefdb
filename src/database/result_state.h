// ResultState: the running half of a ResultSet: the rows still to come and all that they need to
// live.
//
// Either a stream over a transaction, or rows that are there already. When the session starts
// another statement, or ends the transaction that the stream reads in, it ends the state; later
// calls give E1107. Threading: belongs to the session's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "database/activity.h"
#include "database/quotas.h"
#include "database/result_set.h"
#include "database/statement_cache.h"
#include "exec/executor.h"
#include "function/context.h"
#include "txn/transaction.h"

namespace zerodb::database {

// Finds the tables of a schema for functions.
struct SchemaTableIds final : function::TableIds {
  SchemaPtr schema;
  std::optional<TableId> table_id(std::string_view name) const override {
    const catalog::Table* table = schema->find_table(name);
    return table == nullptr ? std::nullopt : std::optional(table->id);
  }
};

struct ResultState {
  ResultState() = default;
  // Counts the statement, if it was handed out.
  ~ResultState();
  ResultState(const ResultState&) = delete;
  ResultState& operator=(const ResultState&) = delete;

  // What a stream borrows; destroyed after it.
  PlannedPtr planned;
  std::vector<Value> parameters;
  SchemaTableIds table_ids;
  function::CallContext call;
  std::unique_ptr<txn::Transaction> own_transaction;  // outside BEGIN
  std::unique_ptr<exec::RowStream> stream;            // null once the rows have been taken from it
  Quotas::Ticket ticket;  // while the statement runs or its stream is read

  std::vector<Column> own_columns;  // of statements whose rows are not of the plan
  bool has_rows = false;
  std::vector<std::vector<Value>> rows;  // of statements whose rows are at hand
  size_t next_row = 0;
  exec::RowBatch batch;
  uint32_t next_in_batch = 0;
  std::optional<Error> error;      // the answer of every further call
  bool* abort_on_error = nullptr;  // the session's flag, for a stream inside BEGIN
  Statistics statistics;
  bool is_counted = false;
  Activity::Entry* reader = nullptr;  // told when the stream ends
  Clock* clock = nullptr;
  int64_t started_ns = 0;

  const std::vector<Column>& columns() const {
    return own_columns.empty() ? planned->columns : own_columns;
  }
  // The next row of the stream or of the rows at hand.
  Result<bool> next(std::vector<Value>& row);
  // Moves every row of the stream into `rows` and drops the stream.
  Status buffer();
  // Drops the stream and its transaction; every further call gives `reason`.
  void end(Error reason);
  void finish_stream();
  void note_time() { statistics.elapsed_ns = clock->monotonic_ns() - started_ns; }
};

}  // namespace zerodb::database
