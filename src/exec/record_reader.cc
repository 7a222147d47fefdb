#include "exec/record_reader.h"

#include "base/bytes.h"
#include "value/cast.h"
#include "value/key_codec.h"
#include "value/zval_builder.h"

namespace zerodb::exec {

using sema::SourceColumn;

namespace {

std::vector<ColumnRequest> requests_of(const catalog::Table& table,
                                       const std::vector<SourceColumn>& reads) {
  std::vector<ColumnRequest> out;
  out.reserve(reads.size());
  for (const SourceColumn& read : reads) {
    if (read.kind == SourceColumn::Kind::Field) {
      out.push_back({table.fields[read.index].id, {}, read.type});
    } else if (read.kind == SourceColumn::Kind::Extra) {
      out.push_back({std::nullopt, {read.name}, read.type});
    }
  }
  return out;
}

}  // namespace

std::string records_prefix(const catalog::Table& table) {
  return store_prefix(table.space.value());
}

std::string store_prefix(uint64_t id) {
  std::string out;
  put_be(out, id);
  return out;
}

ColumnSlot shifted(const ColumnSlot& slot, uint32_t row) {
  ColumnSlot out = slot;
  out.values += row * width(slot.physical);
  out.valid += row;
  if (out.tags != 0) out.tags += row;
  if (out.scales != 0) out.scales += row;
  return out;
}

Result<Value> record_id_of(TableId table, std::string_view record_key) {
  const Value key = TRY(decode_key(record_key));
  return Value::record_id(table, key);
}

RecordReader::RecordReader(ExecState& state, TableId table, const std::vector<SourceColumn>& reads)
    : state_(state),
      table_(table),
      reads_(reads),
      decoder_(state.layouts(table), requests_of(state.schema().table(table), reads)),
      key_columns_(static_cast<uint32_t>(state.schema().table(table).key.size())) {
  decoded_.reserve(reads.size());
  for (uint32_t i = 0; i < reads.size(); ++i) {
    switch (reads[i].kind) {
      case SourceColumn::Kind::Field:
      case SourceColumn::Kind::Extra:
        decoded_.push_back(i);
        break;
      case SourceColumn::Kind::Record:
        whole_.push_back(i);
        break;
      default:
        keyed_.push_back(i);
        break;
    }
  }
  needs_records_ = !decoded_.empty() || !whole_.empty();
}

Result<Value> record_object(const catalog::Table& table, const RecordView& record,
                            const Value& id) {
  Value stored = TRY(record.to_object(id));
  if (table.key.empty()) return stored;
  const Value key = RecordIdView(id).key();
  ObjectBuilder builder;
  builder.set("id", id);
  for (uint32_t i = 0; i < table.key.size(); ++i) {
    const Value part = table.key.size() == 1 ? key : SequenceView(key).at(i);
    builder.set(table.key[i].name, TRY(coerce(part, table.key[i].type)));
  }
  const ObjectView fields(stored);
  for (uint32_t i = 0; i < fields.size(); ++i) {
    if (fields.key(i) != "id") builder.set(fields.key(i), fields.value(i));
  }
  return builder.build();
}

Status RecordReader::read_key_column(const SourceColumn& read, std::string_view key,
                                     const Column& column, uint32_t row) {
  if (read.kind == SourceColumn::Kind::Id) {
    const Value whole = TRY(decode_key(key));
    return store_value(state_.arena(), column, row, Value::record_id(table_, whole));
  }
  Value value = key_columns_ > 1 ? TRY(decode_key_component(key, read.index)) : TRY(decode_key(key));
  // Keys hold numbers in their narrowest form.
  if (is_number(value.tag()) && column.slot.physical != Physical::Any)
    value = TRY(coerce(value, read.type));
  return store_value(state_.arena(), column, row, value);
}

Status RecordReader::read(std::span<const std::string_view> keys,
                          std::span<const std::string_view> records,
                          std::span<const ColumnSlot> columns) {
  if (!decoded_.empty()) {
    slots_.clear();
    slots_.reserve(decoded_.size());
    for (uint32_t i : decoded_) slots_.push_back(columns[i]);
    TRY(decoder_.decode(records, state_.arena(), slots_));
  }
  for (uint32_t i : keyed_) {
    const Column column(state_.arena(), columns[i], reads_[i].type);
    for (uint32_t row = 0; row < keys.size(); ++row)
      TRY(read_key_column(reads_[i], keys[row], column, row));
  }
  for (uint32_t i : whole_) {
    const Column column(state_.arena(), columns[i], reads_[i].type);
    for (uint32_t row = 0; row < keys.size(); ++row) {
      const RecordView view = TRY(RecordView::open(state_.layouts(table_), records[row]));
      const Value id = TRY(record_id_of(table_, keys[row]));
      const Value object = TRY(record_object(state_.schema().table(table_), view, id));
      TRY(store_value(state_.arena(), column, row, object));
    }
  }
  return ok_status();
}

}  // namespace zerodb::exec
