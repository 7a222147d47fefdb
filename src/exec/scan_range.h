// Which ranges of the store a scan walks: those of the values that its plan gives for the leading
// columns of an index or of the key.
//
// Threading: belongs to one statement.
#pragma once

#include <functional>
#include <vector>

#include "exec/state.h"
#include "plan/plan.h"
#include "txn/transaction.h"

namespace zerodb::exec {

// The columns by which a scan walks, in the form in which they stand in keys.
struct WalkColumns {
  // Appends the value of a column. False if the column cannot hold the value.
  std::function<Result<bool>(std::string& out, size_t column, const Value& value)> append;
  std::function<bool(size_t column)> descending;
  std::function<bool(size_t column)> admits_none;
};

// Ascending and apart. `prefix` is what stands before the first column.
Result<std::vector<txn::Range>> scan_ranges(ExecState& state, const plan::Node& node,
                                            const std::string& prefix, const WalkColumns& columns);

}  // namespace zerodb::exec
