// Numbers inside kernels: as floats, back from floats, and rounding shared by several functions.
#pragma once

#include <optional>

#include "base/result.h"
#include "value/decimal.h"
#include "value/value.h"

namespace zerodb::function {

// The nearest float of any number.
double to_double(const Value& number);
// E0620 for NaN, E0901 for an infinity, when the arguments were finite.
Result<Value> finite_result(double result, bool arguments_are_finite);
// A whole number within [low, high]; nothing for anything else.
std::optional<int64_t> to_int_within(const Value& number, int64_t low, int64_t high);
// Rounds any number at `places` after the point, keeping its type; floats by the shortest decimal
// that prints them.
Result<Value> round_number(const Value& number, int64_t places, decimal::Rounding rounding);

}  // namespace zerodb::function
