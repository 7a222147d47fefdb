// Whole queries: WITH, set operations, VALUES, ORDER BY and LIMIT.

#include <algorithm>

#include "sema/approximate.h"
#include "sema/availability.h"
#include "sema/common_table.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/query_check.h"
#include "sema/query_select.h"
#include "value/operator_types.h"

namespace zerodb::sema {
namespace {

// A scope in which the outputs of a query are columns, for ORDER BY over VALUES and set operations.
void see_outputs(Checking& c, Scope& scope, QueryId query) {
  scope.query = query;
  Query& checked = c.query(query);
  Source source;
  source.kind = Source::Kind::GroupKeys;
  source.name = "output";
  source.span = checked.span;
  ScopeSource visible;
  visible.shape = ScopeSource::Shape::Columns;
  visible.id = SourceId(static_cast<uint32_t>(checked.sources.size()));
  visible.columns = checked.outputs;
  for (uint32_t i = 0; i < checked.outputs.size(); ++i) {
    source.columns.push_back(
        {SourceColumn::Kind::Position, i, checked.outputs[i].name, checked.outputs[i].type});
  }
  checked.output_source = visible.id;
  checked.sources.push_back(std::move(source));
  checked.joins.resize(checked.sources.size());
  scope.sources.push_back(std::move(visible));
}

}  // namespace

void check_output_order(Checking& c, Scope* parent, QueryId query,
                        std::optional<ast::OrderBy> order) {
  Scope scope;
  scope.parent = parent;
  see_outputs(c, scope, query);
  if (order) check_order(c, scope, *order);
}

namespace {

// The type of one column of both sides of a set operation; nothing if they do not go together.
std::optional<Type> common_column(const Type& left, const Type& right) {
  const Type a = left.required();
  const Type b = right.required();
  const bool optional = left.is_optional() || right.is_optional();
  if (left.is_any() || right.is_any()) return Type::any();
  if (left.kind() != TypeKind::None && right.kind() != TypeKind::None && are_disjoint(a, b))
    return std::nullopt;
  const Type both = Type::union_of({left, right});
  return optional ? both.optional() : both;
}

}  // namespace

void match_columns(Checking& c, QueryId operation, bool by_name, Span span) {
  const std::vector<Output> left = c.query(c.query(operation).left).outputs;
  const std::vector<Output> right = c.query(c.query(operation).right).outputs;
  if (left.size() != right.size()) {
    c.report(ErrorCode::E0310,
             "one side has " + std::to_string(left.size()) + " columns, the other " +
                 std::to_string(right.size()),
             span);
    return;
  }
  for (uint32_t i = 0; i < left.size(); ++i) {
    uint32_t other = i;
    if (by_name) {
      const auto is_meant = [&](const Output& each) { return each.name == left[i].name; };
      if (std::ranges::count_if(left, is_meant) > 1 || std::ranges::count_if(right, is_meant) > 1) {
        c.report(ErrorCode::E0203, "`" + left[i].name + "` is ambiguous: one side has it twice",
                 span)
            .help = "give one of them another name with AS";
        return;
      }
      const auto found = std::ranges::find_if(right, is_meant);
      if (found == right.end()) {
        c.report(ErrorCode::E0310, "the right side has no column `" + left[i].name + "`", span);
        return;
      }
      other = static_cast<uint32_t>(found - right.begin());
      c.query(operation).right_columns.push_back(other);
    }
    const auto type = common_column(left[i].type, right[other].type);
    if (!type) {
      c.report(ErrorCode::E0310,
               "column `" + left[i].name + "` is `" + c.text(left[i].type) + "` on one side and `" +
                   c.text(right[other].type) + "` on the other",
               span);
      return;
    }
    c.query(operation).outputs.push_back({left[i].name, kNoExpr, *type});
  }
}

namespace {

QueryId check_set_operation(Checking& c, Scope* parent, const CommonTables& tables,
                            ast::SetOperation node, std::optional<ast::OrderBy> order) {
  const QueryId left = check_body(c, parent, tables, node.left(), std::nullopt);
  const QueryId right = check_body(c, parent, tables, node.right(), std::nullopt);
  c.query(left).cardinality = cardinality_of(c, left);
  c.query(right).cardinality = cardinality_of(c, right);
  const QueryId id = c.add_query(Query::Kind::SetOperation, node.span());
  Query& query = c.query(id);
  query.left = left;
  query.right = right;
  query.all = node.is_all();
  switch (node.op()) {
    case ast::SetOp::Union:
      query.set_op = Query::SetOp::Union;
      break;
    case ast::SetOp::Except:
      query.set_op = Query::SetOp::Except;
      break;
    case ast::SetOp::Intersect:
      query.set_op = Query::SetOp::Intersect;
      break;
  }
  query.as_value = c.query(left).as_value && c.query(right).as_value;
  if (c.failed()) return id;
  match_columns(c, id, node.is_by_name(), node.span());
  check_output_order(c, parent, id, order);
  return id;
}

QueryId check_values(Checking& c, Scope* parent, const CommonTables& tables, ast::Values node,
                     std::optional<ast::OrderBy> order, std::span<const Type> wanted = {}) {
  const QueryId id = c.add_query(Query::Kind::Values, node.span());
  Scope scope;
  scope.parent = parent;
  scope.query = id;
  scope.common_tables = tables;
  std::vector<std::vector<ExprId>> rows;
  for (const ast::ValuesRow row : node.rows()) {
    std::vector<ExprId> values;
    for (const ast::Expr value : row.values()) {
      const Type* type = values.size() < wanted.size() ? &wanted[values.size()] : nullptr;
      values.push_back(check_expression(c, scope, value, type));
    }
    if (!rows.empty() && values.size() != rows.front().size()) {
      c.report(ErrorCode::E0414,
               "the first row has " + std::to_string(rows.front().size()) + " values, this one " +
                   std::to_string(values.size()),
               row.span());
      return id;
    }
    rows.push_back(std::move(values));
  }
  std::vector<Output> outputs;
  for (size_t column = 0; !rows.empty() && column < rows.front().size(); ++column) {
    std::vector<ExprId> values;
    for (const auto& row : rows) values.push_back(row[column]);
    adapt_literals(c, values);
    std::vector<Type> types;
    for (size_t row = 0; row < rows.size(); ++row) {
      rows[row][column] = values[row];
      types.push_back(c.type(values[row]));
    }
    outputs.push_back({"column" + std::to_string(column + 1), kNoExpr, Type::union_of(types)});
  }
  const size_t count = rows.size();
  Query& query = c.query(id);
  query.rows = std::move(rows);
  query.outputs = std::move(outputs);
  query.cardinality = count == 1 ? Cardinality::One : Cardinality::AtLeastOne;
  check_output_order(c, parent, id, order);
  return id;
}

// A query in parentheses with an order or limit of its own below another: a select of all its
// columns.
QueryId wrap_query(Checking& c, Scope* parent, const CommonTables& tables, ast::Query node,
                   std::optional<ast::OrderBy> order) {
  const QueryId id = c.add_query(Query::Kind::Select, node.span());
  Scope scope;
  scope.parent = parent;
  scope.query = id;
  scope.common_tables = tables;
  scope.sources_hidden = true;
  const QueryId inner = check_query(c, &scope, node);
  scope.sources_hidden = false;
  add_query_source(c, scope, inner, "subquery", node.span());
  add_star(c, scope, node.span());
  if (order) check_order(c, scope, *order);
  c.query(id).as_value = c.query(inner).as_value;
  return id;
}

}  // namespace

QueryId check_body(Checking& c, Scope* parent, const CommonTables& tables, ast::QueryBody body,
                   std::optional<ast::OrderBy> order) {
  if (const auto select = body.select()) return check_select(c, parent, tables, *select, order);
  if (const auto values = body.values()) return check_values(c, parent, tables, *values, order);
  if (const auto operation = body.set_operation())
    return check_set_operation(c, parent, tables, *operation, order);
  if (const auto query = body.query()) return wrap_query(c, parent, tables, *query, order);
  c.report(ErrorCode::E0101, "a query was expected", body.span());
  return c.add_query(Query::Kind::Select, body.span());
}

QueryId check_values_for(Checking& c, ast::Values values, std::span<const Type> wanted) {
  const QueryId id = check_values(c, nullptr, nullptr, values, std::nullopt, wanted);
  c.query(id).cardinality = cardinality_of(c, id);
  return id;
}

namespace {

ExprId check_row_count(Checking& c, Scope* parent, const CommonTables& tables, ast::Expr node) {
  Scope scope;
  scope.parent = parent;
  scope.common_tables = tables;
  const ExprId count = check_expression(c, scope, node);
  if (c.is_poison(count)) return count;
  infer_parameter(c, count, Type::int64());
  const Type type = c.type(count);
  if (!type.is_any() && !type.is_integer()) {
    c.report(ErrorCode::E0306, "a number of rows is `int`, not `" + c.text(type) + "`",
             node.span());
  } else if (c.is_literal(count) && compare(c.expr(count).literal, Value::int64(0)) < 0) {
    c.report(ErrorCode::E0905, "a number of rows is not negative", node.span());
  }
  return count;
}

}  // namespace

void check_limit(Checking& c, Scope* parent, std::shared_ptr<const CommonTable> tables,
                 QueryId query, ast::Limit limit) {
  if (limit.approx()) check_approximate(c, query, *limit.approx());
  if (limit.count()) {
    const ExprId count = check_row_count(c, parent, tables, *limit.count());
    c.query(query).limit = count;
  }
  if (limit.offset()) {
    const ExprId offset = check_row_count(c, parent, tables, *limit.offset());
    c.query(query).offset = offset;
  }
}

QueryId check_query(Checking& c, Scope* parent, ast::Query node) {
  return check_query_with(c, parent, parent == nullptr ? nullptr : parent->common_tables, node);
}

QueryId check_query_with(Checking& c, Scope* parent, std::shared_ptr<const CommonTable> tables,
                         ast::Query node) {
  const InnerNarrowings narrowings(c);
  const CommonTables around = tables;
  if (node.with()) tables = add_common_tables(c, parent, std::move(tables), *node.with());
  const QueryId id = check_body(c, parent, tables, node.body(), node.order_by());
  if (node.limit()) check_limit(c, parent, tables, id, *node.limit());
  if (node.with()) check_unused_tables(c, tables, around);
  c.query(id).cardinality = cardinality_of(c, id);
  return id;
}

}  // namespace zerodb::sema
