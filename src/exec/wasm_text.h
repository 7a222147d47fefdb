// The code that is generated for a plan, as text for people to read: one module for each program.
//
// Threading: a pure function.
#pragma once

#include <string>

#include "plan/plan.h"

namespace zerodb::exec {

// Each module stands behind a comment with the operator that runs it. E1299 for code that is not
// valid.
Result<std::string> wasm_text(const plan::Plan& plan);

}  // namespace zerodb::exec
