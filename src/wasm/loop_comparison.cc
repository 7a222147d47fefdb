// Comparisons. None equals none and nothing else, and is in no order; NaN is the greatest float and
// equals itself.
#include <cmath>

#include "value/batch.h"
#include "wasm/loop_writer.h"

namespace zerodb::wasm {

using plan::Instr;
using plan::Op;
using plan::Reg;

void LoopWriter::write_comparison(const Instr& instr) {
  begin_result(instr);
  const Validity left = validity(instr.a);
  const Validity right = validity(instr.b);
  const Validity there = both(left, right);
  const bool is_equality = instr.op == Op::Equal || instr.op == Op::NotEqual;
  if (there.kind == Validity::Never) {
    code_.i32_const(0);
  } else {
    if (is_equality) {
      push_equal(instr, there);
    } else {
      push_order(instr.op, instr.a, instr.b, there);
    }
    if (there.kind == Validity::Dynamic) {
      code_.get(there.local);
      code_.i32_and();
    }
  }
  if (is_equality && left.kind != Validity::Always && right.kind != Validity::Always) {
    push_validity(left);
    push_validity(right);
    code_.i32_or();
    code_.i32_eqz();
    code_.i32_or();
  }
  if (instr.op == Op::NotEqual) code_.i32_eqz();
  set(instr.dst, 0);
  end_result(instr, Validity{});
}

void LoopWriter::push_equal(const Instr& instr, const Validity& there) {
  switch (instr.physical) {
    case Physical::Bool:
      push(instr.a, 0);
      push(instr.b, 0);
      return code_.i32_eq();
    case Physical::I64:
      push(instr.a, 0);
      push(instr.b, 0);
      return code_.i64_eq();
    case Physical::F64:
      return push_f64_comparison(Op::Equal, instr.a, instr.b);
    case Physical::Text:
      return push_text_equal(instr, there);
    default:
      break;
  }
  if (instr.physical == Physical::Decimal) {
    push(instr.a, 2);
    push(instr.b, 2);
    code_.i32_ne();
    give_up_if(there);
  }
  for (const uint32_t half : {0u, 1u}) {
    push(instr.a, half);
    push(instr.b, half);
    code_.i64_xor();
  }
  code_.i64_or();
  code_.i64_eqz();
}

// Size and first bytes decide most pairs; then the other eight inline bytes, or the memory of both.
void LoopWriter::push_text_equal(const Instr& instr, const Validity& there) {
  const Local result = code_.local(ValueType::I32);
  push(instr.a, 0);
  push(instr.b, 0);
  code_.i64_eq();
  push_validity(there);
  code_.i32_and();
  code_.tee(result);
  code_.if_();
  push(instr.a, 1);
  push(instr.b, 1);
  code_.i64_eq();
  code_.tee(result);
  code_.if_();
  code_.else_();
  push(instr.a, 0);
  code_.i32_wrap_i64();
  code_.i32_const(kTextInlineMax);
  code_.i32_gt_u();
  code_.if_();
  push(instr.a, 1);
  code_.i32_wrap_i64();
  push(instr.b, 1);
  code_.i32_wrap_i64();
  push(instr.a, 0);
  code_.i32_wrap_i64();
  code_.call(context_.library.bytes_equal());
  code_.set(result);
  code_.end();
  code_.end();
  code_.end();
  code_.get(result);
}

void LoopWriter::push_order(Op op, Reg a, Reg b, const Validity& there) {
  if (form(a) == Physical::I64) {
    push(a, 0);
    push(b, 0);
    switch (op) {
      case Op::Less:
        return code_.i64_lt_s();
      case Op::LessEqual:
        return code_.i64_le_s();
      case Op::Greater:
        return code_.i64_gt_s();
      default:
        return code_.i64_ge_s();
    }
  }
  if (form(a) == Physical::Text) return push_text_order(op, a, b, there);
  if (form(a) == Physical::Decimal) {
    push(a, 2);
    push(b, 2);
    code_.i32_ne();
    give_up_if(there);
  }
  // All four are `less` of the operands or of the operands turned around, negated or not.
  const bool is_turned = op == Op::Greater || op == Op::LessEqual;
  const Reg left = is_turned ? b : a;
  const Reg right = is_turned ? a : b;
  switch (form(a)) {
    case Physical::Bool:
      push(left, 0);
      push(right, 0);
      code_.i32_lt_u();
      break;
    case Physical::F64:
      push_f64_comparison(Op::Less, left, right);
      break;
    case Physical::Uuid:
      push_uuid_less(left, right);
      break;
    case Physical::U128:
      push_wide_less(left, right, false);
      break;
    default:
      push_wide_less(left, right, true);
      break;
  }
  if (op == Op::LessEqual || op == Op::GreaterEqual) code_.i32_eqz();
}

void LoopWriter::push_wide_less(Reg a, Reg b, bool is_signed) {
  push(a, 1);
  push(b, 1);
  if (form(a) == Physical::Temporal) {
    // Seconds come first and are signed; nanoseconds decide among equals.
    code_.i64_lt_u();
    push(a, 0);
    push(b, 0);
    code_.i64_eq();
    code_.i32_and();
    push(a, 0);
    push(b, 0);
    code_.i64_lt_s();
    return code_.i32_or();
  }
  if (is_signed) {
    code_.i64_lt_s();
  } else {
    code_.i64_lt_u();
  }
  push(a, 1);
  push(b, 1);
  code_.i64_eq();
  push(a, 0);
  push(b, 0);
  code_.i64_lt_u();
  code_.i32_and();
  code_.i32_or();
}

void LoopWriter::push_uuid_less(Reg a, Reg b) {
  const FunctionIndex swap = context_.library.byte_swap();
  const auto push_less = [&](uint32_t half) {
    push(a, half);
    code_.call(swap);
    push(b, half);
    code_.call(swap);
    code_.i64_lt_u();
  };
  push_less(0);
  push(a, 0);
  push(b, 0);
  code_.i64_eq();
  push_less(1);
  code_.i32_and();
  code_.i32_or();
}

// Equal or Less.
void LoopWriter::push_f64_comparison(Op op, Reg a, Reg b) {
  const auto is_number = [&](Reg reg) {
    return is_constant(reg) && !std::isnan(facts(reg).constant->as_float64());
  };
  const auto push_is_nan = [&](Reg reg) {
    push(reg, 0);
    push(reg, 0);
    code_.f64_ne();
  };
  push(a, 0);
  push(b, 0);
  if (op == Op::Equal) {
    code_.f64_eq();
    if (is_number(a) || is_number(b)) return;
    push_is_nan(a);
    push_is_nan(b);
    code_.i32_and();
    return code_.i32_or();
  }
  if (is_number(a)) {
    code_.f64_ge();
    return code_.i32_eqz();
  }
  code_.f64_lt();
  if (is_number(b)) return;
  push_is_nan(b);
  push_is_nan(a);
  code_.i32_eqz();
  code_.i32_and();
  code_.i32_or();
}

void LoopWriter::push_text_order(Op op, Reg a, Reg b, const Validity& there) {
  const Local order = code_.local(ValueType::I32);
  const auto compare = [&] {
    push(a, 2);
    push(b, 2);
    code_.call(context_.library.compare_texts());
  };
  if (there.kind == Validity::Dynamic) {
    // The view of an absent row may point anywhere.
    code_.i32_const(0);
    code_.set(order);
    code_.get(there.local);
    code_.if_();
    compare();
    code_.set(order);
    code_.end();
  } else {
    compare();
    code_.set(order);
  }
  code_.get(order);
  code_.i32_const(0);
  switch (op) {
    case Op::Less:
      return code_.i32_lt_s();
    case Op::LessEqual:
      return code_.i32_le_s();
    case Op::Greater:
      return code_.i32_gt_s();
    default:
      return code_.i32_ge_s();
  }
}

}  // namespace zerodb::wasm
