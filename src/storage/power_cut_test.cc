// Power cuts under RocksDB: bytes that were not synced are dropped or torn, new files whose folder
// was not synced may be gone.
#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/property_test.h"
#include "base/random.h"
#include "storage/cut_disk.h"
#include "storage/rocks_engine.h"
#include "storage/test_engines.h"

namespace zerodb::storage {
namespace power_cut_test {

std::string number_bytes(uint64_t number) {
  std::string out;
  put_be(out, number);
  return out;
}

struct Outcome {
  uint64_t acknowledged = 0;  // the last commit that was promised to be durable
  uint64_t attempted = 0;
};

// Commit n writes its number to all families; each touches a few keys of its own as well.
Outcome run_until_cut(const std::string& path, CutDisk& disk, uint64_t first, Random& random) {
  const std::unique_ptr<rocksdb::Env> env = cut_environment(disk);
  Outcome outcome{first - 1, first - 1};
  auto opened =
      RocksEngine::open({.path = path, .memory_budget_bytes = 16 << 20, .environment = env.get()});
  if (!opened) return outcome;
  for (uint64_t n = first; n < first + 250; ++n) {
    WriteBatch batch;
    for (const Family family : {Family::Meta, Family::Row, Family::Index, Family::History}) {
      batch.put(family, "last", number_bytes(n));
      batch.put(family, "n" + number_bytes(n),
                std::string(random.below(1000), static_cast<char>(n)));
    }
    const Durability durability = random.below(3) == 0 ? Durability::Relaxed : Durability::Synced;
    outcome.attempted = n;
    if (!(*opened)->write(batch, {durability})) break;
    if (durability == Durability::Synced) outcome.acknowledged = n;
    if (random.below(60) == 0 && !(*opened)->flush()) break;
  }
  const std::lock_guard lock(disk.mutex);
  disk.is_cut = true;
  return outcome;
}

// A prefix of the commits is there, whole, and every acknowledged one is in it.
uint64_t check_after_cut(const std::string& path, const Outcome& outcome) {
  CutDisk disk;
  const std::unique_ptr<rocksdb::Env> env = cut_environment(disk);
  const auto opened =
      RocksEngine::open({.path = path, .memory_budget_bytes = 16 << 20, .environment = env.get()});
  if (!opened) {
    ADD_FAILURE() << opened.error().to_string();
    return 0;
  }
  uint64_t last = 0;
  bool is_first = true;
  for (const Family family : {Family::Meta, Family::Row, Family::Index, Family::History}) {
    std::string out;
    const bool has_last = (*opened)->get(family, "last", nullptr, out).value();
    const uint64_t seen = has_last ? get_be<uint64_t>(out.data()) : 0;
    EXPECT_TRUE(is_first || seen == last) << "half a commit";
    is_first = false;
    last = seen;
    const auto entries =
        (*opened)->iterate(family, Range::prefix("n"), Direction::Forward, nullptr);
    uint64_t expected = 1;
    while (const Entry* entry = entries->next()) {
      EXPECT_EQ(get_be<uint64_t>(entry->key.data() + 1), expected);
      ++expected;
    }
    EXPECT_TRUE(entries->status().has_value());
    EXPECT_EQ(expected - 1, seen);
  }
  EXPECT_GE(last, outcome.acknowledged) << "an acknowledged commit is lost";
  EXPECT_LE(last, outcome.attempted);
  return last;
}

// Several cuts on one store, so that recovery itself is cut as well.
void check_lives(uint64_t seed, int lives) {
  const TestFolder folder;
  SeededRandom random(seed);
  uint64_t last = 0;
  for (int life = 0; life < lives && !testing::Test::HasFailure(); ++life) {
    SCOPED_TRACE("seed " + std::to_string(seed) + " life " + std::to_string(life));
    CutDisk disk;
    disk.appends_left = 1 + random.below(random.below(4) == 0 ? 30 : 400);
    const Outcome outcome = run_until_cut(folder.path() + "/db", disk, last + 1, random);
    tear_files(disk, random);
    last = check_after_cut(folder.path() + "/db", outcome);
  }
}

// RocksDB waits a second after each failed compaction, so the stores are cut side by side.
TEST(PowerCut, LosesNoAcknowledgedCommit) {
  constexpr uint64_t kStoresAtOnce = 20;
  constexpr int kCutsPerStore = 5;
  const uint64_t stores = (property_cases(200) + kCutsPerStore - 1) / kCutsPerStore;
  for (uint64_t first = 1; first <= stores && !HasFailure(); first += kStoresAtOnce) {
    std::vector<std::thread> threads;
    for (uint64_t seed = first; seed < first + kStoresAtOnce && seed <= stores; ++seed)
      threads.emplace_back([=] { check_lives(seed, kCutsPerStore); });
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace power_cut_test
}  // namespace zerodb::storage
