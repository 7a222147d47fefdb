// Makes the entries of an index for records that are there already, all at once or a step at a
// time.
//
// A step reads records in the order of their keys within the transaction of its context, so a
// writer that changes one of them meanwhile is a conflict. Errors: E1011 where two records have the
// same value in a unique index; those of the index's own expressions. Threading: belongs to the
// transaction's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "catalog/schema.h"
#include "exec/executor.h"

namespace zerodb::exec {

struct IndexBuildStep {
  bool is_complete = false;  // no record is left
  std::string next;          // otherwise the record key, without the table, to go on from
  uint64_t records = 0;
};

// The most that a step takes, whichever comes first.
struct IndexBuildLimits {
  uint64_t records = UINT64_MAX;
  uint64_t bytes = UINT64_MAX;  // of keys and payloads of entries
};

Result<IndexBuildStep> build_index_step(const ExecContext& context,
                                        std::shared_ptr<const catalog::Schema> schema,
                                        const catalog::Index& index, std::string_view from,
                                        IndexBuildLimits limits);

}  // namespace zerodb::exec
