// Writes: INSERT, CREATE, UPSERT, UPDATE, DELETE, RELATE.
//
// The rows that a statement finds are all known before the first is written, so a statement never
// sees its own writes. Threading: belongs to the thread that executes the statement.
#pragma once

#include <cstdint>

#include "exec/operator.h"

namespace zerodb::exec {

// Runs the plan's write; gives how many records it changed and appends what RETURNING gives.
Result<uint64_t> run_write(ExecState& state, RowBuffer& returned);

}  // namespace zerodb::exec
