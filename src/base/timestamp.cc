#include "base/timestamp.h"

#include <algorithm>

namespace zerodb {

Timestamp HybridClock::next() {
  const Timestamp wall = Timestamp::from_wall_ns(clock_.wall_ns());
  const std::lock_guard lock(mutex_);
  last_ = std::max(wall, last_.successor());
  return last_;
}

void HybridClock::observe(Timestamp seen) {
  const std::lock_guard lock(mutex_);
  last_ = std::max(last_, seen);
}

}  // namespace zerodb
