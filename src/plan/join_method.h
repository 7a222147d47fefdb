// Join method: whether a join of two inputs is merged or done by hash.
//
// Inputs that come sorted by the keys anyway can be merged: nothing is kept, nothing is looked up.
// A join by hash may be a part of what several threads run, and its right side is often small.
// Threading: pure functions of a plan that is being made.
#pragma once

#include "plan/plan.h"
#include "plan/planner.h"

namespace zerodb::plan {

// Sets how the join may be merged, and whether it is. Its children are in the plan.
void choose_method(const Plan& plan, Node& join, const PlannerOptions& options);

// A limit stands above the join: not all of its rows may be wanted.
void choose_method_for_few(const Plan& plan, Node& join);

}  // namespace zerodb::plan
