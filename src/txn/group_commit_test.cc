// Many threads on one router: nothing lost, nothing twice.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "base/random.h"
#include "storage/test_engines.h"
#include "txn/local_router.h"
#include "txn/transaction.h"

namespace zerodb::txn {
namespace group_commit_test {

using storage::EngineKind;
using storage::TestEngine;

class GroupCommit : public testing::TestWithParam<EngineKind> {};

int64_t read_number(Transaction& transaction, std::string_view key) {
  std::string buffer;
  const auto found = transaction.get(Family::Row, key, buffer).value();
  return found ? std::stoll(std::string(*found)) : 0;
}

// n += 1 on one of `records` records, tried until it commits.
void increment(Router& router, Random& random, uint64_t records, Durability durability) {
  while (true) {
    Transaction transaction = Transaction::begin(router, {.durability = durability});
    const std::string key = "n" + std::to_string(random.below(records));
    const int64_t old = read_number(transaction, key);
    ASSERT_TRUE(transaction.put(Family::Row, key, std::to_string(old + 1)).has_value());
    const Result<Timestamp> done = transaction.commit();
    if (done) return;
    ASSERT_EQ(done.error().code(), ErrorCode::E0801);
  }
}

void check_increments(EngineKind kind, uint64_t records, int per_thread, Durability durability) {
  constexpr int kThreads = 16;
  TestEngine engine(kind);
  SystemClock clock;
  const auto router =
      LocalRouter::open(*engine.engine, clock, {.collect_after_versions = 500}).value();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      SeededRandom random(static_cast<uint64_t>(t));
      for (int i = 0; i < per_thread; ++i) increment(*router, random, records, durability);
    });
  }
  for (std::thread& thread : threads) thread.join();
  Transaction transaction = Transaction::begin(*router, {.access = Access::ReadOnly});
  int64_t total = 0;
  for (uint64_t i = 0; i < records; ++i) total += read_number(transaction, "n" + std::to_string(i));
  EXPECT_EQ(total, int64_t{kThreads} * per_thread);
}

TEST_P(GroupCommit, SixteenThreadsCountExactly) {
  check_increments(GetParam(), 1, 100, Durability::Relaxed);
  check_increments(GetParam(), 64, 100, Durability::Relaxed);
  check_increments(GetParam(), 64, 20, Durability::Synced);
}

// Transfers between accounts while readers add them up: each sees the full total, by key, by scan
// and backwards.
TEST_P(GroupCommit, EverySnapshotBalances) {
  constexpr int kAccounts = 20;
  TestEngine engine(GetParam());
  SystemClock clock;
  const auto router =
      LocalRouter::open(*engine.engine, clock, {.collect_after_versions = 50}).value();
  {
    Transaction transaction = Transaction::begin(*router, {});
    for (int i = 0; i < kAccounts; ++i) {
      ASSERT_TRUE(transaction.put(Family::Row, "acc" + std::to_string(10 + i), "100").has_value());
    }
    ASSERT_TRUE(transaction.commit().has_value());
  }
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      SeededRandom random(static_cast<uint64_t>(t));
      for (int i = 0; i < 150; ++i) {
        if (t % 2 == 0) {
          Transaction transaction = Transaction::begin(*router, {.access = Access::ReadOnly});
          const auto cursor =
              transaction.scan(Family::Row, Range::prefix("acc"),
                               i % 2 == 0 ? Direction::Forward : Direction::Reverse);
          int64_t sum = 0;
          while (const Entry* entry = cursor->next()) sum += std::stoll(std::string(entry->value));
          if (sum != kAccounts * 100) ++wrong;
          continue;
        }
        Transaction transaction = Transaction::begin(*router, {.durability = Durability::Relaxed});
        const std::string from = "acc" + std::to_string(10 + random.below(kAccounts));
        const std::string to = "acc" + std::to_string(10 + random.below(kAccounts));
        if (from == to) continue;
        const int64_t a = read_number(transaction, from);
        const int64_t b = read_number(transaction, to);
        if (!transaction.put(Family::Row, from, std::to_string(a - 5))) ++wrong;
        if (!transaction.put(Family::Row, to, std::to_string(b + 5))) ++wrong;
        const auto done = transaction.commit();
        if (!done && done.error().code() != ErrorCode::E0801) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(router->live_snapshot_count(), 0U);
}

TEST_P(GroupCommit, TimestampsAreUnique) {
  TestEngine engine(GetParam());
  SystemClock clock;
  const auto router = LocalRouter::open(*engine.engine, clock, {}).value();
  std::vector<std::vector<Timestamp>> stamps(8);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < stamps.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        Transaction transaction = Transaction::begin(*router, {.durability = Durability::Relaxed});
        if (!transaction.put(Family::Row, "same", "x")) return;
        stamps[t].push_back(transaction.commit().value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<Timestamp> all;
  for (const auto& own : stamps) {
    EXPECT_EQ(own.size(), 100U);
    EXPECT_TRUE(std::is_sorted(own.begin(), own.end()));
    all.insert(own.begin(), own.end());
  }
  EXPECT_EQ(all.size(), 800U);
}

TEST(LocalRouter, GoesOnAboveTheLastCommitAfterReopening) {
  const storage::TestFolder folder;
  SystemClock clock;
  Timestamp last;
  for (int round = 0; round < 3; ++round) {
    const auto engine = storage::RocksEngine::open({.path = folder.path() + "/db"}).value();
    const auto router = LocalRouter::open(*engine, clock, {}).value();
    EXPECT_EQ(router->last_commit(), last);
    Transaction transaction = Transaction::begin(*router, {});
    EXPECT_EQ(read_number(transaction, "n"), round);
    ASSERT_TRUE(transaction.put(Family::Row, "n", std::to_string(round + 1)).has_value());
    const Timestamp at = transaction.commit().value();
    EXPECT_GT(at, last);
    last = at;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, GroupCommit,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& chosen) { return storage::engine_name(chosen.param); });

}  // namespace group_commit_test
}  // namespace zerodb::txn
