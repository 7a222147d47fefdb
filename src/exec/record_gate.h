// RecordGate: what the user of a statement sees of records of one table that links lead to.
//
// Threading: belongs to one statement.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exec/draft.h"
#include "plan/plan.h"

namespace zerodb::exec {

// A stored record that a link leads to.
struct LinkedRecord {
  size_t position = 0;  // where it goes in the answer
  std::string_view key_bytes;
  std::string_view record;
};

// Puts what shows of each record into `out`; a record that does not show leaves its place as it is.
Status show_records(ExecState& state, const catalog::Table& table, const plan::GateProgram& gate,
                    std::span<const LinkedRecord> records, std::vector<Value>& out);

}  // namespace zerodb::exec
