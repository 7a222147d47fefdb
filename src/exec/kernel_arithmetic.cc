#include <cmath>

#include "exec/kernel.h"
#include "value/decimal.h"

namespace zerodb::exec {

using plan::Op;

namespace {

// Rows where both operands are there: `compute(x, y, out)` gives an error code + 1, or 0.
template <typename T, typename Compute>
KernelResult binary_loop(const Call& call, Compute compute) {
  const Column a = call.column(call.instr.a);
  const Column b = call.column(call.instr.b);
  const Column dst = call.column(call.instr.dst);
  const T* x = a.as<T>();
  const T* y = b.as<T>();
  T* out = dst.as<T>();
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    const bool is_there = a.valid[row] != 0 && b.valid[row] != 0;
    dst.valid[row] = is_there ? 1 : 0;
    if (!is_there) continue;
    const ErrorCode* failure = compute(x[row], y[row], out[row]);
    if (failure != nullptr) [[unlikely]]
      return KernelError(row, *failure);
  }
  return std::nullopt;
}

constexpr ErrorCode kOverflow = ErrorCode::E0901;
constexpr ErrorCode kZero = ErrorCode::E0902;
constexpr ErrorCode kDomain = ErrorCode::E0620;

template <typename T>
constexpr T least() {
  if constexpr (sizeof(T) == 16) {
    return static_cast<T>(static_cast<u128>(1) << 127);
  } else {
    return INT64_MIN;
  }
}

template <typename T>
KernelResult integer_arithmetic(const Call& call) {
  switch (call.instr.op) {
    case Op::AddChecked:
      return binary_loop<T>(call, [](T x, T y, T& out) {
        return __builtin_add_overflow(x, y, &out) ? &kOverflow : nullptr;
      });
    case Op::SubtractChecked:
      return binary_loop<T>(call, [](T x, T y, T& out) {
        return __builtin_sub_overflow(x, y, &out) ? &kOverflow : nullptr;
      });
    case Op::MultiplyChecked:
      return binary_loop<T>(call, [](T x, T y, T& out) {
        return __builtin_mul_overflow(x, y, &out) ? &kOverflow : nullptr;
      });
    case Op::IntDivide:
      return binary_loop<T>(call, [](T x, T y, T& out) -> const ErrorCode* {
        if (y == 0) return &kZero;
        if (y == -1 && x == least<T>()) return &kOverflow;
        out = x / y;
        return nullptr;
      });
    case Op::Modulo:
      return binary_loop<T>(call, [](T x, T y, T& out) -> const ErrorCode* {
        if (y == 0) return &kZero;
        out = y == -1 ? T{0} : x % y;
        return nullptr;
      });
    default:
      UNREACHABLE();
  }
}

// Finite operands never give NaN or an infinity.
const ErrorCode* finish_float(double x, double y, double result, double& out) {
  if (!std::isfinite(result) && std::isfinite(x) && std::isfinite(y)) return &kOverflow;
  out = result;
  return nullptr;
}

KernelResult float_arithmetic(const Call& call) {
  switch (call.instr.op) {
    case Op::AddChecked:
      return binary_loop<double>(
          call, [](double x, double y, double& out) { return finish_float(x, y, x + y, out); });
    case Op::SubtractChecked:
      return binary_loop<double>(
          call, [](double x, double y, double& out) { return finish_float(x, y, x - y, out); });
    case Op::MultiplyChecked:
      return binary_loop<double>(
          call, [](double x, double y, double& out) { return finish_float(x, y, x * y, out); });
    case Op::Divide:
      return binary_loop<double>(call, [](double x, double y, double& out) -> const ErrorCode* {
        if (y == 0) return &kZero;
        return finish_float(x, y, x / y, out);
      });
    case Op::IntDivide:
      return binary_loop<double>(call, [](double x, double y, double& out) -> const ErrorCode* {
        if (y == 0) return &kZero;
        return finish_float(x, y, std::trunc(x / y), out);
      });
    case Op::Modulo:
      return binary_loop<double>(call, [](double x, double y, double& out) -> const ErrorCode* {
        if (y == 0) return &kZero;
        return finish_float(x, y, std::fmod(x, y), out);
      });
    default:
      UNREACHABLE();
  }
}

Result<Decimal> decimal_operation(Op op, Decimal x, Decimal y) {
  switch (op) {
    case Op::AddChecked:
      return decimal::add(x, y);
    case Op::SubtractChecked:
      return decimal::subtract(x, y);
    case Op::MultiplyChecked:
      return decimal::multiply(x, y);
    case Op::Divide:
      return decimal::divide(x, y);
    case Op::IntDivide:
      return decimal::int_divide(x, y);
    default:
      return decimal::modulo(x, y);
  }
}

// Most coefficients are small: `narrow` does those, the operation the others. No pointer to a
// function: it has to be inlined.
template <typename Narrow>
KernelResult decimal_loop(const Call& call, Narrow narrow) {
  const Column a = call.column(call.instr.a);
  const Column b = call.column(call.instr.b);
  const Column dst = call.column(call.instr.dst);
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    dst.valid[row] = a.has(row) && b.has(row) ? 1 : 0;
    if (dst.valid[row] == 0) continue;
    const Decimal x = {a.as<i128>()[row], a.scales[row]};
    const Decimal y = {b.as<i128>()[row], b.scales[row]};
    if (const std::optional<Decimal> quick = narrow(x, y)) {
      dst.as<i128>()[row] = quick->coefficient;
      dst.scales[row] = quick->scale;
      continue;
    }
    Result<Decimal> result = decimal_operation(call.instr.op, x, y);
    if (!result) return KernelError(row, std::move(result).error());
    dst.as<i128>()[row] = result->coefficient;
    dst.scales[row] = result->scale;
  }
  return std::nullopt;
}

