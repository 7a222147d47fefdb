// Arrays, tuples, sets, maps and objects; CASE and CAST.

#include <algorithm>
#include <set>

#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/type_names.h"
#include "sema/warning.h"
#include "value/cast.h"
#include "value/operator_types.h"
#include "value/zval_builder.h"

namespace zerodb::sema {
namespace {

Type common_type(Checking& c, const std::vector<ExprId>& values) {
  std::vector<Type> types;
  for (const ExprId value : values) types.push_back(c.type(value));
  return types.empty() ? Type::any() : Type::union_of(types);
}

template <typename Builder>
Result<Value> build_elements(Checking& c, const std::vector<ExprId>& values) {
  Builder builder;
  for (const ExprId value : values) builder.add(c.expr(value).literal);
  return builder.build();
}

ExprId add_folded(Checking& c, Expr made, const Result<Value>& folded) {
  if (!folded.has_value()) return c.add(std::move(made));
  return c.literal(*folded, made.type, made.span);
}

template <typename Elements>
std::vector<ExprId> check_elements(Checking& c, Scope& scope, const Elements& elements,
                                   const Type* wanted) {
  std::vector<ExprId> values;
  for (const ast::Expr element : elements)
    values.push_back(check_expression(c, scope, element, wanted));
  return values;
}

const Type* element_wanted(const Type* wanted) {
  if (wanted == nullptr || (!wanted->is_sequence() && wanted->kind() != TypeKind::HashSet))
    return nullptr;
  return &wanted->element();
}

ExprId check_array(Checking& c, Scope& scope, ast::Array node, const Type* wanted) {
  Expr made;
  made.kind = ExprKind::Array;
  made.span = node.span();
  made.args = check_elements(c, scope, node.elements(), element_wanted(wanted));
  adapt_literals(c, made.args);
  made.type = Type::array(common_type(c, made.args));
  if (!c.are_literals(made.args)) return c.add(std::move(made));
  const auto folded = build_elements<ArrayBuilder>(c, made.args);
  return add_folded(c, std::move(made), folded);
}

ExprId check_tuple(Checking& c, Scope& scope, ast::Tuple node) {
  Expr made;
  made.kind = ExprKind::Tuple;
  made.span = node.span();
  made.args = check_elements(c, scope, node.elements(), nullptr);
  std::vector<Type> parts;
  for (const ExprId part : made.args) parts.push_back(c.type(part));
  made.type = Type::tuple(std::move(parts));
  if (!c.are_literals(made.args)) return c.add(std::move(made));
  const auto folded = build_elements<TupleBuilder>(c, made.args);
  return add_folded(c, std::move(made), folded);
}

ExprId check_hashset(Checking& c, Scope& scope, ast::Hashset node, const Type* wanted) {
  Expr made;
  made.kind = ExprKind::HashSet;
  made.span = node.span();
  made.args = check_elements(c, scope, node.elements(), element_wanted(wanted));
  adapt_literals(c, made.args);
  made.type = Type::hash_set(common_type(c, made.args));
  if (!c.are_literals(made.args)) return c.add(std::move(made));
  const auto folded = build_elements<HashSetBuilder>(c, made.args);
  return add_folded(c, std::move(made), folded);
}

ExprId check_hashmap(Checking& c, Scope& scope, ast::Hashmap node, const Type* wanted) {
  const bool typed = wanted != nullptr && wanted->kind() == TypeKind::HashMap;
  std::vector<ExprId> keys;
  std::vector<ExprId> values;
  for (const ast::MapEntry entry : node.entries()) {
    keys.push_back(check_expression(c, scope, entry.key(), typed ? &wanted->parts()[0] : nullptr));
    values.push_back(
        check_expression(c, scope, entry.value(), typed ? &wanted->parts()[1] : nullptr));
  }
  adapt_literals(c, values);
  Expr made;
  made.kind = ExprKind::HashMap;
  made.span = node.span();
  made.type = Type::hash_map(common_type(c, keys), common_type(c, values));
  HashMapBuilder builder;
  for (size_t i = 0; i < keys.size(); ++i) {
    made.args.push_back(keys[i]);
    made.args.push_back(values[i]);
    builder.set(c.expr(keys[i]).literal, c.expr(values[i]).literal);
  }
  if (!c.are_literals(made.args)) return c.add(std::move(made));
  return add_folded(c, std::move(made), builder.build());
}

const Type* member_wanted(const Type* wanted, const std::string& name) {
  if (wanted == nullptr || wanted->kind() != TypeKind::Shape) return nullptr;
  for (const Type::Field& field : wanted->fields()) {
    if (field.name == name) return &field.type;
  }
  return nullptr;
}

ExprId check_object(Checking& c, Scope& scope, ast::Object node, const Type* wanted) {
  Expr made;
  made.kind = ExprKind::Object;
  made.span = node.span();
  std::vector<Type::Field> fields;
  ObjectBuilder builder;
  for (const ast::ObjectEntry entry : node.entries()) {
    const std::string name = entry.key().name();
    if (std::find(made.names.begin(), made.names.end(), name) != made.names.end()) {
      c.report(ErrorCode::E0412, "key `" + name + "` stands twice", entry.key().span());
      return c.poison(node.span());
    }
    made.names.push_back(name);
    made.args.push_back(
        entry.value() ? check_expression(c, scope, *entry.value(), member_wanted(wanted, name))
                      : resolve_name(c, scope, name, entry.key().span()));
    fields.push_back({name, c.type(made.args.back()), false});
    builder.set(name, c.expr(made.args.back()).literal);
  }
  made.type = Type::shape(std::move(fields));
  if (!c.are_literals(made.args)) return c.add(std::move(made));
  return add_folded(c, std::move(made), builder.build());
}

}  // namespace

ExprId check_composite(Checking& c, Scope& scope, ast::Expr node, const Type* wanted) {
  switch (node.expr_kind()) {
    case ast::ExprKind::Array:
      return check_array(c, scope, node.as<ast::Array>(), wanted);
    case ast::ExprKind::Tuple:
      return check_tuple(c, scope, node.as<ast::Tuple>());
    case ast::ExprKind::Object:
      return check_object(c, scope, node.as<ast::Object>(), wanted);
    case ast::ExprKind::Hashset:
      return check_hashset(c, scope, node.as<ast::Hashset>(), wanted);
    default:
      return check_hashmap(c, scope, node.as<ast::Hashmap>(), wanted);
  }
}

// Whether one of these is equal to each value that there is of the type.
bool covers_all(const Checking& c, const Type& type, const std::vector<ExprId>& candidates) {
  std::set<std::string> covered;
  for (const ExprId each : candidates) {
    if (!c.is_literal(each)) continue;
    const Value& value = c.expr(each).literal;
    switch (value.tag()) {
      case Tag::Bool:
        covered.insert(value.as_bool() ? "true" : "false");
        break;
      case Tag::String:
        covered.insert(std::string(value.as_string()));
        break;
      case Tag::Enum:
        covered.insert(std::to_string(value.as_enum().variant));
        break;
      default:
        break;
    }
  }
  const auto is_covered = [&](const Type& part) {
    return part.kind() == TypeKind::Literal && covered.contains(part.literal_text());
  };
  switch (type.kind()) {
    case TypeKind::Bool:
    case TypeKind::Enum:
      return covered.size() == (type.is(TypeKind::Bool) ? 2 : type.enum_type().variants.size());
    case TypeKind::Union:
      return std::ranges::all_of(type.parts(), is_covered);
    default:
      return false;
  }
}

ExprId check_case(Checking& c, Scope& scope, ast::Case node, const Type* wanted) {
  ExprId operand = kNoExpr;
  if (node.operand()) operand = check_expression(c, scope, *node.operand());
  std::vector<ExprId> conditions;
  std::vector<ExprId> candidates;  // of an operand
  std::vector<ExprId> values;
  const NarrowingScope behind(c);  // where all conditions so far were false
  for (const ast::WhenArm arm : node.arms()) {
    if (operand == kNoExpr) {
      conditions.push_back(check_condition(c, scope, arm.when()));
    } else {
      const ExprId candidate = check_expression(c, scope, arm.when());
      candidates.push_back(candidate);
      conditions.push_back(make_binary(c, BinaryOp::Equal, operand, candidate, arm.when().span()));
    }
    {
      const NarrowingScope narrowing(c);
      add_narrowings(c, conditions.back(), true);
      values.push_back(check_expression(c, scope, arm.then(), wanted));
    }
    add_narrowings(c, conditions.back(), false);
  }
  if (node.otherwise()) values.push_back(check_expression(c, scope, *node.otherwise(), wanted));
  adapt_literals(c, values);
  Expr made;
  made.kind = ExprKind::Case;
  made.span = node.span();
  const Type type = common_type(c, values);
  const bool is_complete =
      node.otherwise() || (operand != kNoExpr && !c.type(operand).admits_none() &&
                           covers_all(c, c.type(operand), candidates));
  made.type = is_complete ? type : type.optional();
  for (size_t i = 0; i < conditions.size(); ++i) {
    made.args.push_back(conditions[i]);
    made.args.push_back(values[i]);
  }
  if (node.otherwise()) made.args.push_back(values.back());
  return c.add(std::move(made));
}

ExprId check_cast(Checking& c, Scope& scope, ast::Cast node) {
  const Type target = check_type(c, node.type());
  const ExprId operand = check_expression(c, scope, node.operand(), &target);
  if (c.is_poison(operand)) return operand;
  const Type from = c.type(operand);
  if (from.kind() != TypeKind::None && !cast_exists(from.required(), target.required())) {
    c.report(ErrorCode::E0309,
             "there is no CAST from `" + c.text(from) + "` to `" + c.text(target) + "`",
             node.span());
    return c.poison(node.span());
  }
  infer_parameter(c, operand, target);
  Expr made;
  made.kind = node.is_try() ? ExprKind::TryCast : ExprKind::Cast;
  made.target = target;
  made.type = node.is_try() || from.admits_none() ? target.optional() : target;
  made.span = node.span();
  made.args = {operand};
  if (c.is_literal(operand)) {
    const auto folded = cast(c.expr(operand).literal, target, c.schema().names());
    if (folded.has_value()) return c.literal(*folded, made.type, node.span());
    if (node.is_try()) return c.literal(Value::none(), made.type, node.span());
    warn_of_failure(c, folded.error(), node.span());
  }
  return c.add(std::move(made));
}

}  // namespace zerodb::sema
