#include "sema/index_terms.h"

#include <algorithm>
#include <set>

#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/query_visit.h"
#include "sema/stored_text.h"
#include "sema/write_check.h"

namespace zerodb::sema {
namespace {

bool has_terms(const catalog::Index& index) {
  return index.method.empty() &&
         (!index.condition_text.empty() ||
          std::ranges::any_of(index.columns, &catalog::IndexColumn::is_expression));
}

void add_conditions(const Checking& c, ExprId id, std::vector<ExprId>& out) {
  if (c.expr(id).kind != ExprKind::And) {
    out.push_back(id);
    return;
  }
  for (ExprId part : c.expr(id).args) add_conditions(c, part, out);
}

std::set<TableId> used_tables(const Checking& c) {
  std::set<TableId> used;
  for (const Query& query : c.statement.queries) {
    for (const Source& source : query.sources) {
      if (source.tables.size() == 1) used.insert(source.tables[0]);
    }
  }
  if (const auto* modify = std::get_if<ModifyStatement>(&c.statement.body)) {
    if (modify->is_delete) {
      std::set<TableId> reached = tables_reached_by_delete(c.schema(), modify->table);
      used.merge(reached);
    }
  }
  return used;
}

}  // namespace

void bind_index_terms(Checking& c, const catalog::Table& table) {
  if (!std::ranges::any_of(table.indexes, has_terms)) return;
  const Span span{};
  const Checking::ForeignText foreign(c, span);
  const InnerNarrowings narrowings(c);
  IndexTerms bound;
  bound.query = c.add_query(Query::Kind::Select, span);
  Scope scope;
  scope.query = bound.query;
  add_table_source(c, scope, {&table}, table.name, false, span);
  for (const catalog::Index& index : table.indexes) {
    if (!has_terms(index)) continue;
    IndexTerms::Term& term = bound.terms.emplace_back();
    term.index = index.id;
    for (const catalog::IndexColumn& column : index.columns) {
      term.columns.push_back(
          column.is_expression ? check_expression(c, scope, parse_stored_expression(c, column.text))
                               : kNoExpr);
    }
    if (index.condition_text.empty()) continue;
    const auto condition = parse_stored_expression(c, index.condition_text);
    add_conditions(c, check_condition(c, scope, condition), term.conditions);
  }
  c.statement.index_terms.emplace(table.id, std::move(bound));
}

void bind_index_terms(Checking& c) {
  if (c.failed()) return;
  for (TableId id : used_tables(c)) {
    if (const catalog::Table* table = c.schema().find_table(id)) bind_index_terms(c, *table);
  }
}

void check_self_contained(Checking& c, ExprId id, Span span) {
  bool follows = false;
  const auto visit = [&](ExprId at, uint32_t) {
    const Expr& e = c.expr(at);
    follows = follows || e.kind == ExprKind::Fetch || e.kind == ExprKind::CommitStamp ||
              e.has(Expr::Follow) || e.kind == ExprKind::ScalarQuery ||
              e.kind == ExprKind::ArrayQuery || e.kind == ExprKind::ExistsQuery ||
              e.kind == ExprKind::InQuery;
  };
  visit(id, 0);
  visit_expression(c, id, 0, visit);
  if (!follows) return;
  c.report(ErrorCode::E0314, "an index is computed from its own record, not from others", span)
      .help =
      "links are not followed; an undeclared field that holds an object is declared with "
      "DEFINE FIELD .. TYPE object";
}

}  // namespace zerodb::sema
