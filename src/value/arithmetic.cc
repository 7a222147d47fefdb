// Arithmetic of numbers: which class two operands meet in, and floats.
#include <cmath>

#include "base/assert.h"
#include "value/decimal.h"
#include "value/integer.h"
#include "value/operator_parts.h"

namespace zerodb {
namespace {

bool is_float(Tag tag) {
  return tag == Tag::F32 || tag == Tag::F64;
}
bool is_wide(Tag tag) {
  return tag == Tag::I128 || tag == Tag::U128;
}

double to_float(const Value& value) {
  return is_integer(value.tag()) ? integer_to_float64(value) : value.as_float64();
}

Result<double> float_power(double base, double exponent) {
  if (base == 0 && exponent < 0) return Error(ErrorCode::E0902, "zero to a negative power");
  if (base < 0 && std::isfinite(exponent) && std::trunc(exponent) != exponent) {
    return Error(ErrorCode::E0620, "a negative number has no power with a fraction");
  }
  return std::pow(base, exponent);
}

Result<double> float_result(BinaryOp op, double a, double b) {
  switch (op) {
    case BinaryOp::Add:
      return a + b;
    case BinaryOp::Subtract:
      return a - b;
    case BinaryOp::Multiply:
      return a * b;
    case BinaryOp::Divide:
    case BinaryOp::IntDivide:
    case BinaryOp::Modulo:
      if (b == 0) return Error(ErrorCode::E0902, "division by zero");
      if (op == BinaryOp::Divide) return a / b;
      return op == BinaryOp::Modulo ? std::fmod(a, b) : std::trunc(a / b);
    case BinaryOp::Power:
      return float_power(a, b);
    default:
      UNREACHABLE();
  }
}

Result<Value> float_binary(BinaryOp op, double a, double b, Tag tag) {
  double result = TRY(float_result(op, a, b));
  if (tag == Tag::F32) result = static_cast<float>(result);
  if (!std::isfinite(result) && std::isfinite(a) && std::isfinite(b)) {
    return Error(ErrorCode::E0901, "float result is out of range");
  }
  return tag == Tag::F32 ? Value::float32(static_cast<float>(result)) : Value::float64(result);
}

Decimal to_decimal(const Value& value) {
  return is_integer(value.tag()) ? Decimal{value.as_int128(), 0} : value.as_decimal();
}

Result<Value> decimal_power(const Value& left, const Value& right) {
  const Decimal exponent = decimal::normalized(to_decimal(right));
  if (exponent.scale > 0)
    return Error(ErrorCode::E0620, "decimal ** needs a whole exponent: CAST to float");
  if (exponent.coefficient > INT64_MAX || exponent.coefficient < INT64_MIN) {
    return Error(ErrorCode::E0901, "decimal result has more than 38 digits");
  }
  return Value::decimal(
      TRY(decimal::power(to_decimal(left), static_cast<int64_t>(exponent.coefficient))));
}

Result<Value> decimal_binary(BinaryOp op, const Value& left, const Value& right) {
  const Decimal a = to_decimal(left);
  const Decimal b = to_decimal(right);
  switch (op) {
    case BinaryOp::Add:
      return Value::decimal(TRY(decimal::add(a, b)));
    case BinaryOp::Subtract:
      return Value::decimal(TRY(decimal::subtract(a, b)));
    case BinaryOp::Multiply:
      return Value::decimal(TRY(decimal::multiply(a, b)));
    case BinaryOp::Divide:
      return Value::decimal(TRY(decimal::divide(a, b)));
    case BinaryOp::IntDivide:
      return Value::decimal(TRY(decimal::int_divide(a, b)));
    case BinaryOp::Modulo:
      return Value::decimal(TRY(decimal::modulo(a, b)));
    case BinaryOp::Power:
      return decimal_power(left, right);
    default:
      UNREACHABLE();
  }
}

bool is_arithmetic(BinaryOp op) {
  return op <= BinaryOp::Power;
}

}  // namespace

MaybeResult number_binary(BinaryOp op, const Value& left, const Value& right) {
  const Tag a = left.tag();
  const Tag b = right.tag();
  if (a == Tag::F64 && b == Tag::F64 && is_arithmetic(op))
    return float_binary(op, left.as_float64(), right.as_float64(), Tag::F64);
  if (!is_number(a) || !is_number(b)) return std::nullopt;
  if (is_integer(a) && is_integer(b)) {
    if (op == BinaryOp::Divide) return float_binary(op, to_float(left), to_float(right), Tag::F64);
    return integer_binary(op, left, right);
  }
  if (!is_arithmetic(op)) return std::nullopt;
  if (a == Tag::Decimal || b == Tag::Decimal) {
    if (is_float(a) || is_float(b))
      return Error(ErrorCode::E0308, "decimal and float do not mix: CAST one of them");
    if (is_wide(a) || is_wide(b))
      return Error(ErrorCode::E0307, "a 128-bit integer meets a decimal only by CAST");
    return decimal_binary(op, left, right);
  }
  if (is_wide(a) || is_wide(b))
    return Error(ErrorCode::E0307, "a 128-bit integer meets a float only by CAST");
  return float_binary(op, to_float(left), to_float(right), a == b ? a : Tag::F64);
}

}  // namespace zerodb
