// Uint256: the unsigned intermediate of decimal arithmetic.
//
// Invariant: every operation that could leave 256 bits says so in its name or is documented with
// its precondition. Threading: a plain value.
#pragma once

#include <compare>
#include <cstdint>

#include "base/int128.h"

namespace zerodb {

struct Uint256 {
  u128 low = 0;
  u128 high = 0;

  std::strong_ordering operator<=>(const Uint256& other) const {
    const bool less = high != other.high ? high < other.high : low < other.low;
    return less             ? std::strong_ordering::less
           : *this == other ? std::strong_ordering::equal
                            : std::strong_ordering::greater;
  }
  bool operator==(const Uint256& other) const = default;
  bool fits_128() const { return high == 0; }
};

inline int bit_length(u128 value) {
  const auto high = static_cast<uint64_t>(value >> 64);
  const auto low = static_cast<uint64_t>(value);
  if (high != 0) return 128 - __builtin_clzll(high);
  return low != 0 ? 64 - __builtin_clzll(low) : 0;
}

inline int bit_length(const Uint256& value) {
  return value.high != 0 ? 128 + bit_length(value.high) : bit_length(value.low);
}

// The full product.
inline Uint256 multiply_wide(u128 a, u128 b) {
  const u128 mask = UINT64_MAX;
  const u128 a_low = a & mask, a_high = a >> 64;
  const u128 b_low = b & mask, b_high = b >> 64;
  const u128 low = a_low * b_low;
  const u128 mid_1 = a_high * b_low;
  const u128 mid_2 = a_low * b_high;
  const u128 carry = ((low >> 64) + (mid_1 & mask) + (mid_2 & mask)) >> 64;
  Uint256 result;
  result.low = low + (mid_1 << 64) + (mid_2 << 64);
  result.high = a_high * b_high + (mid_1 >> 64) + (mid_2 >> 64) + carry;
  return result;
}

// The sum must fit.
inline Uint256 add(const Uint256& a, const Uint256& b) {
  Uint256 result;
  result.low = a.low + b.low;
  result.high = a.high + b.high + (result.low < a.low ? 1 : 0);
  return result;
}

// Requires a >= b.
inline Uint256 subtract(const Uint256& a, const Uint256& b) {
  Uint256 result;
  result.low = a.low - b.low;
  result.high = a.high - b.high - (a.low < b.low ? 1 : 0);
  return result;
}

// Requires bit_length(a) + count <= 256.
inline Uint256 shift_left(const Uint256& a, int count) {
  if (count == 0) return a;
  Uint256 result;
  if (count >= 128) {
    result.high = count == 256 ? 0 : a.low << (count - 128);
    return result;
  }
  result.low = a.low << count;
  result.high = (a.high << count) | (a.low >> (128 - count));
  return result;
}

struct Division256 {
  Uint256 quotient;
  u128 remainder = 0;
};

// Requires divisor != 0.
Division256 divide(const Uint256& dividend, u128 divisor);

}  // namespace zerodb