KernelResult decimal_arithmetic(const Call& call) {
  switch (call.instr.op) {
    case Op::AddChecked:
      return decimal_loop(call, [](Decimal x, Decimal y) { return decimal::add_narrow(x, y); });
    case Op::SubtractChecked:
      return decimal_loop(call,
                          [](Decimal x, Decimal y) { return decimal::subtract_narrow(x, y); });
    case Op::MultiplyChecked:
      return decimal_loop(call,
                          [](Decimal x, Decimal y) { return decimal::multiply_narrow(x, y); });
    default:
      return decimal_loop(call, [](Decimal, Decimal) { return std::optional<Decimal>(); });
  }
}

template <typename T>
KernelResult negate_loop(const Call& call) {
  const Column a = call.column(call.instr.a);
  const Column dst = call.column(call.instr.dst);
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    dst.valid[row] = a.valid[row];
    if (!a.has(row)) continue;
    const T value = a.as<T>()[row];
    if constexpr (!std::is_same_v<T, double>) {
      if (value == least<T>()) return KernelError(row, kOverflow);
    }
    dst.as<T>()[row] = -value;
    if (dst.scales != nullptr) dst.scales[row] = a.scales[row];
  }
  return std::nullopt;
}

template <typename From, typename To>
KernelResult convert_loop(const Call& call) {
  const Column a = call.column(call.instr.a);
  const Column dst = call.column(call.instr.dst);
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    dst.valid[row] = a.valid[row];
    if (!a.has(row)) continue;
    const From value = a.as<From>()[row];
    if constexpr (std::is_same_v<From, i128> && std::is_same_v<To, int64_t>) {
      if (value > INT64_MAX || value < INT64_MIN) return KernelError(row, kOverflow);
    }
    dst.as<To>()[row] = static_cast<To>(value);
  }
  return std::nullopt;
}

struct IntegerRange {
  i128 low;
  i128 high;
};

