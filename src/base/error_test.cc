#include "base/error.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace zerodb {
namespace error_test {

constexpr ErrorCode kCodes[] = {
#define ZERODB_ERROR(code, sqlstate, error_class, meaning) ErrorCode::code,
#include "base/error_codes.def"
#undef ZERODB_ERROR
};

TEST(ErrorCodes, AreUniqueSortedAndComplete) {
  std::string last;
  for (const ErrorCode code : kCodes) {
    const std::string name(code_name(code));
    EXPECT_LT(last, name);
    EXPECT_EQ(name.size(), 5U) << name;
    EXPECT_EQ(sqlstate(code).size(), 5U) << name;
    EXPECT_FALSE(code_meaning(code).empty()) << name;
    EXPECT_EQ(code_from_name(name), code);
    last = name;
  }
}

TEST(ErrorCodes, AreFoundInAnyCase) {
  EXPECT_EQ(code_from_name("e0203"), ErrorCode::E0203);
  EXPECT_EQ(code_from_name("E9999"), std::nullopt);
  EXPECT_EQ(code_from_name(""), std::nullopt);
}

TEST(Error, SaysWhatMayBeConcluded) {
  const auto check = [](ErrorCode code, bool is_retryable, bool is_maybe_committed) {
    const Error error(code, "");
    EXPECT_EQ(error.is_retryable(), is_retryable) << code_name(code);
    EXPECT_EQ(error.is_maybe_committed(), is_maybe_committed) << code_name(code);
  };
  check(ErrorCode::E0203, false, false);
  check(ErrorCode::E0801, true, false);
  check(ErrorCode::E0806, false, true);
}

TEST(Error, KeepsTheInnermostPlace) {
  const Error error = Error(ErrorCode::E0203, "x").at({3, 5}).at({0, 9}).with_help("try y");
  EXPECT_EQ(error.span(), (Span{3, 5}));
  EXPECT_EQ(error.help(), "try y");
  EXPECT_EQ(error.to_string(), "error[E0203]: x");
}

// A value that can be moved only, so that TRY is seen to move.
Result<std::unique_ptr<int>> make(int value) {
  if (value < 0) return Error(ErrorCode::E0203, "negative");
  return std::make_unique<int>(value);
}

Status keep(int value, int& sum) {
  const std::unique_ptr<int> made = TRY(make(value));
  sum += *made;
  return ok_status();
}

Status keep_both(int first, int second, int& sum) {
  TRY(keep(first, sum));
  TRY(keep(second, sum));
  return ok_status();
}

TEST(Result, TryUnwrapsOrReturns) {
  const auto check = [](int first, int second, bool expected, int expected_sum) {
    int sum = 0;
    EXPECT_EQ(keep_both(first, second, sum).has_value(), expected);
    EXPECT_EQ(sum, expected_sum);
  };
  check(1, 2, true, 3);
  check(1, -2, false, 1);
  check(-1, 2, false, 0);
}

}  // namespace error_test
}  // namespace zerodb
