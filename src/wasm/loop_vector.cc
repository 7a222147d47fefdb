// The vector loop: two rows at a time in 128-bit lanes, with masks as lanes of all ones or zeros
// and no branch but one.
//
// It is for segments that filter and sum 64-bit numbers all of which are there. Additions keep
// their overflows in one vector that is looked at in the end, and factors wider than 32 bits end
// the loop at once; either way the scalar loop then does the whole batch, because nothing was
// written yet.
#include <cmath>

#include "wasm/loop_writer.h"

namespace zerodb::wasm {

using plan::AggregateSlot;
using plan::Instr;
using plan::kNoReg;
using plan::Op;
using plan::Reg;
using Kind = AggregateSlot::Kind;

namespace {

constexpr int64_t kLaneBias = int64_t{1} << 31;

bool fits_lane(int64_t value) {
  return value >= INT32_MIN && value <= INT32_MAX;
}

}  // namespace

bool LoopWriter::is_vectorizable() {
  if (!segment_.has_aggregate) return false;
  for (uint32_t i = segment_.first; i < segment_.last; ++i) {
    const Instr& instr = context_.program.instrs[i];
    if (!is_silent(instr) && !is_vectorizable(instr)) return false;
  }
  return true;
}

bool LoopWriter::is_vectorizable(const Instr& instr) {
  for (const Reg reg : {instr.a, instr.b, instr.mask}) {
    if (reg == kNoReg) continue;
    if (is_constant(reg)) {
      if (facts(reg).constant->is_none()) return false;
      continue;
    }
    // Masks from memory are bytes.
    const bool is_lane = form(reg) == Physical::I64 || form(reg) == Physical::F64;
    if (!column(reg).is_defined_here &&
        (!is_lane || !(column(reg).is_checked || facts(reg).always_valid)))
      return false;
  }
  if (instr.dst != kNoReg && (facts(instr.dst).escapes || facts(instr.dst).writers > 1))
    return false;
  switch (instr.op) {
    case Op::AddChecked:
    case Op::SubtractChecked:
    case Op::MultiplyChecked: {
      if (instr.physical != Physical::I64) return false;
      if (instr.op != Op::MultiplyChecked) return true;
      // Products are rarely narrow.
      for (const Reg factor : {instr.a, instr.b}) {
        if (is_constant(factor)) {
          if (!fits_lane(facts(factor).constant->as_int64())) return false;
        } else if (column(factor).is_defined_here &&
                   context_.program.instrs[facts(factor).writer].op == Op::MultiplyChecked) {
          return false;
        }
      }
      return true;
    }
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
      return instr.physical == Physical::I64 || instr.physical == Physical::F64;
    case Op::And:
    case Op::Or:
    case Op::Not:
    case Op::IsTrue:
    case Op::MaskAnd:
    case Op::MaskAndNot:
      return form(instr.a) == Physical::Bool;
    case Op::AggregateInline: {
      const Kind kind = context_.program.aggregates[instr.imm].kind;
      if (instr.a != kNoReg) return false;
      return kind == Kind::Count || kind == Kind::SumI64 || kind == Kind::AvgI64 ||
             kind == Kind::MinI64 || kind == Kind::MaxI64;
    }
    default:
      return false;
  }
}

LoopWriter::Accumulator& LoopWriter::accumulator_of(const Instr& instr) {
  for (Accumulator& accumulator : accumulators_) {
    if (accumulator.slot == instr.imm) return accumulator;
  }
  UNREACHABLE();
}

void LoopWriter::write_vector_rows() {
  const Local vector_end = code_.local(ValueType::I32);
  start_vectors();
  // The end of the pairs.
  code_.get(end_);
  code_.get(end_);
  code_.get(frame_);
  code_.i32_sub();
  code_.i32_const(1);
  code_.i32_and();
  code_.i32_sub();
  code_.set(vector_end);
  const Label finished = code_.block();
  code_.get(vector_end);
  code_.get(frame_);
  code_.i32_eq();
  code_.br_if(finished);
  too_wide_ = code_.block();
  write_vector_loop(vector_end);
  code_.get(overflow_);
  code_.i64_const(0);
  code_.i64x2_splat();
  code_.i64x2_lt_s();
  code_.v128_any_true();
  code_.br_if(too_wide_);
  for (const Accumulator& accumulator : accumulators_) fold_vector(accumulator);
  code_.br(finished);
  code_.end();
  // Something does not fit the lanes: every row again, one by one.
  for (const Local pointer : {pointer1_, pointer8_}) {
    if (pointer == pointer8_ && !uses8_) continue;
    code_.get(frame_);
    code_.set(pointer);
  }
  code_.end();
}

void LoopWriter::start_vectors() {
  const auto set_splat = [&](Local local, int64_t value) {
    code_.i64_const(value);
    code_.i64x2_splat();
    code_.set(local);
  };
  overflow_ = code_.local(ValueType::V128);
  set_splat(overflow_, 0);
  for (Accumulator& accumulator : accumulators_) {
    const Kind kind = context_.program.aggregates[accumulator.slot].kind;
    accumulator.vector = code_.local(ValueType::V128);
    accumulator.vector_count = code_.local(ValueType::V128);
    set_splat(accumulator.vector, kind == Kind::MinI64   ? INT64_MAX
                                  : kind == Kind::MaxI64 ? INT64_MIN
                                                         : 0);
    set_splat(accumulator.vector_count, 0);
  }
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    Column& lanes = columns_[i];
    const Reg reg{static_cast<Reg::rep>(i)};
    if (!lanes.is_used && !lanes.is_defined_here) continue;
    lanes.vector = code_.local(ValueType::V128);
    if (lanes.is_defined_here || !facts(reg).is_uniform) continue;
    push(reg, 0);
    if (form(reg) == Physical::F64) {
      code_.f64x2_splat();
    } else {
      code_.i64x2_splat();
    }
    code_.set(lanes.vector);
  }
}

