#include "plan/join_method.h"

#include <algorithm>

#include "plan/row_order.h"

namespace zerodb::plan {

namespace {

// About what a row of a batch takes where it is kept, with its part of a hash table.
double kept_bytes(const Node& input) {
  constexpr double kTable = 48;
  constexpr double kColumn = 18;
  return kTable + kColumn * static_cast<double>(input.columns.size());
}

// Nanoseconds a row, measured: to build it into a table that the processor's cache does not hold,
// to look into such a table, to walk past it in a merge.
constexpr double kBuild = 60;
constexpr double kProbe = 25;
constexpr double kWalk = 20;
// Up to so many rows a table costs next to nothing.
constexpr double kCachedRows = 50'000;
// A join by hash may be run by several threads, with all that stands above it, a merge by one.
constexpr double kWorthIt = 2;

bool is_merge_cheaper(const Plan& plan, const Node& join, const PlannerOptions& options) {
  const double left = plan.node(join.children[0]).estimated_rows;
  const Node& right = plan.node(join.children[1]);
  const double rows = right.estimated_rows;
  if (rows * kept_bytes(right) > static_cast<double>(options.operator_memory)) return true;
  if (rows < kCachedRows) return false;
  return rows * kBuild + left * kProbe > (left + rows) * kWalk * kWorthIt;
}

}  // namespace

void choose_method(const Plan& plan, Node& join, const PlannerOptions& options) {
  join.merge_keys = merge_order(plan, join);
  if (join.merge_keys.empty()) return;
  join.merges = options.prefers_merge || is_merge_cheaper(plan, join, options);
}

void choose_method_for_few(const Plan& plan, Node& join) {
  // To build so small a table takes no time.
  constexpr double kSmallTable = 10'000;
  join.is_limited = true;
  if (!join.merge_keys.empty() && plan.node(join.children[1]).estimated_rows > kSmallTable)
    join.merges = true;
}

}  // namespace zerodb::plan
