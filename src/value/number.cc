#include "value/number.h"

#include <array>
#include <cmath>

#include "base/assert.h"

namespace zerodb {

namespace {

constexpr double kTwo127 = 170141183460469231731687303715884105728.0;
constexpr double kTwo128 = 340282366920938463463374607431768211456.0;

constexpr std::array<u128, 39> make_powers() {
  std::array<u128, 39> powers{};
  u128 power = 1;
  for (u128& entry : powers) {
    entry = power;
    power *= 10;
  }
  return powers;
}
constexpr std::array<u128, 39> kPowers = make_powers();

template <typename T>
int sign_of(const T& left, const T& right) {
  return left < right ? -1 : left > right ? 1 : 0;
}

u128 magnitude_of(i128 value) {
  return value < 0 ? u128{0} - static_cast<u128>(value) : static_cast<u128>(value);
}

// A finite number split at the point: sign, integer part, and a fraction of one of two exact forms.
struct Split {
  bool is_negative = false;
  u128 whole = 0;
  u128 decimal_fraction = 0;  // over 10^scale
  uint32_t scale = 0;
  double binary_fraction = 0;  // in [0, 1)
};

Split split_parts(const DecimalParts& parts) {
  const u128 unit = kPowers[parts.scale];
  return {parts.is_negative, parts.magnitude / unit, parts.magnitude % unit, parts.scale, 0};
}

// `value` is finite and its magnitude below 2^128.
Split split_float(double value) {
  const double magnitude = std::fabs(value);
  const double whole = std::trunc(magnitude);
  return {value < 0, static_cast<u128>(whole), 0, 0, magnitude - whole};
}

// An unsigned number of 384 bits, for cross products of a binary and a decimal fraction.
struct Wide {
  std::array<uint64_t, 6> limbs{};

