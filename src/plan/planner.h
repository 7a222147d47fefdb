// Planner: from a checked statement to a Plan.
//
// Sources are joined by hash, or one by one where a few rows look for theirs in an index: in the
// order in which they are written, or in a clearly cheaper one where all joins are inner and the
// sizes of the tables are known. Subqueries that know the row around them are joined too where
// nothing in them can fail. Conditions that cannot fail are pushed to the source they speak of;
// record ids, key ranges and indexes are used where a condition names them; every condition stays
// in the program above as well, so an access path only ever leaves rows out that the condition
// removes. Threading: a pure function.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "plan/plan.h"
#include "plan/statistics.h"

namespace zerodb::plan {

struct PlannerOptions {
  // What one operator may hold before it moves rows to disk.
  uint64_t operator_memory = UINT64_MAX;
  // Joins are merged wherever they can be, whatever it costs.
  bool prefers_merge = false;
};

// Session statements (USE, SHOW, BEGIN, ..) and DESCRIBE have a plan without a root.
// `statistics` may be null.
Result<std::shared_ptr<const Plan>> make_plan(std::shared_ptr<const sema::Statement> statement,
                                              const Statistics* statistics = nullptr,
                                              const PlannerOptions& options = {});

}  // namespace zerodb::plan
