// Integer tags: their ranges, the type two of them have in common, and checked arithmetic over all
// of them.
//
// Two integers meet in the narrowest type that holds both; u128 with a signed integer stays u128,
// so a negative result is E0901 there. Threading: pure functions.
#pragma once

#include <optional>

#include "base/result.h"
#include "value/operators.h"
#include "value/value.h"

namespace zerodb {

struct IntegerWidth {
  int bits;
  bool is_signed;
};
IntegerWidth integer_width(Tag tag);
Tag integer_tag(int bits, bool is_signed);
Tag common_integer(Tag left, Tag right);

// The number as an integer of the tag, if it fits by value.
std::optional<Value> integer_as(Tag tag, const Value& integer);
// The i128 of an integer, nothing for a u128 above its maximum.
std::optional<i128> to_int128(const Value& integer);
double integer_to_float64(const Value& integer);
// "u8".
const char* integer_name(Tag tag);

// + - * DIV % ** & | ^ << >>. Both must be integers. `/` is not here: it gives a float.
Result<Value> integer_binary(BinaryOp op, const Value& left, const Value& right);
Result<Value> integer_negate(const Value& value);

}  // namespace zerodb
