#include "exec/write.h"

#include "exec/copy_rows.h"
#include "exec/record_change.h"
#include "exec/table_clearing.h"
#include "exec/table_writer.h"

namespace zerodb::exec {

using plan::WritePlan;

namespace {

class Writing {
 public:
  Writing(ExecState& state, RowBuffer& returned)
      : state_(state), plan_(*state.plan().write), returned_(returned), hold_(state.hold()) {}

  Result<uint64_t> run() {
    writer_ = TRY(TableWriter::make(state_, state_.schema().table(plan_.table), plan_.rules));
    if (plan_.conflict != sema::InsertStatement::Conflict::Fail) writer_->remember_inserts();
    if (plan_.returning)
      returning_.push_back(TRY(RecordFrame::make(state_, writer_->drafts(), *plan_.returning)));
    switch (plan_.kind) {
      case WritePlan::Kind::InsertRows:
        TRY(insert_rows());
        break;
      case WritePlan::Kind::InsertContent:
        TRY(insert_content());
        break;
      case WritePlan::Kind::Put:
        TRY(put());
        break;
      case WritePlan::Kind::Update:
        TRY(update());
        break;
      case WritePlan::Kind::Delete:
        TRY(erase());
        break;
      case WritePlan::Kind::Relate:
        TRY(relate());
        break;
      case WritePlan::Kind::CopyRows:
        affected_ = TRY(copy_rows(state_, *writer_));
        break;
    }
    TRY(give_back());
    TRY(plan_.kind == WritePlan::Kind::CopyRows ? finish_copy(state_, *writer_)
                                                : writer_->finish());
    return affected_;
  }

 private:
  struct Written {
    std::optional<Draft> before;
    std::optional<Draft> after;
    std::vector<Value> carried;
  };

  const DraftTable& drafts() const { return writer_->drafts(); }

  Result<RowBuffer> query_rows() {
    const plan::Node& root = state_.plan().node(plan_.query);
    RowBuffer rows(static_cast<uint32_t>(root.columns.size()));
    const ArenaMark mark(state_.arena());
    const OwnColumns columns = TRY(OwnColumns::make(state_, root.columns, limits::kBatchRowsMax));
    const std::unique_ptr<Operator> tree =
        TRY(make_operator(state_, plan_.query, limits::kBatchRowsMax));
    TRY(drain(state_, *tree, columns, limits::kBatchRowsMax, rows, hold_));
    return rows;
  }

  // The rules of the table, then what the user may write. `before` has one for each of `after`, or
  // none where all are new.
  Status apply_rules(std::span<const Draft* const> before, std::span<Draft* const> after) {
    WriteGrants& grants = writer_->grants();
    if (grants.is_open()) return writer_->apply_rules(after);
    std::vector<GrantedWrite> writes;
    for (size_t i = 0; i < after.size(); ++i) {
      const Draft* old = before.empty() ? nullptr : before[i];
      writes.push_back({old, after[i], grants.changed_fields(old, *after[i])});
    }
    TRY(writer_->apply_rules(after));
    return grants.check(writes);
  }

  // One row that was written: remembered as long as RETURNING wants it.
  Status note(std::optional<Draft> before, std::optional<Draft> after,
              std::vector<Value> carried = {}) {
    ++affected_;
    if (returning_.empty()) return ok_status();
    written_.push_back({std::move(before), std::move(after), std::move(carried)});
    return written_.size() == RecordFrame::kRowsMax ? give_back() : ok_status();
  }

  Status give_back() {
    if (returning_.empty() || written_.empty()) return ok_status();
    const bool is_delete = plan_.kind == WritePlan::Kind::Delete;
    std::vector<RecordRow> rows;
    for (const Written& each : written_) {
      const Draft* before = each.before ? &*each.before : nullptr;
      const Draft* after = each.after ? &*each.after : nullptr;
      rows.push_back({is_delete ? before : after, each.carried, before, after});
    }
    const ArenaMark mark(state_.arena());
    if (!returning_[0].is_empty()) TRY(returning_[0].run(rows));
    for (uint32_t row = 0; row < rows.size(); ++row)
      returned_.append_row(returning_[0].outputs(row));
    written_.clear();
    return ok_status();
  }

  // INSERT.

  Status finish_insert(std::vector<Draft>& batch) {
    std::vector<bool> is_generated(batch.size(), false);
    std::vector<Draft*> drafts_to_check;
    for (size_t i = 0; i < batch.size(); ++i) {
      if (batch[i].key.is_none()) {
        TRY(drafts().generate_key(batch[i]));
        is_generated[i] = true;
      }
      drafts_to_check.push_back(&batch[i]);
    }
    TRY(apply_rules({}, drafts_to_check));
    for (size_t i = 0; i < batch.size(); ++i) {
      if (plan_.conflict == sema::InsertStatement::Conflict::Fail) {
        TRY(writer_->insert(batch[i], !is_generated[i]));
        TRY(note(std::nullopt, std::move(batch[i])));
        continue;
      }
      std::optional<Draft> stored = TRY(writer_->find_conflict(batch[i], plan_.conflict_fields));
      if (!stored) {
        TRY(writer_->insert(batch[i], !is_generated[i]));
        TRY(note(std::nullopt, std::move(batch[i])));
      } else if (plan_.conflict == sema::InsertStatement::Conflict::Update) {
        TRY(resolve(*stored, batch[i]));
      }
    }
    batch.clear();
    return state_.check_interrupt();
  }

