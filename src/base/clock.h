// Clock: where time comes from, so that the simulator can supply its own.
//
// Threading: every method may be called from any thread.
#pragma once

#include <cstdint>

namespace zerodb {

class Clock {
 public:
  virtual ~Clock() = default;
  // Nanoseconds since 1970-01-01 UTC. May jump.
  virtual int64_t wall_ns() = 0;
  // Nanoseconds since an arbitrary start. Never goes back.
  virtual int64_t monotonic_ns() = 0;
};

// The clock of the machine.
class SystemClock final : public Clock {
 public:
  int64_t wall_ns() override;
  int64_t monotonic_ns() override;
};

}  // namespace zerodb
