#include "function/number_kernels.h"

#include <algorithm>
#include <cmath>

#include "function/kernel.h"
#include "value/integer.h"
#include "value/number_text.h"

namespace zerodb::function {

double to_double(const Value& number) {
  if (is_integer(number.tag())) return integer_to_float64(number);
  return number.tag() == Tag::Decimal ? decimal::to_float64(number.as_decimal())
                                      : number.as_float64();
}

Result<Value> finite_result(double result, bool arguments_are_finite) {
  if (arguments_are_finite && std::isnan(result))
    return domain_error("argument is outside the domain of the function");
  if (arguments_are_finite && std::isinf(result))
    return Error(ErrorCode::E0901, "float result is out of range");
  return Value::float64(result);
}

std::optional<int64_t> to_int_within(const Value& number, int64_t low, int64_t high) {
  if (!is_integer(number.tag())) return std::nullopt;
  const auto integer = to_int128(number);
  if (!integer || *integer < low || *integer > high) return std::nullopt;
  return static_cast<int64_t>(*integer);
}

namespace {

Result<Value> round_float(const Value& number, int places, decimal::Rounding rounding) {
  const double value = number.as_float64();
  const bool single = number.tag() == Tag::F32;
  if (!std::isfinite(value)) return number;
  const auto exact = single ? decimal::parse(print_float32(static_cast<float>(value)))
                            : decimal::from_float64(value);
  double result = value;
  if (exact) {
    auto rounded = decimal::round(*exact, places, rounding);
    if (!rounded) return std::move(rounded).error();
    result = decimal::to_float64(*rounded);
  } else if (std::fabs(value) < 1) {
    // So small that all its digits lie beyond the 38th place.
    result = rounding == decimal::Rounding::Floor && value < 0     ? -1
             : rounding == decimal::Rounding::Ceiling && value > 0 ? 1
                                                                   : 0;
  }
  return single ? Value::float32(static_cast<float>(result)) : Value::float64(result);
}

Result<Value> round_integer(const Value& number, int places, decimal::Rounding rounding) {
  if (places >= 0) return number;
  const auto exact = number.tag() == Tag::U128 ? decimal::from_uint128(number.as_uint128())
                                               : decimal::from_int128(number.as_int128());
  if (!exact) return Error(ErrorCode::E0901, "numbers of more than 38 digits cannot be rounded");
  const Decimal rounded = TRY(decimal::round(*exact, places, rounding));
  const auto result = integer_as(number.tag(), Value::integer(Tag::I128, rounded.coefficient));
  if (!result)
    return Error(ErrorCode::E0901,
                 std::string("integer result does not fit ") + integer_name(number.tag()));
  return *result;
}

}  // namespace

Result<Value> round_number(const Value& number, int64_t places, decimal::Rounding rounding) {
  const int within = static_cast<int>(std::clamp<int64_t>(places, -400, 400));
  if (is_integer(number.tag())) return round_integer(number, within, rounding);
  if (number.tag() == Tag::Decimal)
    return Value::decimal(TRY(decimal::round(number.as_decimal(), within, rounding)));
  return round_float(number, within, rounding);
}

}  // namespace zerodb::function
