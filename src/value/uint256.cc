#include "value/uint256.h"

#include "base/assert.h"

namespace zerodb {
namespace {

constexpr int kLimbs = 4;

// Schoolbook division by one 64-bit limb.
Division256 divide_small(const uint64_t (&dividend)[kLimbs], uint64_t divisor) {
  uint64_t quotient[kLimbs];
  u128 rest = 0;
  for (int i = kLimbs - 1; i >= 0; --i) {
    const u128 part = (rest << 64) | dividend[i];
    quotient[i] = static_cast<uint64_t>(part / divisor);
    rest = part % divisor;
  }
  Division256 result;
  result.quotient.low = (static_cast<u128>(quotient[1]) << 64) | quotient[0];
  result.quotient.high = (static_cast<u128>(quotient[3]) << 64) | quotient[2];
  result.remainder = rest;
  return result;
}

// One step of Knuth's algorithm D with a divisor of two limbs: (top:mid:low) / divisor, where
// (top:mid) < divisor.
uint64_t quotient_limb(u128 top, uint64_t low, u128 divisor, u128* rest) {
  const auto divisor_high = static_cast<uint64_t>(divisor >> 64);
  const auto divisor_low = static_cast<uint64_t>(divisor);
  u128 guess = top / divisor_high;
  u128 guess_rest = top % divisor_high;
  while (guess > UINT64_MAX || guess * divisor_low > ((guess_rest << 64) | low)) {
    --guess;
    guess_rest += divisor_high;
    if (guess_rest > UINT64_MAX) break;
  }
  // Modulo 2^128 the difference is exact, because it is less than the divisor.
  *rest = ((top << 64) | low) - guess * divisor;
  return static_cast<uint64_t>(guess);
}

}  // namespace

Division256 divide(const Uint256& dividend, u128 divisor) {
  ASSERT(divisor != 0);
  if (dividend.high == 0) return {{dividend.low / divisor, 0}, dividend.low % divisor};
  if (divisor <= UINT64_MAX) {
    const uint64_t limbs[kLimbs] = {
        static_cast<uint64_t>(dividend.low), static_cast<uint64_t>(dividend.low >> 64),
        static_cast<uint64_t>(dividend.high), static_cast<uint64_t>(dividend.high >> 64)};
    return divide_small(limbs, static_cast<uint64_t>(divisor));
  }
  // Normalise so that the divisor's top bit is set; the dividend then has up to five limbs.
  const int shift = 128 - bit_length(divisor);
  const u128 scaled = divisor << shift;
  const auto overflow =
      shift == 0 ? uint64_t{0} : static_cast<uint64_t>(dividend.high >> (128 - shift));
  const Uint256 moved{
      dividend.low << shift,
      shift == 0 ? dividend.high : (dividend.high << shift) | (dividend.low >> (128 - shift))};
  u128 rest = (static_cast<u128>(overflow) << 64) | static_cast<uint64_t>(moved.high >> 64);
  const uint64_t q2 = quotient_limb(rest, static_cast<uint64_t>(moved.high), scaled, &rest);
  const uint64_t q1 = quotient_limb(rest, static_cast<uint64_t>(moved.low >> 64), scaled, &rest);
  const uint64_t q0 = quotient_limb(rest, static_cast<uint64_t>(moved.low), scaled, &rest);
  Division256 result;
  result.quotient.low = (static_cast<u128>(q1) << 64) | q0;
  result.quotient.high = q2;
  result.remainder = rest >> shift;
  return result;
}

}  // namespace zerodb
