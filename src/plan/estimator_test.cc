#include "plan/estimator.h"

#include <gtest/gtest.h>

namespace zerodb::plan {
namespace estimator_test {

using catalog::FieldStatistics;

Value number(int64_t n) {
  return Value::int64(n);
}

// A tenth is none, half is 7, the rest lies evenly in 0..=1000.
FieldStatistics sample() {
  FieldStatistics out;
  out.none = 0.1;
  out.distinct = 801;
  out.common = {{number(7), 0.5}};
  for (int64_t i = 0; i <= 100; ++i) out.bounds.push_back(number(i * 10));
  return out;
}

double part(BinaryOp op, int64_t value) {
  const Value asked = number(value);
  return part_that_compares(sample(), op, &asked);
}

TEST(Estimator, EqualityTellsCommonFromRareValues) {
  EXPECT_DOUBLE_EQ(part(BinaryOp::Equal, 7), 0.5);
  EXPECT_NEAR(part(BinaryOp::Equal, 500), 0.4 / 800, 1e-9);
  EXPECT_LT(part(BinaryOp::Equal, 5000), 1e-6);
  EXPECT_DOUBLE_EQ(part(BinaryOp::NotEqual, 7), 0.5);
  EXPECT_NEAR(part_that_compares(sample(), BinaryOp::Equal, nullptr), 0.9 / 801, 1e-9);
}

TEST(Estimator, RangesFollowTheHistogram) {
  EXPECT_NEAR(part(BinaryOp::Less, 500), 0.5 + 0.4 * 0.5, 1e-6);
  EXPECT_NEAR(part(BinaryOp::GreaterEqual, 500), 0.4 * 0.5, 1e-6);
  EXPECT_NEAR(part(BinaryOp::Less, 255), 0.5 + 0.4 * 0.255, 1e-6);
  EXPECT_NEAR(part(BinaryOp::Less, 7) + part(BinaryOp::GreaterEqual, 7), 0.9, 1e-6);
  EXPECT_NEAR(part(BinaryOp::LessEqual, 7) - part(BinaryOp::Less, 7), 0.5, 1e-6);
  EXPECT_LT(part(BinaryOp::Greater, 1000), 1e-6);
  EXPECT_NEAR(part(BinaryOp::LessEqual, 1000), 0.9, 1e-6);
}

TEST(Estimator, PartsAreNeverNothingAndNeverMoreThanAll) {
  for (BinaryOp op : {BinaryOp::Equal, BinaryOp::NotEqual, BinaryOp::Less, BinaryOp::LessEqual,
                      BinaryOp::Greater, BinaryOp::GreaterEqual}) {
    for (const FieldStatistics& field : {sample(), FieldStatistics{}, FieldStatistics{.none = 1},
                                         FieldStatistics{.distinct = 3}}) {
      for (int64_t value = -10; value < 1020; value += 3) {
        const Value asked = number(value);
        const double found = part_that_compares(field, op, &asked);
        EXPECT_GT(found, 0);
        EXPECT_LE(found, 1);
      }
    }
  }
}

}  // namespace estimator_test
}  // namespace zerodb::plan
