// What the sources of a query must deliver.
//
// Threading: pure functions.
#pragma once

#include <vector>

#include "plan/builder.h"

namespace zerodb::plan {

// The columns that expressions name, those a write carries along, and the id where a hop starts.
std::vector<sema::SourceColumn> reads_of(const sema::Query& query, uint32_t position,
                                         const QueryExtras& extras);
// Whether an outer join may make the rows of a source up from nothing.
bool may_be_missing(const sema::Query& query, uint32_t position);
void add_reads(Scope& scope, uint32_t position, const std::vector<sema::SourceColumn>& reads);

}  // namespace zerodb::plan
