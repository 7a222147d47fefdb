// math:: functions of numbers beyond the global ones.
#include <cmath>
#include <numbers>

#include "function/domains.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "value/integer.h"
#include "value/operators.h"

namespace zerodb::function {
namespace {

using MathOp = BinaryOp;

template <double (*F)(double)>
Result<Value> float_function(Args args, CallContext&) {
  const double x = to_double(args[0]);
  return finite_result(F(x), std::isfinite(x));
}

double degrees(double x) {
  return x * 180 / std::numbers::pi;
}
double radians(double x) {
  return x * std::numbers::pi / 180;
}

Result<Value> pi(Args, CallContext&) {
  return Value::float64(std::numbers::pi);
}
Result<Value> e(Args, CallContext&) {
  return Value::float64(std::numbers::e);
}

Result<Value> ln(Args args, CallContext&) {
  const double x = to_double(args[0]);
  if (x <= 0) return domain_error("logarithm of a number that is not positive");
  return Value::float64(std::log(x));
}

Result<Value> log(Args args, CallContext&) {
  const double x = to_double(args[0]);
  const double base = to_double(args[1]);
  if (x <= 0) return domain_error("logarithm of a number that is not positive");
  if (base <= 0 || base == 1)
    return domain_error("the base of a logarithm must be positive and not 1");
  if (base == 10) return Value::float64(std::log10(x));
  if (base == 2) return Value::float64(std::log2(x));
  return finite_result(std::log(x) / std::log(base), std::isfinite(x) && std::isfinite(base));
}

Result<Value> atan2_of(Args args, CallContext&) {
  return Value::float64(std::atan2(to_double(args[0]), to_double(args[1])));
}
Result<Value> hypot_of(Args args, CallContext&) {
  const double x = to_double(args[0]);
  const double y = to_double(args[1]);
  return finite_result(std::hypot(x, y), std::isfinite(x) && std::isfinite(y));
}

u128 magnitude(const Value& value) {
  if (value.tag() == Tag::U128) return value.as_uint128();
  const i128 number = value.as_int128();
  return number < 0 ? u128{0} - static_cast<u128>(number) : static_cast<u128>(number);
}

u128 greatest_divisor(u128 a, u128 b) {
  while (b != 0) {
    const u128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

Result<Value> from_magnitude(Tag tag, u128 value) {
  const auto result = integer_as(tag, Value::uint128(value));
  if (!result)
    return Error(ErrorCode::E0901, std::string("integer result does not fit ") + integer_name(tag));
  return *result;
}

Error needs_integers() {
  return Error(ErrorCode::E0602, "the arguments must be integers");
}

Result<Value> gcd(Args args, CallContext&) {
  if (!is_integer(args[0].tag()) || !is_integer(args[1].tag())) return needs_integers();
  return from_magnitude(common_integer(args[0].tag(), args[1].tag()),
                        greatest_divisor(magnitude(args[0]), magnitude(args[1])));
}

Result<Value> lcm(Args args, CallContext&) {
  if (!is_integer(args[0].tag()) || !is_integer(args[1].tag())) return needs_integers();
  const Tag tag = common_integer(args[0].tag(), args[1].tag());
  const u128 a = magnitude(args[0]);
  const u128 b = magnitude(args[1]);
  if (a == 0 || b == 0) return from_magnitude(tag, 0);
  u128 product = 0;
  if (__builtin_mul_overflow(a / greatest_divisor(a, b), b, &product))
    return Error(ErrorCode::E0901, "integer overflow");
  return from_magnitude(tag, product);
}

Result<Value> clamp(Args args, CallContext&) {
  if (compare(args[1], args[2]) > 0) return bad_argument("low must not be greater than high");
  if (compare(args[0], args[1]) < 0) return args[1];
  return compare(args[0], args[2]) > 0 ? args[2] : args[0];
}

Result<Value> round_even(Args args, CallContext&) {
  return round_number(args[0], to_int_within(args[1], -1000, 1000).value_or(1000),
                      decimal::Rounding::HalfEven);
}

Result<Value> bucket(Args args, CallContext&) {
  const double x = to_double(args[0]);
  const double low = to_double(args[1]);
  const double high = to_double(args[2]);
  const auto count = to_int_within(args[3], 1, INT64_MAX);
  if (!count || !(low < high) || !std::isfinite(low) || !std::isfinite(high))
    return bad_argument("bucket needs low < high, both finite, and a positive count");
  if (!(x >= low && x < high)) return Value::none();
  // Half of each where the width is beyond the greatest float.
  const double part = std::isfinite(high - low) ? 1 : 0.5;
  const double share = (x * part - low * part) / (high * part - low * part);
  const double index = share * static_cast<double>(*count);
  if (index >= static_cast<double>(*count)) return Value::int64(*count - 1);
  return Value::int64(std::min(static_cast<int64_t>(index), *count - 1));
}

Result<Value> mod_floor(Args args, CallContext&) {
  const Value rest = TRY(binary(MathOp::Modulo, args[0], args[1]));
  const Value zero = Value::int64(0);
  const int sign = compare(rest, zero);
  if (sign == 0 || (sign < 0) == (compare(args[1], zero) < 0)) return rest;
  return binary(MathOp::Add, rest, args[1]);
}

Result<Value> div_floor(Args args, CallContext&) {
  const Value quotient = TRY(binary(MathOp::IntDivide, args[0], args[1]));
  const Value rest = TRY(binary(MathOp::Modulo, args[0], args[1]));
  const Value zero = Value::int64(0);
  const int sign = compare(rest, zero);
  if (sign == 0 || (sign < 0) == (compare(args[1], zero) < 0)) return quotient;
  const auto one = is_integer(quotient.tag()) ? integer_as(quotient.tag(), Value::int64(1))
                                              : std::optional(Value::int64(1));
  return binary(MathOp::Subtract, quotient, *one);
}

Result<Value> is_nan(Args args, CallContext&) {
  return Value::boolean(std::isnan(to_double(args[0])));
}
Result<Value> is_finite(Args args, CallContext&) {
  return Value::boolean(std::isfinite(to_double(args[0])));
}

Result<Value> bit_count(Args args, CallContext&) {
  if (!is_integer(args[0].tag())) return needs_integers();
  const int bits = integer_width(args[0].tag()).bits;
  const u128 pattern =
      bits == 128 ? args[0].as_uint128() : args[0].as_uint128() & ((u128{1} << bits) - 1);
  return Value::int64(__builtin_popcountll(static_cast<uint64_t>(pattern)) +
                      __builtin_popcountll(static_cast<uint64_t>(pattern >> 64)));
}

enum class OnOverflow : uint8_t { Wrap, Saturate, None };

// Integers meet in their common type; what does not fit it is wrapped, cut to its ends or none.
template <MathOp op, OnOverflow on_overflow>
Result<Value> bounded(Args args, CallContext&) {
  if (!is_integer(args[0].tag()) || !is_integer(args[1].tag())) return needs_integers();
  auto exact = integer_binary(op, args[0], args[1]);
  if (exact) return exact;
  const ErrorCode code = exact.error().code();
  if (on_overflow == OnOverflow::None && (code == ErrorCode::E0901 || code == ErrorCode::E0902))
    return Value::none();
  if (code != ErrorCode::E0901) return exact;
  const Tag tag = common_integer(args[0].tag(), args[1].tag());
  const IntegerWidth width = integer_width(tag);
  u128 a = args[0].as_uint128();
  const u128 b = args[1].as_uint128();
  a = op == MathOp::Add ? a + b : op == MathOp::Subtract ? a - b : a * b;
  if (on_overflow == OnOverflow::Wrap) {
    if (tag == Tag::U128) return Value::uint128(a);
    const int unused = 128 - width.bits;
    return Value::integer(tag, width.is_signed ? static_cast<i128>(a << unused) >> unused
                                               : static_cast<i128>(a << unused >> unused));
  }
  const int left_sign = compare(args[0], Value::int64(0));
  const int right_sign = compare(args[1], Value::int64(0));
  const bool is_low = op == MathOp::Multiply ? left_sign * right_sign < 0
                      : op == MathOp::Add    ? right_sign < 0
                                             : right_sign > 0;
  const u128 top = width.bits == 128 ? ~u128{0} : (u128{1} << width.bits) - 1;
  if (tag == Tag::U128) return Value::uint128(is_low ? 0 : top);
  const auto high = static_cast<i128>(width.is_signed ? top >> 1 : top);
  return Value::integer(tag, is_low ? (width.is_signed ? -high - 1 : 0) : high);
}

// Stable are those whose last bit differs between C libraries.
constexpr Declaration kMathFunctions[] = {
    {"math::pi() -> float", kExact, kNone, 1,
     "The ratio of a circle's circumference to its diameter.", "math::pi() = 3.141592653589793",
     pi},
    {"math::e() -> float", kExact, kNone, 1, "The base of the natural logarithm.",
     "math::e() = 2.718281828459045", e},
    {"math::exp(x: number) -> float", kStable, kNone, 10, "e to the power of x.",
     "math::exp(0) = 1.0", float_function<std::exp>},
    {"math::ln(x: number) -> float", kStable, kNone, 10, "The natural logarithm.",
     "math::ln(1) = 0.0", ln},
    {"math::log(x: number, base: number = 10) -> float", kStable, kNone, 12,
     "The logarithm to a base.", "math::log(100, base => 10) = 2.0\nmath::log(8, 2) = 3.0", log},
    {"math::sin(x: number) -> float", kStable, kNone, 10, "The sine of an angle in radians.",
     "math::sin(0) = 0.0", float_function<std::sin>},
    {"math::cos(x: number) -> float", kStable, kNone, 10, "The cosine of an angle in radians.",
     "math::cos(0) = 1.0", float_function<std::cos>},
    {"math::tan(x: number) -> float", kStable, kNone, 10, "The tangent of an angle in radians.",
     "math::tan(0) = 0.0", float_function<std::tan>},
    {"math::asin(x: number) -> float", kStable, kNone, 10, "The angle whose sine is x.",
     "math::asin(0) = 0.0", float_function<std::asin>},
    {"math::acos(x: number) -> float", kStable, kNone, 10, "The angle whose cosine is x.",
     "math::acos(1) = 0.0", float_function<std::acos>},
    {"math::atan(x: number) -> float", kStable, kNone, 10, "The angle whose tangent is x.",
     "math::atan(0) = 0.0", float_function<std::atan>},
    {"math::atan2(y: number, x: number) -> float", kStable, kNone, 12,
     "The angle of the point (x, y).", "math::atan2(0, 1) = 0.0", atan2_of},
    {"math::degrees(x: number) -> float", kExact, kNone, 2, "Radians as degrees.",
     "math::degrees(0) = 0.0", float_function<degrees>},
    {"math::radians(x: number) -> float", kExact, kNone, 2, "Degrees as radians.",
     "math::radians(180) = math::pi()", float_function<radians>},
    {"math::hypot(x: number, y: number) -> float", kStable, kNone, 8,
     "The length of the vector (x, y).", "math::hypot(3, 4) = 5.0", hypot_of},
    {"math::gcd(a: N, b: N) -> N", kExact, kNone, 30,
     "The greatest common divisor of two integers.", "math::gcd(12, 18) = 6", gcd},
    {"math::lcm(a: N, b: N) -> N", kExact, kNone, 35, "The least common multiple of two integers.",
     "math::lcm(4, 6) = 12", lcm},
    {"math::clamp(x: N, low: N, high: N) -> N", kExact, kNone, 3,
     "The number, or the bound that it lies beyond.", "math::clamp(15, 0, 10) = 10", clamp},
    {"math::round_even(x: N, digits: int = 0) -> N", kExact, kNone, 20, "Rounds half to even.",
     "math::round_even(2.5, digits => 0) = 2.0\nmath::round_even(3.5) = 4.0", round_even},
    {"math::bucket(x: number, low: number, high: number, count: int) -> int?", kExact, kNone, 5,
     "The index of the one of `count` equal parts of low..high in which x lies; outside none.",
     "math::bucket(5.3, 0, 10, 5) = 2\nmath::bucket(10, 0, 10, 5) = none", bucket},
    {"math::div_floor(a: N, b: N) -> N", kExact, kNone, 4,
     "The quotient rounded down, where DIV truncates.", "math::div_floor(-7, 2) = -4", div_floor},
    {"math::mod_floor(a: N, b: N) -> N", kExact, kNone, 4,
     "The remainder with the sign of b, where % has the sign of a.", "math::mod_floor(-7, 2) = 1",
     mod_floor},
    {"math::is_nan(x: number) -> bool", kExact, kNone, 1, "Whether a float is not a number.",
     "math::is_nan(1.5) = false", is_nan},
    {"math::is_finite(x: number) -> bool", kExact, kNone, 1,
     "Whether a number is neither NaN nor infinite.", "math::is_finite(1.5) = true", is_finite},
    {"math::bit_count(x: N) -> int", kExact, kNone, 2, "How many bits of an integer are 1.",
     "math::bit_count(7) = 3\nmath::bit_count(-1) = 64", bit_count},
    {"math::wrapping_add(a: N, b: N) -> N", kExact, kNone, 2,
     "The sum, wrapped at the width of its type.", "math::wrapping_add(255u8, 1u8) = 0u8",
     bounded<MathOp::Add, OnOverflow::Wrap>},
    {"math::wrapping_sub(a: N, b: N) -> N", kExact, kNone, 2,
     "The difference, wrapped at the width of its type.", "math::wrapping_sub(0u8, 1u8) = 255u8",
     bounded<MathOp::Subtract, OnOverflow::Wrap>},
    {"math::wrapping_mul(a: N, b: N) -> N", kExact, kNone, 2,
     "The product, wrapped at the width of its type.", "math::wrapping_mul(16u8, 17u8) = 16u8",
     bounded<MathOp::Multiply, OnOverflow::Wrap>},
    {"math::saturating_add(a: N, b: N) -> N", kExact, kNone, 2,
     "The sum, or the end of the type that it lies beyond.",
     "math::saturating_add(255u8, 1u8) = 255u8", bounded<MathOp::Add, OnOverflow::Saturate>},
    {"math::saturating_sub(a: N, b: N) -> N", kExact, kNone, 2,
     "The difference, or the end of the type that it lies beyond.",
     "math::saturating_sub(0u8, 1u8) = 0u8", bounded<MathOp::Subtract, OnOverflow::Saturate>},
    {"math::saturating_mul(a: N, b: N) -> N", kExact, kNone, 2,
     "The product, or the end of the type that it lies beyond.",
     "math::saturating_mul(100i8, -2i8) = -128i8", bounded<MathOp::Multiply, OnOverflow::Saturate>},
    {"math::checked_add(a: N, b: N) -> N?", kExact, kNone, 2,
     "The sum, or none if it does not fit its type.", "math::checked_add(255u8, 1u8) = none",
     bounded<MathOp::Add, OnOverflow::None>},
    {"math::checked_sub(a: N, b: N) -> N?", kExact, kNone, 2,
     "The difference, or none if it does not fit its type.", "math::checked_sub(0u8, 1u8) = none",
     bounded<MathOp::Subtract, OnOverflow::None>},
    {"math::checked_mul(a: N, b: N) -> N?", kExact, kNone, 2,
     "The product, or none if it does not fit its type.", "math::checked_mul(2u8, 3u8) = 6u8",
     bounded<MathOp::Multiply, OnOverflow::None>},
    {"math::checked_div(a: N, b: N) -> N?", kExact, kNone, 2,
     "The truncated quotient, or none for a divisor of zero.", "math::checked_div(7, 0) = none",
     bounded<MathOp::IntDivide, OnOverflow::None>},
};

}  // namespace

std::span<const Declaration> math_functions() {
  return kMathFunctions;
}

}  // namespace zerodb::function
