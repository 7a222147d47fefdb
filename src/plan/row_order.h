// RowOrder: in which order the rows of a node come, as far as its plan tells.
//
// Scans walk keys and indexes in order, sorts make one, filters, projections and some joins keep
// what their input has (the interesting orders of Selinger et al., "Access path selection in a
// relational database management system", 1979, carried by the nodes themselves). Order is that of
// compare() (value/operators.h), so values that are equal whatever their types stand together. An
// operator that may go to disk and lose the order on the way is taken to have none. Threading: pure
// functions of a plan that is being made.
#pragma once

#include <span>
#include <vector>

#include "plan/plan.h"

namespace zerodb::plan {

struct OrderedColumn {
  std::vector<uint32_t> columns;  // any of them: in each row they are equal
  bool descending = false;
  bool nulls_first = false;  // of no meaning for columns that never are none
};

struct RowOrder {
  std::vector<OrderedColumn> columns;  // by the first, where that is equal by the second, ...
  std::vector<uint32_t> fixed;         // columns whose values are equal in all rows
  bool is_total = false;               // no two rows are equal in all of `columns`
};

// The orders that the rows have, all at once: that by the id of a record is also that by the
// columns of its key. None if nothing is known.
std::vector<RowOrder> orders_of(const Plan& plan, NodeId id);

// Whether the rows come sorted by the keys.
bool is_sorted(const Plan& plan, NodeId id, std::span<const SortKey> keys);
// Whether rows that are equal in the columns follow each other.
bool is_clustered(const Plan& plan, NodeId id, std::span<const uint32_t> columns);

// How the two inputs of a join may be merged: a permutation of the pairs of keys by which both are
// sorted alike. Empty if there is none.
std::vector<MergeKey> merge_order(const Plan& plan, const Node& join);

}  // namespace zerodb::plan
