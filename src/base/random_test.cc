#include "base/random.h"

#include <gtest/gtest.h>

namespace zerodb {
namespace random_test {

TEST(SeededRandom, ReplaysAndStaysBelowTheBound) {
  // The first numbers of SplitMix64 from the seed 1234567, as its authors' program prints them.
  SeededRandom random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  bool seen[5] = {};
  for (int i = 0; i < 1000; ++i) {
    const uint64_t number = random.below(5);
    ASSERT_LT(number, 5U);
    seen[number] = true;
  }
  for (const bool each : seen) EXPECT_TRUE(each);
}

}  // namespace random_test
}  // namespace zerodb
