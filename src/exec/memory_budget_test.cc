#include "exec/memory_budget.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace zerodb::exec {
namespace memory_budget_test {

TEST(MemoryBudget, IsTakenAllOrNothing) {
  MemoryBudget budget(100);
  EXPECT_TRUE(budget.take(60));
  EXPECT_FALSE(budget.take(41));
  EXPECT_EQ(budget.used(), 60u);
  EXPECT_TRUE(budget.take(40));
  budget.give(100);
  EXPECT_FALSE(budget.take(UINT64_MAX));
  EXPECT_EQ(budget.used(), 0u);
}

TEST(MemoryBudget, IsTakenFromTheOneAboveToo) {
  MemoryBudget database(100);
  MemoryBudget first(80, &database);
  MemoryBudget second(80, &database);
  EXPECT_TRUE(first.take(70));
  EXPECT_FALSE(second.take(40));
  EXPECT_EQ(second.used(), 0u);  // nothing stays behind a refusal from above
  EXPECT_TRUE(second.take(30));
  EXPECT_EQ(database.used(), 100u);
  first.give(70);
  second.give(30);
  EXPECT_EQ(database.used(), 0u);
}

TEST(MemoryHold, GivesBackWhatItHolds) {
  MemoryBudget budget(100);
  HeldBytes held;
  {
    MemoryHold hold(budget, &held);
    EXPECT_TRUE(hold.set(90));
    EXPECT_TRUE(hold.set(20));
    const Status refused = hold.set(101);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::E1108);
    EXPECT_EQ(hold.bytes(), 20u);
    const MemoryHold moved = std::move(hold);
    EXPECT_EQ(budget.used(), 20u);
  }
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_EQ(held.peak, 90u);
}

TEST(MemoryBudget, IsNeverExceededByThreads) {
  MemoryBudget budget(1000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&budget] {
      MemoryBudget own(600, &budget);
      MemoryHold hold(own);
      for (uint64_t round = 0; round < 20'000; ++round) {
        static_cast<void>(hold.try_set(round * 37 % 601));
        ASSERT_LE(budget.used(), 1000u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.used(), 0u);
}

TEST(MemoryBudget, CountsBuffersOfValues) {
  EXPECT_EQ(far_bytes(Value::int64(1)), 0u);
  EXPECT_EQ(far_bytes(Value::string("short")), 0u);
  EXPECT_GE(far_bytes(Value::string(std::string(1000, 'x'))), 1000u);
}

}  // namespace memory_budget_test
}  // namespace zerodb::exec
