#include "sema/query_visit.h"

namespace zerodb::sema {
namespace {

using Visit = std::function<void(ExprId, uint32_t)>;

std::vector<ExprId> roots_of(const Query& query) {
  std::vector<ExprId> roots;
  const auto add = [&roots](ExprId id) {
    if (id != kNoExpr) roots.push_back(id);
  };
  for (const Source& source : query.sources) {
    if (source.record) add(*source.record);
    if (source.low) add(source.low->key);
    if (source.high) add(source.high->key);
    for (const auto& row : source.rows) roots.insert(roots.end(), row.begin(), row.end());
    roots.insert(roots.end(), source.args.begin(), source.args.end());
  }
  for (const Join& join : query.joins) add(join.on);
  add(query.where);
  roots.insert(roots.end(), query.group_keys.begin(), query.group_keys.end());
  for (const Aggregate& aggregate : query.aggregates) {
    roots.insert(roots.end(), aggregate.args.begin(), aggregate.args.end());
    add(aggregate.filter);
    for (const Aggregate::Key& key : aggregate.order) add(key.expr);
  }
  add(query.having);
  for (const Output& output : query.outputs) add(output.expr);
  for (const auto& row : query.rows) roots.insert(roots.end(), row.begin(), row.end());
  for (const OrderKey& key : query.order) add(key.expr);
  add(query.limit);
  add(query.offset);
  return roots;
}

void visit_at(Checking& c, QueryId id, uint32_t level, const Visit& visit) {
  const std::vector<ExprId> roots = roots_of(c.query(id));
  for (const ExprId root : roots) visit_expression(c, root, level, visit);
  const Query query = c.query(id);
  for (const Source& source : query.sources) {
    if (source.kind == Source::Kind::Subquery) visit_at(c, source.query, level + 1, visit);
  }
  if (query.kind == Query::Kind::SetOperation) {
    // The sides of a set operation stand where it stands.
    visit_at(c, query.left, level, visit);
    visit_at(c, query.right, level, visit);
  }
}

}  // namespace

void visit_expression(Checking& c, ExprId root, uint32_t level, const Visit& visit) {
  visit(root, level);
  const Expr expr = c.expr(root);
  for (const ExprId arg : expr.args) visit_expression(c, arg, level, visit);
  const bool has_query = expr.kind == ExprKind::ScalarQuery || expr.kind == ExprKind::ArrayQuery ||
                         expr.kind == ExprKind::ExistsQuery || expr.kind == ExprKind::InQuery;
  if (has_query) visit_at(c, expr.query, level + 1, visit);
}

void visit_query(Checking& c, QueryId query, const Visit& visit) {
  visit_at(c, query, 0, visit);
}

bool is_correlated(Checking& c, QueryId query) {
  bool found = false;
  visit_query(c, query, [&](ExprId id, uint32_t level) {
    const Expr& expr = c.expr(id);
    found |= expr.kind == ExprKind::Column && expr.depth > level;
  });
  return found;
}

}  // namespace zerodb::sema
