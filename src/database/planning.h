// Planning: from one statement of a script to its plan for one schema, through the cache.
//
// Threading: free functions; the cache may be shared.
#pragma once

#include <span>

#include "base/result.h"
#include "database/schema_cache.h"
#include "database/script.h"
#include "database/statement_cache.h"
#include "database/stored_statistics.h"
#include "function/library.h"
#include "plan/planner.h"
#include "sema/check.h"

namespace zerodb::database {

struct PlanningInput {
  std::span<const sema::KnownParameter> known;
  sema::UnknownParameters unknown = sema::UnknownParameters::Refuse;
  const StoredStatistics* statistics = nullptr;  // borrowed; null: nothing is known of tables
  const sema::Access* access = nullptr;          // borrowed; null: everything is allowed
  std::string_view access_key = {};              // tells one access from another; empty: no access
  plan::PlannerOptions options = {};             // the same for all who use one cache
};

// Whether tables are no longer as they were when the plan was made, so that another may be better.
bool is_outdated(const Planned& planned, const StoredStatistics& statistics);

// The first diagnostic of the checker, or what the planner refuses, as the error. The script's
// statement has no diagnostics.
Result<PlannedPtr> plan_statement(const Script& script, size_t index, const SchemaPtr& schema,
                                  const PlanningInput& input, const function::Library& library,
                                  StatementCache& cache);

}  // namespace zerodb::database
