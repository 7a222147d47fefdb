// Fault: mistakes that can be planted into the core to see that tests find them.
//
// They exist only where the library is compiled with ZERODB_RAFT_FAULTS, which the executable that
// hunts them does; elsewhere no code remains of them. Each is a mistake that some implementation of
// Raft has made. Threading: plain values.
#pragma once

#include <cstdint>

namespace zerodb::raft {

enum class Fault : uint8_t {
  None,
#define ZERODB_RAFT_FAULT(name, meaning) name,
#include "raft/fault.def"
#undef ZERODB_RAFT_FAULT
};

#ifdef ZERODB_RAFT_FAULTS
inline constexpr bool kFaultsPlanted = true;
#else
inline constexpr bool kFaultsPlanted = false;
#endif

}  // namespace zerodb::raft
