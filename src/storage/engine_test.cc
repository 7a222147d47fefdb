// One model for both engines: a std::map a family, copied for each snapshot.
#include "storage/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "base/property_test.h"
#include "base/random.h"
#include "storage/test_engines.h"

namespace zerodb::storage {
namespace engine_test {

using FamilyModel = std::map<std::string, std::string>;
using Model = std::array<FamilyModel, kFamilyCount>;

struct Pinned {
  std::unique_ptr<Snapshot> snapshot;
  Model model;
};

class EngineModel : public testing::TestWithParam<EngineKind> {};

// Few distinct bytes, so that keys are prefixes of each other, and the extremes 00 and ff.
std::string random_key(Random& random) {
  std::string key;
  const uint64_t size = random.below(6);
  for (uint64_t i = 0; i < size; ++i) key.push_back("\x00\x01\x7f\x80\xfe\xff"[random.below(6)]);
  return key;
}

std::string random_value(Random& random) {
  const uint64_t size = random.below(20) == 0 ? random.below(5000) : random.below(40);
  return std::string(size, static_cast<char>('a' + random.below(26)));
}

Family random_family(Random& random) {
  return kFamilies[1 + random.below(kFamilyCount - 1)];
}

Range random_range(Random& random) {
  Range range{random_key(random), random.below(3) == 0 ? std::string() : random_key(random)};
  return random.below(4) == 0 ? Range::prefix(random_key(random)) : range;
}

std::vector<std::pair<std::string, std::string>> expected(const FamilyModel& model,
                                                          const Range& range, Direction direction) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& entry : model) {
    if (range.contains(entry.first)) out.push_back(entry);
  }
  if (direction == Direction::Reverse) std::reverse(out.begin(), out.end());
  return out;
}

void check_scan(Engine& engine, const Model& model, const Snapshot* snapshot, Random& random) {
  const Family family = random_family(random);
  const Range range = random_range(random);
  const Direction direction = random.below(2) == 0 ? Direction::Forward : Direction::Reverse;
  const auto entries = engine.iterate(family, range, direction, snapshot);
  auto want = expected(model[family_index(family)], range, direction);
  if (random.below(2) == 0) {
    const std::string key = random_key(random);
    entries->seek(key);
    std::erase_if(want, [&](const auto& entry) {
      return direction == Direction::Forward ? entry.first < key : entry.first > key;
    });
  }
  for (const auto& [key, value] : want) {
    const Entry* const entry = entries->next();
    ASSERT_NE(entry, nullptr);
    ASSERT_EQ(entry->key, key);
    ASSERT_EQ(entry->value, value);
  }
  ASSERT_EQ(entries->next(), nullptr);
  ASSERT_TRUE(entries->status().has_value());
}

void check_get(Engine& engine, const Model& model, const Snapshot* snapshot, Random& random) {
  const Family family = random_family(random);
  std::vector<std::string> keys;
  for (uint64_t i = 0; i < 1 + random.below(100); ++i) keys.push_back(random_key(random));
  if (random.below(2) == 0) std::sort(keys.begin(), keys.end());
  const std::vector<std::string_view> views(keys.begin(), keys.end());
  ValueList values;
  ASSERT_TRUE(engine.multi_get(family, views, snapshot, values).has_value());
  ASSERT_EQ(values.size(), keys.size());
  const FamilyModel& map = model[family_index(family)];
  std::string out;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto found = map.find(keys[i]);
    const Result<bool> got = engine.get(family, keys[i], snapshot, out);
    ASSERT_TRUE(got.has_value());
    ASSERT_EQ(*got, found != map.end());
    ASSERT_EQ(values.has(i), found != map.end());
    if (found == map.end()) continue;
    ASSERT_EQ(out, found->second);
    ASSERT_EQ(values[i], found->second);
  }
}

void write_some(Engine& engine, Model& model, Random& random) {
  WriteBatch batch;
  const uint64_t count = 1 + random.below(random.below(10) == 0 ? 300 : 10);
  for (uint64_t i = 0; i < count; ++i) {
    const Family family = random_family(random);
    const std::string key = random_key(random);
    if (random.below(3) == 0) {
      batch.erase(family, key);
      model[family_index(family)].erase(key);
    } else {
      const std::string value = random_value(random);
      batch.put(family, key, value);
      model[family_index(family)][key] = value;
    }
  }
  ASSERT_TRUE(engine.write(batch, {Durability::Relaxed}).has_value());
}

