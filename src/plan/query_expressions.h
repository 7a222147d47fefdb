// Walking over the expressions that stand directly in a query.
//
// Threading: a pure function.
#pragma once

#include "sema/query.h"

namespace zerodb::plan {

// Calls `visit` with every expression of the query, not with those of queries inside it.
template <typename Visit>
void for_each_expression(const sema::Query& query, Visit visit) {
  const auto one = [&](sema::ExprId id) {
    if (id != sema::kNoExpr) visit(id);
  };
  for (const sema::Source& source : query.sources) {
    if (source.record) one(*source.record);
    if (source.low) one(source.low->key);
    if (source.high) one(source.high->key);
    one(source.filter);
    for (const auto& row : source.rows) {
      for (sema::ExprId id : row) one(id);
    }
    for (sema::ExprId id : source.args) one(id);
  }
  for (const sema::Join& join : query.joins) one(join.on);
  one(query.where);
  for (sema::ExprId id : query.group_keys) one(id);
  for (const sema::Aggregate& aggregate : query.aggregates) {
    for (sema::ExprId id : aggregate.args) one(id);
    one(aggregate.filter);
    for (const auto& key : aggregate.order) one(key.expr);
  }
  one(query.having);
  for (const sema::WindowDefinition& window : query.window_definitions) {
    for (sema::ExprId id : window.partition) one(id);
    for (const sema::OrderKey& key : window.order) one(key.expr);
    one(window.frame.start_offset);
    one(window.frame.end_offset);
  }
  for (const sema::WindowCall& call : query.windows) {
    for (sema::ExprId id : call.args) one(id);
    one(call.filter);
  }
  one(query.qualify);
  for (const sema::Output& output : query.outputs) one(output.expr);
  for (const auto& row : query.rows) {
    for (sema::ExprId id : row) one(id);
  }
  for (const sema::OrderKey& key : query.order) one(key.expr);
  one(query.limit);
  one(query.offset);
}

}  // namespace zerodb::plan
