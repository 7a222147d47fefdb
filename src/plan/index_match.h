// IndexMatch: which expressions of a query are what an index of a source holds, and whether its
// conditions say that a partial index has all the rows.
//
// Threading: belongs to one planner.
#pragma once

#include <optional>
#include <span>

#include "catalog/schema.h"
#include "sema/statement.h"

namespace zerodb::plan {

// The operator by which `b op a` says what `a < b` and its like say.
BinaryOp mirrored(BinaryOp op);

// A place of a record: an expression over the source, and the same as a path where it is one.
struct IndexedPlace {
  sema::ExprId expr = sema::kNoExpr;
  catalog::Path path;
  bool follows = false;  // a link on the path leads on to its record, which no index does
};

class IndexMatch {
 public:
  // `position` is that of a table in query.sources. All must outlive this.
  IndexMatch(const sema::Statement& statement, const sema::Query& query, uint32_t position);

  IndexedPlace place(sema::ExprId id) const;
  // The elements of the collection at a place: `x CONTAINS v` is `x[*] = v`.
  IndexedPlace elements(sema::ExprId id) const;
  bool is_column(const catalog::Index& index, size_t column, const IndexedPlace& place) const;
  // Whether a record for which all of `conjuncts` hold is in the index.
  bool has_rows_of(const catalog::Index& index, std::span<const sema::ExprId> conjuncts) const;

 private:
  // Extends `out` by the path that the expression reads; false if it is none.
  bool append_path(sema::ExprId id, IndexedPlace& out) const;
  const sema::IndexTerms::Term* term(const catalog::Index& index) const;
  // An expression of the query against one of the index's own query.
  bool is_same(sema::ExprId mine, sema::ExprId stored) const;
  bool implies(sema::ExprId mine, sema::ExprId stored) const;
  bool implies_bound(const sema::Expr& mine, const sema::Expr& stored) const;
  bool rejects_none(sema::ExprId mine, sema::ExprId stored) const;

  const sema::Expr& expr(sema::ExprId id) const { return statement_.exprs[id]; }

  const sema::Statement& statement_;
  const sema::Query& query_;
  sema::SourceId source_;
  const sema::IndexTerms* terms_ = nullptr;
};

}  // namespace zerodb::plan
