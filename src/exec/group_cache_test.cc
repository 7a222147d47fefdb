// The cache against a map of whole keys: what it knows is right, and it comes to know most rows.
#include "exec/group_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "base/random.h"
#include "exec/memory.h"
#include "exec/state.h"

namespace zerodb::exec {
namespace group_cache_test {

constexpr uint32_t kRows = 512;
constexpr int64_t kUntouched = -1;

Value random_value(const Type& type, uint64_t values, Random& random) {
  if (random.below(9) == 0) return Value::none();
  const uint64_t n = random.below(values);
  const auto number = static_cast<int64_t>(n);
  switch (type.kind()) {
    case TypeKind::Bool:
      return Value::boolean(n % 2 == 0);
    case TypeKind::F64:
      return Value::float64(n == 0 ? -0.0 : static_cast<double>(n / 2) / 3);
    case TypeKind::Decimal: {
      // The same numbers at several scales, and some that no word holds.
      const i128 wide = n % 7 == 0 ? i128{1} << 90 : 0;
      const bool is_longer = n % 2 != 0;
      return Value::decimal(
          {(wide + number) * (is_longer ? 10 : 1), static_cast<uint8_t>(is_longer ? 3 : 2)});
    }
    case TypeKind::String:
      return Value::string(std::string(n % 11, '\0') + std::to_string(n));
    case TypeKind::Datetime:
      return Value::datetime({number * 3600, static_cast<uint32_t>(n % 3)});
    case TypeKind::U64:
      return Value::integer(Tag::U64, i128{UINT64_MAX} - number);
    default:
      return Value::int64(n % 2 == 0 ? number : -number << 40);
  }
}

class Keys {
 public:
  explicit Keys(std::vector<Type> types) : types_(std::move(types)) {
    for (const Type& type : types_)
      columns.emplace_back(arena(), allocate_column(arena(), physical_of(type), kRows), type);
  }

  void fill(uint64_t values, Random& random) {
    for (size_t i = 0; i < columns.size(); ++i) {
      for (uint32_t row = 0; row < kRows; ++row) {
        const Value value = random_value(types_[i], values, random);
        ASSERT_TRUE(store_value(arena(), columns[i], row, value).has_value());
      }
    }
  }
  std::string bytes(uint32_t row) {
    std::string key;
    for (const Column& column : columns)
      EXPECT_TRUE(append_group_key(arena(), column, row, key).has_value());
    return key;
  }
  Arena& arena() { return memory_->arena(); }

 private:
  PlainMemoryProvider provider_{1 << 26};
  std::unique_ptr<StatementMemory> memory_ = provider_.acquire().value();
  std::vector<Type> types_;

 public:
  std::vector<Column> columns;
};

// Gives how many rows were known.
uint64_t check(Keys& keys, uint64_t values, uint64_t seed) {
  SeededRandom random(seed);
  GroupCache cache;
  std::map<std::string, int64_t> groups;
  std::vector<uint32_t> unknown;
  uint64_t known = 0;
  for (int batch = 0; batch < 100; ++batch) {
    const ArenaMark whole(keys.arena());
    keys.fill(values, random);
    std::vector<uint8_t> mask(kRows);
    for (uint8_t& taken : mask) taken = random.below(4) != 0 ? 1 : 0;
    const bool has_mask = random.below(2) == 0;
    std::vector<int64_t> out(kRows, kUntouched);
    cache.find(keys.columns, has_mask ? mask.data() : nullptr, kRows, out.data(), unknown);
    size_t next = 0;
    for (uint32_t row = 0; row < kRows; ++row) {
      if (next < unknown.size() && unknown[next] == row) {
        EXPECT_EQ(out[row], kUntouched);
        const auto group = static_cast<int64_t>(groups.size());
        const auto [at, is_new] = groups.emplace(keys.bytes(row), group);
        cache.learn(row, static_cast<uint32_t>(at->second));
        ++next;
      } else if (has_mask && mask[row] == 0) {
        EXPECT_EQ(out[row], kUntouched);
      } else {
        const auto found = groups.find(keys.bytes(row));
        EXPECT_TRUE(found != groups.end() && found->second == out[row]) << "row " << row;
        ++known;
      }
    }
    EXPECT_EQ(next, unknown.size());
  }
  return known;
}

TEST(GroupCache, KnowsOnlyTheGroupsOfEqualKeys) {
  const std::vector<Type> types = {
      Type(TypeKind::Bool).optional(),    Type::int64().optional(),
      Type(TypeKind::U64).optional(),     Type(TypeKind::F64).optional(),
      Type(TypeKind::Decimal).optional(), Type::string().optional(),
      Type(TypeKind::Datetime).optional()};
  uint64_t seed = 1;
  for (const Type& first : types) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Keys one({first});
    check(one, 200, seed++);
    for (const Type& second : types) {
      Keys two({first, second});
      check(two, 20, seed++);
      if (HasFailure()) return;
    }
  }
}

TEST(GroupCache, ComesToKnowMostRows) {
  Keys keys({Type::int64()});
  // Of 100 x 512 rows, 3 in 4 of half of the batches and all of the others are asked.
  EXPECT_GT(check(keys, 1000, 7), 30'000U);
}

TEST(GroupCache, GivesUpWhereKeysAreNew) {
  Keys keys({Type::int64()});
  // One in nine is absent, which is a key as well, and known until then.
  EXPECT_LT(check(keys, uint64_t{1} << 20, 8), 4'000U);
}

}  // namespace group_cache_test
}  // namespace zerodb::exec
