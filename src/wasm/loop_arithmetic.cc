// Checked arithmetic. A result that does not fit makes the loop give up, so that the host finds and
// reports the failing row.
#include <limits>

#include "wasm/loop_writer.h"

namespace zerodb::wasm {

using plan::Instr;
using plan::kNoReg;
using plan::Op;
using plan::Reg;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int64_t kI32Bias = int64_t{1} << 31;
// Wide coefficients whose high half is in [-kDigits38, kDigits38) have at most 38 digits; the few
// above it are left to the host.
constexpr int64_t kDigits38 = 0x4B3B4CA85A86C47A;

bool fits_i32(int64_t value) {
  return value >= INT32_MIN && value <= INT32_MAX;
}

}  // namespace

void LoopWriter::write_arithmetic(const Instr& instr) {
  begin_result(instr);
  const Validity there =
      instr.b == kNoReg ? validity(instr.a) : both(validity(instr.a), validity(instr.b));
  if (there.kind == Validity::Never) {
    const Parts& parts = parts_of(form(instr.dst));
    for (uint32_t part = 0; part < parts.count; ++part) {
      push_constant(Value::none(), form(instr.dst), part);
      set(instr.dst, part);
    }
    return end_result(instr, there);
  }
  switch (instr.physical) {
    case Physical::I64:
      write_i64(instr, there);
      break;
    case Physical::F64:
      write_f64(instr, there);
      break;
    case Physical::I128:
    case Physical::Decimal:
      write_wide(instr, there);
      break;
    default:
      UNREACHABLE();
  }
  end_result(instr, there);
}

void LoopWriter::write_i64(const Instr& instr, const Validity& there) {
  const auto operands = [&] {
    push(instr.a, 0);
    push(instr.b, 0);
  };
  // (x ^ result) & (y ^ result) is negative
  const auto give_up_on_signs = [&](Reg x, Reg y, Reg y_with) {
    push(x, 0);
    push(instr.dst, 0);
    code_.i64_xor();
    push(y, 0);
    push(y_with, 0);
    code_.i64_xor();
    code_.i64_and();
    code_.i64_const(0);
    code_.i64_lt_s();
    give_up_if(there);
  };
  switch (instr.op) {
    case Op::AddChecked:
      operands();
      code_.i64_add();
      set(instr.dst, 0);
      return give_up_on_signs(instr.a, instr.b, instr.dst);
    case Op::SubtractChecked:
      operands();
      code_.i64_sub();
      set(instr.dst, 0);
      return give_up_on_signs(instr.a, instr.a, instr.b);
    case Op::MultiplyChecked:
      return write_i64_multiply(instr, there);
    case Op::IntDivide:
    case Op::Modulo:
      return write_i64_division(instr, there);
    case Op::ShiftLeft:
    case Op::ShiftRight:
      return write_i64_shift(instr, there);
    case Op::Negate:
      push(instr.a, 0);
      code_.i64_const(INT64_MIN);
      code_.i64_eq();
      give_up_if(there);
      code_.i64_const(0);
      push(instr.a, 0);
      code_.i64_sub();
      return set(instr.dst, 0);
    default:
      break;
  }
  operands();
  if (instr.op == Op::BitAnd) {
    code_.i64_and();
  } else if (instr.op == Op::BitOr) {
    code_.i64_or();
  } else {
    code_.i64_xor();
  }
  set(instr.dst, 0);
}

// Factors that fit 32 bits cannot overflow; others are checked by dividing.
void LoopWriter::write_i64_multiply(const Instr& instr, const Validity& there) {
  push(instr.a, 0);
  push(instr.b, 0);
  code_.i64_mul();
  set(instr.dst, 0);
  bool has_term = false;
  for (const Reg factor : {instr.a, instr.b}) {
    if (is_constant(factor) && fits_i32(facts(factor).constant->as_int64())) continue;
    push(factor, 0);
    code_.i64_const(kI32Bias);
    code_.i64_add();
    if (has_term) code_.i64_or();
    has_term = true;
  }
  if (!has_term) return;
  code_.i64_const(32);
  code_.i64_shr_u();
  code_.i64_eqz();
  code_.if_();
  code_.else_();
  push(instr.a, 0);
  code_.i64_eqz();
  code_.if_();
  code_.else_();
  push(instr.a, 0);
  code_.i64_const(-1);
  code_.i64_eq();
  code_.if_();
  push(instr.b, 0);
  code_.i64_const(INT64_MIN);
  code_.i64_eq();
  give_up_if(there);
  code_.else_();
  push(instr.dst, 0);
  push(instr.a, 0);
  code_.i64_div_s();
  push(instr.b, 0);
  code_.i64_ne();
  give_up_if(there);
  code_.end();
  code_.end();
  code_.end();
}

