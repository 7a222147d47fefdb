#include "exec/table_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace zerodb::exec {
namespace table_statistics_test {

double sum_of_parts(const catalog::FieldStatistics& field) {
  double sum = 0;
  for (const auto& common : field.common) sum += common.part;
  return sum;
}

TEST(TableStatistics, FewValuesAreAllCommon) {
  std::vector<Value> values;
  for (int64_t i = 0; i < 90; ++i) values.push_back(Value::int64(i % 3));
  values.push_back(Value::int64(0));
  const auto found = statistics_of(values, 100, 100);
  EXPECT_NEAR(found.none, 0.09, 1e-9);
  EXPECT_EQ(found.distinct, 3);
  ASSERT_EQ(found.common.size(), 3U);
  EXPECT_EQ(found.common[0].value.as_int64(), 0);
  EXPECT_NEAR(found.common[0].part, 0.31, 1e-9);
  EXPECT_TRUE(found.bounds.empty());
}

TEST(TableStatistics, EvenValuesHaveAHistogram) {
  std::vector<Value> values;
  for (int64_t i = 0; i < 10'000; ++i) values.push_back(Value::int64(i));
  const auto found = statistics_of(values, 10'000, 10'000);
  EXPECT_EQ(found.distinct, 10'000);
  EXPECT_TRUE(found.common.empty());
  ASSERT_EQ(found.bounds.size(), kHistogramBounds);
  EXPECT_EQ(found.bounds.front().as_int64(), 0);
  EXPECT_EQ(found.bounds.back().as_int64(), 9'999);
}

// Of a sample of a larger table: between what it has and what there is.
TEST(TableStatistics, DistinctValuesAreGuessedFromASample) {
  const uint64_t seed = SystemRandom().next();
  SCOPED_TRACE(seed);
  SeededRandom random(seed);
  for (const uint64_t real : {10ULL, 1000ULL, 20'000ULL, 1'000'000ULL}) {
    std::vector<Value> values;
    for (int i = 0; i < 30'000; ++i)
      values.push_back(Value::int64(static_cast<int64_t>(random.below(real))));
    const auto found = statistics_of(values, values.size(), 1e6);
    EXPECT_GT(found.distinct, static_cast<double>(real) * 0.3) << real;
    EXPECT_LT(found.distinct, static_cast<double>(real) * 3 + 1) << real;
  }
}

TEST(TableStatistics, LongValuesAndMixedOnesDoNoHarm) {
  std::vector<Value> values;
  for (int64_t i = 0; i < 1000; ++i) {
    values.push_back(Value::string(std::string(1000, static_cast<char>('a' + i % 26))));
    values.push_back(Value::int64(i));
  }
  const auto found = statistics_of(values, values.size(), 5000);
  EXPECT_LE(sum_of_parts(found), 1);
  for (const auto& common : found.common) EXPECT_NE(common.value.tag(), Tag::String);
  EXPECT_TRUE(std::ranges::is_sorted(
      found.bounds, [](const Value& l, const Value& r) { return compare(l, r) < 0; }));
}

TEST(TableStatistics, NothingIsKnownOfAnEmptyTable) {
  const auto found = statistics_of({}, 0, 0);
  EXPECT_EQ(found.distinct, 0);
  const auto all_none = statistics_of({}, 10, 10);
  EXPECT_EQ(all_none.none, 1);
}

}  // namespace table_statistics_test
}  // namespace zerodb::exec
