#include "exec/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace zerodb::exec {
namespace worker_pool_test {

TEST(Crew, DoesTheWorkOfEachMemberOnce) {
  WorkerPool pool(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::atomic<int>> done(5);
    Crew crew(pool);
    crew.start(5, [&](uint32_t member) { ++done[member]; });
    crew.finish();
    for (const auto& times : done) EXPECT_EQ(times, 1);
  }
}

TEST(Crew, DoesItAloneWhereThePoolIsBusy) {
  std::promise<void> end;
  std::promise<void> begun;
  WorkerPool pool(1);  // ends before what its task uses
  pool.submit([&] {
    begun.set_value();
    end.get_future().wait();
  });
  begun.get_future().wait();
  std::atomic<int> done = 0;
  {
    Crew crew(pool);
    crew.start(2, [&](uint32_t) { ++done; });
    crew.finish();
    EXPECT_EQ(done, 2);
  }
  {
    Crew crew(pool);
    crew.start(2, [&](uint32_t) { ++done; });
    EXPECT_TRUE(crew.dismiss());
  }
  {
    Crew gone(pool);
    gone.start(2, [&](uint32_t) { ++done; });
  }
  end.set_value();
  EXPECT_EQ(done, 2);
}

TEST(Crew, WaitsForThoseThatHaveBegun) {
  std::atomic<bool> is_over = false;
  std::promise<void> begun;
  WorkerPool pool(2);
  {
    Crew crew(pool);
    crew.start(1, [&](uint32_t) {
      begun.set_value();
      for (int i = 0; i < 1000; ++i) std::this_thread::yield();
      is_over = true;
    });
    begun.get_future().wait();
    EXPECT_FALSE(crew.dismiss());
  }
  EXPECT_TRUE(is_over);
}

TEST(WorkerPool, EndsWithTasksThatNeverBegan) {
  std::atomic<int> begun = 0;
  {
    WorkerPool pool(2);
    for (int i = 0; i < 1000; ++i) pool.submit([&] { ++begun; });
  }
  EXPECT_LE(begun, 1000);
}

}  // namespace worker_pool_test
}  // namespace zerodb::exec
