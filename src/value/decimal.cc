#include "value/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "base/assert.h"
#include "value/number_text.h"
#include "value/uint256.h"

namespace zerodb::decimal {
namespace {

constexpr auto kPowers = [] {
  std::array<u128, kDigitsMax + 1> powers{};
  u128 power = 1;
  for (auto& entry : powers) {
    entry = power;
    power *= 10;
  }
  return powers;
}();
constexpr u128 kLimit = kPowers[kDigitsMax];  // first magnitude with too many digits

u128 power(int exponent) {
  return kPowers[static_cast<size_t>(exponent)];
}

u128 magnitude(i128 value) {
  return value < 0 ? u128{0} - static_cast<u128>(value) : static_cast<u128>(value);
}

i128 with_sign(u128 value, bool negative) {
  return negative ? -static_cast<i128>(value) : static_cast<i128>(value);
}

Error overflow() {
  return Error(ErrorCode::E0901, "decimal result has more than 38 digits");
}

Result<Decimal> make(const Uint256& value, bool negative, int scale) {
  if (!value.fits_128() || value.low >= kLimit || scale > kDigitsMax) return overflow();
  return Decimal{with_sign(value.low, negative), static_cast<uint8_t>(scale)};
}

// Whether a quotient is to grow by one, given twice the remainder against the divisor.
bool rounds_up(bool odd, bool negative, int twice_rest_against_divisor, bool exact,
               Rounding rounding) {
  if (exact) return false;
  switch (rounding) {
    case Rounding::HalfEven:
      return twice_rest_against_divisor > 0 || (twice_rest_against_divisor == 0 && odd);
    case Rounding::HalfAway:
      return twice_rest_against_divisor >= 0;
    case Rounding::Truncate:
      return false;
    case Rounding::Floor:
      return negative;
    case Rounding::Ceiling:
      return !negative;
  }
  UNREACHABLE();
}

Uint256 divide_rounded(const Uint256& dividend, u128 divisor, bool negative, Rounding rounding) {
  Division256 division = divide(dividend, divisor);
  const u128 rest = division.remainder;
  const u128 other = divisor - rest;
  const int against = rest > other ? 1 : rest == other ? 0 : -1;
  if (rounds_up((division.quotient.low & 1) != 0, negative, against, rest == 0, rounding)) {
    division.quotient = zerodb::add(division.quotient, Uint256{1, 0});
  }
  return division.quotient;
}

// The magnitude brought to `scale`, which is not less than the value's own.
Uint256 aligned(Decimal value, int scale) {
  return multiply_wide(magnitude(value.coefficient), power(scale - value.scale));
}

Result<Decimal> add_signed(Decimal left, Decimal right, bool flip) {
  const int scale = std::max(left.scale, right.scale);
  const bool left_negative = left.coefficient < 0;
  const bool right_negative = (right.coefficient < 0) != flip;
  const Uint256 a = aligned(left, scale);
  const Uint256 b = aligned(right, scale);
  if (left_negative == right_negative) return make(zerodb::add(a, b), left_negative, scale);
  if (a >= b) return make(zerodb::subtract(a, b), left_negative, scale);
  return make(zerodb::subtract(b, a), right_negative, scale);
}

// Truncated quotient and remainder of two magnitudes at a common scale.
struct Aligned {
  Uint256 quotient;
  u128 remainder;
};
Aligned divide_aligned(Decimal left, Decimal right) {
  const int scale = std::max(left.scale, right.scale);
  const Uint256 a = aligned(left, scale);
  const Uint256 b = aligned(right, scale);
  // Only one side is scaled up: a divisor beyond 128 bits is greater than a dividend that was not.
  if (!b.fits_128()) return {Uint256{}, a.low};
  const Division256 division = zerodb::divide(a, b.low);
  return {division.quotient, division.remainder};
}

}  // namespace

i128 power_of_ten(int exponent) {
  return static_cast<i128>(power(exponent));
}

int digits(Decimal value) {
  const u128 size = magnitude(value.coefficient);
  const auto above = std::upper_bound(kPowers.begin(), kPowers.end(), size);
  return std::max(1, static_cast<int>(above - kPowers.begin()));
}

Result<Decimal> add(Decimal left, Decimal right) {
  if (const auto sum = add_narrow(left, right)) return *sum;
  return add_signed(left, right, false);
}
Result<Decimal> subtract(Decimal left, Decimal right) {
  if (const auto difference = subtract_narrow(left, right)) return *difference;
  return add_signed(left, right, true);
}

Result<Decimal> multiply(Decimal left, Decimal right) {
  if (const auto product = multiply_narrow(left, right)) return *product;
  Uint256 product = multiply_wide(magnitude(left.coefficient), magnitude(right.coefficient));
  int scale = left.scale + right.scale;
  while (scale > 0 && (scale > kDigitsMax || !product.fits_128() || product.low >= kLimit)) {
    const Division256 division = zerodb::divide(product, 10);
    if (division.remainder != 0) return overflow();
    product = division.quotient;
    --scale;
  }
  return make(product, (left.coefficient < 0) != (right.coefficient < 0), scale);
}

Result<Decimal> divide(Decimal left, Decimal right) {
  if (right.coefficient == 0) return Error(ErrorCode::E0902, "division by zero");
  const bool negative = (left.coefficient < 0) != (right.coefficient < 0);
  const u128 dividend = magnitude(left.coefficient);
  const u128 divisor = magnitude(right.coefficient);
  const int scale_min = std::max(left.scale, right.scale);
  for (int scale = std::max<int>(scale_min, kDivisionScaleMin); scale >= scale_min; --scale) {
    const int shift = scale + right.scale - left.scale;
    // A numerator beyond 256 bits would give a quotient beyond 38 digits.
    if (dividend != 0 && shift > kDigitsMax &&
        bit_length(dividend) + bit_length(power(shift - kDigitsMax)) > 128)
      continue;
    const Uint256 numerator =
        shift <= kDigitsMax
            ? multiply_wide(dividend, power(shift))
            : multiply_wide(dividend * power(shift - kDigitsMax), power(kDigitsMax));
    auto result =
        make(divide_rounded(numerator, divisor, negative, Rounding::HalfEven), negative, scale);
    if (result) return result;
  }
  return overflow();
}

Result<Decimal> int_divide(Decimal left, Decimal right) {
  if (right.coefficient == 0) return Error(ErrorCode::E0902, "division by zero");
  return make(divide_aligned(left, right).quotient,
              (left.coefficient < 0) != (right.coefficient < 0), 0);
}

Result<Decimal> modulo(Decimal left, Decimal right) {
  if (right.coefficient == 0) return Error(ErrorCode::E0902, "division by zero");
  return make({divide_aligned(left, right).remainder, 0}, left.coefficient < 0,
              std::max(left.scale, right.scale));
}

Result<Decimal> power(Decimal base, int64_t exponent) {
  if (exponent < 0) {
    if (base.coefficient == 0) return Error(ErrorCode::E0902, "zero to a negative power");
    if (exponent == INT64_MIN) return overflow();
    return divide(Decimal{1, 0}, TRY(power(base, -exponent)));
  }
  Decimal result{1, 0};
  while (exponent > 0) {
    if ((exponent & 1) != 0) result = TRY(multiply(result, base));
    exponent >>= 1;
    if (exponent > 0) base = TRY(multiply(base, base));
  }
  return result;
}

Decimal negate(Decimal value) {
  return {-value.coefficient, value.scale};
}

int compare(Decimal left, Decimal right) {
  if (left.scale == right.scale)
    return left.coefficient < right.coefficient ? -1 : left.coefficient > right.coefficient;
  const int left_sign = left.coefficient < 0 ? -1 : left.coefficient > 0;
  const int right_sign = right.coefficient < 0 ? -1 : right.coefficient > 0;
  if (left_sign != right_sign) return left_sign < right_sign ? -1 : 1;
  const int scale = std::max(left.scale, right.scale);
  const Uint256 a = aligned(left, scale);
  const Uint256 b = aligned(right, scale);
  if (a == b) return 0;
  return (a < b) == (left_sign > 0) ? -1 : 1;
}

Result<Decimal> rescale(Decimal value, uint8_t scale, Rounding rounding) {
  if (scale > kDigitsMax) return overflow();
  const bool negative = value.coefficient < 0;
  if (scale >= value.scale) return make(aligned(value, scale), negative, scale);
  return make(divide_rounded({magnitude(value.coefficient), 0}, power(value.scale - scale),
                             negative, rounding),
              negative, scale);
}

Result<Decimal> round(Decimal value, int places, Rounding rounding) {
  if (places >= value.scale) return value;
  const bool negative = value.coefficient < 0;
  const int cut = value.scale - std::max(places, -kDigitsMax);
  Uint256 rounded;
  if (cut <= kDigitsMax) {
    rounded = divide_rounded({magnitude(value.coefficient), 0}, power(cut), negative, rounding);
  } else {
    // More digits go than there are: what is left is less than half a unit.
    rounded.low = rounds_up(false, negative, -1, value.coefficient == 0, rounding) ? 1 : 0;
  }
  if (places >= 0) return make(rounded, negative, places);
  if (rounded.low == 0) return Decimal{0, 0};
  if (-places > kDigitsMax) return overflow();
  return make(multiply_wide(rounded.low, power(-places)), negative, 0);
}

Decimal normalized(Decimal value) {
  while (value.scale > 0 && value.coefficient % 10 == 0) {
    value.coefficient /= 10;
    --value.scale;
  }
  return value;
}

Result<Decimal> fit(Decimal value, uint8_t precision, uint8_t scale,
                    std::optional<Rounding> rounding) {
  auto scaled = rescale(value, scale, rounding.value_or(Rounding::Truncate));
  if (scaled && !rounding && compare(*scaled, value) != 0) {
    return Error(ErrorCode::E0307,
                 print(value) + " has more than " + std::to_string(scale) + " places");
  }
  if (!scaled || digits(*scaled) > precision) {
    return Error(ErrorCode::E0901, print(value) + " does not fit decimal<" +
                                       std::to_string(precision) + ", " + std::to_string(scale) +
                                       ">");
  }
  return scaled;
}

std::optional<Decimal> from_int128(i128 value) {
  if (magnitude(value) >= kLimit) return std::nullopt;
  return Decimal{value, 0};
}

std::optional<Decimal> from_uint128(u128 value) {
  if (value >= kLimit) return std::nullopt;
  return Decimal{static_cast<i128>(value), 0};
}

std::optional<Decimal> from_float64(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  auto parsed = parse(print_float64(value));
  if (parsed) *parsed = normalized(*parsed);
  return parsed;
}

double to_float64(Decimal value) {
  // Both parts exact and one rounding: the quotient is the nearest float.
  constexpr i128 kExactMax = i128{1} << 53;
  constexpr int kExactPowerMax = 22;
  if (value.scale <= kExactPowerMax && value.coefficient <= kExactMax &&
      value.coefficient >= -kExactMax) {
    return static_cast<double>(value.coefficient) / static_cast<double>(power(value.scale));
  }
  const std::string text = print(value);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

i128 to_int128(Decimal value) {
  return value.coefficient / power_of_ten(value.scale);
}

int compare_float64(Decimal left, double right) {
  if (std::isnan(right)) return -1;
  if (std::isinf(right)) return right > 0 ? -1 : 1;
  const int left_sign = left.coefficient < 0 ? -1 : left.coefficient > 0;
  const int right_sign = right < 0 ? -1 : right > 0;
  if (left_sign != right_sign) return left_sign < right_sign ? -1 : 1;
  if (left_sign == 0) return 0;
  int exponent = 0;
  const auto mantissa =
      static_cast<uint64_t>(std::ldexp(std::frexp(std::fabs(right), &exponent), 53));
  exponent -= 53;
  // Compares |coefficient| * 2^max(-e, 0) with mantissa * 10^scale * 2^max(e, 0).
  Uint256 a{magnitude(left.coefficient), 0};
  Uint256 b = multiply_wide(mantissa, power(left.scale));
  Uint256& grown = exponent < 0 ? a : b;
  const bool exceeds = bit_length(grown) + std::abs(exponent) > 256;
  int order = 0;
  if (exceeds) {
    order = exponent < 0 ? 1 : -1;
  } else {
    grown = shift_left(grown, std::abs(exponent));
    order = a == b ? 0 : a < b ? -1 : 1;
  }
  return left_sign > 0 ? order : -order;
}

}  // namespace zerodb::decimal