void LoopWriter::write_vector_loop(Local vector_end) {
  const Label loop = code_.loop();
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    const Reg reg{static_cast<Reg::rep>(i)};
    if (!columns_[i].is_used || columns_[i].is_defined_here || facts(reg).is_uniform) continue;
    code_.get(pointer8_);
    code_.v128_load(context_.layout.slots[i].values);
    code_.set(columns_[i].vector);
  }
  for (uint32_t i = segment_.first; i < segment_.last; ++i) {
    if (!is_silent(context_.program.instrs[i])) write_vector_instr(context_.program.instrs[i]);
  }
  const auto advance = [&](Local pointer, int32_t by) {
    code_.get(pointer);
    code_.i32_const(by);
    code_.i32_add();
    code_.set(pointer);
  };
  if (uses8_) advance(pointer8_, 16);
  advance(pointer1_, 2);
  code_.get(pointer1_);
  code_.get(vector_end);
  code_.i32_ne();
  code_.br_if(loop);
  code_.end();
}

void LoopWriter::push_vector(Reg reg) {
  if (!is_constant(reg)) return code_.get(column(reg).vector);
  const Value& value = *facts(reg).constant;
  switch (form(reg)) {
    case Physical::F64:
      code_.f64_const(value.as_float64());
      return code_.f64x2_splat();
    case Physical::Bool:
      code_.i64_const(value.as_bool() ? -1 : 0);
      break;
    default:
      code_.i64_const(value.as_int64());
      break;
  }
  code_.i64x2_splat();
}

void LoopWriter::push_vector_mask(const Instr& instr) {
  if (instr.mask != kNoReg) return push_vector(instr.mask);
  code_.i64_const(-1);
  code_.i64x2_splat();
}

