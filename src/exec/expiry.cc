#include "exec/expiry.h"

#include <vector>

#include "exec/own_write.h"
#include "exec/record_reader.h"
#include "exec/state.h"
#include "exec/table_writer.h"

namespace zerodb::exec {

using txn::Direction;
using txn::Family;
using txn::Range;

namespace {

// Whether the record itself, or one that refers to it, does not let it go: a value cannot be worked
// out, or a rule is broken.
bool is_held_back(ErrorCode code) {
  return code >= ErrorCode::E0901 && code < ErrorCode::E1101;
}

// Whether the record went.
Result<bool> erase_one(ExecState& state, TableWriter& writer, const std::string& key) {
  const std::optional<Draft> draft = TRY(writer.load(key));
  if (!draft) return false;
  const txn::SavepointId point = state.transaction().savepoint();
  Status erased = writer.erase(*draft);
  if (erased) erased = writer.finish();
  if (!erased && !is_held_back(erased.error().code())) return std::move(erased).error();
  if (!erased) state.transaction().rollback_to(point);
  state.transaction().release(point);
  return erased.has_value();
}

}  // namespace

Result<ExpiryStep> expire_step(const ExecContext& context,
                               std::shared_ptr<const catalog::Schema> schema,
                               const catalog::Table& table, std::string_view from,
                               Timestamp written_before, uint64_t records_max) {
  Range range = Range::prefix(records_prefix(table));
  range.begin.append(from);
  ExpiryStep step;
  std::vector<std::string> keys;
  {
    const auto cursor = context.transaction->scan(Family::Row, range, Direction::Forward);
    uint64_t seen = 0;
    step.is_complete = true;
    while (const txn::Entry* record = cursor->next()) {
      if (seen++ == records_max) {
        step.is_complete = false;
        step.next = without_prefix(record->key);
        break;
      }
      if (cursor->committed_at() < written_before) keys.emplace_back(without_prefix(record->key));
    }
    TRY(cursor->status());
  }
  if (keys.empty()) return step;
  const auto plan = TRY(plan_of_delete(*context.library, schema, table));
  for (const std::string& key : keys) {
    std::unique_ptr<StatementMemory> memory = TRY(context.memory->acquire());
    ExecState state(plan, context, std::move(memory));
    // A writer of its own for each: one that a reference holds back must not hold back the others.
    const auto writer =
        TRY(TableWriter::make(state, plan->schema().table(table.id), plan->write->rules));
    if (TRY(erase_one(state, *writer, key))) ++step.deleted;
  }
  return step;
}

}  // namespace zerodb::exec