IntegerRange range_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::I8:
      return {INT8_MIN, INT8_MAX};
    case TypeKind::I16:
      return {INT16_MIN, INT16_MAX};
    case TypeKind::I32:
      return {INT32_MIN, INT32_MAX};
    case TypeKind::U8:
      return {0, UINT8_MAX};
    case TypeKind::U16:
      return {0, UINT16_MAX};
    case TypeKind::U32:
      return {0, UINT32_MAX};
    case TypeKind::U64:
      return {0, UINT64_MAX};
    case TypeKind::I64:
      return {INT64_MIN, INT64_MAX};
    default:
      return {least<i128>(), ~least<i128>()};
  }
}

template <typename T>
KernelResult fit_loop(const Call& call) {
  const Column a = call.column(call.instr.a);
  const Column dst = call.column(call.instr.dst);
  const IntegerRange range = range_of(dst.type->kind());
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    dst.valid[row] = a.valid[row];
    if (!a.has(row)) continue;
    const T value = a.as<T>()[row];
    if (value < range.low || value > range.high) return KernelError(row, kOverflow);
    dst.as<T>()[row] = value;
  }
  return std::nullopt;
}

KernelResult round_loop(const Call& call) {
  const Column a = call.column(call.instr.a);
  const Column dst = call.column(call.instr.dst);
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    dst.valid[row] = a.valid[row];
    if (!a.has(row)) continue;
    const double value = a.as<double>()[row];
    const auto narrow = static_cast<float>(value);
    if (!std::isfinite(narrow) && std::isfinite(value)) return KernelError(row, kOverflow);
    dst.as<double>()[row] = narrow;
  }
  return std::nullopt;
}

}  // namespace

KernelResult run_arithmetic(const Call& call) {
  const bool is_negate = call.instr.op == Op::Negate;
  switch (call.column(call.instr.a).slot.physical) {
    case Physical::I64:
      return is_negate ? negate_loop<int64_t>(call) : integer_arithmetic<int64_t>(call);
    case Physical::I128:
      return is_negate ? negate_loop<i128>(call) : integer_arithmetic<i128>(call);
    case Physical::F64:
      return is_negate ? negate_loop<double>(call) : float_arithmetic(call);
    case Physical::Decimal:
      return is_negate ? negate_loop<i128>(call) : decimal_arithmetic(call);
    default:
      UNREACHABLE();
  }
}

KernelResult run_bits(const Call& call) {
  using T = int64_t;
  switch (call.instr.op) {
    case Op::BitAnd:
      return binary_loop<T>(call, [](T x, T y, T& out) -> const ErrorCode* {
        out = x & y;
        return nullptr;
      });
    case Op::BitOr:
      return binary_loop<T>(call, [](T x, T y, T& out) -> const ErrorCode* {
        out = x | y;
        return nullptr;
      });
    case Op::BitXor:
      return binary_loop<T>(call, [](T x, T y, T& out) -> const ErrorCode* {
        out = x ^ y;
        return nullptr;
      });
    case Op::ShiftLeft:
      return binary_loop<T>(call, [](T x, T y, T& out) -> const ErrorCode* {
        if (y < 0 || y > 63) return &kDomain;
        out = static_cast<T>(static_cast<uint64_t>(x) << y);
        return nullptr;
      });
    default:
      return binary_loop<T>(call, [](T x, T y, T& out) -> const ErrorCode* {
        if (y < 0 || y > 63) return &kDomain;
        out = x >> y;
        return nullptr;
      });
  }
}

KernelResult run_conversion(const Call& call) {
  switch (call.instr.op) {
    case Op::I64ToF64:
      return convert_loop<int64_t, double>(call);
    case Op::I64ToI128:
      return convert_loop<int64_t, i128>(call);
    case Op::I128ToI64:
      return convert_loop<i128, int64_t>(call);
    case Op::RoundF32:
      return round_loop(call);
    default:
      return call.column(call.instr.a).slot.physical == Physical::I64 ? fit_loop<int64_t>(call)
                                                                      : fit_loop<i128>(call);
  }
}

}  // namespace zerodb::exec
