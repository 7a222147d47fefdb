#include "exec/definition.h"

#include <algorithm>

#include "catalog/store_codec.h"
#include "exec/draft.h"
#include "exec/index_entries.h"
#include "exec/record_reader.h"
#include "exec/table_writer.h"
#include "plan/planner.h"
#include "sema/check.h"
#include "zeroql/parser.h"

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
    for (IndexId index : definition_.drop_indexes) {
      TRY(erase_all(Family::Index, store_prefix(index.value())));
    }
    if (definition_.build.empty() && definition_.verify.empty() && definition_.refill.empty()) {
      return ok_status();
    }
    schema_ = TRY(changed_schema());
    for (TableId table : definition_.refill) TRY(verify(schema_->table(table)));
    for (TableId table : definition_.verify) TRY(verify(schema_->table(table)));
    for (const auto& build : definition_.build) TRY(build_index(build));
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
    const auto rules = TRY(rules_of(table));
    std::unique_ptr<StatementMemory> memory = TRY(state_.context().memory->acquire());
    ExecState state(rules, state_.context(), std::move(memory));
    const DraftTable drafts(state, rules->schema().table(table.id));
    IndexEntries made =
        TRY(IndexEntries::make(state, drafts, IndexEntries::programs_of(*rules, table.id)));
    return for_each_record(drafts, [&](const Draft& draft) -> Status {
      std::vector<index::Entry> entries;
      TRY(made.append(draft, *index, entries));
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

  // The rules of a table as they are now, bound to expressions.
  Result<std::shared_ptr<const plan::Plan>> rules_of(const catalog::Table& table) {
    std::string name;
    for (char c : table.name) name += c == '`' ? std::string("``") : std::string(1, c);
    const zeroql::ParseResult parsed = zeroql::parse("UPDATE `" + name + "` MERGE {} WHERE true");
    sema::CheckContext context;
    context.library = &state_.library();
    sema::CheckResult checked =
        sema::check(zeroql::ast::statements(parsed.tree)[0], schema_, context);
    if (!checked.ok()) return zeroql::to_error(checked.diagnostics.front());
    return plan::make_plan(std::make_shared<const sema::Statement>(std::move(checked.statement)));
  }

  // Every record must meet the rules; what a new DEFAULT or COMPUTED gives is filled in.
  Status verify(const catalog::Table& table) {
    const auto rules = TRY(rules_of(table));
    std::unique_ptr<StatementMemory> memory = TRY(state_.context().memory->acquire());
    ExecState state(rules, state_.context(), std::move(memory));
    const auto writer =
        TRY(TableWriter::make(state, rules->schema().table(table.id), rules->write->rules));
    std::vector<Draft> batch;
    const auto flush = [&]() -> Status {
      std::vector<Draft> before = batch;
      std::vector<Draft*> drafts;
      for (Draft& draft : batch) drafts.push_back(&draft);
      Status met = writer->apply_rules(drafts);
      if (!met) {
        return Error(ErrorCode::E1011, "a record of `" + table.name + "` breaks the new rule: " +
                                           std::string(met.error().message()));
      }
      for (size_t i = 0; i < batch.size(); ++i) {
        if (is_same(before[i], batch[i])) continue;
        TRY(writer->refill(before[i], batch[i]));
      }
      batch.clear();
      return ok_status();
    };
    TRY(for_each_record(writer->drafts(), [&](const Draft& draft) -> Status {
      batch.push_back(draft);
      return batch.size() == RecordFrame::kRowsMax ? flush() : ok_status();
    }));
    return flush();
  }

  static bool is_same(const Value& left, const Value& right) {
    return left.tag() == right.tag() && equals(left, right);
  }

  static bool is_same(const Draft& left, const Draft& right) {
    for (size_t i = 0; i < left.fields.size(); ++i) {
      if (left.fields[i].has_value() != right.fields[i].has_value()) return false;
      if (left.fields[i] && !is_same(*left.fields[i], *right.fields[i])) return false;
    }
    const auto is_same_extra = [](const auto& a, const auto& b) {
      return a.first == b.first && is_same(a.second, b.second);
    };
    return std::ranges::equal(left.extras, right.extras, is_same_extra);
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
