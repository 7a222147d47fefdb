#include "exec/table_writer.h"

#include <algorithm>

#include "base/store_fault.h"
#include "exec/record_reader.h"
#include "value/cast.h"
#include "value/key_codec.h"

namespace zerodb::exec {

using txn::Direction;
using txn::Family;
using txn::Range;

namespace {

const plan::RuleSet kNoRules;

// Whether a value is of a simple type as it stands, without asking the table of conversions.
bool is_plainly(const Value& value, const Type& type) {
  switch (type.kind()) {
    case TypeKind::Any:
      return true;
    case TypeKind::Bool:
      return value.tag() == Tag::Bool;
    case TypeKind::I64:
      return value.tag() == Tag::I64;
    case TypeKind::F64:
      return value.tag() == Tag::F64;
    case TypeKind::String:
      return value.tag() == Tag::String;
    case TypeKind::Bytes:
      return value.tag() == Tag::Bytes;
    case TypeKind::Datetime:
      return value.tag() == Tag::Datetime;
    case TypeKind::Object:
      return value.tag() == Tag::Object;
    default:
      return false;
  }
}

Error missing_link(const std::string& field) {
  return Error(ErrorCode::E1008, "the record that `" + field + "` refers to does not exist");
}

bool contains(const std::vector<TableId>& tables, TableId table) {
  return std::ranges::find(tables, table) != tables.end();
}

}  // namespace

TableWriter::TableWriter(ExecState& state, const catalog::Table& table, const plan::RuleSet& rules)
    : state_(state),
      table_(table),
      drafts_(state, table),
      rules_(rules),
      prefix_(records_prefix(table)) {}

Result<std::unique_ptr<TableWriter>> TableWriter::make(ExecState& state,
                                                       const catalog::Table& table,
                                                       const plan::RuleSet& rules) {
  std::unique_ptr<TableWriter> out(new TableWriter(state, table, rules));
  out->entries_.emplace(TRY(
      IndexEntries::make(state, out->drafts_, IndexEntries::programs_of(state.plan(), table.id))));
  for (const auto& each : rules.defaults)
    out->default_frames_.push_back(TRY(RecordFrame::make(state, out->drafts_, each.value)));
  for (const auto& each : rules.computed)
    out->computed_frames_.push_back(TRY(RecordFrame::make(state, out->drafts_, each.value)));
  if (!rules.rules.empty()) {
    out->condition_frames_.push_back(TRY(RecordFrame::make(state, out->drafts_, rules.conditions)));
  }
  out->nested_.emplace(TRY(NestedRules::make(state, out->drafts_, rules)));
  out->grants_.emplace(TRY(WriteGrants::make(state, out->drafts_, rules)));
  return out;
}

Status TableWriter::check_types(Draft& draft) {
  for (size_t i = 0; i < draft.fields.size(); ++i) {
    std::optional<Value>& value = draft.fields[i];
    const catalog::Field& field = table_.fields[i];
    if (!value || value->is_none() || is_plainly(*value, field.type)) continue;
    Result<Value> fitted = coerce(*value, field.type, state_.names());
    if (!fitted) {
      return Error(fitted.error().code(),
                   "field `" + field.name + "`: " + std::string(fitted.error().message()));
    }
    value = std::move(*fitted);
  }
  return ok_status();
}

Status TableWriter::check_required(const Draft& draft) const {
  for (size_t i = 0; i < draft.fields.size(); ++i) {
    const catalog::Field& field = table_.fields[i];
    if (field.type.admits_none() || (draft.fields[i] && !draft.fields[i]->is_none())) continue;
    return Error(ErrorCode::E1004,
                 "field `" + field.name + "` of `" + table_.name + "` needs a value");
  }
  return ok_status();
}

Status TableWriter::run_computations(const std::vector<plan::RuleSet::Computation>& computations,
                                     std::vector<RecordFrame>& frames,
                                     std::span<Draft* const> drafts, bool only_absent) {
  for (size_t i = 0; i < computations.size(); ++i) {
    const uint32_t field = computations[i].field;
    std::vector<RecordRow> rows;
    std::vector<Draft*> targets;
    for (Draft* draft : drafts) {
      if (only_absent && draft->fields[field]) continue;
      rows.push_back({draft, {}, nullptr, nullptr});
      targets.push_back(draft);
    }
    if (rows.empty()) continue;
    const ArenaMark mark(state_.arena());
    TRY(frames[i].run(rows));
    for (uint32_t row = 0; row < targets.size(); ++row) {
      const Value value = frames[i].output(row, 0);
      Result<Value> fitted = value.is_none()
                                 ? Result<Value>(value)
                                 : coerce(value, table_.fields[field].type, state_.names());
      if (!fitted) return std::move(fitted).error();
      targets[row]->fields[field] = std::move(*fitted);
    }
  }
  return ok_status();
}

Status TableWriter::check_rules(std::span<Draft* const> drafts) {
  if (condition_frames_.empty()) return ok_status();
  std::vector<RecordRow> rows;
  for (Draft* draft : drafts) rows.push_back({draft, {}, nullptr, nullptr});
  const ArenaMark mark(state_.arena());
  TRY(condition_frames_[0].run(rows));
  for (uint32_t row = 0; row < drafts.size(); ++row) {
    for (uint32_t i = 0; i < rules_.rules.size(); ++i) {
      const auto& rule = rules_.rules[i];
      if (rule.field) {
        const auto& value = drafts[row]->fields[*rule.field];
        if (!value || value->is_none()) continue;
      }
      const Value holds = condition_frames_[0].output(row, i);
      if (holds.tag() == Tag::Bool && holds.as_bool()) continue;
      return Error(ErrorCode::E1003,
                   "the rule `" + rule.name + "` of `" + table_.name + "` does not hold");
    }
  }
  return ok_status();
}

Status TableWriter::apply_rules(std::span<Draft* const> drafts) {
  for (size_t begin = 0; begin < drafts.size(); begin += RecordFrame::kRowsMax) {
    const auto part =
        drafts.subspan(begin, std::min<size_t>(RecordFrame::kRowsMax, drafts.size() - begin));
    for (Draft* draft : part) TRY(check_types(*draft));
    TRY(run_computations(rules_.defaults, default_frames_, part, true));
    for (Draft* draft : part) TRY(nested_->check_types(*draft));
    TRY(nested_->apply_defaults(part));
    TRY(run_computations(rules_.computed, computed_frames_, part, false));
    for (Draft* draft : part) {
      TRY(check_required(*draft));
      TRY(nested_->check_required(*draft));
    }
    TRY(check_rules(part));
    TRY(nested_->check_asserts(part));
  }
  return ok_status();
}

Status TableWriter::check_link(const Value& link, const catalog::Field& field) {
  if (zerodb::is_sequence(link.tag())) {
    const SequenceView view(link);
    for (uint32_t i = 0; i < view.size(); ++i) TRY(check_link(view.at(i), field));
    return ok_status();
  }
  if (link.tag() != Tag::RecordId) return ok_status();
  const txn::ReadGuard guard(state_.transaction());
  const RecordIdView id(link);
  const catalog::Table* const target = state_.schema().find_table(id.table());
  // What lay in a table that is gone may still wait to be freed.
  if (target == nullptr) return missing_link(field.name);
  std::string key = records_prefix(*target);
  TRY(append_key(key, id.key()));
  std::string buffer;
  if (!TRY(state_.transaction().get(Family::Row, key, buffer))) {
    // It may come with a later record of the statement.
    pending_links_.push_back({std::move(key), field.name, inserts_});
  }
  return ok_status();
}

Status TableWriter::check_references(const Draft& draft, const Draft* before) {
  for (uint32_t i = 0; i < table_.fields.size(); ++i) {
    const catalog::Field& field = table_.fields[i];
    const bool is_end =
        table_.is_edge() && (i == catalog::kSourcePosition || i == catalog::kTargetPosition);
    if ((!field.reference && !is_end) || !draft.fields[i]) continue;
    const Value& link = *draft.fields[i];
    const bool is_same = before != nullptr && before->fields[i] && equals(*before->fields[i], link);
    if (is_same) continue;
    if (is_end) {
      if (before != nullptr) return Error(ErrorCode::E0504, "the ends of an edge cannot change");
      const auto& allowed = i == catalog::kSourcePosition ? table_.ends.from : table_.ends.to;
      if (link.tag() != Tag::RecordId || !contains(allowed, RecordIdView(link).table())) {
        return Error(ErrorCode::E0501, "edge `" + table_.name + "` never joins these tables");
      }
    }
    TRY(check_link(link, field));
  }
  return ok_status();
}

Status TableWriter::note_write(const std::string& key_bytes) {
  if (written_.insert(key_bytes).second) return ok_status();
  return Error(ErrorCode::E0416,
               "a record of `" + table_.name + "` would be changed twice by one statement");
}

Status TableWriter::put_record(const Draft& draft) {
  const std::string record = TRY(drafts_.encode(draft));
  ++state_.stats().rows_written;
  return state_.transaction().put(Family::Row, prefix_ + draft.key_bytes, record);
}

Status TableWriter::put_entry(const index::Entry& entry, const catalog::Index& index,
                              const std::string& record_key) {
  if (entry.must_be_unique) {
    const txn::ReadGuard guard(state_.transaction());
    std::string buffer;
    const auto found = TRY(state_.transaction().get(Family::Index, entry.key, buffer));
    if (found && TRY(index::record_key_of(entry.key, *found)) != record_key) {
      return Error(ErrorCode::E1002,
                   "another record has the same value in unique index `" + index.name + "`");
    }
  }
  return state_.transaction().put(Family::Index, entry.key, entry.payload);
}

Status TableWriter::add_entry(index::Entry entry, const catalog::Index& index,
                              const std::string& record_key) {
  if (!defers_entries_ || !index.unique) return put_entry(entry, index, record_key);
  pending_entries_.push_back({std::move(entry), &index, record_key});
  return ok_status();
}

Status TableWriter::change_entries(const Draft* before, const Draft* after) {
  for (const catalog::Index& index : table_.indexes) {
    std::vector<index::Entry> old_entries;
    std::vector<index::Entry> new_entries;
    if (before != nullptr) TRY(entries_->append(*before, index, old_entries));
    if (after != nullptr) TRY(entries_->append(*after, index, new_entries));
    if (before == nullptr && new_entries.size() == 1) {
      TRY(add_entry(std::move(new_entries[0]), index, after->key_bytes));
      continue;
    }
    index::Difference difference =
        index::difference(std::move(old_entries), std::move(new_entries));
    if (planted(StoreFault::SkippedIndexUpdate)) difference.removed.clear();
    for (const index::Entry& entry : difference.removed)
      TRY(state_.transaction().erase(Family::Index, entry.key));
    for (index::Entry& entry : difference.added)
      TRY(add_entry(std::move(entry), index, after->key_bytes));
  }
  return ok_status();
}

Status TableWriter::insert(const Draft& draft, bool may_exist_already) {
  if (may_exist_already) {
    std::string buffer;
    if (TRY(state_.transaction().get(Family::Row, prefix_ + draft.key_bytes, buffer))) {
      return Error(ErrorCode::E1001, "record `" + literal_text(drafts_.id(draft), state_.names()) +
                                         "` exists already");
    }
  }
  if (remembers_inserts_) TRY(note_write(draft.key_bytes));
  TRY(change_entries(nullptr, &draft));
  TRY(check_references(draft, nullptr));
  TRY(put_record(draft));
  ++inserts_;
  return ok_status();
}

Status TableWriter::update(const Draft& before, const Draft& after) {
  TRY(note_write(before.key_bytes));
  for (size_t i = 0; i < table_.fields.size(); ++i) {
    const catalog::Field& field = table_.fields[i];
    // What the table's own rules give is no change: a first DEFAULT, or COMPUTED.
    const bool is_filled = !before.fields[i] && !field.default_text.empty();
    if (!field.read_only || is_filled || !field.computed_text.empty()) continue;
    const Value old = before.fields[i].value_or(Value::none());
    if (!equals(old, after.fields[i].value_or(Value::none()))) {
      return Error(ErrorCode::E1005, "field `" + field.name + "` is READONLY");
    }
  }
  TRY(nested_->check_read_only(before, after));
  return put_change(before, after);
}

Status TableWriter::refill(const Draft& before, const Draft& after) {
  TRY(change_entries(&before, &after));
  return put_record(after);
}

Status TableWriter::put_change(const Draft& before, const Draft& after) {
  TRY(change_entries(&before, &after));
  TRY(check_references(after, &before));
  return put_record(after);
}

Result<TableWriter*> TableWriter::other(TableId table) {
  if (table == table_.id) return this;
  std::unique_ptr<TableWriter>& writer = others_[table];
  if (writer == nullptr) {
    const auto& known = state_.plan().write->unset_rules;
    const auto rules = known.find(table);
    writer = TRY(make(state_, state_.schema().table(table),
                      rules == known.end() ? kNoRules : rules->second));
  }
  return writer.get();
}

// Records of another table whose field holds the target.
Result<std::vector<Draft>> TableWriter::referring(TableWriter& writer, uint32_t field,
                                                  const Value& target) {
  const txn::ReadGuard guard(state_.transaction());
  std::vector<Draft> out;
  const catalog::Table& table = writer.table();
  for (const catalog::Index& index : table.indexes) {
    // Each record must have an entry.
    const bool has_all = index.state == catalog::Index::State::Ready &&
                         index.condition_text.empty() &&
                         std::ranges::none_of(index.columns, &catalog::IndexColumn::multikey);
    if (index.columns.empty() || index.columns[0].field != field || !has_all) continue;
    std::string prefix = store_prefix(index.id.value());
    if (!TRY(index::append_column(prefix, index.columns[0], target))) return out;
    std::vector<std::string> keys;
    const auto cursor =
        state_.transaction().scan(Family::Index, Range::prefix(prefix), Direction::Forward);
    while (const txn::Entry* entry = cursor->next()) {
      keys.emplace_back(TRY(index::record_key_of(entry->key, entry->value)));
    }
    TRY(cursor->status());
    for (const std::string& key : keys) {
      std::optional<Draft> draft = TRY(writer.load(key));
      if (draft) out.push_back(std::move(*draft));
    }
    return out;
  }
  const auto cursor = state_.transaction().scan(Family::Row, Range::prefix(records_prefix(table)),
                                                Direction::Forward);
  while (const txn::Entry* entry = cursor->next()) {
    Draft draft = TRY(writer.drafts().load(without_prefix(entry->key), entry->value));
    if (draft.fields[field] && equals(*draft.fields[field], target))
      out.push_back(std::move(draft));
  }
  TRY(cursor->status());
  return out;
}

Status TableWriter::erase_edges(const Value& vertex) {
  for (TableId edge : state_.schema().edges_at(table_.id)) {
    TableWriter* writer = TRY(other(edge));
    for (uint32_t end : {catalog::kSourcePosition, catalog::kTargetPosition}) {
      const std::vector<Draft> edges = TRY(referring(*writer, end, vertex));
      for (const Draft& each : edges) {
        TRY(writer->erase_with_all(each));
      }
    }
  }
  return ok_status();
}

Status TableWriter::apply_references(const Draft& draft) {
  const Value target = drafts_.id(draft);
  for (const catalog::ReferenceUse& use : state_.schema().references_to(table_.id)) {
    const catalog::Field& field = state_.schema().table(use.table).fields[use.field];
    const catalog::OnDelete action = field.reference.value_or(catalog::OnDelete::Restrict);
    if (action == catalog::OnDelete::Restrict) {
      pending_restrictions_.push_back({use, target});
      continue;
    }
    TableWriter* writer = TRY(other(use.table));
    const std::vector<Draft> records = TRY(referring(*writer, use.field, target));
    for (const Draft& each : records) {
      // An earlier one of them may have taken it along, or changed it.
      const std::optional<Draft> now = TRY(writer->load(each.key_bytes));
      if (!now) continue;
      if (action == catalog::OnDelete::Cascade) {
        TRY(writer->erase_with_all(*now));
        continue;
      }
      Draft after = *now;
      after.fields[use.field].reset();
      TRY(writer->put_change(*now, after));
      writer->unset_.insert(each.key_bytes);
    }
  }
  return ok_status();
}

Status TableWriter::erase(const Draft& draft) {
  TRY(note_write(draft.key_bytes));
  return erase_with_all(draft);
}

Status TableWriter::erase_with_all(const Draft& draft) {
  TRY(state_.check_interrupt());
  TRY(state_.transaction().erase(Family::Row, prefix_ + draft.key_bytes));
  TRY(change_entries(&draft, nullptr));
  ++state_.stats().rows_written;
  TRY(erase_edges(drafts_.id(draft)));
  return apply_references(draft);
}

Status TableWriter::check_restriction(const PendingRestriction& restriction) {
  TableWriter* writer = TRY(other(restriction.use.table));
  const std::vector<Draft> records =
      TRY(referring(*writer, restriction.use.field, restriction.target));
  if (records.empty()) return ok_status();
  const catalog::Table& table = writer->table();
  return Error(ErrorCode::E1007, "field `" + table.fields[restriction.use.field].name + "` of `" +
                                     table.name + "` still refers to the record");
}

Status TableWriter::check_pending_links() {
  for (const PendingLink& pending : pending_links_) {
    std::string buffer;
    if (TRY(state_.transaction().get(Family::Row, pending.key, buffer))) continue;
    unlinked_insert_ = pending.insert;
    return missing_link(pending.field);
  }
  return ok_status();
}

Status TableWriter::verify_links(const Draft& draft) {
  TRY(check_references(draft, nullptr));
  return check_pending_links();
}

// The statement may have deleted it meanwhile, or unset more of it.
Status TableWriter::apply_rules_to_unset() {
  for (const std::string& key : unset_) {
    const std::optional<Draft> before = TRY(load(key));
    if (!before) continue;
    Draft after = *before;
    Draft* const changed = &after;
    TRY(apply_rules(std::span(&changed, 1)));
    TRY(put_change(*before, after));
  }
  return ok_status();
}

Status TableWriter::finish() {
  TRY(apply_rules_to_unset());
  const txn::ReadGuard guard(state_.transaction());
  for (const PendingEntry& pending : pending_entries_) {
    TRY(put_entry(pending.entry, *pending.index, pending.record_key));
  }
  TRY(check_pending_links());
  for (const PendingRestriction& pending : pending_restrictions_) TRY(check_restriction(pending));
  for (const auto& [table, writer] : others_) TRY(writer->finish());
  return ok_status();
}

Result<std::optional<Draft>> TableWriter::load(std::string_view key_bytes) {
  std::string buffer;
  const auto found =
      TRY(state_.transaction().get(Family::Row, prefix_ + std::string(key_bytes), buffer));
  if (!found) return std::optional<Draft>();
  Draft draft = TRY(drafts_.load(key_bytes, *found));
  return std::optional<Draft>(std::move(draft));
}

Result<std::optional<Draft>> TableWriter::find_conflict(const Draft& draft,
                                                        const std::vector<std::string>& fields) {
  const bool is_key = !table_.key.empty() && fields.size() == table_.key.size() &&
                      std::ranges::all_of(fields, [&](const std::string& field) {
                        return table_.key_position(field).has_value();
                      });
  if (fields.empty() || is_key || (fields.size() == 1 && fields[0] == "id")) {
    std::optional<Draft> same = TRY(load(draft.key_bytes));
    if (same) return same;
  }
  for (const catalog::Index& index : table_.indexes) {
    if (!index.unique) continue;
    const bool is_meant =
        fields.empty() || (fields.size() == index.columns.size() &&
                           std::ranges::all_of(index.columns, [&](const auto& column) {
                             return std::ranges::any_of(fields, [&](const std::string& field) {
                               return column.is_field(field);
                             });
                           }));
    if (!is_meant) continue;
    std::vector<index::Entry> entries;
    TRY(entries_->append(draft, index, entries));
    for (const index::Entry& entry : entries) {
      if (!entry.must_be_unique) continue;
      std::string buffer;
      const auto found = TRY(state_.transaction().get(Family::Index, entry.key, buffer));
      if (!found) continue;
      const std::string key(TRY(index::record_key_of(entry.key, *found)));
      return load(key);
    }
  }
  return std::optional<Draft>();
}

}  // namespace zerodb::exec