void LoopWriter::write_vector_instr(const Instr& instr) {
  switch (instr.op) {
    case Op::AddChecked:
    case Op::SubtractChecked:
    case Op::MultiplyChecked:
      return write_vector_arithmetic(instr);
    case Op::AggregateInline:
      return write_vector_aggregate(instr);
    case Op::And:
    case Op::MaskAnd:
      push_vector(instr.a);
      push_vector(instr.b);
      code_.v128_and();
      break;
    case Op::MaskAndNot:
      push_vector(instr.a);
      push_vector(instr.b);
      code_.v128_andnot();
      break;
    case Op::Or:
      push_vector(instr.a);
      push_vector(instr.b);
      code_.v128_or();
      break;
    case Op::Not:
      push_vector(instr.a);
      code_.v128_not();
      break;
    case Op::IsTrue:
      push_vector(instr.a);
      break;
    default:
      return write_vector_comparison(instr);
  }
  code_.set(column(instr.dst).vector);
}

void LoopWriter::write_vector_comparison(const Instr& instr) {
  const bool is_float = instr.physical == Physical::F64;
  const auto operands = [&] {
    push_vector(instr.a);
    push_vector(instr.b);
  };
  switch (instr.op) {
    case Op::Equal:
    case Op::NotEqual:
      operands();
      if (!is_float) {
        code_.i64x2_eq();
      } else {
        // NaN equals itself.
        code_.f64x2_eq();
        for (const Reg reg : {instr.a, instr.b}) {
          push_vector(reg);
          push_vector(reg);
          code_.f64x2_ne();
        }
        code_.v128_and();
        code_.v128_or();
      }
      if (instr.op == Op::NotEqual) code_.v128_not();
      break;
    case Op::Less:
      write_vector_less(instr.a, instr.b);
      break;
    case Op::Greater:
      write_vector_less(instr.b, instr.a);
      break;
    default:
      if (is_float) {
        const bool is_less_equal = instr.op == Op::LessEqual;
        write_vector_less(is_less_equal ? instr.b : instr.a, is_less_equal ? instr.a : instr.b);
        code_.v128_not();
        break;
      }
      operands();
      if (instr.op == Op::LessEqual) {
        code_.i64x2_le_s();
      } else {
        code_.i64x2_ge_s();
      }
  }
  code_.set(column(instr.dst).vector);
}

void LoopWriter::write_vector_less(Reg a, Reg b) {
  push_vector(a);
  push_vector(b);
  if (form(a) == Physical::I64) return code_.i64x2_lt_s();
  // NaN is greatest: less than it is every number.
  code_.f64x2_lt();
  if (is_constant(b) && !std::isnan(facts(b).constant->as_float64())) return;
  push_vector(b);
  push_vector(b);
  code_.f64x2_ne();
  push_vector(a);
  push_vector(a);
  code_.f64x2_eq();
  code_.v128_and();
  code_.v128_or();
}

void LoopWriter::note_overflow(const Instr& instr) {
  if (instr.mask != kNoReg) {
    push_vector(instr.mask);
    code_.v128_and();
  }
  code_.get(overflow_);
  code_.v128_or();
  code_.set(overflow_);
}

void LoopWriter::write_vector_arithmetic(const Instr& instr) {
  const Local result = column(instr.dst).vector;
  push_vector(instr.a);
  push_vector(instr.b);
  if (instr.op == Op::MultiplyChecked) {
    code_.i64x2_mul();
    code_.set(result);
    bool has_term = false;
    for (const Reg factor : {instr.a, instr.b}) {
      if (is_constant(factor)) continue;
      push_vector(factor);
      code_.i64_const(kLaneBias);
      code_.i64x2_splat();
      code_.i64x2_add();
      if (has_term) code_.v128_or();
      has_term = true;
    }
    if (!has_term) return;
    push_vector_mask(instr);
    code_.v128_and();
    code_.i32_const(32);
    code_.i64x2_shr_u();
    code_.v128_any_true();
    return code_.br_if(too_wide_);
  }
  const bool adds = instr.op == Op::AddChecked;
  if (adds) {
    code_.i64x2_add();
  } else {
    code_.i64x2_sub();
  }
  code_.set(result);
  push_vector(instr.a);
  code_.get(result);
  code_.v128_xor();
  push_vector(adds ? instr.b : instr.a);
  if (adds) {
    code_.get(result);
  } else {
    push_vector(instr.b);
  }
  code_.v128_xor();
  code_.v128_and();
  note_overflow(instr);
}

