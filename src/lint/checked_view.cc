#include "lint/checked_view.h"

#include <algorithm>
#include <functional>

namespace zerodb::lint {

using sema::Expr;
using sema::ExprId;
using sema::ExprKind;
using sema::kNoExpr;
using sema::Query;
using sema::QueryId;

CheckedView::CheckedView(const sema::Statement& statement, const TreeIndex& index)
    : statement_(statement), index_(index), seen_(statement.queries.size()) {
  walk_body();
}

const Expr& CheckedView::plain(ExprId id) const {
  const Expr* at = &expr(id);
  while (at->kind == ExprKind::Coerce) at = &expr(at->args.front());
  return *at;
}

std::vector<ExprId> CheckedView::conjuncts(ExprId condition) const {
  if (condition == kNoExpr) return {};
  if (expr(condition).kind != ExprKind::And) return {condition};
  std::vector<ExprId> all;
  for (const ExprId part : expr(condition).args) {
    for (const ExprId each : conjuncts(part)) all.push_back(each);
  }
  return all;
}

const sema::SourceColumn& CheckedView::column(const Query& query, const Expr& column) const {
  return query.sources[column.source.value()].columns[column.index];
}

void CheckedView::walk_body() {
  if (const auto* query = std::get_if<sema::QueryStatement>(&statement_.body)) {
    // Statements that this version only checks leave their queries behind without a body.
    if (query->query.value() < statement_.queries.size()) walk_query(query->query);
  } else if (const auto* let = std::get_if<sema::LetStatement>(&statement_.body)) {
    walk_query(let->query);
  } else if (const auto* insert = std::get_if<sema::InsertStatement>(&statement_.body)) {
    if (insert->input == sema::InsertStatement::Input::Query) walk_query(insert->query);
    if (insert->conflict == sema::InsertStatement::Conflict::Update) {
      walk_change(insert->conflict_query, insert->on_conflict);
      root(insert->conflict_where, insert->conflict_query, Role::Where);
    }
    if (insert->returning) walk_query(*insert->returning);
  } else if (const auto* put = std::get_if<sema::PutStatement>(&statement_.body)) {
    walk_change(put->query, put->change);
    if (put->returning) walk_query(*put->returning);
  } else if (const auto* modify = std::get_if<sema::ModifyStatement>(&statement_.body)) {
    walk_query(modify->query);
    walk_change(modify->query, modify->change);
    if (modify->returning) walk_query(*modify->returning);
  } else if (const auto* relate = std::get_if<sema::RelateStatement>(&statement_.body)) {
    walk_query(relate->query);
    walk_change(relate->query, relate->change);
    if (relate->returning) walk_query(*relate->returning);
  }
}

bool CheckedView::is_written(const Query& query) const {
  const std::string_view text = index_.tree().source().slice(query.span);
  if (text.empty()) return false;
  if (text.front() == '(') return true;
  size_t end = 0;
  while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0) ++end;
  switch (zeroql::keyword_of(text.substr(0, end))) {
    case zeroql::Keyword::Select:
    case zeroql::Keyword::From:
    case zeroql::Keyword::Values:
    case zeroql::Keyword::With:
    case zeroql::Keyword::Match:
    case zeroql::Keyword::Exists:
      return true;
    default:
      return false;
  }
}

void CheckedView::walk_query(QueryId id) {
  if (seen_[id.value()]) return;
  seen_[id.value()] = true;
  const Query& query = statement_.query(id);
  queries_.push_back(id);
  if (query.kind == Query::Kind::SetOperation || query.kind == Query::Kind::Recursive) {
    walk_query(query.left);
    walk_query(query.right);
  }
  for (const auto& row : query.rows) {
    for (const ExprId value : row) root(value, id, Role::Output);
  }
  if (query.kind == Query::Kind::Select) walk_select(id);
  for (const sema::OrderKey& key : query.order) root(key.expr, id, Role::Order);
  root(query.limit, id, Role::Limit);
  root(query.offset, id, Role::Limit);
}

void CheckedView::walk_select(QueryId id) {
  const Query& query = statement_.query(id);
  for (const sema::Source& source : query.sources) {
    for (const ExprId arg : source.args) root(arg, id, Role::Argument);
    for (const auto& row : source.rows) {
      for (const ExprId value : row) root(value, id, Role::Argument);
    }
    if (source.hop) root(source.hop->each, id, Role::Where);
    const bool has_query = source.kind == sema::Source::Kind::Subquery;
    if (has_query && is_written(statement_.query(source.query))) walk_query(source.query);
  }
  for (size_t i = 1; i < query.joins.size(); ++i) root(query.joins[i].on, id, Role::On);
  root(query.where, id, Role::Where);
  for (const ExprId key : query.group_keys) root(key, id, Role::Group);
  for (const sema::Aggregate& aggregate : query.aggregates) {
    for (const ExprId arg : aggregate.args) root(arg, id, Role::Argument);
    root(aggregate.filter, id, Role::Filter);
  }
  root(query.having, id, Role::Having);
  for (const sema::WindowCall& window : query.windows) {
    for (const ExprId arg : window.args) root(arg, id, Role::Argument);
    root(window.filter, id, Role::Filter);
  }
  root(query.qualify, id, Role::Qualify);
  for (const sema::Output& output : query.outputs) root(output.expr, id, Role::Output);
}