void run_model(Engine& engine, uint64_t seed, int steps) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  SeededRandom random(seed);
  Model model;
  std::vector<Pinned> pinned;
  for (int step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) {
    const uint64_t choice = random.below(20);
    if (choice < 8) {
      write_some(engine, model, random);
    } else if (choice == 8 && pinned.size() < 8) {
      pinned.push_back({engine.snapshot(), model});
    } else if (choice == 9 && !pinned.empty()) {
      pinned.erase(pinned.begin() + static_cast<ptrdiff_t>(random.below(pinned.size())));
    } else if (choice == 10 && random.below(10) == 0) {
      ASSERT_TRUE(engine.flush().has_value());
    } else {
      const size_t which = random.below(pinned.size() + 1);
      const bool is_newest = which == pinned.size();
      const Model& seen = is_newest ? model : pinned[which].model;
      const Snapshot* const snapshot = is_newest ? nullptr : pinned[which].snapshot.get();
      if (random.below(2) == 0) {
        check_scan(engine, seen, snapshot, random);
      } else {
        check_get(engine, seen, snapshot, random);
      }
    }
  }
  ASSERT_TRUE(engine.check_integrity().has_value());
}

TEST_P(EngineModel, AgreesWithMap) {
  constexpr uint64_t kStepsPerStore = 2'000;
  for (uint64_t seed = 1; seed <= property_cases(100'000) / kStepsPerStore; ++seed) {
    TestEngine test(GetParam());
    run_model(*test.engine, seed, kStepsPerStore);
    if (HasFailure()) return;
  }
}

TEST_P(EngineModel, DropsRangesOnly) {
  TestEngine test(GetParam());
  WriteBatch batch;
  for (int i = 0; i < 10000; ++i) batch.put(Family::Row, std::to_string(100000 + i), "value");
  ASSERT_TRUE(test.engine->write(batch, {Durability::Relaxed}).has_value());
  ASSERT_TRUE(test.engine->flush().has_value());
  ASSERT_TRUE(test.engine->drop_range(Family::Row, {"102000", "108000"}).has_value());
  const auto entries = test.engine->iterate(Family::Row, Range::all(), Direction::Forward, nullptr);
  int count = 0;
  while (const Entry* entry = entries->next()) {
    EXPECT_TRUE(entry->key < "102000" || entry->key >= "108000");
    ++count;
  }
  EXPECT_EQ(count, 4000);
}

TEST_P(EngineModel, EstimatesSize) {
  TestEngine test(GetParam());
  WriteBatch batch;
  SeededRandom random(1);
  for (int i = 0; i < 20000; ++i) {
    // Random bytes, which do not compress.
    std::string value;
    while (value.size() < 96) put_le(value, random.next());
    batch.put(Family::Row, std::to_string(100000 + i), value);
  }
  ASSERT_TRUE(test.engine->write(batch, {Durability::Relaxed}).has_value());
  ASSERT_TRUE(test.engine->flush().has_value());
  const uint64_t all = test.engine->approximate_size(Family::Row, Range::all());
  const uint64_t half = test.engine->approximate_size(Family::Row, {"100000", "110000"});
  EXPECT_GT(all, 1'000'000U);
  EXPECT_LT(all, 10'000'000U);
  EXPECT_GT(half, all / 4);
  EXPECT_LT(half, all * 3 / 4);
  EXPECT_EQ(test.engine->approximate_size(Family::Row, {"b", "a"}), 0U);
}

TEST_P(EngineModel, LastWriteOfBatchWins) {
  TestEngine test(GetParam());
  WriteBatch batch;
  batch.put(Family::Row, "k", "1");
  batch.erase(Family::Row, "k");
  batch.put(Family::Row, "k", "2", "3");
  batch.put(Family::Row, "gone", "x");
  batch.erase(Family::Row, "gone");
  ASSERT_TRUE(test.engine->write(batch, {Durability::Synced}).has_value());
  std::string out;
  EXPECT_TRUE(test.engine->get(Family::Row, "k", nullptr, out).value());
  EXPECT_EQ(out, "23");
  EXPECT_FALSE(test.engine->get(Family::Row, "gone", nullptr, out).value());
}

INSTANTIATE_TEST_SUITE_P(Engines, EngineModel,
                         testing::Values(EngineKind::Memory, EngineKind::Rocks),
                         [](const auto& chosen) { return engine_name(chosen.param); });

}  // namespace engine_test
}  // namespace zerodb::storage
