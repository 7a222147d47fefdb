#include "function/number_kernels.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "function/kernel.h"
#include "value/integer.h"
#include "value/number_text.h"

namespace zerodb::function {
namespace {

Error out_of_range() {
  return Error(ErrorCode::E0901, "float result is out of range");
}

}  // namespace

double to_double(const Value& number) {
  if (is_integer(number.tag())) return integer_to_float64(number);
  return number.tag() == Tag::Decimal ? decimal::to_float64(number.as_decimal())
                                      : number.as_float64();
}

Result<Value> finite_result(double result, bool arguments_are_finite) {
  if (arguments_are_finite && std::isnan(result))
    return domain_error("argument is outside the domain of the function");
  if (arguments_are_finite && std::isinf(result)) return out_of_range();
  return Value::float64(result);
}

std::optional<int64_t> to_int_within(const Value& number, int64_t low, int64_t high) {
  if (!is_integer(number.tag())) return std::nullopt;
  const auto integer = to_int128(number);
  if (!integer || *integer < low || *integer > high) return std::nullopt;
  return static_cast<int64_t>(*integer);
}

namespace {

// coefficient * 10^exponent: the fewest digits that read back as the float.
struct ShortestDecimal {
  int64_t coefficient = 0;
  int exponent = 0;
};

template <typename Float>
ShortestDecimal shortest(Float value) {
  char text[64];
  const char* const end =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr;
  ShortestDecimal out;
  const char* at = text;
  const bool is_negative = *at == '-';
  if (is_negative) ++at;
  int places = 0;
  bool is_behind_point = false;
  for (; *at != 'e'; ++at) {
    if (*at == '.') {
      is_behind_point = true;
      continue;
    }
    out.coefficient = out.coefficient * 10 + (*at - '0');
    places += is_behind_point ? 1 : 0;
  }
  ++at;
  if (*at == '+') ++at;
  std::from_chars(at, end, out.exponent);
  out.exponent -= places;
  if (is_negative) out.coefficient = -out.coefficient;
  return out;
}

Result<Value> round_float(const Value& number, int places, decimal::Rounding rounding) {
  const double value = number.as_float64();
  const bool single = number.tag() == Tag::F32;
  if (!std::isfinite(value)) return number;
  const ShortestDecimal exact = single ? shortest(static_cast<float>(value)) : shortest(value);
  const int cut = -exact.exponent - places;  // how many digits lie behind the last place
  if (cut <= 0) return number;
  // Of digits that all lie far behind the last place it does not matter how far.
  const int scale = std::min(cut, decimal::kDigitsMax);
  const Decimal shifted{exact.coefficient, static_cast<uint8_t>(scale)};
  const Decimal rounded = TRY(decimal::round(shifted, 0, rounding));
  const std::string text = print_int128(rounded.coefficient) + "e" + std::to_string(-places);
  if (single) {
    const auto result = parse_float32(text);
    return result ? Value::float32(*result) : Result<Value>(out_of_range());
  }
  const auto result = parse_float64(text);
  return result ? Value::float64(*result) : Result<Value>(out_of_range());
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
