// Deletes records that are past the lifetime of their table (its option `ttl`), a step at a time.
//
// The lifetime runs from the last write. A record goes as DELETE would take it: with its index
// entries and edges and what its references say; one that a REFERENCE restricts stays. Threading:
// belongs to the transaction's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/timestamp.h"
#include "catalog/schema.h"
#include "exec/executor.h"

namespace zerodb::exec {

struct ExpiryStep {
  bool is_complete = false;  // the end of the table was reached
  std::string next;          // otherwise the record key, without the table, to go on from
  uint64_t deleted = 0;
};

// Looks at records_max records from `from` on; those last written before `written_before` go.
Result<ExpiryStep> expire_step(const ExecContext& context,
                               std::shared_ptr<const catalog::Schema> schema,
                               const catalog::Table& table, std::string_view from,
                               Timestamp written_before, uint64_t records_max);

}  // namespace zerodb::exec
