// Places that writes name, and the values that go there.

#include <algorithm>

#include "sema/access.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/write_check.h"
#include "value/cast.h"
#include "value/operator_types.h"

namespace zerodb::sema {
namespace {

using Table = catalog::Table;

void refuse_field(Checking& c, ErrorCode code, const std::string& name, std::string_view why,
                  Span span) {
  c.report(code, "`" + name + "` " + std::string(why), span);
}

// Whether the field may be written at all; reports why not.
bool is_writable(Checking& c, const Table& table, const std::string& name, WriteMode mode,
                 bool whole, Span span) {
  const bool creates = mode != WriteMode::Change;
  if (name == "id" || table.key_position(name)) {
    if (creates && whole) return true;
    refuse_field(c, ErrorCode::E1005, name, "is part of the key and never changes", span);
    return false;
  }
  if (table.is_edge() && (name == catalog::kSourceField || name == catalog::kTargetField)) {
    if (mode == WriteMode::Create) return true;
    refuse_field(c, ErrorCode::E0504, name, "of an edge never changes", span);
    return false;
  }
  const auto position = table.field_position(name);
  if (!position) return true;
  const catalog::Field& field = table.fields[*position];
  if (!field.computed_text.empty()) {
    refuse_field(c, ErrorCode::E1005, name, "is COMPUTED", span);
    return false;
  }
  if (field.read_only && mode == WriteMode::Change) {
    refuse_field(c, ErrorCode::E1005, name, "is READONLY", span);
    return false;
  }
  return true;
}

bool is_same_place(const Checking& c, const Place& a, const Place& b) {
  if (a.field != b.field || a.steps.size() != b.steps.size()) return false;
  for (size_t i = 0; i < a.steps.size(); ++i) {
    if (a.steps[i].name != b.steps[i].name) return false;
    const bool has_element = a.steps[i].element != kNoExpr;
    if (has_element != (b.steps[i].element != kNoExpr)) return false;
    if (has_element && !c.is_same(a.steps[i].element, b.steps[i].element)) return false;
  }
  return true;
}

void refuse_twice(Checking& c, const Place& place) {
  c.report(ErrorCode::E0412, "`" + place.field + "` is given twice", place.span);
}

std::string place_text(const Place& place) {
  std::string text = place.field;
  for (const Place::Step& step : place.steps)
    text += step.element == kNoExpr ? "." + step.name : "[..]";
  return text;
}

AssignOp assign_op_of(ast::AssignOp op) {
  switch (op) {
    case ast::AssignOp::Set:
      return AssignOp::Set;
    case ast::AssignOp::Add:
      return AssignOp::Add;
    case ast::AssignOp::Subtract:
      return AssignOp::Subtract;
    case ast::AssignOp::Multiply:
      return AssignOp::Multiply;
    case ast::AssignOp::Divide:
      break;
  }
  return AssignOp::Divide;
}

// The value of `place += value` and its like.
ExprId check_update_value(Checking& c, AssignOp op, const Type& type, ExprId value,
                          const Place& place) {
  if (type.is_any() || c.is_poison(value)) return value;
  const Type target = type.required();
  const bool collection = target.kind() == TypeKind::Array || target.kind() == TypeKind::HashSet;
  if (collection || target.is_text()) {
    const bool fits = op == AssignOp::Add || (collection && op == AssignOp::Subtract);
    if (fits && (target.is_text() || storing(c.type(value).required(), target) != Storing::Never)) {
      return store_into(c, value, {"`" + place_text(place) + "`", type, place.span});
    }
    c.report(ErrorCode::E0305, "this assignment is not defined for `" + c.text(type) + "`",
             place.span);
    return c.poison(place.span);
  }
  value = adapt_literal(c, value, target);
  BinaryOp binary = BinaryOp::Add;
  if (op == AssignOp::Subtract) binary = BinaryOp::Subtract;
  if (op == AssignOp::Multiply) binary = BinaryOp::Multiply;
  if (op == AssignOp::Divide) binary = BinaryOp::Divide;
  const auto result = binary_type(binary, target, c.type(value));
  if (!result.has_value()) {
    c.report(result.error(), c.expr(value).span);
    return c.poison(place.span);
  }
  return value;
}

}  // namespace

std::optional<Place> check_column_place(Checking& c, const Table& table, const std::string& name,
                                        WriteMode mode, Span span) {
  Place place;
  place.field = name;
  place.declared = table.field_position(name);
  place.span = c.place(span);
  if (!place.declared && name != "id" && !table.key_position(name) && table.schemafull) {
    auto& diagnostic =
        c.report(ErrorCode::E0202, "`" + table.name + "` has no field `" + name + "`", span);
    ScopeSource source;
    source.tables = {&table};
    c.suggest(diagnostic, name, column_names(source));
    return std::nullopt;
  }
  if (!is_writable(c, table, name, mode, true, span) || !require_field(c, table, name, span))
    return std::nullopt;
  place.type = Type::any();
  if (const auto key = table.key_position(name)) place.type = table.key[*key].type;
  if (place.declared) place.type = table.fields[*place.declared].type;
  return place;
}

std::optional<Place> check_place(Checking& c, Scope& scope, const Table& table, ast::FieldPath path,
                                 WriteMode mode) {
  const std::string name = path.first().name();
  if (!path.steps().empty() && !is_writable(c, table, name, mode, false, path.span()))
    return std::nullopt;
  auto place = check_column_place(c, table, name, mode, path.first().span());
  if (!place) return std::nullopt;
  place->span = c.place(path.span());
  if (!check_place_steps(c, scope, path, *place)) return std::nullopt;
  return place;
}

namespace {

// The fields of an object that is merged into an object of a known shape.
bool check_patch(Checking& c, const std::string& into, const Type& wanted, const Type& given,
                 Span span) {
  if (wanted.kind() != TypeKind::Shape || given.kind() != TypeKind::Shape) return true;
  for (const Type::Field& field : given.fields()) {
    const auto& known = wanted.fields();
    const auto found = std::ranges::find(known, field.name, &Type::Field::name);
    const std::string place = into + "." + field.name;
    if (found == known.end()) {
      c.report(ErrorCode::E0202, "`" + c.text(wanted) + "` has no field `" + field.name + "`",
               span);
      return false;
    }
    const Type inner = found->type.required();
    if (inner.is_object() && field.type.is_object()) {
      if (!check_patch(c, place, inner, field.type.required(), span)) return false;
      continue;
    }
    const bool fits = field.type.kind() == TypeKind::None
                          ? found->type.admits_none()
                          : storing(field.type.required(), found->type) != Storing::Never;
    if (fits) continue;
    c.report(
        ErrorCode::E0306,
        "field `" + place + "` is `" + c.text(found->type) + "`, not `" + c.text(field.type) + "`",
        span);
    return false;
  }
  return true;
}

}  // namespace

void check_content_type(Checking& c, const Table& table, const Type& type, WriteMode mode,
                        ContentForm form, Span span) {
  if (type.kind() != TypeKind::Shape) return;
  for (const Type::Field& field : type.fields()) {
    const size_t before = c.diagnostics.size();
    // An object may bring the key that the record has: they are compared when it is stored.
    const bool is_key = field.name == "id" || table.key_position(field.name).has_value();
    const auto place =
        check_column_place(c, table, field.name, is_key ? WriteMode::Either : mode, span);
    if (c.diagnostics.size() > before) return;
    if (!place || field.name == "id") continue;
    const Type& wanted = place->type;
    if (field.type.kind() == TypeKind::None) {
      if (wanted.admits_none()) continue;
      c.report(ErrorCode::E1004,
               "field `" + field.name + "` is `" + c.text(wanted) + "` and needs a value", span);
      return;
    }
    if (form == ContentForm::Patch && wanted.is_object() && field.type.is_object()) {
      if (!check_patch(c, field.name, wanted.required(), field.type.required(), span)) return;
      continue;
    }
    const Storing how = storing(field.type.required(), wanted);
    // Literals of any width may fit all the same; the value itself decides when it is stored.
    if (how == Storing::Never) {
      c.report(ErrorCode::E0306,
               "field `" + field.name + "` is `" + c.text(wanted) + "`, not `" +
                   c.text(field.type) + "`",
               span);
      return;
    }
  }
}

Type record_shape(const Table& table) {
  std::vector<Type::Field> fields;
  for (const catalog::Field& field : table.fields) fields.push_back({field.name, field.type, true});
  return Type::shape(std::move(fields));
}

ExprId check_content(Checking& c, Scope& scope, const Table& table, ast::Expr node, WriteMode mode,
                     ContentForm form) {
  const Type wanted = record_shape(table);
  const ExprId object = check_expression(c, scope, node, &wanted);
  const Type type = c.type(object);
  if (c.is_poison(object)) return object;
  if (type.is_optional() || (!type.is_any() && !type.is_object())) {
    c.report(ErrorCode::E0306, "a record is made from an object, not from `" + c.text(type) + "`",
             node.span());
    return c.poison(node.span());
  }
  check_content_type(c, table, type, mode, form, node.span());
  return object;
}

RecordChange check_change(Checking& c, Scope& scope, const Table& table, const ChangeParts& parts,
                          WriteMode mode) {
  RecordChange change;
  if (parts.set) {
    change.kind = RecordChange::Kind::Set;
    for (const ast::Assignment node : parts.set->assignments()) {
      auto place = check_place(c, scope, table, node.target(), mode);
      Type type = Type::any();
      if (place) {
        type = place->type;
        for (const Assignment& other : change.assignments) {
          if (is_same_place(c, other.place, *place)) {
            refuse_twice(c, *place);
            break;
          }
        }
      }
      const Type wanted = type;
      ExprId value = check_expression(c, scope, node.value(), &wanted);
      if (!place) continue;
      const AssignOp op = assign_op_of(node.op());
      value = op == AssignOp::Set
                  ? store_into(c, value, {"`" + place_text(*place) + "`", type, node.span()})
                  : check_update_value(c, op, type, value, *place);
      change.assignments.push_back({std::move(*place), op, value});
    }
  }
  if (parts.content) {
    change.kind = RecordChange::Kind::Content;
    change.object =
        check_content(c, scope, table, parts.content->value(), mode, ContentForm::Record);
  }
  if (parts.merge) {
    change.kind = RecordChange::Kind::Merge;
    change.object = check_content(c, scope, table, parts.merge->value(), mode, ContentForm::Patch);
  }
  if (!parts.unset) return change;
  for (const ast::FieldPath path : parts.unset->paths()) {
    auto place = check_place(c, scope, table, path, WriteMode::Change);
    if (!place) continue;
    const catalog::Field* field =
        place->declared && place->steps.empty() ? &table.fields[*place->declared] : nullptr;
    if (field != nullptr && field->default_text.empty() && !field->type.admits_none()) {
      c.report(ErrorCode::E1004, "`" + place->field + "` needs a value and cannot be UNSET",
               path.span());
    }
    for (const Assignment& other : change.assignments) {
      if (is_same_place(c, other.place, *place)) refuse_twice(c, *place);
    }
    change.unset.push_back(std::move(*place));
  }
  return change;
}

}  // namespace zerodb::sema
