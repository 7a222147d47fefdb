// Global functions of numbers.
#include <cmath>

#include "function/domains.h"
#include "function/kernel.h"
#include "function/number_kernels.h"
#include "value/operators.h"

namespace zerodb::function {
namespace {

using decimal::Rounding;

Result<Value> abs_of(Args args, CallContext&) {
  const Value& x = args[0];
  switch (x.tag()) {
    case Tag::F64:
      return Value::float64(std::fabs(x.as_float64()));
    case Tag::F32:
      return Value::float32(static_cast<float>(std::fabs(x.as_float64())));
    case Tag::U128:
      return x;
    case Tag::Decimal:
      return x.as_decimal().coefficient < 0 ? unary(UnaryOp::Negate, x) : Result<Value>(x);
    default:
      return x.as_int128() < 0 ? unary(UnaryOp::Negate, x) : Result<Value>(x);
  }
}

Result<Value> sign(Args args, CallContext&) {
  const Value zero = Value::int64(0);
  if (!equals(args[0], args[0]) || std::isnan(to_double(args[0]))) return Value::int64(0);
  return Value::int64(compare(args[0], zero));
}

// `digits` of rounding functions; far outside any number's digits all values are alike.
int64_t digits_of(const Value& value) {
  const auto digits = to_int_within(value, -1000, 1000);
  return digits ? *digits : compare(value, Value::int64(0)) * 1000;
}

Result<Value> round_half_away(Args args, CallContext&) {
  return round_number(args[0], digits_of(args[1]), Rounding::HalfAway);
}
Result<Value> floor_of(Args args, CallContext&) {
  return round_number(args[0], 0, Rounding::Floor);
}
Result<Value> ceil_of(Args args, CallContext&) {
  return round_number(args[0], 0, Rounding::Ceiling);
}
Result<Value> trunc_of(Args args, CallContext&) {
  return round_number(args[0], digits_of(args[1]), Rounding::Truncate);
}

Result<Value> sqrt_of(Args args, CallContext&) {
  const double x = to_double(args[0]);
  if (x < 0) return domain_error("sqrt of a negative number");
  return Value::float64(std::sqrt(x));
}

Result<Value> extreme(Args args, int wanted) {
  const Value* best = nullptr;
  for (const Value& arg : args) {
    if (arg.is_none()) continue;
    if (best == nullptr || compare(arg, *best) == wanted) best = &arg;
  }
  return best == nullptr ? Value::none() : *best;
}
Result<Value> greatest(Args args, CallContext&) {
  return extreme(args, 1);
}
Result<Value> least(Args args, CallContext&) {
  return extreme(args, -1);
}

constexpr Declaration kNumberFunctions[] = {
    {"abs(x: N) -> N", Volatility::Immutable, Absence::Propagates, 1,
     "The size of a number, without its sign.", "abs(-3) = 3\nabs(-2.5) = 2.5\nabs(none) = none",
     abs_of},
    {"sign(x: number) -> int", Volatility::Immutable, Absence::Propagates, 1,
     "-1, 0 or 1 as a number is negative, zero or positive.", "sign(-2.5) = -1\nsign(0) = 0", sign},
    {"round(x: N, digits: int = 0) -> N", Volatility::Immutable, Absence::Propagates, 20,
     "Rounds half away from zero; a float by the shortest decimal that prints it.",
     "round(2.675, digits => 0) = 3.0\nround(2.675, 2) = 2.68\nround(1250, -2) = 1300\nround(-2.5) "
     "= -3.0\nround(2.345dec, 2) = 2.35dec",
     round_half_away},
    {"floor(x: N) -> N", Volatility::Immutable, Absence::Propagates, 4,
     "The greatest whole number that is not greater.", "floor(-1.5) = -2.0\nfloor(1.5dec) = 1dec",
     floor_of},
    {"ceil(x: N) -> N", Volatility::Immutable, Absence::Propagates, 4,
     "The least whole number that is not less.", "ceil(1.2) = 2.0\nceil(7) = 7", ceil_of},
    {"trunc(x: N, digits: int = 0) -> N", Volatility::Immutable, Absence::Propagates, 4,
     "Cuts off the digits behind the given place.",
     "trunc(-1.7) = -1.0\ntrunc(1.789, digits => 1) = 1.7", trunc_of},
    {"sqrt(x: number) -> float", Volatility::Immutable, Absence::Propagates, 2, "The square root.",
     "sqrt(9) = 3.0", sqrt_of},
    {"greatest(values: T...) -> T?", Volatility::Immutable, Absence::Seen, 2,
     "The greatest of the arguments that are not none.",
     "greatest(1, 3, none) = 3\ngreatest('a', 'b') = 'b'", greatest},
    {"least(values: T...) -> T?", Volatility::Immutable, Absence::Seen, 2,
     "The least of the arguments that are not none.", "least(1, 3) = 1\nleast(none, 2.5, 1) = 1",
     least},
};

}  // namespace

std::span<const Declaration> number_functions() {
  return kNumberFunctions;
}

}  // namespace zerodb::function
