// Walking over all expressions of a query, subqueries included.
//
// Threading: free functions over their arguments.
#pragma once

#include <functional>

#include "sema/checking.h"

namespace zerodb::sema {

// Calls `visit` for every expression of the query and of the queries inside it. `level` is 0 for
// those of the query itself and counts inwards: a Column whose depth equals the level belongs to
// the query.
void visit_query(Checking& c, QueryId query,
                 const std::function<void(ExprId, uint32_t level)>& visit);
// The same for what stands below one expression of a query.
void visit_expression(Checking& c, ExprId root, uint32_t level,
                      const std::function<void(ExprId, uint32_t level)>& visit);

// Whether the query mentions sources of the query around it.
bool is_correlated(Checking& c, QueryId query);

}  // namespace zerodb::sema
