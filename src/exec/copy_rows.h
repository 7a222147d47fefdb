// Putting the rows of a file into a table, by the rules that every write obeys.
//
// Threading: belongs to the thread that executes the statement.
#pragma once

#include <cstdint>

#include "exec/table_writer.h"

namespace zerodb::exec {

// The rows of the context's range; gives how many they were. A failure that one row is to blame for
// is noted in the range.
Result<uint64_t> copy_rows(ExecState& state, TableWriter& writer);
// The writer's finish(), with the row to blame noted likewise.
Status finish_copy(ExecState& state, TableWriter& writer);

}  // namespace zerodb::exec
