// Checking of LIVE and KILL.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

// One table, its fields and WHERE: E0407.
LiveStatement check_live(Checking& c, ast::Live node);
KillStatement check_kill(Checking& c, ast::Kill node);

}  // namespace zerodb::sema
