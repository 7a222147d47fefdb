// Checks that what the store holds of a table agrees with the catalog and with itself: keys and
// values have their types, links that must lead somewhere do, and each index has exactly the
// entries of the records.
//
// One walk over the records and one over each index; memory does not grow with the table. Reads
// under the snapshot of its context. Errors are those of reading; what is wrong with the data is a
// problem of the report. Threading: belongs to the transaction's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "catalog/schema.h"
#include "exec/executor.h"

namespace zerodb::exec {

struct TableCheck {
  uint64_t records = 0;
  uint64_t entries = 0;
};

// Calls report(problem) for each thing that is wrong.
Result<TableCheck> check_table(const ExecContext& context,
                               std::shared_ptr<const catalog::Schema> schema,
                               const catalog::Table& table,
                               const std::function<void(std::string)>& report);

}  // namespace zerodb::exec
