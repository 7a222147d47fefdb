// Arithmetic of datetimes and durations.
#include <cmath>

#include "value/decimal.h"
#include "value/integer.h"
#include "value/operator_parts.h"
#include "value/temporal.h"
#include "value/uint256.h"

namespace zerodb {
namespace {

Error out_of_range() {
  return Error(ErrorCode::E0901, "duration is out of range");
}

Result<Value> duration_from(i128 nanos) {
  const auto result = duration_from_nanos(nanos);
  if (!result) return out_of_range();
  return Value::duration(*result);
}

Result<Value> scale_by_integer(Duration duration, const Value& factor, bool divides) {
  const i128 nanos = total_nanos(duration);
  const auto number = to_int128(factor);
  if (!number) {
    if (divides) return duration_from(0);
    return nanos == 0 ? duration_from(0) : Result<Value>(out_of_range());
  }
  if (divides)
    return *number == 0 ? Result<Value>(Error(ErrorCode::E0902, "division by zero"))
                        : duration_from(nanos / *number);
  i128 product = 0;
  if (__builtin_mul_overflow(nanos, *number, &product)) return out_of_range();
  return duration_from(product);
}

// Rounded to the nearest nanosecond.
Result<Value> scale_by_float(Duration duration, double factor, bool divides) {
  if (!std::isfinite(factor))
    return Error(ErrorCode::E0620, "a duration can only be scaled by a finite number");
  if (divides && factor == 0) return Error(ErrorCode::E0902, "division by zero");
  // A long double holds every duration to the nanosecond for 292 years, and the product before
  // rounding beyond that.
  const auto nanos = static_cast<long double>(total_nanos(duration));
  const long double result = std::nearbyint(divides ? nanos / static_cast<long double>(factor)
                                                    : nanos * static_cast<long double>(factor));
  if (std::fabs(result) > 1e28L) return out_of_range();
  return duration_from(static_cast<i128>(result));
}

// Truncated to the nanosecond.
Result<Value> scale_by_decimal(Duration duration, Decimal factor, bool divides) {
  const Decimal nanos{total_nanos(duration), 0};
  if (divides) return duration_from(TRY(decimal::int_divide(nanos, factor)).coefficient);
  const bool negative = (nanos.coefficient < 0) != (factor.coefficient < 0);
  const auto size = [](i128 value) {
    return value < 0 ? u128{0} - static_cast<u128>(value) : static_cast<u128>(value);
  };
  const Division256 division =
      divide(multiply_wide(size(nanos.coefficient), size(factor.coefficient)),
             static_cast<u128>(decimal::power_of_ten(factor.scale)));
  if (bit_length(division.quotient) > 120) return out_of_range();
  const auto result = static_cast<i128>(division.quotient.low);
  return duration_from(negative ? -result : result);
}

Result<Value> scale(Duration duration, const Value& factor, bool divides) {
  if (is_integer(factor.tag())) return scale_by_integer(duration, factor, divides);
  if (factor.tag() == Tag::Decimal) return scale_by_decimal(duration, factor.as_decimal(), divides);
  return scale_by_float(duration, factor.as_float64(), divides);
}

}  // namespace

MaybeResult temporal_binary(BinaryOp op, const Value& left, const Value& right) {
  const Tag a = left.tag();
  const Tag b = right.tag();
  const auto wrap_datetime = [](Result<Datetime> result) -> Result<Value> {
    return Value::datetime(TRY(std::move(result)));
  };
  const auto wrap_duration = [](Result<Duration> result) -> Result<Value> {
    return Value::duration(TRY(std::move(result)));
  };
  if (op == BinaryOp::Add) {
    if (a == Tag::Datetime && b == Tag::Duration)
      return wrap_datetime(add(left.as_datetime(), right.as_duration()));
    if (a == Tag::Duration && b == Tag::Datetime)
      return wrap_datetime(add(right.as_datetime(), left.as_duration()));
    if (a == Tag::Duration && b == Tag::Duration)
      return wrap_duration(add(left.as_duration(), right.as_duration()));
  }
  if (op == BinaryOp::Subtract) {
    if (a == Tag::Datetime && b == Tag::Duration)
      return wrap_datetime(subtract(left.as_datetime(), right.as_duration()));
    if (a == Tag::Datetime && b == Tag::Datetime)
      return wrap_duration(subtract(left.as_datetime(), right.as_datetime()));
    if (a == Tag::Duration && b == Tag::Duration)
      return wrap_duration(subtract(left.as_duration(), right.as_duration()));
  }
  if (op == BinaryOp::Multiply) {
    if (a == Tag::Duration && is_number(b)) return scale(left.as_duration(), right, false);
    if (is_number(a) && b == Tag::Duration) return scale(right.as_duration(), left, false);
  }
  if (op == BinaryOp::Divide && a == Tag::Duration && is_number(b))
    return scale(left.as_duration(), right, true);
  return std::nullopt;
}

}  // namespace zerodb