void LoopWriter::write_vector_aggregate(const Instr& instr) {
  const Accumulator& accumulator = accumulator_of(instr);
  const Kind kind = context_.program.aggregates[instr.imm].kind;
  code_.get(accumulator.vector_count);
  push_vector_mask(instr);
  code_.i64x2_sub();  // lanes that count are -1
  code_.set(accumulator.vector_count);
  if (kind == Kind::Count) return;
  const Local taken = code_.local(ValueType::V128);
  const Local after = code_.local(ValueType::V128);
  if (kind == Kind::MinI64 || kind == Kind::MaxI64) {
    push_vector(instr.b);
    code_.get(accumulator.vector);
    push_vector(instr.b);
    code_.get(accumulator.vector);
    if (kind == Kind::MinI64) {
      code_.i64x2_lt_s();
    } else {
      code_.i64x2_gt_s();
    }
    push_vector_mask(instr);
    code_.v128_and();
    code_.v128_bitselect();
    return code_.set(accumulator.vector);
  }
  push_vector(instr.b);
  push_vector_mask(instr);
  code_.v128_and();
  code_.tee(taken);
  code_.get(accumulator.vector);
  code_.i64x2_add();
  code_.set(after);
  code_.get(accumulator.vector);
  code_.get(after);
  code_.v128_xor();
  code_.get(taken);
  code_.get(after);
  code_.v128_xor();
  code_.v128_and();
  code_.get(overflow_);
  code_.v128_or();
  code_.set(overflow_);
  code_.get(after);
  code_.set(accumulator.vector);
}

// Adds both lanes to the accumulator of the scalar loop.
void LoopWriter::fold_vector(const Accumulator& accumulator) {
  const Kind kind = context_.program.aggregates[accumulator.slot].kind;
  const bool is_extreme = kind == Kind::MinI64 || kind == Kind::MaxI64;
  for (const uint8_t lane : {uint8_t{0}, uint8_t{1}}) {
    const auto push_lane = [&](Local vector) {
      code_.get(vector);
      code_.i64x2_extract_lane(lane);
    };
    if (is_extreme) {
      // The lane is worth something when it took a value, and better than the current one if there
      // is any.
      push_lane(accumulator.vector_count);
      code_.i64_eqz();
      code_.if_();
      code_.else_();
      push_lane(accumulator.vector);
      code_.get(accumulator.low);
      if (kind == Kind::MinI64) {
        code_.i64_lt_s();
      } else {
        code_.i64_gt_s();
      }
      code_.get(accumulator.count);
      code_.i64_eqz();
      code_.i32_or();
      code_.if_();
      push_lane(accumulator.vector);
      code_.set(accumulator.low);
      code_.i64_const(1);
      code_.set(accumulator.count);
      code_.end();
      code_.end();
      continue;
    }
    code_.get(accumulator.count);
    push_lane(accumulator.vector_count);
    code_.i64_add();
    code_.set(accumulator.count);
    if (kind == Kind::Count) continue;
    code_.get(accumulator.low);
    push_lane(accumulator.vector);
    code_.i64_const(0xffffffff);
    code_.i64_and();
    code_.i64_add();
    code_.set(accumulator.low);
    code_.get(accumulator.high);
    push_lane(accumulator.vector);
    code_.i64_const(32);
    code_.i64_shr_s();
    code_.i64_add();
    code_.set(accumulator.high);
  }
}

}  // namespace zerodb::wasm
