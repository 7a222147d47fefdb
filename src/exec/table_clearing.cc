#include "exec/table_clearing.h"

#include <algorithm>

#include "catalog/jobs.h"
#include "catalog/store_codec.h"
#include "exec/record_reader.h"

namespace zerodb::exec {

using catalog::DroppedSpace;
using txn::Family;

namespace {

bool is_alone(const catalog::Schema& schema, const catalog::Table& table) {
  return schema.edges_at(table.id).empty() && schema.references_to(table.id).empty() &&
         std::ranges::all_of(table.indexes, [](const catalog::Index& index) {
           return index.state == catalog::Index::State::Ready && index.method.empty();
         });
}

}  // namespace

Result<std::optional<uint64_t>> clear_table(ExecState& state, const catalog::Table& table) {
  const catalog::Schema& schema = state.schema();
  if (!is_alone(schema, table)) return std::optional<uint64_t>();
  const std::string old_space = records_prefix(table);
  std::optional<uint64_t> records;
  {
    // Whoever adds a record beside this must not lose it, whatever the isolation.
    const txn::ReadGuard guard(state.transaction());
    records = TRY(state.transaction().row_count(old_space));
  }
  if (!records || *records <= kClearedOneByOneMax) return std::optional<uint64_t>();

  const DatabaseId database = schema.database().id;
  uint32_t next_id = schema.parts().next_object_id;
  catalog::Table emptied = table;
  emptied.space = SpaceId(catalog::make_table_id(database, next_id++).value());
  std::vector<catalog::Change> changes = {
      catalog::put_table(database, emptied),
      catalog::put_dropped({DroppedSpace::Kind::Records, old_space})};
  for (const catalog::Index& index : table.indexes) {
    catalog::Index fresh = index;
    fresh.id = catalog::make_index_id(database, next_id++);
    changes.push_back(catalog::erase_index(database, index.id));
    changes.push_back(catalog::put_index(database, fresh));
    changes.push_back(
        catalog::put_dropped({DroppedSpace::Kind::Entries, store_prefix(index.id.value())}));
  }
  changes.push_back(catalog::put_database_counter(database, next_id));
  changes.push_back(
      catalog::put_database_version(database, SchemaVersion(schema.version().value() + 1)));
  for (const catalog::Change& change : changes) {
    TRY(change.kind == catalog::Change::Kind::Erase
            ? state.transaction().erase(Family::Meta, change.key)
            : state.transaction().put(Family::Meta, change.key, change.row));
  }
  state.stats().rows_written += *records;
  return records;
}

}  // namespace zerodb::exec
