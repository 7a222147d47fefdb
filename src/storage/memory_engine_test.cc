#include "storage/memory_engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <charconv>
#include <map>
#include <thread>
#include <vector>

#include "base/random.h"
#include "storage/page_tree.h"

namespace zerodb::storage {
namespace memory_engine_test {

void put(MemoryEngine& engine, std::string_view key, std::string_view value) {
  WriteBatch batch;
  batch.put(Family::Row, key, value);
  ASSERT_TRUE(engine.write(batch, {}).has_value());
}

TEST(MemoryEngine, KeepsOnlyWhatSnapshotsReach) {
  MemoryEngine engine;
  for (int i = 0; i < 5000; ++i)
    put(engine, std::to_string(i), std::string(i % 10 == 0 ? 1000 : 10, 'v'));
  const size_t base = engine.block_count();
  {
    const auto snapshot = engine.snapshot();
    for (int round = 0; round < 20; ++round) {
      for (int i = 0; i < 5000; i += 7)
        put(engine, std::to_string(i), std::string(i % 10 == 0 ? 1000 : 10, 'w'));
    }
    // One old and one new copy at most, however many updates there were.
    EXPECT_LE(engine.block_count(), 2 * base + 10);
    EXPECT_GT(engine.block_count(), base);
  }
  EXPECT_EQ(engine.block_count(), base);
}

TEST(MemoryEngine, MiddleSnapshotsLeaveTheirPages) {
  MemoryEngine engine;
  SeededRandom random(11);
  std::vector<std::unique_ptr<Snapshot>> snapshots;
  for (int i = 0; i < 4000; ++i) {
    put(engine, std::to_string(random.below(1000)), std::string(random.below(800), 'x'));
    if (random.below(4) == 0) snapshots.push_back(engine.snapshot());
    if (snapshots.size() > 20)
      snapshots.erase(snapshots.begin() + static_cast<ptrdiff_t>(random.below(20)));
  }
  snapshots.clear();
  WriteBatch batch;
  for (int i = 0; i < 1000; ++i) batch.erase(Family::Row, std::to_string(i));
  ASSERT_TRUE(engine.write(batch, {}).has_value());
  EXPECT_EQ(engine.block_count(), 0U);
}

TEST(PageTree, StaysOrderedThroughGrowthAndShrinking) {
  for (const uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    PageTree tree;
    std::map<std::string, std::string> model;
    for (uint64_t generation = 1; generation <= 60; ++generation) {
      TreeEditor editor(generation);
      const bool is_growing = generation <= 30;
      for (int i = 0; i < 400; ++i) {
        std::string key = std::to_string(random.below(20000)) + std::string(random.below(200), 'k');
        if (!is_growing && !model.empty()) {
          const auto victim = model.lower_bound(key);
          if (victim != model.end()) key = victim->first;
        }
        if (random.below(10) < (is_growing ? 8U : 1U)) {
          editor.put(tree, key, std::string(random.below(700), 'v'));
          model[key] = "";
        } else {
          editor.erase(tree, key);
          model.erase(key);
        }
      }
      ASSERT_TRUE(check_tree(tree).has_value());
      ASSERT_EQ(tree.entry_count, model.size());
      for (Block* block : editor.retired()) std::free(block);
    }
    free_tree(tree);
  }
}

int number(std::string_view text) {
  int out = -1;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// The writer moves amounts between accounts; every snapshot must see the same total, in both
// directions and by key.
TEST(MemoryEngine, ReadersSeeWholeBatches) {
  constexpr int kAccounts = 300;
  constexpr int kTotal = kAccounts * 100;
  MemoryEngine engine;
  std::vector<int> balances(kAccounts, 100);
  WriteBatch first;
  for (int i = 0; i < kAccounts; ++i) first.put(Family::Row, std::to_string(1000 + i), "100");
  ASSERT_TRUE(engine.write(first, {}).has_value());
  std::atomic<bool> is_over = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> rounds = 0;
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&, reader] {
      while (!is_over.load()) {
        const auto snapshot = engine.snapshot();
        for (int pass = 0; pass < 2; ++pass) {
          const Direction direction = reader % 2 == 0 ? Direction::Forward : Direction::Reverse;
          const auto entries = engine.iterate(Family::Row, Range::all(), direction, snapshot.get());
          int sum = 0;
          while (const Entry* entry = entries->next()) sum += number(entry->value);
          if (sum != kTotal) ++wrong;
        }
        ++rounds;
      }
    });
  }
  SeededRandom random(5);
  for (int i = 0; i < 20000 || rounds.load() < 100; ++i) {
    const size_t from = random.below(kAccounts);
    const size_t to = random.below(kAccounts);
    const int amount = static_cast<int>(random.below(20));
    balances[from] -= amount;
    balances[to] += amount;
    WriteBatch batch;
    batch.put(Family::Row, std::to_string(1000 + from), std::to_string(balances[from]));
    batch.put(Family::Row, std::to_string(1000 + to), std::to_string(balances[to]));
    ASSERT_TRUE(engine.write(batch, {}).has_value());
  }
  is_over = true;
  for (std::thread& thread : readers) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace memory_engine_test
}  // namespace zerodb::storage
