#include "base/clock.h"

#include <ctime>

namespace zerodb {
namespace {

int64_t read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

int64_t SystemClock::wall_ns() {
  return read_clock(CLOCK_REALTIME);
}
int64_t SystemClock::monotonic_ns() {
  return read_clock(CLOCK_MONOTONIC);
}

}  // namespace zerodb
