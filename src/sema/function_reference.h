// The reference page of all built-in functions, made from their declarations.
//
// Threading: free functions.
#pragma once

#include <string>

#include "function/library.h"

namespace zerodb::sema {

// docs/reference/functions.md.
std::string function_reference_page(const function::Library& library);

}  // namespace zerodb::sema
