#include "sema/live_check.h"

#include "sema/access.h"
#include "sema/expression.h"
#include "sema/index_terms.h"
#include "sema/query_check.h"
#include "sema/query_visit.h"

namespace zerodb::sema {
namespace {

// Whether the query is a plain SELECT over one table.
bool is_watchable(ast::Query query) {
  const auto select = query.body().select();
  if (query.with() || query.order_by() || query.limit() || !select) return false;
  if (select->is_distinct() || select->group_by() || select->having() || select->windows() ||
      select->qualify() || !select->from()) {
    return false;
  }
  const ast::From from = *select->from();
  return from.source().source_kind() == ast::SourceKind::Table && from.joins().size() == 0;
}

// The id of the query's one source.
ExprId id_column(Checking& c, QueryId id, Span span) {
  Source& source = c.query(id).sources[0];
  uint32_t position = 0;
  while (position < source.columns.size() &&
         source.columns[position].kind != SourceColumn::Kind::Id)
    ++position;
  const Type type = Type::record({source.tables[0]});
  if (position == source.columns.size())
    source.columns.push_back({SourceColumn::Kind::Id, 0, "id", type});
  Expr made;
  made.kind = ExprKind::Column;
  made.source = SourceId(0);
  made.index = position;
  made.type = type;
  made.span = span;
  return c.add(std::move(made));
}

// The rows for which the record's id is the value of one more parameter.
void restrict_to_parameter(Checking& c, QueryId id, ExprId column) {
  Expr parameter;
  parameter.kind = ExprKind::Parameter;
  parameter.index = static_cast<uint32_t>(c.statement.parameters.size());
  parameter.type = c.type(column);
  parameter.span = c.expr(column).span;
  // No parameter of a text can be called so.
  c.statement.parameters.push_back({"changed record", parameter.type});
  Expr equal;
  equal.kind = ExprKind::Binary;
  equal.binary_op = BinaryOp::Equal;
  equal.type = Type::boolean();
  equal.span = parameter.span;
  const ExprId value = c.add(std::move(parameter));
  equal.args = {column, value};
  const ExprId condition = c.add(std::move(equal));
  add_condition(c, id, condition);
}

// A change of what a subquery reads would not be seen.
bool has_subquery(Checking& c, QueryId query) {
  bool found = false;
  visit_query(c, query, [&](ExprId, uint32_t level) { found |= level > 0; });
  return found;
}

// Null after a mistake.
std::shared_ptr<const Statement> check_rows(Checking& c, ast::Query query, bool of_one_record) {
  Checking inner(c.context, c.statement.schema, c.source());
  const QueryId id = check_query(inner, nullptr, query);
  if (!inner.failed()) {
    // A view looks like a table in the tree.
    const Query& checked = inner.query(id);
    const bool reads_table =
        checked.sources.size() == 1 && checked.sources[0].kind == Source::Kind::Table;
    if (!reads_table || !checked.aggregates.empty() || !checked.windows.empty() ||
        has_subquery(inner, id))
      inner.report(ErrorCode::E0407, "LIVE takes one table, its fields and WHERE", query.span());
  }
  c.diagnostics.insert(c.diagnostics.end(), inner.diagnostics.begin(), inner.diagnostics.end());
  if (inner.failed()) return nullptr;
  c.warnings = inner.warnings;
  c.statement.unavailable = inner.statement.unavailable;
  const ExprId column = id_column(inner, id, query.span());
  // Both statements have the same parameters, but for the one that comes last here.
  bind_gates(inner);
  if (of_one_record) restrict_to_parameter(inner, id, column);
  const Type type = inner.type(column);
  inner.query(id).outputs.push_back({"id", column, type});
  inner.statement.body = QueryStatement{id};
  inner.statement.columns = inner.query(id).outputs;
  bind_index_terms(inner);
  return std::make_shared<const Statement>(std::move(inner.statement));
}

}  // namespace

LiveStatement check_live(Checking& c, ast::Live node) {
  LiveStatement live;
  live.is_diff = node.is_diff();
  c.statement.columns = {{"id", kNoExpr, Type(TypeKind::Uuid)}};
  if (!is_watchable(node.query())) {
    c.report(ErrorCode::E0407, "LIVE takes one table, its fields and WHERE", node.query().span());
    return live;
  }
  live.rows = check_rows(c, node.query(), false);
  if (live.rows == nullptr) return live;
  live.record = check_rows(c, node.query(), true);
  live.table =
      live.rows->query(std::get<QueryStatement>(live.rows->body).query).sources[0].tables[0];
  c.statement.parameters = live.rows->parameters;
  return live;
}

KillStatement check_kill(Checking& c, ast::Kill node) {
  Scope scope;
  scope.query = c.add_query(Query::Kind::Select, node.span());
  const ExprId id = check_expression(c, scope, node.id());
  const Type type = c.type(id);
  if (!c.is_poison(id) && !type.is_any() && type.required().kind() != TypeKind::Uuid)
    c.report(ErrorCode::E0306, "KILL takes the `uuid` of a live query, not `" + c.text(type) + "`",
             node.id().span());
  c.query(scope.query).outputs = {{"id", id, type}};
  c.query(scope.query).cardinality = Cardinality::One;
  return {scope.query};
}

}  // namespace zerodb::sema
