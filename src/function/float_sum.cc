#include "function/float_sum.h"

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace zerodb::function {
namespace {

constexpr int kExponentMin = -1074;
constexpr uint32_t kSettleAfter = uint32_t{1} << 30;
constexpr int64_t kMask = 0xffffffff;

// Bits [from, from + count) of a number in limbs of 32 bits, count at most 64.
uint64_t bits_at(const std::vector<uint32_t>& limbs, int from, int count) {
  uint64_t result = 0;
  for (int i = count - 1; i >= 0; --i) {
    const auto bit = static_cast<size_t>(from + i);
    result = result << 1 | (limbs[bit / 32] >> (bit % 32) & 1u);
  }
  return result;
}

bool any_bit_below(const std::vector<uint32_t>& limbs, int end) {
  for (int bit = 0; bit < end; ++bit) {
    const auto at = static_cast<size_t>(bit);
    if (bit % 32 == 0 && bit + 32 <= end) {
      if (limbs[at / 32] != 0) return true;
      bit += 31;
      continue;
    }
    if ((limbs[at / 32] >> (at % 32) & 1u) != 0) return true;
  }
  return false;
}

}  // namespace

void FloatSum::add(double value) {
  if (!std::isfinite(value)) {
    ++(std::isnan(value) ? nans_ : value > 0 ? positive_infinities_ : negative_infinities_);
    return;
  }
  const auto bits = std::bit_cast<uint64_t>(value);
  const auto field = static_cast<int>(bits >> 52 & 0x7ff);
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  if (field == 0) {
    add_mantissa(fraction, 0, value < 0);
  } else {
    add_mantissa(fraction | uint64_t{1} << 52, field - 1, value < 0);
  }
}

void FloatSum::add(i128 value) {
  const bool negative = value < 0;
  u128 size = negative ? u128{0} - static_cast<u128>(value) : static_cast<u128>(value);
  for (int shift = 0; size != 0; shift += 52, size >>= 52) {
    add_mantissa(static_cast<uint64_t>(size & ((u128{1} << 52) - 1)), shift - kExponentMin,
                 negative);
  }
}

void FloatSum::add_mantissa(uint64_t mantissa, int exponent, bool negative) {
  const u128 moved = static_cast<u128>(mantissa) << (exponent % 32);
  const auto limb = static_cast<size_t>(exponent / 32);
  for (size_t i = 0; i < 3; ++i) {
    const auto part = static_cast<int64_t>(moved >> (32 * i) & kMask);
    limbs_[limb + i] += negative ? -part : part;
  }
  if (++unsettled_ == kSettleAfter) settle();
}

void FloatSum::settle() {
  int64_t carry = 0;
  for (size_t i = 0; i + 1 < kLimbs; ++i) {
    const int64_t total = limbs_[i] + carry;
    carry = total >> 32;
    limbs_[i] = total & kMask;
  }
  limbs_[kLimbs - 1] += carry;
  unsettled_ = 0;
}

void FloatSum::merge(const FloatSum& other) {
  FloatSum settled = other;
  settled.settle();
  settle();
  for (size_t i = 0; i < kLimbs; ++i) limbs_[i] += settled.limbs_[i];
  settle();
  nans_ += other.nans_;
  positive_infinities_ += other.positive_infinities_;
  negative_infinities_ += other.negative_infinities_;
}

double FloatSum::quotient(uint64_t count) const {
  if (nans_ != 0 || (positive_infinities_ != 0 && negative_infinities_ != 0))
    return std::numeric_limits<double>::quiet_NaN();
  if (positive_infinities_ != 0) return std::numeric_limits<double>::infinity();
  if (negative_infinities_ != 0) return -std::numeric_limits<double>::infinity();
  FloatSum sum = *this;
  sum.settle();
  const bool negative = sum.limbs_[kLimbs - 1] < 0;
  if (negative) {
    for (int64_t& limb : sum.limbs_) limb = -limb;
    sum.settle();
  }
  // Three more limbs below the point keep enough bits of the quotient for one correct rounding.
  constexpr int kExtra = 3;
  std::vector<uint32_t> limbs(kLimbs + kExtra + 1);
  for (size_t i = 0; i < kLimbs; ++i) limbs[i + kExtra] = static_cast<uint32_t>(sum.limbs_[i]);
  limbs[kLimbs + kExtra] = static_cast<uint32_t>(sum.limbs_[kLimbs - 1] >> 32);
  u128 rest = 0;
  for (size_t i = limbs.size(); i-- > 0;) {
    const u128 part = rest << 32 | limbs[i];
    limbs[i] = static_cast<uint32_t>(part / count);
    rest = part % count;
  }
  int length = static_cast<int>(limbs.size()) * 32;
  while (length > 0 &&
         (limbs[static_cast<size_t>(length - 1) / 32] >> ((length - 1) % 32) & 1u) == 0)
    --length;
  if (length == 0) return 0;
  // Subnormal results keep fewer bits: nothing below 2^-1074.
  const int cut = std::max(length - 53, kExtra * 32);
  uint64_t mantissa = length > cut ? bits_at(limbs, cut, length - cut) : 0;
  const bool half = bits_at(limbs, cut - 1, 1) != 0;
  const bool below = rest != 0 || any_bit_below(limbs, cut - 1);
  if (half && (below || (mantissa & 1) != 0)) ++mantissa;
  const double result = std::ldexp(static_cast<double>(mantissa), cut - kExtra * 32 + kExponentMin);
  return negative ? -result : result;
}

}  // namespace zerodb::function
