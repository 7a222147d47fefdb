#include "exec/draft.h"

#include "base/random.h"
#include "value/cast.h"
#include "value/key_codec.h"
#include "value/uuid.h"
#include "value/zval_builder.h"

namespace zerodb::exec {

using sema::SourceColumn;

const Value* Draft::find_extra(std::string_view name) const {
  for (const auto& [key_name, value] : extras) {
    if (key_name == name) return &value;
  }
  return nullptr;
}

void Draft::set_extra(std::string_view name, Value value) {
  for (auto& [key_name, old] : extras) {
    if (key_name != name) continue;
    old = std::move(value);
    return;
  }
  extras.emplace_back(std::string(name), std::move(value));
}

void Draft::erase_extra(std::string_view name) {
  std::erase_if(extras, [&](const auto& entry) { return entry.first == name; });
}

DraftTable::DraftTable(ExecState& state, const catalog::Table& table)
    : DraftTable(state, table, state.layouts(table.id)) {}

DraftTable::DraftTable(ExecState& state, const catalog::Table& table, RecordLayouts layouts)
    : state_(state), table_(table), layouts_(std::move(layouts)) {
  for (const catalog::Field& field : table.fields) {
    const auto slot = layouts_.current().slot_of(field.id);
    ASSERT(slot.has_value());
    slots_.push_back(*slot);
  }
}

Draft DraftTable::empty() const {
  Draft draft;
  draft.fields.resize(table_.fields.size());
  return draft;
}

Result<Draft> DraftTable::load(std::string_view key_bytes, std::string_view record) const {
  Draft draft = empty();
  draft.key_bytes = std::string(key_bytes);
  std::string_view rest = key_bytes;
  draft.key = TRY(decode_key(rest));
  const RecordView view = TRY(RecordView::open(layouts_, record));
  for (size_t i = 0; i < table_.fields.size(); ++i) {
    const auto slot = view.layout().slot_of(table_.fields[i].id);
    if (slot && view.has(*slot)) draft.fields[i] = TRY(view.field(*slot));
  }
  const ObjectView extras = view.extras();
  for (uint32_t i = 0; i < extras.size(); ++i) {
    draft.extras.emplace_back(std::string(extras.key(i)), extras.value(i));
  }
  return draft;
}

Result<std::string> DraftTable::encode(const Draft& draft) const {
  RecordWriter writer(layouts_.current());
  for (size_t i = 0; i < draft.fields.size(); ++i) {
    if (draft.fields[i]) TRY(writer.set(slots_[i], *draft.fields[i]));
  }
  for (const auto& [name, value] : draft.extras) writer.set_extra(name, value);
  return writer.finish();
}

Value DraftTable::key_component(const Draft& draft, uint32_t index) const {
  if (table_.key.size() <= 1) return draft.key;
  return zerodb::is_sequence(draft.key.tag()) ? SequenceView(draft.key).at(index) : Value::none();
}

Result<Value> DraftTable::to_object(const Draft* draft) const {
  if (draft == nullptr) return Value::none();
  ObjectBuilder builder;
  builder.set("id", id(*draft));
  for (uint32_t i = 0; i < table_.key.size(); ++i) {
    const Value component = key_component(*draft, i);
    builder.set(table_.key[i].name,
                component.is_none() ? component : TRY(coerce(component, table_.key[i].type)));
  }
  for (size_t i = 0; i < draft->fields.size(); ++i) {
    if (draft->fields[i]) builder.set(table_.fields[i].name, *draft->fields[i]);
  }
  for (const auto& [name, value] : draft->extras) builder.set(name, value);
  return builder.build();
}

Result<Value> DraftTable::read(const Draft* draft, const SourceColumn& column) const {
  if (draft == nullptr) return Value::none();
  switch (column.kind) {
    case SourceColumn::Kind::Id:
      return draft->key.is_none() ? Value::none() : id(*draft);
    case SourceColumn::Kind::Key: {
      const Value component = key_component(*draft, column.index);
      if (component.is_none()) return component;
      return coerce(component, column.type);
    }
    case SourceColumn::Kind::Field:
      return draft->fields[column.index].value_or(Value::none());
    case SourceColumn::Kind::Extra:
      return get(*draft, column.name).value_or(Value::none());
    case SourceColumn::Kind::Record:
      return to_object(draft);
    default:
      return Error(ErrorCode::E1299, "a record has no such column");
  }
}

Status DraftTable::set(Draft& draft, std::string_view name, Value value) const {
  if (const auto position = table_.field_position(name)) {
    draft.fields[*position] = std::move(value);
    return ok_status();
  }
  if (table_.schemafull) {
    return Error(ErrorCode::E0202,
                 "table `" + table_.name + "` has no field `" + std::string(name) + "`");
  }
  draft.set_extra(name, std::move(value));
  return ok_status();
}

std::optional<Value> DraftTable::get(const Draft& draft, std::string_view name) const {
  if (const auto position = table_.field_position(name)) return draft.fields[*position];
  if (const auto position = table_.key_position(name)) return key_component(draft, *position);
  const Value* extra = draft.find_extra(name);
  return extra == nullptr ? std::nullopt : std::optional<Value>(*extra);
}

void DraftTable::erase(Draft& draft, std::string_view name) const {
  if (const auto position = table_.field_position(name)) {
    draft.fields[*position].reset();
  } else {
    draft.erase_extra(name);
  }
}

namespace {

// What a table without KEY takes as a key: what can be written behind `table:`.
bool is_key_class(Tag tag) {
  return is_integer(tag) || tag == Tag::String || tag == Tag::Uuid || tag == Tag::Datetime ||
         tag == Tag::Array;
}

}  // namespace

Status DraftTable::adopt_extras(Draft& draft) const {
  std::vector<std::pair<std::string, Value>> undeclared;
  for (auto& [name, value] : draft.extras) {
    const auto position = table_.field_position(name);
    if (!position) {
      undeclared.emplace_back(std::move(name), std::move(value));
      continue;
    }
    if (draft.fields[*position])
      return Error(ErrorCode::E0412, "it has a key `" + name + "` already");
    draft.fields[*position] = std::move(value);
  }
  draft.extras = std::move(undeclared);
  return ok_status();
}

Status DraftTable::set_key(Draft& draft, const Value& given) const {
  Value key = given;
  const auto wrong = [&](const std::string& message) { return Error(ErrorCode::E1006, message); };
  if (key.tag() == Tag::RecordId) {
    const RecordIdView view(given);
    if (view.table() != table_.id)
      return wrong("this record id is not one of table `" + table_.name + "`");
    key = view.key();
  }
  if (key.is_none()) return wrong("a record needs a key that is not none");
  const size_t columns = table_.key.size();
  if (columns == 0 && !is_key_class(key.tag()))
    return wrong("a key is a string, an int, a uuid, a datetime or an array");
  if (columns == 1) {
    const Result<Value> fitted = coerce(key, table_.key[0].type);
    if (!fitted)
      return wrong("the key of `" + table_.name + "` is of type `" + to_string(table_.key[0].type) +
                   "`");
    key = *fitted;
  } else if (columns > 1) {
    if (!zerodb::is_sequence(key.tag()) || SequenceView(key).size() != columns) {
      return wrong("the key of `" + table_.name + "` has " + std::to_string(columns) + " parts");
    }
    const SequenceView parts(key);
    ArrayBuilder builder;
    for (uint32_t i = 0; i < columns; ++i) {
      const Result<Value> fitted = coerce(parts.at(i), table_.key[i].type);
      if (!fitted)
        return wrong("key column `" + table_.key[i].name + "` is of type `" +
                     to_string(table_.key[i].type) + "`");
      builder.add(*fitted);
    }
    key = TRY(builder.build());
  }
  draft.key_bytes.clear();
  TRY(append_key(draft.key_bytes, key));
  // As it will be read again: numbers have no width there.
  std::string_view rest = draft.key_bytes;
  draft.key = TRY(decode_key(rest));
  return ok_status();
}

Result<bool> DraftTable::set_key_from(Draft& draft,
                                      const std::vector<std::optional<Value>>& values) const {
  size_t given = 0;
  for (const auto& value : values) given += value.has_value() ? 1 : 0;
  if (given == 0) return false;
  if (given < values.size())
    return Error(ErrorCode::E1004, "a key column of `" + table_.name + "` has no value");
  if (values.size() == 1) {
    TRY(set_key(draft, *values[0]));
    return true;
  }
  ArrayBuilder builder;
  for (const auto& value : values) builder.add(*value);
  const Value key = TRY(builder.build());
  TRY(set_key(draft, key));
  return true;
}

Status DraftTable::generate_key(Draft& draft) const {
  if (!table_.key.empty())
    return Error(ErrorCode::E1004, "the key columns of `" + table_.name + "` have no values");
  function::CallContext& call = state_.call();
  const Uuid uuid = make_uuid_v7(*call.random, call.clock->wall_ns());
  draft.key = Value::uuid(uuid);
  draft.key_bytes.clear();
  return append_key(draft.key_bytes, draft.key);
}

}  // namespace zerodb::exec