  explicit Wide(u128 value) {
    limbs[0] = static_cast<uint64_t>(value);
    limbs[1] = static_cast<uint64_t>(value >> 64);
  }
  void multiply(uint64_t factor) {
    u128 carry = 0;
    for (uint64_t& limb : limbs) {
      carry += static_cast<u128>(limb) * factor;
      limb = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
  }
  void shift_left(uint32_t bits) {
    for (; bits >= 32; bits -= 32) multiply(uint64_t{1} << 32);
    multiply(uint64_t{1} << bits);
  }
  int compare(const Wide& other) const {
    for (size_t i = limbs.size(); i-- > 0;) {
      if (limbs[i] != other.limbs[i]) return limbs[i] < other.limbs[i] ? -1 : 1;
    }
    return 0;
  }
};

// Compares a binary fraction in [0, 1) with digits / 10^scale, digits < 10^scale, scale <= 38.
int compare_fractions(double binary, u128 digits, uint32_t scale) {
  if (binary == 0 || digits == 0) return sign_of(binary != 0, digits != 0);
  if (binary < 1e-39) return -1;  // every decimal fraction is at least 10^-38
  int exponent = 0;
  const double mantissa = std::frexp(binary, &exponent);
  const auto bits = static_cast<uint64_t>(std::ldexp(mantissa, 53));
  // binary = bits * 2^(exponent - 53), and exponent is at least -129: at most 182 + 127 bits in the
  // products.
  Wide left{u128{bits}};
  for (uint32_t i = 0; i < scale; ++i) left.multiply(10);
  Wide right{digits};
  right.shift_left(static_cast<uint32_t>(53 - exponent));
  return left.compare(right);
}

int compare_splits(const Split& left, const Split& right) {
  const bool left_zero = left.whole == 0 && left.decimal_fraction == 0 && left.binary_fraction == 0;
  const bool right_zero =
      right.whole == 0 && right.decimal_fraction == 0 && right.binary_fraction == 0;
  const int left_sign = left_zero ? 0 : left.is_negative ? -1 : 1;
  const int right_sign = right_zero ? 0 : right.is_negative ? -1 : 1;
  if (left_sign != right_sign) return sign_of(left_sign, right_sign);
  int order = sign_of(left.whole, right.whole);
  if (order == 0) {
    if (left.binary_fraction != 0 || right.binary_fraction != 0) {
      if (left.binary_fraction != 0 && right.binary_fraction != 0) {
        order = sign_of(left.binary_fraction, right.binary_fraction);
      } else if (left.binary_fraction != 0) {
        order = compare_fractions(left.binary_fraction, right.decimal_fraction, right.scale);
      } else {
        order = -compare_fractions(right.binary_fraction, left.decimal_fraction, left.scale);
      }
    } else {
      const uint32_t scale = std::max(left.scale, right.scale);
      order = sign_of(left.decimal_fraction * kPowers[scale - left.scale],
                      right.decimal_fraction * kPowers[scale - right.scale]);
    }
  }
  return left_sign < 0 ? -order : order;
}

bool is_float_tag(Tag tag) {
  return tag == Tag::F32 || tag == Tag::F64;
}

int compare_floats(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return sign_of(std::isnan(left), std::isnan(right));
  return sign_of(left, right);
}

int compare_with_float(const DecimalParts& left, double right) {
  if (std::isnan(right) || right >= kTwo128) return -1;
  if (right <= -kTwo128) return 1;
  return compare_splits(split_parts(left), split_float(right));
}

}  // namespace

u128 power_of_ten(uint32_t exponent) {
  ASSERT(exponent < kPowers.size());
  return kPowers[exponent];
}

DecimalParts decimal_parts(const Value& number) {
  if (number.tag() == Tag::U128) return {false, number.as_uint128(), 0};
  if (number.tag() != Tag::Decimal) {
    const i128 value = number.as_int128();
    return {value < 0, magnitude_of(value), 0};
  }
  const Decimal decimal = number.as_decimal();
  DecimalParts parts{decimal.coefficient < 0, magnitude_of(decimal.coefficient), decimal.scale};
  if (parts.magnitude == 0) parts.scale = 0;
  while (parts.scale != 0 && parts.magnitude % 10 == 0) {
    parts.magnitude /= 10;
    --parts.scale;
  }
  return parts;
}

int compare_numbers(const Value& left, const Value& right) {
  const bool left_float = is_float_tag(left.tag());
  const bool right_float = is_float_tag(right.tag());
  if (left_float && right_float) return compare_floats(left.as_float64(), right.as_float64());
  const bool left_plain = !left_float && left.tag() != Tag::Decimal && left.tag() != Tag::U128;
  const bool right_plain = !right_float && right.tag() != Tag::Decimal && right.tag() != Tag::U128;
  if (left_plain && right_plain) return sign_of(left.as_int128(), right.as_int128());
  if (right_float) return compare_with_float(decimal_parts(left), right.as_float64());
  if (left_float) return -compare_with_float(decimal_parts(right), left.as_float64());
  return compare_splits(split_parts(decimal_parts(left)), split_parts(decimal_parts(right)));
}

FloatPart float_part(const Value& number) {
  if (is_float_tag(number.tag())) return {number.as_float64(), true};
  const DecimalParts parts = decimal_parts(number);
  if (parts.scale == 0 && parts.magnitude <= (u128{1} << 53)) {
    const auto whole = static_cast<double>(static_cast<uint64_t>(parts.magnitude));
    return {parts.is_negative && parts.magnitude != 0 ? -whole : whole, true};
  }
  const DecimalParts positive{false, parts.magnitude, parts.scale};
  // A division of two rounded floats is at most a few steps away from the truth; exact comparison
  // walks the rest.
  double value = static_cast<double>(parts.magnitude) / static_cast<double>(kPowers[parts.scale]);
  while (compare_with_float(positive, value) < 0) value = std::nextafter(value, 0.0);
  for (double next = std::nextafter(value, INFINITY); compare_with_float(positive, next) >= 0;) {
    value = next;
    next = std::nextafter(value, INFINITY);
  }
  const bool is_exact = compare_with_float(positive, value) == 0;
  return {parts.is_negative ? -value : value, is_exact};
}

Value narrowest_integer(bool is_negative, u128 magnitude) {
  constexpr u128 kTop = u128{1} << 127;
  if (is_negative) {
    ASSERT(magnitude <= kTop);
    const auto value = static_cast<i128>(u128{0} - magnitude);
    return Value::integer(value >= INT64_MIN ? Tag::I64 : Tag::I128, value);
  }
  if (magnitude >= kTop) return Value::uint128(magnitude);
  const auto value = static_cast<i128>(magnitude);
  return Value::integer(value <= INT64_MAX ? Tag::I64 : Tag::I128, value);
}

std::optional<Value> as_integer_value(double number) {
  constexpr double kTwo62 = 4611686018427387904.0;
  if (number > -kTwo62 && number < kTwo62) {
    const auto integer = static_cast<int64_t>(number);
    if (static_cast<double>(integer) != number) return std::nullopt;
    return Value::int64(integer);
  }
  if (!(number >= -kTwo127 && number < kTwo128) || std::trunc(number) != number)
    return std::nullopt;
  return narrowest_integer(number < 0, static_cast<u128>(std::fabs(number)));
}

}  // namespace zerodb
