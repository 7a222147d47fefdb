// Which columns of joins nobody reads: keys that have done their work, and what only joins below
// needed. They are not carried further.
#pragma once

#include "plan/plan.h"

namespace zerodb::plan {

// Fills Node::dead of every join of the plan.
void mark_dead_columns(Plan& plan);

}  // namespace zerodb::plan