  // ON CONFLICT DO UPDATE.
  Status resolve(const Draft& stored, const Draft& proposed) {
    if (writer_->was_written(stored.key_bytes)) {
      return Error(ErrorCode::E0416, "a record of `" + writer_->table().name +
                                         "` would be changed twice by one statement");
    }
    std::vector<Value> values;
    {
      const ArenaMark mark(state_.arena());
      RecordFrame frame = TRY(RecordFrame::make(state_, drafts(), plan_.conflict_values));
      if (!frame.is_empty()) {
        const RecordRow row{&stored, {}, &stored, &proposed};
        TRY(frame.run(std::span(&row, 1)));
        values = frame.outputs(0);
      }
    }
    if (plan_.conflict_condition) {
      const Value& holds = values[*plan_.conflict_condition];
      if (holds.tag() != Tag::Bool || !holds.as_bool()) return ok_status();
    }
    Draft after = stored;
    TRY(apply_change(drafts(), plan_.conflict_change, values, after));
    Draft* changed = &after;
    const Draft* old = &stored;
    TRY(apply_rules(std::span(&old, 1), std::span(&changed, 1)));
    TRY(writer_->update(stored, after));
    return note(stored, std::move(after));
  }

  Status insert_rows() {
    const RowBuffer rows = TRY(query_rows());
    const catalog::Table& table = writer_->table();
    std::vector<Draft> batch;
    for (size_t row = 0; row < rows.rows(); ++row) {
      Draft draft = drafts().empty();
      if (plan_.as_records) {
        TRY(apply_object(drafts(), rows.at(row, 0), draft));
      } else {
        std::vector<std::optional<Value>> key_values(table.key.size());
        std::optional<Value> id;
        for (uint32_t i = 0; i < plan_.places.size(); ++i) {
          const plan::ChangePlan::Target& place = plan_.places[i];
          const Value& value = rows.at(row, i);
          if (place.field == "id" && place.steps.empty()) {
            if (!value.is_none()) id = value;
          } else if (place.declared && place.steps.empty()) {
            draft.fields[*place.declared] = value;
          } else if (const auto position = table.key_position(place.field);
                     position && place.steps.empty()) {
            key_values[*position] = value;
          } else {
            const Draft before = draft;
            TRY(apply_target(drafts(), place, {}, value, before, draft));
          }
        }
        TRY(give_key(drafts(), id, key_values, draft));
      }
      batch.push_back(std::move(draft));
      if (batch.size() == RecordFrame::kRowsMax) TRY(finish_insert(batch));
    }
    return finish_insert(batch);
  }

  Status insert_content() {
    const Value content = TRY(state_.evaluate(plan_.content));
    std::vector<Draft> batch;
    const auto add = [&](const Value& object) -> Status {
      Draft draft = drafts().empty();
      Status applied = apply_object(drafts(), object, draft);
      if (!applied) return std::move(applied).error().at(plan_.content.span);
      batch.push_back(std::move(draft));
      return batch.size() == RecordFrame::kRowsMax ? finish_insert(batch) : ok_status();
    };
    if (zerodb::is_sequence(content.tag())) {
      const SequenceView view(content);
      for (uint32_t i = 0; i < view.size(); ++i) TRY(add(view.at(i)));
    } else {
      TRY(add(content));
    }
    return finish_insert(batch);
  }

  // CREATE and UPSERT.

  Status put() {
    Draft draft = drafts().empty();
    bool is_generated = false;
    std::optional<Draft> before;
    if (plan_.record) {
      const Value record = TRY(state_.evaluate(*plan_.record));
      TRY(drafts().set_key(draft, record));
      if (!plan_.must_be_new) before = TRY(writer_->load(draft.key_bytes));
      if (before) draft = *before;
    }
    std::vector<Value> values;
    {
      const ArenaMark mark(state_.arena());
      RecordFrame frame = TRY(RecordFrame::make(state_, drafts(), plan_.change_values));
      if (!frame.is_empty()) {
        const RecordRow row{before ? &*before : nullptr, {}, nullptr, nullptr};
        TRY(frame.run(std::span(&row, 1)));
        values = frame.outputs(0);
      }
    }
    TRY(take_key_fields(values, draft));
    TRY(apply_change(drafts(), plan_.change, values, draft));
    if (draft.key.is_none()) {
      TRY(drafts().generate_key(draft));
      is_generated = true;
    } else if (!plan_.must_be_new && !before) {
      // The content named the record.
      before = TRY(writer_->load(draft.key_bytes));
    }
    Draft* changed = &draft;
    const Draft* old = before ? &*before : nullptr;
    TRY(apply_rules(std::span(&old, 1), std::span(&changed, 1)));
    if (before) {
      TRY(writer_->update(*before, draft));
    } else {
      TRY(writer_->insert(draft, plan_.must_be_new && !is_generated));
    }
    return note(std::move(before), std::move(draft));
  }

