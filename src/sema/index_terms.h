// Binding of the expressions and conditions of indexes.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"

namespace zerodb::sema {

// Fills Statement::index_terms for the tables that the checked statement reads or writes, also
// those that a deletion may take along.
void bind_index_terms(Checking& c);
// The same for one table.
void bind_index_terms(Checking& c, const catalog::Table& table);

// An index must be computed from its record alone: reports E0314 for an expression that may read
// others through a link or a query.
void check_self_contained(Checking& c, ExprId id, Span span);

}  // namespace zerodb::sema
