// Checking of ANALYZE, GRANT and REVOKE: what they name must be there, also while
// the engine does not run them.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

// E0201. Without a name: all tables.
AnalyzeStatement check_analyze(Checking& c, ast::Analyze node);
// Objects, fields and roles: E0201, E0202, E0206, E0207, E0412, E0601; and the row rule of a
// grant, in which $auth is the record of the user.
void check_grant(Checking& c, ast::Grant node);
void check_revoke(Checking& c, ast::Revoke node);

}  // namespace zerodb::sema
