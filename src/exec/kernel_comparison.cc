#include <cmath>

#include "exec/kernel.h"
#include "value/decimal.h"

namespace zerodb::exec {

using plan::Op;

namespace {

// Stores the outcome of the comparison `ordering` (-1, 0, 1) of rows where both sides are there;
// absence by the rules of the language.
template <Op op>
bool holds(int ordering) {
  if constexpr (op == Op::Equal) return ordering == 0;
  if constexpr (op == Op::NotEqual) return ordering != 0;
  if constexpr (op == Op::Less) return ordering < 0;
  if constexpr (op == Op::LessEqual) return ordering <= 0;
  if constexpr (op == Op::Greater) return ordering > 0;
  return ordering >= 0;
}

template <Op op>
bool holds_without(bool left, bool right) {
  if constexpr (op == Op::Equal) return left == right;
  if constexpr (op == Op::NotEqual) return left != right;
  return false;
}

template <Op op, typename Order>
KernelResult loop(const Call& call, Order order) {
  const Column a = call.column(call.instr.a);
  const Column b = call.column(call.instr.b);
  const Column dst = call.column(call.instr.dst);
  auto* out = dst.as<uint8_t>();
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    dst.valid[row] = 1;
    const bool left = a.valid[row] != 0;
    const bool right = b.valid[row] != 0;
    out[row] =
        (left && right ? holds<op>(order(a, b, row)) : holds_without<op>(left, right)) ? 1 : 0;
  }
  return std::nullopt;
}

template <typename Order>
KernelResult by_op(const Call& call, Order order) {
  switch (call.instr.op) {
    case Op::Equal:
      return loop<Op::Equal>(call, order);
    case Op::NotEqual:
      return loop<Op::NotEqual>(call, order);
    case Op::Less:
      return loop<Op::Less>(call, order);
    case Op::LessEqual:
      return loop<Op::LessEqual>(call, order);
    case Op::Greater:
      return loop<Op::Greater>(call, order);
    default:
      return loop<Op::GreaterEqual>(call, order);
  }
}

template <typename T>
int three_way(const T& x, const T& y) {
  return x < y ? -1 : (y < x ? 1 : 0);
}

template <typename T>
KernelResult simple(const Call& call) {
  return by_op(call, [](const Column& a, const Column& b, uint32_t row) {
    return three_way(a.as<T>()[row], b.as<T>()[row]);
  });
}

int compare_floats(double x, double y) {
  const bool x_nan = std::isnan(x);
  const bool y_nan = std::isnan(y);
  if (x_nan || y_nan) return three_way(x_nan, y_nan);
  return three_way(x, y);
}

KernelResult equal_texts(const Call& call, const Arena& arena, bool negated) {
  const Column a = call.column(call.instr.a);
  const Column b = call.column(call.instr.b);
  const Column dst = call.column(call.instr.dst);
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    dst.valid[row] = 1;
    bool equal = a.valid[row] == b.valid[row];
    if (equal && a.valid[row] != 0) {
      const TextView& x = a.view(row);
      const TextView& y = b.view(row);
      // Size and prefix decide most rows.
      equal = std::memcmp(&x, &y, 8) == 0 && arena.text(x) == arena.text(y);
    }
    dst.as<uint8_t>()[row] = equal != negated ? 1 : 0;
  }
  return std::nullopt;
}

}  // namespace

KernelResult run_comparison(const Call& call) {
  switch (call.column(call.instr.a).slot.physical) {
    case Physical::Bool:
      return simple<uint8_t>(call);
    case Physical::I64:
      return simple<int64_t>(call);
    case Physical::I128:
      return simple<i128>(call);
    case Physical::U128:
      return simple<u128>(call);
    case Physical::F64:
      return by_op(call, [](const Column& a, const Column& b, uint32_t row) {
        return compare_floats(a.as<double>()[row], b.as<double>()[row]);
      });
    case Physical::Decimal:
      return by_op(call, [](const Column& a, const Column& b, uint32_t row) {
        return decimal::compare({a.as<i128>()[row], a.scales[row]},
                                {b.as<i128>()[row], b.scales[row]});
      });
    case Physical::Text: {
      const Arena& arena = call.arena();
      if (call.instr.op == Op::Equal) return equal_texts(call, arena, false);
      if (call.instr.op == Op::NotEqual) return equal_texts(call, arena, true);
      return by_op(call, [&arena](const Column& a, const Column& b, uint32_t row) {
        return arena.text(a.view(row)).compare(arena.text(b.view(row)));
      });
    }
    case Physical::Temporal:
      return by_op(call, [](const Column& a, const Column& b, uint32_t row) {
        const auto& x = a.as<TemporalCell>()[row];
        const auto& y = b.as<TemporalCell>()[row];
        const int seconds = three_way(x.seconds, y.seconds);
        return seconds != 0 ? seconds : three_way(x.nanos, y.nanos);
      });
    case Physical::Uuid:
      return by_op(call, [](const Column& a, const Column& b, uint32_t row) {
        return std::memcmp(a.values + size_t{row} * 16, b.values + size_t{row} * 16, 16);
      });
    case Physical::Any:
      UNREACHABLE();
  }
  UNREACHABLE();
}

KernelResult run_logic(const Call& call) {
  const Column a = call.column(call.instr.a);
  const Column dst = call.column(call.instr.dst);
  auto* out = dst.as<uint8_t>();
  const auto* x = a.as<uint8_t>();
  const uint8_t* y =
      call.instr.b == plan::kNoReg ? nullptr : call.column(call.instr.b).as<uint8_t>();
  const bool is_mask = call.instr.op == Op::MaskAnd || call.instr.op == Op::MaskAndNot;
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!is_mask && !call.takes(row)) continue;
    bool result = false;
    switch (call.instr.op) {
      case Op::And:
      case Op::MaskAnd:
        result = x[row] != 0 && y[row] != 0;
        break;
      case Op::MaskAndNot:
        result = x[row] != 0 && y[row] == 0;
        break;
      case Op::Or:
        result = x[row] != 0 || y[row] != 0;
        break;
      case Op::Not:
        result = x[row] == 0;
        break;
      case Op::IsNone:
        result = a.valid[row] == 0;
        break;
      case Op::IsNotNone:
        result = a.valid[row] != 0;
        break;
      default:
        result = a.valid[row] != 0 && x[row] != 0;
        break;
    }
    out[row] = result ? 1 : 0;
    dst.valid[row] = 1;
  }
  return std::nullopt;
}

}  // namespace zerodb::exec
