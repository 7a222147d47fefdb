// LIMIT .. APPROX: a search for nearest vectors that may miss some.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"
#include "zeroql/ast_query.h"

namespace zerodb::sema {

// The query, whose ORDER BY is checked, is one that an index over vectors could answer; E0419.
void check_approximate(Checking& c, QueryId query, ast::Approx approx);

}  // namespace zerodb::sema