void LoopWriter::write_i64_division(const Instr& instr, const Validity& there) {
  const bool divides = instr.op == Op::IntDivide;
  const auto divide = [&] {
    if (divides) {
      code_.i64_div_s();
    } else {
      code_.i64_rem_s();
    }
    set(instr.dst, 0);
  };
  const Value* divisor = facts(instr.b).constant;
  if (divisor != nullptr && divisor->as_int64() != 0 && divisor->as_int64() != -1) {
    push(instr.a, 0);
    push(instr.b, 0);
    return divide();
  }
  const Local is_bad = code_.local(ValueType::I32);
  push(instr.b, 0);
  code_.i64_eqz();
  if (divides) {
    push(instr.a, 0);
    code_.i64_const(INT64_MIN);
    code_.i64_eq();
    push(instr.b, 0);
    code_.i64_const(-1);
    code_.i64_eq();
    code_.i32_and();
    code_.i32_or();
  }
  code_.tee(is_bad);
  give_up_if(there);
  push(instr.a, 0);
  if (there.kind == Validity::Dynamic) {
    // The operands of an absent row may be anything, and must not trap.
    code_.i64_const(1);
    push(instr.b, 0);
    code_.get(is_bad);
    code_.select();
  } else {
    push(instr.b, 0);
  }
  divide();
}

void LoopWriter::write_i64_shift(const Instr& instr, const Validity& there) {
  push(instr.b, 0);
  code_.i64_const(63);
  code_.i64_gt_u();
  give_up_if(there);
  push(instr.a, 0);
  push(instr.b, 0);
  if (instr.op == Op::ShiftLeft) {
    code_.i64_shl();
  } else {
    code_.i64_shr_s();
  }
  set(instr.dst, 0);
}

void LoopWriter::write_f64(const Instr& instr, const Validity& there) {
  if (instr.op == Op::Negate) {
    push(instr.a, 0);
    code_.f64_neg();
    return set(instr.dst, 0);
  }
  if (instr.op == Op::Divide || instr.op == Op::IntDivide) {
    push(instr.b, 0);
    code_.f64_const(0);
    code_.f64_eq();
    give_up_if(there);
  }
  push(instr.a, 0);
  push(instr.b, 0);
  switch (instr.op) {
    case Op::AddChecked:
      code_.f64_add();
      break;
    case Op::SubtractChecked:
      code_.f64_sub();
      break;
    case Op::MultiplyChecked:
      code_.f64_mul();
      break;
    default:
      code_.f64_div();
      break;
  }
  if (instr.op == Op::IntDivide) code_.f64_trunc();
  set(instr.dst, 0);
  const auto push_is_finite = [&](Reg reg) {
    push(reg, 0);
    code_.f64_abs();
    code_.f64_const(kInfinity);
    code_.f64_lt();
  };
  push_is_finite(instr.dst);
  code_.if_();
  code_.else_();
  push_is_finite(instr.a);
  push_is_finite(instr.b);
  code_.i32_and();
  give_up_if(there);
  code_.end();
}

// 128-bit integers and decimals, as two halves.

void LoopWriter::write_wide(const Instr& instr, const Validity& there) {
  const bool is_decimal = instr.physical == Physical::Decimal;
  if (is_decimal) write_decimal_scale(instr, there);
  switch (instr.op) {
    case Op::AddChecked:
    case Op::SubtractChecked:
      if (instr.op == Op::AddChecked) {
        write_wide_add(instr, there);
      } else {
        write_wide_subtract(instr, there);
      }
      if (is_decimal) write_digits_check(instr, there);
      return;
    case Op::MultiplyChecked:
      return write_wide_multiply(instr, there);
    case Op::IntDivide:
    case Op::Modulo:
      return write_wide_division(instr, there);
    case Op::Negate:
      return write_wide_negate(instr, there);
    default:
      UNREACHABLE();
  }
}

void LoopWriter::write_decimal_scale(const Instr& instr, const Validity& there) {
  push(instr.a, 2);
  if (instr.op == Op::MultiplyChecked) {
    push(instr.b, 2);
    code_.i32_add();
    set(instr.dst, 2);
    push(instr.dst, 2);
    code_.i32_const(38);
    code_.i32_gt_u();
    return give_up_if(there);
  }
  set(instr.dst, 2);
  if (instr.op == Op::Negate) return;
  push(instr.a, 2);
  push(instr.b, 2);
  code_.i32_ne();
  give_up_if(there);
}

