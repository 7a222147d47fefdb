#include "exec/definition.h"

#include "catalog/store_codec.h"
#include "exec/draft.h"
#include "exec/record_reader.h"
#include "value/cast.h"

namespace zerodb::exec {

using txn::Direction;
using txn::Family;
using txn::Range;

namespace {

class Defining {
 public:
  Defining(ExecState& state, const sema::DefinitionStatement& definition)
      : state_(state), definition_(definition) {}

  Status run() {
    for (const catalog::Change& change : definition_.changes) {
      if (change.kind == catalog::Change::Kind::Put) {
        TRY(transaction().put(Family::Meta, change.key, change.row));
      } else {
        TRY(transaction().erase(Family::Meta, change.key));
      }
    }
    for (TableId table : definition_.drop) TRY(drop(table));
    if (definition_.build.empty() && definition_.verify.empty()) return ok_status();
    schema_ = TRY(changed_schema());
    for (const auto& build : definition_.build) TRY(build_index(build));
    for (TableId table : definition_.verify) TRY(verify(schema_->table(table)));
    return ok_status();
  }

 private:
  txn::Transaction& transaction() { return state_.transaction(); }

  // The definitions as they are with this statement's changes.
  Result<std::shared_ptr<const catalog::Schema>> changed_schema() {
    catalog::Rows rows;
    const DatabaseId database = state_.schema().database().id;
    for (const std::string& prefix : {catalog::root_prefix(), catalog::database_prefix(database)}) {
      const auto cursor =
          transaction().scan(Family::Meta, Range::prefix(prefix), Direction::Forward);
      while (const txn::Entry* entry = cursor->next()) rows.emplace(entry->key, entry->value);
      TRY(cursor->status());
    }
    return catalog::build(rows, database);
  }

  Status drop(TableId table) {
    TRY(erase_all(Family::Row, store_prefix(table.value())));
    if (const catalog::Table* definition = state_.schema().find_table(table)) {
      for (const catalog::Index& index : definition->indexes)
        TRY(erase_all(Family::Index, store_prefix(index.id.value())));
    }
    return ok_status();
  }

  Status erase_all(Family family, const std::string& prefix) {
    std::vector<std::string> keys;
    {
      const auto cursor = transaction().scan(family, Range::prefix(prefix), Direction::Forward);
      while (const txn::Entry* entry = cursor->next()) {
        keys.emplace_back(entry->key);
        if (keys.size() % limits::kBatchRowsMax == 0) TRY(state_.check_interrupt());
      }
      TRY(cursor->status());
    }
    for (const std::string& key : keys) TRY(transaction().erase(family, key));
    return ok_status();
  }

  // Calls visit(draft) with every record of a table.
  template <typename Visit>
  Status for_each_record(const DraftTable& drafts, Visit visit) {
    const Range range = Range::prefix(store_prefix(drafts.table().id.value()));
    const auto cursor = transaction().scan(Family::Row, range, Direction::Forward);
    uint32_t count = 0;
    while (const txn::Entry* entry = cursor->next()) {
      if (++count % limits::kBatchRowsMax == 0) TRY(state_.check_interrupt());
      const Draft draft = TRY(drafts.load(without_prefix(entry->key), entry->value));
      TRY(visit(draft));
    }
    return cursor->status();
  }

  Status build_index(const sema::DefinitionStatement::BuildIndex& build) {
    const catalog::Table& table = schema_->table(build.table);
    const catalog::Index* index = table.index(build.index);
    ASSERT(index != nullptr);
    const DraftTable drafts(state_, table, plan::layouts_of(table));
    return for_each_record(drafts, [&](const Draft& draft) -> Status {
      std::vector<index::Entry> entries;
      TRY(drafts.append_entries(draft, *index, entries));
      for (const index::Entry& entry : entries) {
        if (entry.must_be_unique) {
          std::string buffer;
          const auto found = TRY(transaction().get(Family::Index, entry.key, buffer));
          if (found && TRY(index::record_key_of(entry.key, *found)) != draft.key_bytes) {
            return Error(ErrorCode::E1011, "two records of `" + table.name +
                                               "` have the same value in unique index `" +
                                               index->name + "`");
          }
        }
        TRY(transaction().put(Family::Index, entry.key, entry.payload));
      }
      return ok_status();
    });
  }

  // Types and required fields; conditions are asked when a record is written next.
  Status verify(const catalog::Table& table) {
    const DraftTable drafts(state_, table, plan::layouts_of(table));
    return for_each_record(drafts, [&](const Draft& draft) -> Status {
      for (size_t i = 0; i < table.fields.size(); ++i) {
        const catalog::Field& field = table.fields[i];
        const Value value = draft.fields[i].value_or(Value::none());
        const bool is_filled_in =
            value.is_none() && (!field.default_text.empty() || !field.computed_text.empty());
        const bool fits =
            value.is_none() ? field.type.admits_none() : coerce(value, field.type).has_value();
        if (fits || is_filled_in) continue;
        return Error(ErrorCode::E1011, "a record of `" + table.name +
                                           "` breaks the new rule of field `" + field.name + "`");
      }
      return ok_status();
    });
  }

  ExecState& state_;
  const sema::DefinitionStatement& definition_;
  std::shared_ptr<const catalog::Schema> schema_;  // shared with nobody
};

}  // namespace

Status run_definition(ExecState& state, const sema::DefinitionStatement& definition) {
  if (definition.no_op) return ok_status();
  return Defining(state, definition).run();
}

}  // namespace zerodb::exec
