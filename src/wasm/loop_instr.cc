// Constants, moves, tests, conversions, and the choice of what to write for an instruction.
#include <cmath>
#include <limits>

#include "wasm/loop_writer.h"

namespace zerodb::wasm {

using plan::Instr;
using plan::kNoReg;
using plan::Op;

void LoopWriter::write_instr(const Instr& instr) {
  switch (instr.op) {
    case Op::Const:
      return write_const(instr);
    case Op::Move:
      return write_move(instr);
    case Op::AddChecked:
    case Op::SubtractChecked:
    case Op::MultiplyChecked:
    case Op::Divide:
    case Op::IntDivide:
    case Op::Modulo:
    case Op::Negate:
    case Op::BitAnd:
    case Op::BitOr:
    case Op::BitXor:
    case Op::ShiftLeft:
    case Op::ShiftRight:
      return write_arithmetic(instr);
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
      return write_comparison(instr);
    case Op::And:
    case Op::Or:
    case Op::Not:
    case Op::IsNone:
    case Op::IsNotNone:
    case Op::IsTrue:
    case Op::MaskAnd:
    case Op::MaskAndNot:
      return write_test(instr);
    case Op::I64ToF64:
    case Op::I64ToI128:
    case Op::I128ToI64:
    case Op::RoundF32:
      return write_conversion(instr);
    case Op::FitInteger:
      return write_fit(instr);
    case Op::AggregateInline:
      return write_aggregate(instr);
    default:
      UNREACHABLE();
  }
}

void LoopWriter::write_const(const Instr& instr) {
  store(instr.dst);
}

void LoopWriter::write_move(const Instr& instr) {
  begin_result(instr);
  const uint32_t count = parts_of(form(instr.dst)).count;
  for (uint32_t part = 0; part < count; ++part) {
    push(instr.a, part);
    set(instr.dst, part);
  }
  end_result(instr, validity(instr.a));
}

// A Bool outside its mask may be any byte: `b` counts only where `a` is 1, or 0 for Or.
void LoopWriter::write_test(const Instr& instr) {
  begin_result(instr);
  const Validity there = validity(instr.a);
  switch (instr.op) {
    case Op::And:
    case Op::MaskAnd:
      push(instr.a, 0);
      push(instr.b, 0);
      code_.i32_and();
      break;
    case Op::Or:
      push(instr.a, 0);
      push(instr.b, 0);
      code_.i32_or();
      code_.i32_const(1);
      code_.i32_and();
      break;
    case Op::MaskAndNot:
      push(instr.a, 0);
      push(instr.b, 0);
      code_.i32_eqz();
      code_.i32_and();
      break;
    case Op::Not:
      push(instr.a, 0);
      code_.i32_eqz();
      break;
    case Op::IsNone:
      push_validity(there);
      code_.i32_eqz();
      break;
    case Op::IsNotNone:
      push_validity(there);
      break;
    case Op::IsTrue:
      push(instr.a, 0);
      push_validity(there);
      code_.i32_and();
      break;
    default:
      UNREACHABLE();
  }
  set(instr.dst, 0);
  end_result(instr, Validity{});
}

void LoopWriter::write_conversion(const Instr& instr) {
  begin_result(instr);
  const Validity there = validity(instr.a);
  switch (instr.op) {
    case Op::I64ToF64:
      push(instr.a, 0);
      code_.f64_convert_i64_s();
      set(instr.dst, 0);
      break;
    case Op::I64ToI128:
      push(instr.a, 0);
      set(instr.dst, 0);
      push(instr.a, 0);
      code_.i64_const(63);
      code_.i64_shr_s();
      set(instr.dst, 1);
      break;
    case Op::I128ToI64:
      push_is_wide(instr.a);
      give_up_if(there);
      push(instr.a, 0);
      set(instr.dst, 0);
      break;
    case Op::RoundF32:
      push(instr.a, 0);
      code_.f32_demote_f64();
      code_.f64_promote_f32();
      set(instr.dst, 0);
      push(instr.dst, 0);
      code_.f64_abs();
      code_.f64_const(std::numeric_limits<double>::infinity());
      code_.f64_eq();
      push(instr.a, 0);
      code_.f64_abs();
      code_.f64_const(std::numeric_limits<double>::infinity());
      code_.f64_lt();
      code_.i32_and();
      give_up_if(there);
      break;
    default:
      UNREACHABLE();
  }
  end_result(instr, there);
}

namespace {

struct IntegerRange {
  int64_t min;
  uint64_t width;  // greatest minus least
};

IntegerRange range_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::I8:
      return {INT8_MIN, UINT8_MAX};
    case TypeKind::I16:
      return {INT16_MIN, UINT16_MAX};
    case TypeKind::I32:
      return {INT32_MIN, UINT32_MAX};
    case TypeKind::U8:
      return {0, UINT8_MAX};
    case TypeKind::U16:
      return {0, UINT16_MAX};
    case TypeKind::U32:
      return {0, UINT32_MAX};
    default:
      return {INT64_MIN, UINT64_MAX};
  }
}

}  // namespace

void LoopWriter::write_fit(const Instr& instr) {
  begin_result(instr);
  const Validity there = validity(instr.a);
  const TypeKind kind = context_.program.registers[instr.dst.value()].type.kind();
  if (instr.physical == Physical::I128) {
    if (kind == TypeKind::U64) {
      push(instr.a, 1);
      code_.i64_const(0);
      code_.i64_ne();
      give_up_if(there);
    }
    push(instr.a, 1);
    set(instr.dst, 1);
  } else if (range_of(kind).width != UINT64_MAX) {
    push(instr.a, 0);
    code_.i64_const(range_of(kind).min);
    code_.i64_sub();
    code_.i64_const(static_cast<int64_t>(range_of(kind).width));
    code_.i64_gt_u();
    give_up_if(there);
  }
  push(instr.a, 0);
  set(instr.dst, 0);
  end_result(instr, there);
}

}  // namespace zerodb::wasm
