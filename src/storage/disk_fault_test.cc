// What is asked of a store whose disk is full now and then, whose syncs fail, or whose files
// changed behind its back: an error or a refusal, never rows that were not committed, never a
// commit that was acknowledged and is gone.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <set>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/property_test.h"
#include "base/random.h"
#include "storage/cut_disk.h"
#include "storage/rocks_engine.h"
#include "storage/test_engines.h"

namespace zerodb::storage {
namespace disk_fault_test {

constexpr Family kFamiliesUsed[] = {Family::Meta, Family::Row, Family::Index};

std::string key_of(uint64_t number) {
  std::string key = "n";
  put_be(key, number);
  return key;
}

std::string value_of(uint64_t number) {
  SeededRandom random(number);
  std::string value(1 + random.below(400), static_cast<char>('a' + number % 26));
  put_be(value, number);
  return value;
}

// Commit `number`: the same key and value in every family.
Status commit(Engine& engine, uint64_t number, Durability durability) {
  WriteBatch batch;
  for (const Family family : kFamiliesUsed) batch.put(family, key_of(number), value_of(number));
  return engine.write(batch, {durability});
}

Result<std::unique_ptr<RocksEngine>> open(const std::string& path, rocksdb::Env* env = nullptr) {
  return RocksEngine::open({.path = path, .memory_budget_bytes = 16 << 20, .environment = env});
}

// The commits in a store; each must be whole. An error of reading is given back.
Result<std::set<uint64_t>> commits_of(Engine& engine) {
  std::set<uint64_t> first;
  for (const Family family : kFamiliesUsed) {
    std::set<uint64_t> seen;
    const auto entries = engine.iterate(family, Range::all(), Direction::Forward, nullptr);
    while (const Entry* entry = entries->next()) {
      const uint64_t number = get_be<uint64_t>(entry->key.data() + 1);
      EXPECT_EQ(entry->key, key_of(number));
      EXPECT_EQ(entry->value, value_of(number));
      seen.insert(number);
    }
    TRY(entries->status());
    if (family == kFamiliesUsed[0]) first = seen;
    EXPECT_EQ(seen, first) << "half a commit";
  }
  return first;
}

struct Promised {
  std::set<uint64_t> acknowledged;  // durably
  std::set<uint64_t> attempted;
  int errors = 0;
};

// Commits until there is nothing more to be tried; what fails is tried no second time.
Promised run_on(const std::string& path, CutDisk& disk, Random& random) {
  Promised promised;
  const std::unique_ptr<rocksdb::Env> env = cut_environment(disk);
  const auto opened = open(path, env.get());
  if (!opened) return promised;
  std::set<uint64_t> relaxed;
  // A store that will not recover is left alone soon: it waits a second at each failure.
  for (uint64_t number = 1; number <= 120 && promised.errors < 4; ++number) {
    const Durability durability = random.below(3) == 0 ? Durability::Relaxed : Durability::Synced;
    promised.attempted.insert(number);
    const Status done = commit(**opened, number, durability);
    if (!done) {
      ++promised.errors;
      const ErrorCode code = done.error().code();
      EXPECT_TRUE(code == ErrorCode::E1204 || code == ErrorCode::E1206) << done.error().to_string();
    } else if (durability == Durability::Relaxed) {
      relaxed.insert(number);
    } else {
      // One sync covers all that was written before it.
      promised.acknowledged.insert(number);
      promised.acknowledged.merge(relaxed);
      relaxed.clear();
    }
    if (promised.errors == 0 && random.below(30) == 0 && !(*opened)->flush()) ++promised.errors;
  }
  return promised;
}

void check_kept(const std::string& path, const Promised& promised) {
  const auto opened = open(path);
  ASSERT_TRUE(opened.has_value()) << opened.error().to_string();
  const auto found = commits_of(**opened);
  ASSERT_TRUE(found.has_value()) << found.error().to_string();
  EXPECT_TRUE(std::ranges::includes(*found, promised.acknowledged)) << "a commit is lost";
  EXPECT_TRUE(std::ranges::includes(promised.attempted, *found)) << "nobody wrote this";
}

// RocksDB waits a second after each failed flush, so the cases run side by side.
void run_cases(uint64_t count, const std::function<void(uint64_t seed)>& run) {
  constexpr uint64_t kAtOnce = 25;
  for (uint64_t first = 0; first < count && !testing::Test::HasFailure(); first += kAtOnce) {
    std::vector<std::thread> threads;
    for (uint64_t seed = first; seed < std::min(first + kAtOnce, count); ++seed) {
      threads.emplace_back([&run, seed] {
        SCOPED_TRACE("seed " + std::to_string(seed));
        run(seed);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

TEST(DiskFaults, AFullDiskLosesNothing) {
  std::atomic<int> errors = 0;
  run_cases(property_cases(100), [&](uint64_t seed) {
    const TestFolder folder;
    SeededRandom random(seed);
    CutDisk disk;
    disk.appends_until_full = 1 + random.below(300);
    disk.full_appends = 1 + random.below(random.below(3) == 0 ? 1000 : 8);
    const Promised promised = run_on(folder.path() + "/db", disk, random);
    errors += promised.errors;
    check_kept(folder.path() + "/db", promised);
  });
  EXPECT_GT(errors, 0);
}

TEST(DiskFaults, AFailedSyncLosesNothingThatWasPromised) {
  std::atomic<int> errors = 0;
  run_cases(property_cases(100), [&](uint64_t seed) {
    const TestFolder folder;
    SeededRandom random(seed);
    CutDisk disk;
    disk.syncs_left = 1 + random.below(150);
    const Promised promised = run_on(folder.path() + "/db", disk, random);
    errors += promised.errors;
    // What the failed sync left of the unsynced bytes, nobody knows.
    tear_files(disk, random);
    check_kept(folder.path() + "/db", promised);
  });
  EXPECT_GT(errors, 0);
}

// What compaction finds in the tables that are left is nothing but what was dropped.
TEST(DiskFaults, ASyncMayFailWhileWhatWasDroppedIsCompacted) {
  std::atomic<int> errors = 0;
  run_cases(property_cases(50), [&](uint64_t seed) {
    const TestFolder folder;
    SeededRandom random(seed);
    CutDisk disk;
    const std::unique_ptr<rocksdb::Env> env = cut_environment(disk);
    const auto opened = open(folder.path() + "/db", env.get());
    ASSERT_TRUE(opened.has_value());
    Engine& engine = **opened;
    bool is_failed = false;
    const auto attempt = [&](const Status& status) {
      if (status) return true;
      EXPECT_EQ(status.error().code(), ErrorCode::E1206) << status.error().to_string();
      is_failed = true;
      return false;
    };
    {
      const std::lock_guard lock(disk.mutex);
      disk.syncs_left = random.below(60);
    }
    for (int round = 0; round < 12; ++round) {
      WriteBatch batch;
      for (uint64_t number = 0; number < 100; ++number)
        batch.put(Family::Row, key_of(number), value_of(number));
      if (!attempt(engine.write(batch, {Durability::Relaxed}))) break;
      // With half of them the tombstones get a table of their own.
      if (random.below(2) == 0 && !attempt(engine.flush())) break;
      if (!attempt(engine.drop_range(Family::Row, Range::prefix("n")))) break;
      if (!attempt(engine.flush())) break;
    }
    if (is_failed) ++errors;
  });
  EXPECT_GT(errors, 0);
}

// A store as a killed process leaves it: most of it in tables, the last commits in the log.
constexpr uint64_t kCommits = 300;

void make_store(const std::string& path, const std::string& image) {
  const auto engine = open(path).value();
  for (uint64_t number = 1; number <= kCommits; ++number) {
    ASSERT_TRUE(commit(*engine, number, Durability::Synced).has_value());
    if (number == kCommits / 2 || number == kCommits * 2 / 3) {
      ASSERT_TRUE(engine->flush().has_value());
    }
  }
  std::filesystem::copy(path, image);
}

void flip_bit(const std::filesystem::path& path, Random& random) {
  const auto at = static_cast<std::streamoff>(random.below(std::filesystem::file_size(path)));
  std::fstream bytes(path, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(at);
  const int old = bytes.get();
  bytes.seekp(at);
  bytes.put(static_cast<char>(old ^ (1 << random.below(8))));
}

using IsKind = std::function<bool(const std::filesystem::path&)>;

// Flips a bit of one file of the kind in a copy of the store, many times. Gives how often that was
// noticed.
uint64_t check_flips(const IsKind& is_kind, uint64_t rounds) {
  const TestFolder folder;
  const std::filesystem::path image = folder.path() + "/image";
  make_store(folder.path() + "/db", image);
  uint64_t noticed = 0;
  for (uint64_t seed = 0; seed < rounds && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    const std::filesystem::path copy = folder.path() + "/copy";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(image, copy);
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(copy)) {
      if (is_kind(file.path()) && file.file_size() > 0) files.push_back(file.path());
    }
    std::ranges::sort(files);
    EXPECT_FALSE(files.empty());
    if (files.empty()) return 0;
    flip_bit(files[random.below(files.size())], random);
    const auto opened = open(copy);
    if (!opened) {
      ++noticed;
      continue;
    }
    const auto found = commits_of(**opened);
    if (!found) {
      ++noticed;
      continue;
    }
    EXPECT_EQ(found->size(), kCommits) << "commits are missing without a word";
  }
  return noticed;
}

bool starts_with(const std::filesystem::path& path, std::string_view start) {
  return path.filename().string().starts_with(start);
}

TEST(FlippedBits, OfTablesAreNoticed) {
  const uint64_t rounds = property_cases(100);
  EXPECT_GT(check_flips([](const auto& path) { return path.extension() == ".sst"; }, rounds),
            rounds / 4);
}

TEST(FlippedBits, OfTheLogAreNoticed) {
  const uint64_t rounds = property_cases(200);
  EXPECT_GT(check_flips([](const auto& path) { return path.extension() == ".log"; }, rounds),
            rounds / 4);
}

// Torn writes look like that too, so the store must open, and commits must not be missing either.
TEST(FlippedBits, AtTheEndOfTheLogAreMended) {
  const TestFolder folder;
  const std::filesystem::path image = folder.path() + "/image";
  make_store(folder.path() + "/db", image);
  std::filesystem::path log;
  for (const auto& file : std::filesystem::directory_iterator(image)) {
    if (file.path().extension() == ".log" && std::filesystem::file_size(file) > 0 &&
        (log.empty() || file.path() > log))
      log = file.path();
  }
  ASSERT_FALSE(log.empty());
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(log));
  for (int bit = 0; bit < 64; ++bit) {
    SCOPED_TRACE(bit);
    const std::filesystem::path copy = folder.path() + "/copy";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(image, copy);
    {
      std::fstream bytes(copy / log.filename(), std::ios::in | std::ios::out | std::ios::binary);
      const std::streamoff at = size - 1 - bit / 8;
      bytes.seekg(at);
      const int old = bytes.get();
      bytes.seekp(at);
      bytes.put(static_cast<char>(old ^ (1 << bit % 8)));
    }
    const auto opened = open(copy);
    ASSERT_TRUE(opened.has_value()) << opened.error().to_string();
    EXPECT_EQ(commits_of(**opened)->size(), kCommits);
  }
}

TEST(FlippedBits, OfTheManifestAreNoticed) {
  const uint64_t rounds = property_cases(200);
  EXPECT_GT(check_flips([](const auto& path) { return starts_with(path, "MANIFEST-"); }, rounds),
            rounds / 4);
}

TEST(FlippedBits, OfCurrentAreNoticed) {
  const uint64_t rounds = property_cases(60);
  EXPECT_GT(check_flips([](const auto& path) { return starts_with(path, "CURRENT"); }, rounds),
            rounds / 4);
}

// Nothing is read from these.
TEST(FlippedBits, OfOptionsAndIdentityDoNotMatter) {
  check_flips([](const auto& path) { return starts_with(path, "OPTIONS-"); }, property_cases(40));
  check_flips([](const auto& path) { return starts_with(path, "IDENTITY"); }, property_cases(20));
}

}  // namespace disk_fault_test
}  // namespace zerodb::storage
