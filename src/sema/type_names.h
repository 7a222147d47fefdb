// Types as they are written: names of built-in types, enums, named types and tables become a Type.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"
#include "zeroql/ast_session.h"

namespace zerodb::sema {

// E0201, E0205, E0315; any after a mistake.
Type check_type(Checking& c, ast::Type node);
// The named type that the text stands for as a whole (`email`, `email?`), if any.
const catalog::NamedType* named_type(Checking& c, ast::Type node);
// The name in small letters, as built-in types are found.
std::string folded_name(ast::NamedType node);
// Whether the type is array<..>, vector<..> or hashset<..>.
bool is_list_type(ast::NamedType node);

}  // namespace zerodb::sema
