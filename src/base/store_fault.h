// StoreFault: mistakes that can be planted into the store to see that tests find them.
//
// They exist only where sources are compiled with ZERODB_STORE_FAULTS, which tests/faults does for
// an executable of its own; elsewhere no code remains of them. Threading: one is planted before any
// thread uses the store.
#pragma once

#include <cstdint>

namespace zerodb {

enum class StoreFault : uint8_t {
  None,
#define ZERODB_STORE_FAULT(name, meaning, killer) name,
#include "base/store_fault.def"
#undef ZERODB_STORE_FAULT
};

#ifdef ZERODB_STORE_FAULTS
inline StoreFault planted_store_fault = StoreFault::None;
inline bool planted(StoreFault fault) {
  return planted_store_fault == fault;
}
#else
constexpr bool planted(StoreFault /*fault*/) {
  return false;
}
#endif

}  // namespace zerodb
