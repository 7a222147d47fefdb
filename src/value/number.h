// Exact comparison of numbers of every width: integers up to 128 bits, floats and decimals.
//
// Nothing is rounded on the way: an integer of 39 digits and a float are compared by their exact
// values. NaN is greater than every number and equal to itself. Threading: pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "base/int128.h"
#include "value/value.h"

namespace zerodb {

// 10^exponent, exponent at most 38.
u128 power_of_ten(uint32_t exponent);

// -1, 0 or 1. Both must be numbers.
int compare_numbers(const Value& left, const Value& right);

// A number as the greatest float that is no farther from zero, and whether that float is the number
// itself.
struct FloatPart {
  double value = 0;
  bool is_exact = true;
};
FloatPart float_part(const Value& number);

// Sign, digits and scale of an integer or decimal: (-1)^negative * magnitude * 10^-scale, without
// trailing zeros after the point.
struct DecimalParts {
  bool is_negative = false;
  u128 magnitude = 0;
  uint8_t scale = 0;
};
DecimalParts decimal_parts(const Value& integer_or_decimal);

// The integer that a number equals: I64 where it fits, else I128, else U128; nothing if it has a
// fraction or is out of range.
std::optional<Value> as_integer_value(double number);
Value narrowest_integer(bool is_negative, u128 magnitude);

}  // namespace zerodb
