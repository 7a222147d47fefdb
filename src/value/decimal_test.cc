#include "value/decimal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>

namespace zerodb::decimal {
namespace decimal_test {

using Big = boost::multiprecision::cpp_int;

Big big(i128 value) {
  return Big(value);
}
Big ten_to(int exponent) {
  return boost::multiprecision::pow(Big(10), static_cast<unsigned>(exponent));
}
const Big& limit() {
  static const Big kLimit = ten_to(38);
  return kLimit;
}

struct Exact {  // numerator / 10^scale
  Big value;
  int scale;
};

std::string text_of(const Exact& exact) {
  Big size = abs(exact.value);
  std::string digits = size.str();
  while (digits.size() <= static_cast<size_t>(exact.scale)) digits.insert(0, "0");
  if (exact.scale > 0) digits.insert(digits.size() - static_cast<size_t>(exact.scale), ".");
  return (exact.value < 0 ? "-" : "") + digits;
}

// Quotient rounded half to even.
Big rounded(const Big& numerator, const Big& denominator) {
  const bool negative = (numerator < 0) != (denominator < 0);
  const Big a = abs(numerator);
  const Big b = abs(denominator);
  Big quotient = a / b;
  const Big twice = (a % b) * 2;
  if (twice > b || (twice == b && (quotient & 1) != 0)) ++quotient;
  return negative ? Big(-quotient) : quotient;
}

void check(const Result<Decimal>& result, const Exact& expected) {
  if (abs(expected.value) >= limit()) {
    RC_ASSERT(!result.has_value());
    RC_ASSERT(result.error().code() == ErrorCode::E0901);
    return;
  }
  RC_ASSERT(result.has_value());
  RC_ASSERT(print(*result) == text_of(expected));
}

rc::Gen<Decimal> any_decimal() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::arbitrary<uint64_t>(), rc::gen::arbitrary<uint64_t>(),
                     rc::gen::inRange(0, 39), rc::gen::inRange(0, 39), rc::gen::arbitrary<bool>()),
      [](const std::tuple<uint64_t, uint64_t, int, int, bool>& parts) {
        const auto& [high, low, length, scale, negative] = parts;
        u128 size = (static_cast<u128>(high) << 64 | low) % static_cast<u128>(power_of_ten(length));
        if (length > 0 && low % 7 == 0) size = static_cast<u128>(power_of_ten(length)) - 1;
        const auto coefficient = static_cast<i128>(size);
        return Decimal{negative ? -coefficient : coefficient,
                       static_cast<uint8_t>(low % 3 == 0 ? scale % 7 : scale)};
      });
}

Decimal parsed(const char* text) {
  const auto result = parse(text);
  EXPECT_TRUE(result.has_value()) << text;
  return result.value_or(Decimal{});
}

}  // namespace decimal_test
}  // namespace zerodb::decimal

namespace rc {
template <>
struct Arbitrary<zerodb::Decimal> {
  static Gen<zerodb::Decimal> arbitrary() { return zerodb::decimal::decimal_test::any_decimal(); }
};
}  // namespace rc

namespace zerodb {
void showValue(Decimal value, std::ostream& out) {
  out << decimal::print(value);
}
}  // namespace zerodb

