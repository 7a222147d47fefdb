#include "base/timestamp.h"

#include <gtest/gtest.h>

#include <vector>

namespace zerodb {
namespace timestamp_test {

class FakeClock final : public Clock {
 public:
  int64_t wall_ns() override { return wall_ns_now; }
  int64_t monotonic_ns() override { return wall_ns_now; }
  int64_t wall_ns_now = 0;
};

constexpr int64_t kMillisecond = 1'000'000;

// The wall clock stands at these readings in turn; every timestamp exceeds the one before and is
// not below its reading.
void check(const std::vector<int64_t>& readings_ms) {
  FakeClock clock;
  HybridClock hybrid(clock, Timestamp());
  Timestamp last;
  for (const int64_t reading : readings_ms) {
    clock.wall_ns_now = reading * kMillisecond;
    const Timestamp next = hybrid.next();
    EXPECT_GT(next, last);
    EXPECT_GE(next, Timestamp::from_wall_ns(clock.wall_ns_now));
    last = next;
  }
}

TEST(Timestamp, HoldsMillisecondsAboveTheCount) {
  const Timestamp stamp = Timestamp::from_wall_ns(1234 * kMillisecond + 999'999);
  EXPECT_EQ(stamp.wall_ms(), 1234);
  EXPECT_EQ(stamp.successor().wall_ms(), 1234);
  EXPECT_EQ(stamp.successor().raw(), stamp.raw() + 1);
}

TEST(HybridClock, GrowsWhateverTheWallClockDoes) {
  check({1, 2, 3});
  check({5, 5, 5});
  check({9, 3, 3, 10, 1, 12});
}

TEST(HybridClock, StartsAboveTheFloorAndWhatItObserved) {
  FakeClock clock;
  const Timestamp floor = Timestamp::from_wall_ns(100 * kMillisecond);
  HybridClock hybrid(clock, floor);
  EXPECT_EQ(hybrid.next(), floor.successor());
  const Timestamp seen = Timestamp::from_wall_ns(500 * kMillisecond);
  hybrid.observe(seen);
  EXPECT_EQ(hybrid.next(), seen.successor());
  hybrid.observe(floor);
  EXPECT_GT(hybrid.next(), seen.successor());
}

TEST(HybridClock, CountsPastOneMillisecond) {
  FakeClock clock;
  HybridClock hybrid(clock, Timestamp());
  Timestamp last = hybrid.next();
  for (int i = 0; i < 70'000; ++i) {
    const Timestamp next = hybrid.next();
    ASSERT_GT(next, last);
    last = next;
  }
  EXPECT_EQ(last.wall_ms(), 1);
}

}  // namespace timestamp_test
}  // namespace zerodb
