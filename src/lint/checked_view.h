// CheckedView: what a checked statement says at the places that its author wrote.
//
// Rules of the table that is written, bodies of views and of functions are part of a checked
// statement too; findings about those belong to their definitions, so they are left out here.
// Threading: immutable once made; borrows the statement and the tree.
#pragma once

#include <cstdint>
#include <vector>

#include "lint/tree_index.h"
#include "sema/statement.h"

namespace zerodb::lint {

// What an expression is for.
enum class Role : uint8_t {
  Where,
  On,
  Having,
  Qualify,
  Filter,
  CaseCondition,
  Output,
  Order,
  Group,
  Assigned,
  Argument,  // of a source or an aggregate
  Limit,
};

struct Use {
  sema::ExprId expr;
  sema::QueryId query;  // the query that it belongs to
  Role role = Role::Output;
  bool is_negated = false;  // below an odd number of NOT
  bool is_root = false;     // no operand of another expression
};

class CheckedView {
 public:
  CheckedView(const sema::Statement& statement, const TreeIndex& index);

  const sema::Statement& statement() const { return statement_; }
  const catalog::Schema& schema() const { return *statement_.schema; }
  const std::vector<Use>& uses() const { return uses_; }
  const std::vector<sema::QueryId>& queries() const { return queries_; }

  const sema::Expr& expr(sema::ExprId id) const { return statement_.exprs[id]; }
  const sema::Query& query(sema::QueryId id) const { return statement_.query(id); }
  // Without conversions that the checker put in.
  const sema::Expr& plain(sema::ExprId id) const;
  // The conditions that a bool joins by AND.
  std::vector<sema::ExprId> conjuncts(sema::ExprId condition) const;
  // Positions of the sources of the query that the expression mentions, in a set of bits (sources
  // past 63 count as 63). `level` is the nesting of the expression below the query.
  uint64_t sources_of(sema::ExprId id, uint32_t level = 0) const;
  // Whether the query mentions sources of the query around it.
  bool is_correlated(sema::QueryId query) const;
  const sema::SourceColumn& column(const sema::Query& query, const sema::Expr& column) const;

 private:
  void walk_body();
  void walk_query(sema::QueryId query);
  void walk_select(sema::QueryId id);
  void walk_change(sema::QueryId query, const sema::RecordChange& change);
  void walk(sema::ExprId id, sema::QueryId query, Role role, bool is_negated, bool is_root);
  void walk_operands(const sema::Expr& expr, sema::QueryId query, Role role, bool is_negated);
  void root(sema::ExprId id, sema::QueryId query, Role role);
  bool is_foreign(const sema::Expr& expr) const;
  bool is_written(const sema::Query& query) const;
  template <typename Visit>
  void each_root(const sema::Query& query, Visit&& visit) const;
  bool mentions_outside(sema::ExprId id, uint32_t level) const;
  bool query_mentions_outside(sema::QueryId query, uint32_t level) const;

  const sema::Statement& statement_;
  const TreeIndex& index_;
  std::vector<Use> uses_;
  std::vector<sema::QueryId> queries_;
  std::vector<bool> seen_;  // by query
};

}  // namespace zerodb::lint