namespace zerodb::decimal {
namespace decimal_test {

RC_GTEST_PROP(Decimal, AddAndSubtractAreExact, (Decimal a, Decimal b)) {
  const int scale = std::max(a.scale, b.scale);
  const Big x = big(a.coefficient) * ten_to(scale - a.scale);
  const Big y = big(b.coefficient) * ten_to(scale - b.scale);
  check(add(a, b), {x + y, scale});
  check(subtract(a, b), {x - y, scale});
  RC_ASSERT(compare(a, b) == (x < y ? -1 : x > y ? 1 : 0));
}

RC_GTEST_PROP(Decimal, MultiplyIsExactOrRefused, (Decimal a, Decimal b)) {
  Exact expected{big(a.coefficient) * big(b.coefficient), a.scale + b.scale};
  while (expected.scale > 0 && (expected.scale > 38 || abs(expected.value) >= limit()) &&
         expected.value % 10 == 0) {
    expected.value /= 10;
    --expected.scale;
  }
  const auto result = multiply(a, b);
  if (expected.scale > 38) {
    RC_ASSERT(!result.has_value());
  } else {
    check(result, expected);
  }
}

RC_GTEST_PROP(Decimal, DivideRoundsHalfToEven, (Decimal a, Decimal b)) {
  RC_PRE(b.coefficient != 0);
  const int scale_min = std::max(a.scale, b.scale);
  Exact expected{limit(), 0};
  for (int scale = std::max(scale_min, 6); scale >= scale_min && abs(expected.value) >= limit();
       --scale) {
    const int shift = scale + b.scale - a.scale;
    expected = {rounded(big(a.coefficient) * ten_to(shift), big(b.coefficient)), scale};
  }
  check(divide(a, b), expected);
}

RC_GTEST_PROP(Decimal, DivisionWithRemainder, (Decimal a, Decimal b)) {
  RC_PRE(b.coefficient != 0);
  const int scale = std::max(a.scale, b.scale);
  const Big x = big(a.coefficient) * ten_to(scale - a.scale);
  const Big y = big(b.coefficient) * ten_to(scale - b.scale);
  check(int_divide(a, b), {x / y, 0});
  check(modulo(a, b), {x % y, scale});
}

RC_GTEST_PROP(Decimal, RescaleRoundsHalfToEven, (Decimal a)) {
  const auto scale = static_cast<uint8_t>(*rc::gen::inRange(0, 39));
  const Big expected = scale >= a.scale ? Big(big(a.coefficient) * ten_to(scale - a.scale))
                                        : rounded(big(a.coefficient), ten_to(a.scale - scale));
  check(rescale(a, scale), {expected, scale});
}

RC_GTEST_PROP(Decimal, TextReadsBack, (Decimal a)) {
  const auto back = parse(print(a));
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->coefficient == a.coefficient);
  RC_ASSERT(back->scale == a.scale);
}

RC_GTEST_PROP(Decimal, FloatComparisonIsExact, (Decimal a)) {
  const double near = to_float64(a);
  // A double is a fraction over a power of two, so the comparison can be made in whole numbers.
  int exponent = 0;
  const auto mantissa = static_cast<int64_t>(std::ldexp(std::frexp(near, &exponent), 53));
  exponent -= 53;
  Big x = big(a.coefficient);
  Big y = Big(mantissa) * ten_to(a.scale);
  (exponent < 0 ? x : y) <<= static_cast<unsigned>(std::abs(exponent));
  RC_ASSERT(compare_float64(a, near) == (x < y ? -1 : x > y ? 1 : 0));
  RC_ASSERT(compare_float64(a, std::nextafter(near, INFINITY)) == -1);
  RC_ASSERT(compare_float64(a, std::nextafter(near, -INFINITY)) == 1);
}

TEST(Decimal, ScaleRules) {
  EXPECT_EQ(print(*add(parsed("0.1"), parsed("0.20"))), "0.30");
  EXPECT_EQ(print(*multiply(parsed("1.00"), parsed("1.5"))), "1.500");
  EXPECT_EQ(print(*divide(parsed("1"), parsed("3"))), "0.333333");
  EXPECT_EQ(print(*divide(parsed("2"), parsed("3"))), "0.666667");
  EXPECT_EQ(print(*divide(parsed("1.00000000"), parsed("3"))), "0.33333333");
  EXPECT_EQ(divide(parsed("1"), parsed("0.0")).error().code(), ErrorCode::E0902);
  EXPECT_EQ(add(parsed("99999999999999999999999999999999999999"), parsed("1")).error().code(),
            ErrorCode::E0901);
}

TEST(Decimal, RoundingModes) {
  const auto rounds = [](const char* text, int places, Rounding rounding) {
    return print(*round(parsed(text), places, rounding));
  };
  EXPECT_EQ(rounds("2.5", 0, Rounding::HalfEven), "2");
  EXPECT_EQ(rounds("2.5", 0, Rounding::HalfAway), "3");
  EXPECT_EQ(rounds("-2.5", 0, Rounding::HalfAway), "-3");
  EXPECT_EQ(rounds("-2.1", 0, Rounding::Floor), "-3");
  EXPECT_EQ(rounds("-2.9", 0, Rounding::Ceiling), "-2");
  EXPECT_EQ(rounds("-2.9", 0, Rounding::Truncate), "-2");
  EXPECT_EQ(rounds("1250", -2, Rounding::HalfAway), "1300");
  EXPECT_EQ(rounds("0.05", -37, Rounding::HalfAway), "0");
  EXPECT_EQ(rounds("0.05", -37, Rounding::Ceiling), "10000000000000000000000000000000000000");
  EXPECT_EQ(round(parsed("0.05"), -38, Rounding::Ceiling).error().code(), ErrorCode::E0901);
}

TEST(Decimal, FitsAColumn) {
  EXPECT_EQ(print(*fit(parsed("19.9"), 10, 2)), "19.90");
  EXPECT_EQ(fit(parsed("19.999"), 10, 2).error().code(), ErrorCode::E0307);
  EXPECT_EQ(print(*fit(parsed("19.995"), 10, 2, Rounding::HalfEven)), "20.00");
  EXPECT_EQ(fit(parsed("123456789.5"), 10, 2).error().code(), ErrorCode::E0901);
}

TEST(Decimal, Text) {
  for (const char* bad : {"", "-", ".5", "5.", "1e", "1e5x", "--1", "1.2.3",
                          "100000000000000000000000000000000000000", "1e-39", " 1"}) {
    EXPECT_FALSE(parse(bad).has_value()) << bad;
  }
  EXPECT_EQ(print(parsed("1e3")), "1000");
  EXPECT_EQ(print(parsed("1.5e-3")), "0.0015");
  EXPECT_EQ(print(parsed("+007.10")), "7.10");
  EXPECT_EQ(print(parsed("-0.00")), "0.00");
}

TEST(Decimal, Floats) {
  EXPECT_EQ(print(*from_float64(0.1)), "0.1");
  EXPECT_EQ(print(*from_float64(1e20)), "100000000000000000000");
  EXPECT_FALSE(from_float64(1e300).has_value());
  EXPECT_FALSE(from_float64(NAN).has_value());
  EXPECT_EQ(to_float64(parsed("0.1")), 0.1);
  EXPECT_EQ(compare_float64(parsed("0.1"), 0.1), -1);
  EXPECT_EQ(compare_float64(parsed("0.5"), 0.5), 0);
  EXPECT_EQ(compare_float64(parsed("5"), NAN), -1);
  EXPECT_EQ(compare_float64(parsed("5"), -INFINITY), 1);
  EXPECT_EQ(compare_float64(parsed("0"), 5e-324), -1);
}

TEST(Decimal, Powers) {
  EXPECT_EQ(print(*power(parsed("1.5"), 3)), "3.375");
  EXPECT_EQ(print(*power(parsed("2"), -2)), "0.250000");
  EXPECT_EQ(compare(*power(parsed("1.0"), INT64_MAX), parsed("1")), 0);
  EXPECT_EQ(power(parsed("10"), 38).error().code(), ErrorCode::E0901);
  EXPECT_EQ(power(parsed("0"), -1).error().code(), ErrorCode::E0902);
}

}  // namespace decimal_test
}  // namespace zerodb::decimal
