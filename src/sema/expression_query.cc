// Subqueries as values.

#include <algorithm>

#include "sema/expression.h"
#include "sema/query_check.h"

namespace zerodb::sema {
namespace {

ExprId query_expression(Checking& c, ExprKind kind, QueryId query, Type type, Span span) {
  Expr made;
  made.kind = kind;
  made.query = query;
  made.type = std::move(type);
  made.span = span;
  return c.add(std::move(made));
}

ExprId check_scalar(Checking& c, Scope& scope, ast::Subquery node) {
  const QueryId query = check_query(c, &scope, node.query());
  const Query& checked = c.query(query);
  if (checked.outputs.size() != 1) {
    if (!c.failed()) {
      c.report(ErrorCode::E0405,
               "a subquery used as a value has one column, this one has " +
                   std::to_string(checked.outputs.size()),
               node.span());
    }
    return c.poison(node.span());
  }
  const bool always_there =
      checked.cardinality == Cardinality::One || checked.cardinality == Cardinality::AtLeastOne;
  const Type type = checked.outputs.front().type;
  return query_expression(c, ExprKind::ScalarQuery, query, always_there ? type : type.optional(),
                          node.span());
}

ExprId check_array(Checking& c, Scope& scope, ast::ArraySubquery node) {
  const QueryId query = check_query(c, &scope, node.query());
  const Query& checked = c.query(query);
  if (checked.as_value && checked.outputs.size() == 1) {
    return query_expression(c, ExprKind::ArrayQuery, query,
                            Type::array(checked.outputs.front().type), node.span());
  }
  std::vector<Type::Field> fields;
  for (const Output& output : checked.outputs) {
    if (std::any_of(fields.begin(), fields.end(),
                    [&](const Type::Field& field) { return field.name == output.name; })) {
      c.report(ErrorCode::E0411,
               "two columns are called `" + output.name + "`, and rows become objects here",
               node.span())
          .help = "name one of them with AS";
      return c.poison(node.span());
    }
    fields.push_back({output.name, output.type, false});
  }
  return query_expression(c, ExprKind::ArrayQuery, query,
                          Type::array(Type::shape(std::move(fields))), node.span());
}

}  // namespace

ExprId check_subquery(Checking& c, Scope& scope, ast::Expr node) {
  if (node.expr_kind() == ast::ExprKind::Subquery)
    return check_scalar(c, scope, node.as<ast::Subquery>());
  if (node.expr_kind() == ast::ExprKind::ArraySubquery)
    return check_array(c, scope, node.as<ast::ArraySubquery>());
  const ast::Exists exists = node.as<ast::Exists>();
  const QueryId query = exists.query()
                            ? check_query(c, &scope, *exists.query())
                            : check_pattern_query(c, &scope, *exists.match(), exists.where());
  return query_expression(c, ExprKind::ExistsQuery, query, Type::boolean(), node.span());
}

}  // namespace zerodb::sema
