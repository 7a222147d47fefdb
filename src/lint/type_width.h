// Whether every value of one type is a value of another.
//
// Threading: free functions.
#pragma once

#include "value/type.h"

namespace zerodb::lint {

// What cannot be told counts as no.
bool admits_all(const Type& to, const Type& from);

}  // namespace zerodb::lint
