// Every limit that bounds a queue, a buffer or a recursion. The relations between them are asserted
// where they are declared.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zerodb::limits {

inline constexpr size_t kStatementBytesMax = 1 << 20;     // E1101
inline constexpr size_t kExpressionDepthMax = 256;        // E1102
inline constexpr size_t kValueDepthMax = 128;             // E1103
inline constexpr size_t kKeyBytesMax = 8 << 10;           // E1104
inline constexpr size_t kRecordBytesMax = 16 << 20;       // E1105
inline constexpr size_t kTransactionBytesMax = 64 << 20;  // E1106
inline constexpr size_t kValueBytesMax = 64 << 20;        // E0611
inline constexpr uint32_t kBatchRowsMax = 2048;
inline constexpr uint32_t kGroupingSetsMax = 1024;           // E1112
inline constexpr uint64_t kRecursionRoundsMax = 10'000'000;  // E1112

// A batch holds a row of every set.
static_assert(kGroupingSetsMax <= kBatchRowsMax);
static_assert(kKeyBytesMax < kRecordBytesMax);
static_assert(kRecordBytesMax <= kTransactionBytesMax);

}  // namespace zerodb::limits
