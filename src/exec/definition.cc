#include "exec/definition.h"

#include <algorithm>

#include "base/bytes.h"
#include "catalog/jobs.h"
#include "catalog/statistics.h"
#include "catalog/store_codec.h"
#include "exec/draft.h"
#include "exec/index_build.h"
#include "exec/own_write.h"
#include "exec/record_reader.h"
#include "exec/table_writer.h"
#include "function/password.h"
#include "value/zval.h"

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
    for (const catalog::Change& change : definition_.changes) TRY(apply(change));
    if (definition_.new_password) TRY(set_password(*definition_.new_password));
    for (TableId table : definition_.drop) TRY(drop_table(table));
    for (IndexId index : definition_.drop_indexes)
      TRY(drop(catalog::DroppedSpace::Kind::Entries, store_prefix(index.value())));
    if (definition_.drop_database) TRY(drop_database(*definition_.drop_database));
    if (definition_.build.empty() && definition_.verify.empty() && definition_.refill.empty()) {
      return ok_status();
    }
    schema_ = TRY(changed_schema());
    const auto without_new = schema_without_new_indexes();
    for (TableId table : definition_.refill) TRY(verify(without_new, without_new->table(table)));
    for (TableId table : definition_.verify) TRY(verify(without_new, without_new->table(table)));
    for (const auto& each : definition_.build) TRY(build(each));
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

  Status apply(const catalog::Change& change) {
    if (change.kind == catalog::Change::Kind::Erase)
      return transaction().erase(Family::Meta, change.key);
    return transaction().put(Family::Meta, change.key, change.row);
  }

  Status set_password(const sema::DefinitionStatement::NewPassword& made) {
    const Value& password =
        made.parameter ? state_.parameter(made.parameter->value()) : made.literal;
    if (password.tag() != Tag::String) return Error(ErrorCode::E0317, "`password` is a string");
    catalog::Facility user = made.user;
    user.password_hash = TRY(function::hash_password(password.as_string(), *state_.call().random));
    return apply(catalog::put_facility(state_.schema().database().id, user));
  }

  // The keys are freed once no snapshot can see them.
  Status drop(catalog::DroppedSpace::Kind kind, std::string prefix) {
    return apply(catalog::put_dropped({kind, std::move(prefix)}));
  }

  Status drop_table(TableId table) {
    TRY(apply(catalog::erase_statistics(table)));
    const catalog::Table* definition = state_.schema().find_table(table);
    if (definition == nullptr)
      return drop(catalog::DroppedSpace::Kind::Records, store_prefix(table.value()));
    TRY(drop(catalog::DroppedSpace::Kind::Records, records_prefix(*definition)));
    for (const catalog::Index& index : definition->indexes)
      TRY(drop(catalog::DroppedSpace::Kind::Entries, store_prefix(index.id.value())));
    return ok_status();
  }

  Status drop_database(DatabaseId database) {
    for (const std::string& prefix :
         {catalog::database_prefix(database), catalog::sequences_prefix(database),
          catalog::statistics_prefix(database)}) {
      std::vector<std::string> keys;
      {
        const auto cursor =
            transaction().scan(Family::Meta, Range::prefix(prefix), Direction::Forward);
        while (const txn::Entry* entry = cursor->next()) keys.emplace_back(entry->key);
        TRY(cursor->status());
      }
      for (const std::string& key : keys) TRY(transaction().erase(Family::Meta, key));
    }
    // Ids of tables and indexes begin with that of their database.
    std::string prefix;
    put_be(prefix, database.value());
    TRY(drop(catalog::DroppedSpace::Kind::Records, prefix));
    return drop(catalog::DroppedSpace::Kind::Entries, prefix);
  }

  // All at once, or left to be done after the commit.
  Status build(const sema::DefinitionStatement::BuildIndex& build) {
    const catalog::Index* index = schema_->table(build.table).index(build.index);
    ASSERT(index != nullptr);
    if (!state_.context().defers_index || !definition_.is_index_alone()) {
      TRY(build_index_step(state_.context(), schema_, *index, {}, {}));
      return ok_status();
    }
    catalog::Index made = *index;
    made.state = catalog::Index::State::WriteOnly;
    const DatabaseId database = schema_->database().id;
    TRY(apply(catalog::put_index(database, made)));
    return apply(catalog::put_index_job({database, build.table, build.index, {}}));
  }

  // Records are brought into the new shape before the new indexes are built, which then take them
  // as they are.
  std::shared_ptr<const catalog::Schema> schema_without_new_indexes() const {
    if (definition_.build.empty()) return schema_;
    catalog::SchemaParts parts = schema_->parts();
    for (catalog::Table& table : parts.tables) {
      std::erase_if(table.indexes, [&](const catalog::Index& index) {
        return std::ranges::any_of(definition_.build,
                                   [&](const auto& build) { return build.index == index.id; });
      });
    }
    return std::make_shared<const catalog::Schema>(std::move(parts));
  }

  // Calls visit(draft) with every record of a table.
  template <typename Visit>
  Status for_each_record(const DraftTable& drafts, Visit visit) {
    const Range range = Range::prefix(records_prefix(drafts.table()));
    const auto cursor = transaction().scan(Family::Row, range, Direction::Forward);
    uint32_t count = 0;
    while (const txn::Entry* entry = cursor->next()) {
      if (++count % limits::kBatchRowsMax == 0) TRY(state_.check_interrupt());
      const Draft draft = TRY(drafts.load(without_prefix(entry->key), entry->value));
      TRY(visit(draft));
    }
    return cursor->status();
  }

  static Status as_broken_rule(const catalog::Table& table, Status met) {
    if (met) return met;
    return Error(ErrorCode::E1011, "a record of `" + table.name + "` breaks the new rule: " +
                                       std::string(met.error().message()));
  }

  // Every record must meet the rules, and all of them together what is unique; what a new DEFAULT
  // or COMPUTED gives is filled in, and what a record has under the name of a new field becomes the
  // field's.
  Status verify(const std::shared_ptr<const catalog::Schema>& schema, const catalog::Table& table) {
    const auto rules = TRY(plan_of_update(state_.library(), schema, table));
    std::unique_ptr<StatementMemory> memory = TRY(state_.context().memory->acquire());
    ExecState state(rules, state_.context(), std::move(memory));
    const auto writer =
        TRY(TableWriter::make(state, rules->schema().table(table.id), rules->write->rules));
    writer->defer_entries();
    std::vector<Draft> batch;
    const auto flush = [&]() -> Status {
      std::vector<Draft> before = batch;
      std::vector<Draft*> drafts;
      for (Draft& draft : batch) {
        TRY(as_broken_rule(table, writer->drafts().adopt_extras(draft)));
        drafts.push_back(&draft);
      }
      TRY(as_broken_rule(table, writer->apply_rules(drafts)));
      for (size_t i = 0; i < batch.size(); ++i) {
        TRY(as_broken_rule(table, writer->verify_links(batch[i])));
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
    TRY(flush());
    return as_broken_rule(table, writer->finish());
  }

  // To the last byte: what is equal may still be of another type inside.
  static bool is_same(const Value& left, const Value& right) {
    std::string bytes_of_left;
    std::string bytes_of_right;
    zval::append_element(bytes_of_left, left);
    zval::append_element(bytes_of_right, right);
    return bytes_of_left == bytes_of_right;
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
