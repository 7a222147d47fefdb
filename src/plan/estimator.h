// Estimator: how many rows sources have, and which part of them conditions leave.
//
// Conditions on different fields are taken to be independent, values between two bounds of a
// histogram to be spread evenly (Selinger et al., "Access path selection in a relational database
// management system", 1979; Piatetsky-Shapiro and Connell, "Accurate estimation of the number of
// tuples satisfying a condition", 1984). Without statistics fixed guesses stand in. Threading:
// belongs to one planner.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>

#include "plan/statistics.h"
#include "sema/statement.h"

namespace zerodb::plan {

// The part of all records whose field compares so with a value; null: a value that is not known
// yet. `op` is one of the comparisons.
double part_that_compares(const catalog::FieldStatistics& field, BinaryOp op, const Value* value);

class Estimator {
 public:
  // `statistics` may be null. Both must outlive this.
  Estimator(const sema::Statement& statement, const Statistics* statistics)
      : statement_(statement), statistics_(statistics) {}

  // Whether anything can be known at all.
  bool is_informed() const { return statistics_ != nullptr; }
  // Records of a table, rows of another source.
  double rows(const sema::Source& source) const;
  // Of the source at `position`, all conditions being on it alone.
  double part(const sema::Query& query, uint32_t position,
              std::span<const sema::ExprId> conditions) const;
  // Different values of an expression over the source; nothing if that is not known.
  std::optional<double> distinct(const sema::Query& query, uint32_t position,
                                 sema::ExprId id) const;
  // Null if nothing is known of the field.
  const catalog::FieldStatistics* field(TableId table, FieldId field) const;
  // Whether the table was looked through.
  bool knows(TableId table) const { return known(table) != nullptr; }
  double rows(TableId table) const;

 private:
  struct Range {
    sema::ExprId place;
    double part;
  };
  const catalog::TableStatistics* known(TableId table) const;
  // Null unless the expression is a declared field of the source.
  const catalog::FieldStatistics* field_of(const sema::Query& query, uint32_t position,
                                           sema::ExprId id) const;
  bool is_unique(const sema::Query& query, uint32_t position, sema::ExprId id) const;
  double part(const sema::Query& query, uint32_t position, sema::ExprId condition,
              std::vector<Range>* ranges) const;
  double part_of_comparison(const sema::Query& query, uint32_t position, const sema::Expr& e,
                            std::vector<Range>* ranges) const;
  double part_of_list(const sema::Query& query, uint32_t position, const sema::Expr& e) const;
  const Value* literal(sema::ExprId id) const;
  const sema::Expr& expr(sema::ExprId id) const { return statement_.exprs[id]; }

  const sema::Statement& statement_;
  const Statistics* statistics_;
  // What was asked for already.
  mutable std::map<TableId, std::shared_ptr<const catalog::TableStatistics>> known_;
};

}  // namespace zerodb::plan
