// Checking of ANALYZE.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

// E0201. Without a name: all tables.
AnalyzeStatement check_analyze(Checking& c, ast::Analyze node);

}  // namespace zerodb::sema
