#include "exec/table_check.h"

#include <algorithm>
#include <map>
#include <vector>

#include "exec/draft.h"
#include "exec/index_entries.h"
#include "exec/own_write.h"
#include "exec/record_reader.h"
#include "exec/state.h"
#include "value/cast.h"
#include "value/key_codec.h"
#include "value/text.h"

namespace zerodb::exec {

using catalog::Index;
using txn::Direction;
using txn::Family;
using txn::Range;
using Report = std::function<void(std::string)>;

namespace {

class Checker {
 public:
  Checker(ExecState& state, const DraftTable& drafts, IndexEntries entries, const Report& report)
      : state_(state), drafts_(drafts), entries_(std::move(entries)), report_(report) {}

  Result<TableCheck> run() {
    TRY(check_records());
    for (const Index& index : table().indexes) {
      if (index.state == Index::State::Ready) TRY(check_index(index));
    }
    return counts_;
  }

 private:
  const catalog::Table& table() const { return drafts_.table(); }
  txn::Transaction& transaction() { return state_.transaction(); }

  Status check_records() {
    const std::string prefix = records_prefix(table());
    const auto cursor = transaction().scan(Family::Row, Range::prefix(prefix), Direction::Forward);
    while (const txn::Entry* record = cursor->next()) {
      if (counts_.records++ % limits::kBatchRowsMax == 0) TRY(state_.check_interrupt());
      TRY(check_record(without_prefix(record->key), record->value));
    }
    return cursor->status();
  }

  Status check_record(std::string_view key, std::string_view record) {
    const Result<Draft> draft = drafts_.load(key, record);
    if (!draft) {
      report_("a record of `" + table().name +
              "` cannot be read: " + std::string(draft.error().message()));
      return ok_status();
    }
    check_key(*draft, key);
    for (uint32_t i = 0; i < table().fields.size(); ++i) TRY(check_field(*draft, i));
    for (const auto& [name, value] : draft->extras) {
      if (table().field_position(name))
        report_(name_of(*draft) + " has `" + name + "` beside the field of that name");
    }
    std::vector<index::Entry> made;
    for (const Index& index : table().indexes) {
      made.clear();
      if (const Status computed = entries_.append(*draft, index, made); !computed) {
        report_(name_of(*draft) + " has no entry in `" + index.name +
                "`: " + std::string(computed.error().message()));
        continue;
      }
      if (index.state != Index::State::Ready) continue;
      due_[index.id] += made.size();
      for (const index::Entry& entry : made) TRY(check_entry(*draft, index, entry));
    }
    return ok_status();
  }

  std::string name_of(const Draft& draft) const {
    return "record `" + literal_text(drafts_.id(draft), state_.names()) + "`";
  }

  void check_key(const Draft& draft, std::string_view key) {
    Draft probe = drafts_.empty();
    const Status fits = drafts_.set_key(probe, draft.key);
    if (!fits) {
      report_(name_of(draft) + ": " + std::string(fits.error().message()));
    } else if (probe.key_bytes != key) {
      report_(name_of(draft) + " lies under a key that is not written so");
    }
  }

  Status check_field(const Draft& draft, uint32_t position) {
    const catalog::Field& field = table().fields[position];
    const std::optional<Value>& value = draft.fields[position];
    if (!value || value->is_none()) {
      if (!field.type.admits_none()) report_(name_of(draft) + " lacks field `" + field.name + "`");
      return ok_status();
    }
    if (!coerce(*value, field.type, state_.names()))
      report_(name_of(draft) + ": field `" + field.name + "` is not of its type");
    const bool is_end = table().is_edge() && (position == catalog::kSourcePosition ||
                                              position == catalog::kTargetPosition);
    if (!field.reference && !is_end) return ok_status();
    return check_link(draft, field, *value);
  }

  Status check_link(const Draft& draft, const catalog::Field& field, const Value& link) {
    if (is_sequence(link.tag())) {
      const SequenceView links(link);
      for (uint32_t i = 0; i < links.size(); ++i) TRY(check_link(draft, field, links.at(i)));
      return ok_status();
    }
    if (link.tag() != Tag::RecordId) return ok_status();
    const RecordIdView id(link);
    const catalog::Table* const target = state_.schema().find_table(id.table());
    bool is_there = false;
    if (target != nullptr) {
      std::string key = records_prefix(*target);
      TRY(append_key(key, id.key()));
      std::string buffer;
      is_there = TRY(transaction().get(Family::Row, key, buffer))
      .has_value();
    }
    if (!is_there)
      report_(name_of(draft) + ": field `" + field.name + "` refers to a record that is not there");
    return ok_status();
  }

  Status check_entry(const Draft& draft, const Index& index, const index::Entry& entry) {
    std::string buffer;
    const auto found = TRY(transaction().get(Family::Index, entry.key, buffer));
    if (!found) {
      report_(name_of(draft) + " is missing from index `" + index.name + "`");
    } else if (*found != entry.payload) {
      report_("the entry of " + name_of(draft) + " in index `" + index.name + "` is another's");
    }
    return ok_status();
  }

  // Every entry that records ask for is there, so as many are as many too few or too many.
  Status check_index(const Index& index) {
    const Range range = Range::prefix(store_prefix(index.id.value()));
    uint64_t found = 0;
    {
      const auto cursor = transaction().scan(Family::Index, range, Direction::Forward);
      while (cursor->next() != nullptr) {
        if (found++ % limits::kBatchRowsMax == 0) TRY(state_.check_interrupt());
      }
      TRY(cursor->status());
    }
    counts_.entries += found;
    const uint64_t due = due_[index.id];
    if (found > due) {
      report_("index `" + index.name + "` of `" + table().name + "` has " +
              std::to_string(found - due) + " entries that no record asks for");
    }
    return ok_status();
  }

  ExecState& state_;
  const DraftTable& drafts_;
  IndexEntries entries_;
  const Report& report_;
  TableCheck counts_;
  std::map<IndexId, uint64_t> due_;  // entries that records ask for
};

}  // namespace

Result<TableCheck> check_table(const ExecContext& context,
                               std::shared_ptr<const catalog::Schema> schema,
                               const catalog::Table& table, const Report& report) {
  if (table.kind == catalog::Table::Kind::View) return TableCheck();
  const auto plan = TRY(plan_of_update(*context.library, std::move(schema), table));
  std::unique_ptr<StatementMemory> memory = TRY(context.memory->acquire());
  ExecState state(plan, context, std::move(memory));
  const DraftTable drafts(state, plan->schema().table(table.id));
  IndexEntries entries =
      TRY(IndexEntries::make(state, drafts, IndexEntries::programs_of(*plan, table.id)));
  return Checker(state, drafts, std::move(entries), report).run();
}

}  // namespace zerodb::exec
