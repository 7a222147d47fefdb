// Checking of the statements of a session: LET, USE, settings, transactions.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

LetStatement check_let(Checking& c, ast::Let node);
UseStatement check_use(Checking& c, ast::Use node);
SetStatement check_set(Checking& c, ast::Set node);
ResetStatement check_reset(Checking& c, ast::Reset node);
ShowStatement check_show(Checking& c, ast::Show node);

// The name of an option, or E0210 with the nearest one.
std::string check_option_name(Checking& c, ast::Name name);

}  // namespace zerodb::sema
