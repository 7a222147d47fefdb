// QueryFault: mistakes that can be planted into plans and operators to see that tests find them.
//
// They exist only where sources are compiled with ZERODB_QUERY_FAULTS, which tests/differential
// does for an executable of its own; elsewhere no code remains of them. Threading: one is planted
// before any statement runs.
#pragma once

#include <cstdint>

namespace zerodb {

enum class QueryFault : uint8_t {
  None,
#define ZERODB_QUERY_FAULT(name, meaning) name,
#include "base/query_fault.def"
#undef ZERODB_QUERY_FAULT
};

#ifdef ZERODB_QUERY_FAULTS
inline QueryFault planted_query_fault = QueryFault::None;
inline bool planted(QueryFault fault) {
  return planted_query_fault == fault;
}
#else
constexpr bool planted(QueryFault /*fault*/) {
  return false;
}
#endif

}  // namespace zerodb
