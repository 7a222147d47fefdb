// Checking of DEFINE, ALTER and REMOVE: they become changes of catalog rows.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

DefinitionStatement check_definition(Checking& c, ast::Statement node);
DescribeStatement check_describe(Checking& c, ast::Describe node);

}  // namespace zerodb::sema
