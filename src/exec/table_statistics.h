// What the planner wants to know of a table, found by looking through its records.
//
// One walk over the records counts them and draws a sample (Vitter, "Random sampling with a
// reservoir", 1985); the values of the sample's declared fields are counted. The number of distinct
// values of the whole table is guessed from the sample (Haas and Stokes, "Estimating the number of
// classes in a finite population", 1998). Memory is that of the sample. Threading: belongs to the
// transaction's thread.
#pragma once

#include "catalog/schema.h"
#include "catalog/statistics.h"
#include "exec/executor.h"

namespace zerodb::exec {

inline constexpr size_t kSampleRecordsMax = 30'000;
inline constexpr size_t kSampleBytesMax = size_t{32} << 20;
inline constexpr size_t kCommonValuesMax = 32;
inline constexpr size_t kHistogramBounds = 101;

// Reads under the snapshot of the context; its cancel token and deadline end the walk (E1107).
// `store_bytes` is left to the caller.
Result<catalog::TableStatistics> collect_statistics(const ExecContext& context,
                                                    const catalog::Table& table);

// Of the values that a field has in a sample of `sampled` of all `records`; none is left out of
// `values`.
catalog::FieldStatistics statistics_of(std::vector<Value> values, size_t sampled, double records);

}  // namespace zerodb::exec
