// Quantiles of sorted values.
//
// Threading: pure functions.
#pragma once

#include <span>

#include "base/result.h"
#include "value/value.h"

namespace zerodb::function {

enum class Method : uint8_t {
  Linear,   // between the two values beside the place (n - 1) * share
  Nearest,  // the least value that has at least this share of the values up to it
};

// Whether there are values between two of this class.
bool may_be_between(Tag tag);

// The quantile of values in rising order, of which there is at least one. Between integers and
// floats it is a float; between decimals a decimal with six more places at most, half to even;
// times keep their class, to the nanosecond, half to even. E0623 for a share outside 0..=1, E0308
// for decimals among floats, E0904 for other mixtures.
Result<Value> quantile(std::span<const Value> sorted, const Value& share, Method method);

}  // namespace zerodb::function
