// Timestamp: a hybrid logical clock reading in 64 bits, 48 of milliseconds and 16 of logical count,
// the stamp of every version.
//
// HybridClock hands them out. Source: Kulkarni et al., Logical Physical Clocks, OPODIS 2014.
// Invariants: (1) next() is greater than every timestamp handed out or observed before; (2) it is
// never below the wall clock. Threading: HybridClock may be shared by all threads.
#pragma once

#include <compare>
#include <cstdint>
#include <mutex>

#include "base/clock.h"

namespace zerodb {

class Timestamp {
 public:
  constexpr Timestamp() = default;
  constexpr explicit Timestamp(uint64_t raw) : raw_(raw) {}
  static constexpr Timestamp from_wall_ns(int64_t ns) {
    return Timestamp(static_cast<uint64_t>(ns / 1'000'000) << 16);
  }
  static constexpr Timestamp max() { return Timestamp(UINT64_MAX); }
  constexpr uint64_t raw() const { return raw_; }
  constexpr int64_t wall_ms() const { return static_cast<int64_t>(raw_ >> 16); }
  constexpr Timestamp successor() const { return Timestamp(raw_ + 1); }
  constexpr Timestamp predecessor() const { return Timestamp(raw_ - 1); }
  constexpr auto operator<=>(const Timestamp&) const = default;

 private:
  uint64_t raw_ = 0;
};

class HybridClock {
 public:
  // Starts above `floor`, the greatest timestamp known to be used. The clock is borrowed and must
  // outlive this object.
  HybridClock(Clock& clock, Timestamp floor) : clock_(clock), last_(floor) {}

  Timestamp next();
  // Never hands out a timestamp at or below one seen elsewhere.
  void observe(Timestamp seen);

 private:
  Clock& clock_;
  std::mutex mutex_;
  Timestamp last_;
};

}  // namespace zerodb
