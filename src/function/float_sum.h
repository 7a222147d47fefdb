// FloatSum: the exact sum of any number of floats, rounded once when it is read.
//
// A fixed-point number wide enough for every double, in limbs of 32 bits held in 64, so that
// carries are settled only once in 2^30 additions. The order of additions and the way they are
// split over sums that are merged never show in the result. Threading: a plain value.
#pragma once

#include <array>
#include <cstdint>

#include "base/int128.h"

namespace zerodb::function {

class FloatSum {
 public:
  void add(double value);
  void add(i128 value);
  void merge(const FloatSum& other);
  // The nearest float of the sum divided by a positive count: NaN and infinities as IEEE addition
  // would give; an infinity also when the result is out of range.
  double quotient(uint64_t count) const;
  double value() const { return quotient(1); }
  bool saw_non_finite() const { return nans_ + positive_infinities_ + negative_infinities_ != 0; }

 private:
  // Bit 0 of limb 0 is worth 2^-1074. 2098 bits for one double, and room for the sum of 2^63 of
  // them.
  static constexpr int kLimbs = 69;
  using Limbs = std::array<int64_t, kLimbs>;

  void add_mantissa(uint64_t mantissa, int exponent, bool negative);
  void settle();

  Limbs limbs_{};
  uint32_t unsettled_ = 0;
  uint64_t nans_ = 0;
  uint64_t positive_infinities_ = 0;
  uint64_t negative_infinities_ = 0;
};

}  // namespace zerodb::function
