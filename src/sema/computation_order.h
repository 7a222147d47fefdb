// The order in which the DEFAULT or COMPUTED fields of a record are worked out: each after those
// whose values it reads, however they are declared.
//
// Threading: free functions over their arguments.
#pragma once

#include <optional>
#include <vector>

#include "sema/checking.h"

namespace zerodb::sema {

struct ComputationOrder {
  std::vector<TableRules::Computation> sorted;  // otherwise as they were given
  // A field that needs its own value. It is sorted as if it did not.
  std::optional<uint32_t> circular;
};

// `query` has the record as its first source.
ComputationOrder order_computations(Checking& c, QueryId query,
                                    const std::vector<TableRules::Computation>& computations);

}  // namespace zerodb::sema
