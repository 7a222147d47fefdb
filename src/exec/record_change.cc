#include "exec/record_change.h"

#include "value/cast.h"
#include "value/operators.h"
#include "value/path_update.h"
#include "value/zval_builder.h"

namespace zerodb::exec {

using plan::ChangePlan;
using sema::AssignOp;

namespace {

Result<std::vector<PathSegment>> path_of(const ChangePlan::Target& target,
                                         std::span<const Value> outputs) {
  std::vector<PathSegment> path;
  for (const ChangePlan::Step& step : target.steps) {
    if (step.element == UINT32_MAX) {
      path.emplace_back(step.name);
      continue;
    }
    const Value& key = outputs[step.element];
    if (key.tag() == Tag::String) {
      path.emplace_back(std::string(key.as_string()));
    } else if (is_integer(key.tag())) {
      path.emplace_back(key.as_int64());
    } else if (key.is_none()) {
      return Error(ErrorCode::E0904, "a place inside a value is named by a position or a key")
          .at(target.span);
    } else {
      path.emplace_back(key);
    }
  }
  return path;
}

Result<Value> value_at(const Value& root, std::span<const PathSegment> path) {
  Value value = root;
  for (const PathSegment& segment : path) {
    if (value.is_none()) return value;
    if (value.tag() == Tag::HashMap) {
      value = HashMapView(value).find(map_key(segment)).value_or(Value::none());
    } else if (const auto* name = std::get_if<std::string>(&segment)) {
      value = TRY(member(value, *name));
    } else {
      value = TRY(element(value, map_key(segment)));
    }
  }
  return value;
}

Result<Value> without_elements(const Value& array, const Value& taken) {
  if (!zerodb::is_sequence(taken.tag()))
    return Error(ErrorCode::E0904, "`-=` on an array takes an array");
  const SequenceView from(array);
  const SequenceView out(taken);
  ArrayBuilder builder;
  for (uint32_t i = 0; i < from.size(); ++i) {
    const Value element = from.at(i);
    bool keep = true;
    for (uint32_t k = 0; k < out.size() && keep; ++k) keep = !equals(element, out.at(k));
    if (keep) builder.add(element);
  }
  return builder.build();
}

// What `+=` and `-=` on an absent place begin with: the zero or the empty value of the operand's
// class. The operator refuses a class that has neither.
Result<Value> start_for(const Value& operand) {
  switch (operand.tag()) {
    case Tag::String:
      return Value::string("");
    case Tag::Array:
      return ArrayBuilder().build();
    case Tag::HashSet:
      return HashSetBuilder().build();
    case Tag::Duration:
      return Value::duration(Duration());
    default:
      // Of the operand's own width, so that the sum has it too.
      return is_number(operand.tag()) ? coerce(Value::int64(0), type_of(operand)) : Value::int64(0);
  }
}

// `target op= value` where the target may be absent.
Result<Value> combined(AssignOp op, const Value& target, const Value& value) {
  if (op == AssignOp::Set || value.is_none()) return value;
  if (op == AssignOp::Multiply || op == AssignOp::Divide) {
    if (target.is_none())
      return Error(ErrorCode::E0906, "`*=` and `/=` need a value to start from");
    return binary(op == AssignOp::Multiply ? BinaryOp::Multiply : BinaryOp::Divide, target, value);
  }
  const Value start = target.is_none() ? TRY(start_for(value)) : target;
  if (op == AssignOp::Add) {
    if (start.tag() == Tag::HashSet) return binary(BinaryOp::BitOr, start, value);
    const bool joins = value.tag() == Tag::String || value.tag() == Tag::Array;
    return binary(joins ? BinaryOp::Concat : BinaryOp::Add, start, value);
  }
  if (start.tag() == Tag::Array) return without_elements(start, value);
  return binary(BinaryOp::Subtract, start, value);
}

}  // namespace

Status apply_target(const DraftTable& table, const ChangePlan::Target& target,
                    std::span<const Value> outputs, const Value& value, const Draft& before,
                    Draft& draft) {
  const auto located = [&](Error error) { return Status(std::move(error).at(target.span)); };
  const std::vector<PathSegment> path = TRY(path_of(target, outputs));
  const Value old = table.get(before, target.field).value_or(Value::none());
  Result<Value> at = value_at(old, path);
  if (!at) return located(std::move(at).error());
  Result<Value> next = combined(target.op, *at, value);
  if (!next) return located(std::move(next).error());
  if (path.empty()) {
    Status set = table.set(draft, target.field, std::move(*next));
    return set ? ok_status() : located(std::move(set).error());
  }
  // Other assignments of the same statement may have changed other parts of the field.
  const Value current = table.get(draft, target.field).value_or(Value::none());
  Result<Value> changed = set_path(current, path, *next);
  if (!changed) return located(std::move(changed).error());
  Status set = table.set(draft, target.field, std::move(*changed));
  return set ? ok_status() : located(std::move(set).error());
}

namespace {

// A key field may be given beside the id if it says the same.
Status agree_with_key(const DraftTable& table, uint32_t position, const Value& given,
                      const Draft& draft) {
  const catalog::KeyColumn& column = table.table().key[position];
  const Result<Value> fitted = coerce(given, column.type);
  if (fitted && equals(*fitted, table.key_component(draft, position))) return ok_status();
  return Error(ErrorCode::E1005, "key field `" + column.name + "` is not what the id says");
}

}  // namespace

Status give_key(const DraftTable& table, const std::optional<Value>& id,
                const std::vector<std::optional<Value>>& key_values, Draft& draft) {
  if (id) {
    Draft given = table.empty();
    TRY(table.set_key(given, *id));
    if (!draft.key.is_none() && given.key_bytes != draft.key_bytes)
      return Error(ErrorCode::E1005, "the id of a record cannot change");
    draft.key = given.key;
    draft.key_bytes = given.key_bytes;
  } else if (draft.key.is_none()) {
    TRY(table.set_key_from(draft, key_values));
    return ok_status();
  }
  for (uint32_t i = 0; i < key_values.size(); ++i) {
    if (key_values[i]) TRY(agree_with_key(table, i, *key_values[i], draft));
  }
  return ok_status();
}

namespace {

// Assignments to `id` and to key columns give the key, all others change the fields.
Status apply_assignments(const DraftTable& table, const ChangePlan& change,
                         std::span<const Value> outputs, Draft& draft) {
  const Draft before = draft;
  std::vector<std::optional<Value>> key_values(table.table().key.size());
  for (const ChangePlan::Target& target : change.assignments) {
    const Value& value = outputs[target.value];
    if (target.field == "id") {
      Status given = give_key(table, value, {}, draft);
      if (!given) return std::move(given).error().at(target.span);
    } else if (const auto position = table.table().key_position(target.field)) {
      key_values[*position] = value;
    } else {
      TRY(apply_target(table, target, outputs, value, before, draft));
    }
  }
  if (draft.key.is_none()) return give_key(table, std::nullopt, key_values, draft);
  for (const ChangePlan::Target& target : change.assignments) {
    const auto position = table.table().key_position(target.field);
    if (!position) continue;
    Status agrees = agree_with_key(table, *position, outputs[target.value], draft);
    if (!agrees) return std::move(agrees).error().at(target.span);
  }
  return ok_status();
}

}  // namespace

Status apply_object(const DraftTable& table, const Value& object, Draft& draft) {
  if (object.tag() != Tag::Object)
    return Error(ErrorCode::E0904, "a record is made from an object");
  const catalog::Table& definition = table.table();
  const ObjectView view(object);
  std::vector<std::optional<Value>> key_values(definition.key.size());
  std::optional<Value> id;
  for (uint32_t i = 0; i < view.size(); ++i) {
    const std::string_view name = view.key(i);
    Value value = view.value(i);
    if (name == "id") {
      id = std::move(value);
    } else if (const auto position = definition.key_position(name)) {
      key_values[*position] = std::move(value);
    } else {
      TRY(table.set(draft, name, std::move(value)));
    }
  }
  return give_key(table, id, key_values, draft);
}

Status apply_change(const DraftTable& table, const ChangePlan& change,
                    std::span<const Value> outputs, Draft& draft) {
  TRY(apply_assignments(table, change, outputs, draft));
  if (change.kind == sema::RecordChange::Kind::Content) {
    draft.fields.assign(draft.fields.size(), std::nullopt);
    draft.extras.clear();
    Status applied = apply_object(table, outputs[change.object], draft);
    if (!applied) return std::move(applied).error().at(change.span);
  } else if (change.kind == sema::RecordChange::Kind::Merge) {
    const Value patch = outputs[change.object];
    if (patch.tag() != Tag::Object)
      return Error(ErrorCode::E0904, "MERGE takes an object").at(change.span);
    const ObjectView view(patch);
    ObjectBuilder merged;
    for (uint32_t i = 0; i < view.size(); ++i) {
      const std::string_view name = view.key(i);
      const Value old = table.get(draft, name).value_or(Value::none());
      const bool is_deep = old.tag() == Tag::Object && view.value(i).tag() == Tag::Object;
      merged.set(name, is_deep ? TRY(merge(old, view.value(i))) : view.value(i));
    }
    const Value whole = TRY(merged.build());
    Status applied = apply_object(table, whole, draft);
    if (!applied) return std::move(applied).error().at(change.span);
  }
  for (const ChangePlan::Target& target : change.unset) {
    const std::vector<PathSegment> path = TRY(path_of(target, outputs));
    if (path.empty()) {
      table.erase(draft, target.field);
      continue;
    }
    const auto current = table.get(draft, target.field);
    if (!current || current->is_none()) continue;
    const Value changed = TRY(unset_path(*current, path));
    TRY(table.set(draft, target.field, changed));
  }
  return ok_status();
}

}  // namespace zerodb::exec