void CheckedView::walk_change(QueryId query, const sema::RecordChange& change) {
  for (const sema::Assignment& each : change.assignments) root(each.value, query, Role::Assigned);
  root(change.object, query, Role::Assigned);
}

void CheckedView::root(ExprId id, QueryId query, Role role) {
  if (id != kNoExpr) walk(id, query, role, false, true);
}

// The body of a function stands where it is called; its operators are not of this statement.
bool CheckedView::is_foreign(const Expr& expr) const {
  switch (expr.kind) {
    case ExprKind::Unary:
    case ExprKind::Binary:
    case ExprKind::And:
    case ExprKind::Or:
    case ExprKind::Coalesce:
    case ExprKind::Like:
    case ExprKind::InList:
    case ExprKind::IsType:
    case ExprKind::IsNone:
    case ExprKind::Case:
    case ExprKind::Member:
    case ExprKind::Column:
      return index_.is_call(expr.span);
    default:
      return false;
  }
}

void CheckedView::walk(ExprId id, QueryId query, Role role, bool is_negated, bool is_root) {
  const Expr& expr = statement_.exprs[id];
  if (is_foreign(expr)) return;
  uses_.push_back({id, query, role, is_negated, is_root});
  switch (expr.kind) {
    case ExprKind::ScalarQuery:
    case ExprKind::ArrayQuery:
    case ExprKind::ExistsQuery:
    case ExprKind::InQuery:
      walk_operands(expr, query, role, is_negated);
      if (is_written(statement_.query(expr.query))) walk_query(expr.query);
      return;
    default:
      walk_operands(expr, query, role, is_negated);
  }
}

void CheckedView::walk_operands(const Expr& expr, QueryId query, Role role, bool is_negated) {
  const bool is_not = expr.kind == ExprKind::Unary && expr.unary_op == UnaryOp::Not;
  const bool is_logic = is_not || expr.kind == ExprKind::And || expr.kind == ExprKind::Or;
  for (size_t i = 0; i < expr.args.size(); ++i) {
    const bool is_when = expr.kind == ExprKind::Case && i % 2 == 0 && i + 1 < expr.args.size();
    const bool negated = is_logic ? is_negated != is_not : false;
    walk(expr.args[i], query, is_when ? Role::CaseCondition : role, negated, false);
  }
}

uint64_t CheckedView::sources_of(ExprId id, uint32_t level) const {
  const Expr& at = expr(id);
  uint64_t found = 0;
  if (at.kind == ExprKind::Column && at.depth == level)
    found |= uint64_t{1} << std::min<uint32_t>(at.source.value(), 63);
  for (const ExprId arg : at.args) found |= sources_of(arg, level);
  const bool has_query = at.kind == ExprKind::ScalarQuery || at.kind == ExprKind::ArrayQuery ||
                         at.kind == ExprKind::ExistsQuery || at.kind == ExprKind::InQuery;
  // A subquery that looks outside may mention any source.
  if (has_query && query_mentions_outside(at.query, 0)) found = ~uint64_t{0};
  return found;
}

template <typename Visit>
void CheckedView::each_root(const Query& query, Visit&& visit) const {
  const auto give = [&](ExprId id) {
    if (id != kNoExpr) visit(id);
  };
  for (const auto& row : query.rows) std::for_each(row.begin(), row.end(), give);
  for (const sema::Source& source : query.sources) {
    std::for_each(source.args.begin(), source.args.end(), give);
    for (const auto& row : source.rows) std::for_each(row.begin(), row.end(), give);
    give(source.record.value_or(kNoExpr));
    if (source.low) give(source.low->key);
    if (source.high) give(source.high->key);
  }
  for (size_t i = 1; i < query.joins.size(); ++i) give(query.joins[i].on);
  give(query.where);
  std::for_each(query.group_keys.begin(), query.group_keys.end(), give);
  for (const sema::Aggregate& aggregate : query.aggregates) {
    std::for_each(aggregate.args.begin(), aggregate.args.end(), give);
    give(aggregate.filter);
  }
  give(query.having);
  for (const sema::Output& output : query.outputs) give(output.expr);
  for (const sema::OrderKey& key : query.order) give(key.expr);
}

bool CheckedView::mentions_outside(ExprId id, uint32_t level) const {
  const Expr& at = expr(id);
  if (at.kind == ExprKind::Column && at.depth > level) return true;
  const auto outside = [&](ExprId arg) { return mentions_outside(arg, level); };
  if (std::any_of(at.args.begin(), at.args.end(), outside)) return true;
  const bool has_query = at.kind == ExprKind::ScalarQuery || at.kind == ExprKind::ArrayQuery ||
                         at.kind == ExprKind::ExistsQuery || at.kind == ExprKind::InQuery;
  return has_query && query_mentions_outside(at.query, level + 1);
}

bool CheckedView::query_mentions_outside(QueryId id, uint32_t level) const {
  const Query& at = query(id);
  if (at.kind == Query::Kind::SetOperation)
    return query_mentions_outside(at.left, level) || query_mentions_outside(at.right, level);
  bool found = false;
  each_root(at, [&](ExprId root) { found = found || mentions_outside(root, level); });
  for (const sema::Source& source : at.sources) {
    if (source.kind == sema::Source::Kind::Subquery)
      found = found || query_mentions_outside(source.query, level + 1);
  }
  return found;
}

bool CheckedView::is_correlated(QueryId query) const {
  return query_mentions_outside(query, 0);
}

}  // namespace zerodb::lint
