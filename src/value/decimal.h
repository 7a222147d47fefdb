// Decimal arithmetic: up to 38 digits, a scale of 0 to 38, intermediates of 256 bits, so that only
// the result can overflow.
//
// A result that needs more than 38 digits at the scale of its rule is E0901; it is never rounded
// silently to fewer places, but for
// `/` whose scale is a rounding rule anyway: there the scale gives way, down to the greatest of the
// operands' scales. Threading: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/int128.h"
#include "base/result.h"
#include "value/value.h"

namespace zerodb::decimal {

inline constexpr int kDigitsMax = 38;
inline constexpr uint8_t kDivisionScaleMin = 6;

enum class Rounding : uint8_t {
  HalfEven,
  HalfAway,  // half away from zero
  Truncate,
  Floor,
  Ceiling,
};

// 10^exponent, 0 <= exponent <= 38.
i128 power_of_ten(int exponent);
// Number of decimal digits of the coefficient; 1 for zero.
int digits(Decimal value);

Result<Decimal> add(Decimal left, Decimal right);       // scale max(s1, s2)
Result<Decimal> subtract(Decimal left, Decimal right);  // scale max(s1, s2)
Result<Decimal> multiply(
    Decimal left, Decimal right);  // scale s1 + s2; beyond 38 only if trailing zeros can be cut
// What add() and multiply() give for coefficients of at most 64 bits, which need no wider
// intermediates and cannot overflow; nothing for others. Inline, for loops over columns.
inline std::optional<Decimal> add_narrow(Decimal left, Decimal right);
inline std::optional<Decimal> subtract_narrow(Decimal left, Decimal right);
inline std::optional<Decimal> multiply_narrow(Decimal left, Decimal right);
Result<Decimal> divide(Decimal left, Decimal right);  // scale max(s1, s2, 6), half to even; E0902
Result<Decimal> int_divide(Decimal left, Decimal right);  // truncated, scale 0; E0902
Result<Decimal> modulo(Decimal left,
                       Decimal right);  // sign of the left operand, scale max(s1, s2); E0902
Result<Decimal> power(Decimal base, int64_t exponent);  // negative: 1 / base^n by the rule of `/`

Decimal negate(Decimal value);
// Exact; never overflows. -1, 0 or 1.
int compare(Decimal left, Decimal right);
// To exactly `scale` places: rounds when it has more, pads when it has fewer (E0901 beyond 38
// digits).
Result<Decimal> rescale(Decimal value, uint8_t scale, Rounding rounding = Rounding::HalfEven);
// Rounds at `places` after the point (negative: before it); keeps the scale, or lowers it to
// `places` if that is smaller.
Result<Decimal> round(Decimal value, int places, Rounding rounding);
// Without trailing zeros after the point.
Decimal normalized(Decimal value);

// The value as decimal<precision, scale>: E0307 when digits would be lost, E0901 when it is too
// great. Rounds only if told how.
Result<Decimal> fit(Decimal value, uint8_t precision, uint8_t scale,
                    std::optional<Rounding> rounding = std::nullopt);

// "19.90", "-5", ".5" is refused, an exponent is accepted. Nothing if it is malformed or has more
// than 38 digits.
std::optional<Decimal> parse(std::string_view text);
// "19.90": exactly `scale` places.
std::string print(Decimal value);

// Nothing beyond 38 digits.
std::optional<Decimal> from_int128(i128 value);
std::optional<Decimal> from_uint128(u128 value);
// The shortest decimal that reads back as the same float; nothing for NaN, infinities and what
// needs more than 38 digits.
std::optional<Decimal> from_float64(double value);
// The nearest float, ties to even.
double to_float64(Decimal value);
// Truncated towards zero.
i128 to_int128(Decimal value);
// Exact comparison with a float (NaN is greatest): -1, 0 or 1.
int compare_float64(Decimal left, double right);

namespace narrow {

inline bool fits(i128 value) {
  return value == static_cast<int64_t>(value);
}

// 10^0 .. 10^18: the greatest that keeps a product with 64 bits below 38 digits.
inline constexpr int kShiftMax = 18;
inline constexpr auto kPowers = [] {
  std::array<int64_t, kShiftMax + 1> powers{};
  int64_t power = 1;
  for (auto& entry : powers) {
    entry = power;
    power = power > INT64_MAX / 10 ? power : power * 10;
  }
  return powers;
}();

inline std::optional<Decimal> combine(Decimal left, Decimal right, i128 sign) {
  const int shift = int{left.scale} - int{right.scale};
  if (!fits(left.coefficient) || !fits(right.coefficient) || shift > kShiftMax ||
      shift < -kShiftMax)
    return std::nullopt;
  if (shift < 0) left.coefficient *= kPowers[static_cast<size_t>(-shift)];
  if (shift > 0) right.coefficient *= kPowers[static_cast<size_t>(shift)];
  return Decimal{left.coefficient + sign * right.coefficient, shift < 0 ? right.scale : left.scale};
}

}  // namespace narrow

inline std::optional<Decimal> add_narrow(Decimal left, Decimal right) {
  return narrow::combine(left, right, 1);
}

inline std::optional<Decimal> subtract_narrow(Decimal left, Decimal right) {
  return narrow::combine(left, right, -1);
}

inline std::optional<Decimal> multiply_narrow(Decimal left, Decimal right) {
  const int scale = int{left.scale} + int{right.scale};
  if (!narrow::fits(left.coefficient) || !narrow::fits(right.coefficient) || scale > kDigitsMax)
    return std::nullopt;
  // At most 2^126, which is less than 10^38.
  return Decimal{left.coefficient * right.coefficient, static_cast<uint8_t>(scale)};
}

}  // namespace zerodb::decimal