  // `CREATE t SET key_column = ..` gives the key.
  Status take_key_fields(std::span<const Value> values, Draft& draft) {
    const catalog::Table& table = writer_->table();
    if (table.key.empty() || plan_.record) return ok_status();
    std::vector<std::optional<Value>> key_values(table.key.size());
    for (const plan::ChangePlan::Target& target : plan_.change.assignments) {
      if (const auto position = table.key_position(target.field))
        key_values[*position] = values[target.value];
    }
    TRY(drafts().set_key_from(draft, key_values));
    return ok_status();
  }

  // UPDATE and DELETE.

  Result<std::optional<Draft>> target_of(const RowBuffer& rows, size_t row) {
    const Value& id = rows.at(row, 0);
    if (id.tag() != Tag::RecordId) return std::optional<Draft>();
    Draft named;
    TRY(drafts().set_key(named, id));
    return writer_->load(named.key_bytes);
  }

  std::vector<Value> carried(const RowBuffer& rows, size_t row) const {
    std::vector<Value> out;
    for (uint32_t i = plan_.carried_from; i < rows.width(); ++i) out.push_back(rows.at(row, i));
    return out;
  }

  Status update() {
    writer_->defer_entries();
    const RowBuffer rows = TRY(query_rows());
    std::vector<Draft> before;
    std::vector<Draft> after;
    std::vector<size_t> origins;
    const auto flush = [&]() -> Status {
      std::vector<Draft*> changed;
      std::vector<const Draft*> old;
      for (Draft& draft : after) changed.push_back(&draft);
      for (const Draft& draft : before) old.push_back(&draft);
      TRY(apply_rules(old, changed));
      for (size_t i = 0; i < after.size(); ++i) {
        TRY(writer_->update(before[i], after[i]));
        TRY(note(std::move(before[i]), std::move(after[i]), carried(rows, origins[i])));
      }
      before.clear();
      after.clear();
      origins.clear();
      return state_.check_interrupt();
    };
    for (size_t row = 0; row < rows.rows(); ++row) {
      std::optional<Draft> stored = TRY(target_of(rows, row));
      if (!stored) continue;
      Draft changed = *stored;
      std::vector<Value> values;
      for (uint32_t i = 0; i < plan_.carried_from; ++i) values.push_back(rows.at(row, i));
      TRY(apply_change(drafts(), plan_.change, values, changed));
      before.push_back(std::move(*stored));
      after.push_back(std::move(changed));
      origins.push_back(row);
      if (after.size() == RecordFrame::kRowsMax) TRY(flush());
    }
    return flush();
  }

  Status erase() {
    if (plan_.takes_all && writer_->grants().is_open()) {
      if (const auto cleared = TRY(clear_table(state_, writer_->table()))) {
        affected_ = *cleared;
        return ok_status();
      }
    }
    const RowBuffer rows = TRY(query_rows());
    for (size_t row = 0; row < rows.rows(); ++row) {
      std::optional<Draft> stored = TRY(target_of(rows, row));
      // Gone with another record of this statement already.
      if (!stored) continue;
      TRY(writer_->erase(*stored));
      TRY(note(std::move(stored), std::nullopt, carried(rows, row)));
    }
    return ok_status();
  }

  Status relate() {
    const RowBuffer rows = TRY(query_rows());
    std::vector<Draft> batch;
    for (size_t row = 0; row < rows.rows(); ++row) {
      Draft draft = drafts().empty();
      std::vector<Value> values;
      for (uint32_t i = 0; i < rows.width(); ++i) values.push_back(rows.at(row, i));
      TRY(apply_change(drafts(), plan_.change, values, draft));
      draft.fields[catalog::kSourcePosition] = rows.at(row, 0);
      draft.fields[catalog::kTargetPosition] = rows.at(row, 1);
      batch.push_back(std::move(draft));
      if (batch.size() == RecordFrame::kRowsMax) TRY(finish_insert(batch));
    }
    return finish_insert(batch);
  }

  ExecState& state_;
  const WritePlan& plan_;
  RowBuffer& returned_;
  MemoryHold hold_;  // for the rows of the query
  std::unique_ptr<TableWriter> writer_;
  std::vector<RecordFrame> returning_;  // none or one
  std::vector<Written> written_;
  uint64_t affected_ = 0;
};

}  // namespace

Result<uint64_t> run_write(ExecState& state, RowBuffer& returned) {
  Writing writing(state, returned);
  return writing.run();
}

}  // namespace zerodb::exec
