// What an error code means, in full: for `zerodb explain` and for the reference page of all codes.
//
// Threading: free functions.
#pragma once

#include <string>

#include "base/error.h"

namespace zerodb::sema {

// Some lines for a terminal: meaning, SQLSTATE, what became of the work, a wrong and a right
// example.
std::string explain_error(ErrorCode code);
// docs/reference/errors.md.
std::string error_reference_page();

}  // namespace zerodb::sema