void LoopWriter::write_digits_check(const Instr& instr, const Validity& there) {
  push(instr.dst, 1);
  code_.i64_const(kDigits38);
  code_.i64_add();
  code_.i64_const(static_cast<int64_t>(2 * static_cast<uint64_t>(kDigits38)));
  code_.i64_ge_u();
  give_up_if(there);
}

void LoopWriter::write_wide_add(const Instr& instr, const Validity& there) {
  push(instr.a, 0);
  push(instr.b, 0);
  code_.i64_add();
  set(instr.dst, 0);
  push(instr.a, 1);
  push(instr.b, 1);
  code_.i64_add();
  push(instr.dst, 0);
  push(instr.a, 0);
  code_.i64_lt_u();
  code_.i64_extend_i32_u();
  code_.i64_add();
  set(instr.dst, 1);
  push(instr.a, 1);
  push(instr.dst, 1);
  code_.i64_xor();
  push(instr.b, 1);
  push(instr.dst, 1);
  code_.i64_xor();
  code_.i64_and();
  code_.i64_const(0);
  code_.i64_lt_s();
  give_up_if(there);
}

void LoopWriter::write_wide_subtract(const Instr& instr, const Validity& there) {
  push(instr.a, 0);
  push(instr.b, 0);
  code_.i64_sub();
  set(instr.dst, 0);
  push(instr.a, 1);
  push(instr.b, 1);
  code_.i64_sub();
  push(instr.a, 0);
  push(instr.b, 0);
  code_.i64_lt_u();
  code_.i64_extend_i32_u();
  code_.i64_sub();
  set(instr.dst, 1);
  push(instr.a, 1);
  push(instr.b, 1);
  code_.i64_xor();
  push(instr.a, 1);
  push(instr.dst, 1);
  code_.i64_xor();
  code_.i64_and();
  code_.i64_const(0);
  code_.i64_lt_s();
  give_up_if(there);
}

void LoopWriter::push_is_wide(Reg reg) {
  push(reg, 1);
  push(reg, 0);
  code_.i64_const(63);
  code_.i64_shr_s();
  code_.i64_ne();
}

// Factors of at most 64 bits: the product of two has at most 127 bits and, as a decimal, at most 38
// digits.
void LoopWriter::write_wide_multiply(const Instr& instr, const Validity& there) {
  push_is_wide(instr.a);
  push_is_wide(instr.b);
  code_.i32_or();
  give_up_if(there);
  push(instr.a, 0);
  code_.i64_const(kI32Bias);
  code_.i64_add();
  push(instr.b, 0);
  code_.i64_const(kI32Bias);
  code_.i64_add();
  code_.i64_or();
  code_.i64_const(32);
  code_.i64_shr_u();
  code_.i64_eqz();
  code_.if_();
  push(instr.a, 0);
  push(instr.b, 0);
  code_.i64_mul();
  set(instr.dst, 0);
  push(instr.dst, 0);
  code_.i64_const(63);
  code_.i64_shr_s();
  set(instr.dst, 1);
  code_.else_();
  push(instr.a, 0);
  push(instr.b, 0);
  code_.call(context_.library.multiply_wide());
  set(instr.dst, 1);
  set(instr.dst, 0);
  code_.end();
}

void LoopWriter::write_wide_division(const Instr& instr, const Validity& there) {
  const Local is_bad = code_.local(ValueType::I32);
  push_is_wide(instr.a);
  push_is_wide(instr.b);
  code_.i32_or();
  push(instr.b, 0);
  code_.i64_eqz();
  code_.i32_or();
  push(instr.b, 0);
  code_.i64_const(-1);
  code_.i64_eq();
  code_.i32_or();
  code_.tee(is_bad);
  give_up_if(there);
  push(instr.a, 0);
  code_.i64_const(1);
  push(instr.b, 0);
  code_.get(is_bad);
  code_.select();
  if (instr.op == Op::IntDivide) {
    code_.i64_div_s();
  } else {
    code_.i64_rem_s();
  }
  set(instr.dst, 0);
  push(instr.dst, 0);
  code_.i64_const(63);
  code_.i64_shr_s();
  set(instr.dst, 1);
}

void LoopWriter::write_wide_negate(const Instr& instr, const Validity& there) {
  code_.i64_const(0);
  push(instr.a, 0);
  code_.i64_sub();
  set(instr.dst, 0);
  code_.i64_const(0);
  push(instr.a, 1);
  code_.i64_sub();
  push(instr.a, 0);
  code_.i64_const(0);
  code_.i64_ne();
  code_.i64_extend_i32_u();
  code_.i64_sub();
  set(instr.dst, 1);
  push(instr.a, 1);
  push(instr.dst, 1);
  code_.i64_and();
  code_.i64_const(0);
  code_.i64_lt_s();
  give_up_if(there);
}

}  // namespace zerodb::wasm
