#include "exec/index_build.h"

#include <vector>

#include "exec/draft.h"
#include "exec/index_entries.h"
#include "exec/own_write.h"
#include "exec/record_reader.h"
#include "exec/state.h"

namespace zerodb::exec {

using txn::Direction;
using txn::Family;
using txn::Range;

namespace {

Status put_entry(txn::Transaction& transaction, const index::Entry& entry,
                 const std::string& record_key, const catalog::Table& table,
                 const catalog::Index& index) {
  if (entry.must_be_unique) {
    std::string buffer;
    const auto found = TRY(transaction.get(Family::Index, entry.key, buffer));
    if (found && TRY(index::record_key_of(entry.key, *found)) != record_key) {
      return Error(ErrorCode::E1011, "two records of `" + table.name +
                                         "` have the same value in unique index `" + index.name +
                                         "`");
    }
  }
  return transaction.put(Family::Index, entry.key, entry.payload);
}

}  // namespace

Result<IndexBuildStep> build_index_step(const ExecContext& context,
                                        std::shared_ptr<const catalog::Schema> schema,
                                        const catalog::Index& index, std::string_view from,
                                        IndexBuildLimits limits) {
  const auto plan = TRY(plan_of_update(*context.library, schema, schema->table(index.table)));
  std::unique_ptr<StatementMemory> memory = TRY(context.memory->acquire());
  ExecState state(plan, context, std::move(memory));
  const catalog::Table& table = plan->schema().table(index.table);
  const DraftTable drafts(state, table);
  IndexEntries made =
      TRY(IndexEntries::make(state, drafts, IndexEntries::programs_of(*plan, table.id)));
  const std::string prefix = records_prefix(table);
  Range range = Range::prefix(prefix);
  range.begin.append(from);
  const auto cursor = state.transaction().scan(Family::Row, range, Direction::Forward);
  IndexBuildStep step;
  uint64_t bytes = 0;
  std::vector<index::Entry> entries;
  while (const txn::Entry* record = cursor->next()) {
    if (step.records == limits.records || bytes >= limits.bytes) {
      step.next = without_prefix(record->key);
      return step;
    }
    if (step.records++ % limits::kBatchRowsMax == 0) TRY(state.check_interrupt());
    const Draft draft = TRY(drafts.load(without_prefix(record->key), record->value));
    entries.clear();
    TRY(made.append(draft, index, entries));
    for (const index::Entry& entry : entries) {
      TRY(put_entry(state.transaction(), entry, draft.key_bytes, table, index));
      bytes += entry.key.size() + entry.payload.size();
    }
  }
  TRY(cursor->status());
  step.is_complete = true;
  return step;
}

}  // namespace zerodb::exec
