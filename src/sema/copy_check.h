// Checking of COPY: the table with its columns or the query, the file and the options.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"
#include "sema/statement.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

// E0201, E0202, E0210, E0306, E0317, E0412, E0413, and what a write to the columns gives.
CopyStatement check_copy(Checking& c, ast::Copy node);

}  // namespace zerodb::sema
