// Aggregations: into the state rows of groups in memory, or into locals when there is only one
// group.
#include "wasm/loop_writer.h"

namespace zerodb::wasm {

using plan::AggregateSlot;
using plan::Instr;
using plan::kNoReg;
using plan::Op;
using Kind = AggregateSlot::Kind;

namespace {

bool is_sum(Kind kind) {
  return kind == Kind::SumI64 || kind == Kind::AvgI64;
}
bool is_temporal(Kind kind) {
  return kind == Kind::MinTemporal || kind == Kind::MaxTemporal;
}
bool is_float(Kind kind) {
  return kind == Kind::MinF64 || kind == Kind::MaxF64;
}
bool is_min(Kind kind) {
  return kind == Kind::MinI64 || kind == Kind::MinF64 || kind == Kind::MinTemporal;
}

// Offsets within a state (plan::state_width() describes it).
constexpr uint32_t kSumHigh = 8;
constexpr uint32_t kSumCount = 16;
constexpr uint32_t kExtremeValue = 8;
constexpr uint32_t kTemporalValue = 16;
constexpr uint32_t kTemporalNanos = 24;

uint32_t value_offset(Kind kind) {
  return is_temporal(kind) ? kTemporalValue : kExtremeValue;
}

}  // namespace

bool LoopWriter::is_local_accumulator(const Instr& instr) const {
  return instr.op == Op::AggregateInline && instr.a == kNoReg;
}

void LoopWriter::write_aggregate(const Instr& instr) {
  if (!is_local_accumulator(instr)) return accumulate_state(instr);
  for (Accumulator& accumulator : accumulators_) {
    if (accumulator.slot == instr.imm) return accumulate_local(accumulator, instr);
  }
  UNREACHABLE();
}

void LoopWriter::open_accumulators() {
  for (uint32_t i = segment_.first; i < segment_.last; ++i) {
    const Instr& instr = context_.program.instrs[i];
    if (!is_local_accumulator(instr)) continue;
    const AggregateSlot& slot = context_.program.aggregates[instr.imm];
    Accumulator accumulator;
    accumulator.slot = instr.imm;
    accumulator.count = code_.local(ValueType::I64);
    if (is_sum(slot.kind) || slot.kind == Kind::Count) {
      code_.i64_const(0);
      code_.set(accumulator.count);
    }
    if (is_sum(slot.kind)) {
      for (Local* half : {&accumulator.low, &accumulator.high}) {
        *half = code_.local(ValueType::I64);
        code_.i64_const(0);
        code_.set(*half);
      }
    } else if (slot.kind != Kind::Count) {
      code_.get(states_);
      code_.i64_load(slot.offset);
      code_.set(accumulator.count);
      accumulator.low = code_.local(is_float(slot.kind) ? ValueType::F64 : ValueType::I64);
      code_.get(states_);
      if (is_float(slot.kind)) {
        code_.f64_load(slot.offset + value_offset(slot.kind));
      } else {
        code_.i64_load(slot.offset + value_offset(slot.kind));
      }
      code_.set(accumulator.low);
    }
    if (is_temporal(slot.kind)) {
      accumulator.high = code_.local(ValueType::I64);
      code_.get(states_);
      code_.i64_load32_u(slot.offset + kTemporalNanos);
      code_.set(accumulator.high);
    }
    accumulators_.push_back(accumulator);
  }
}

// Sums collect the low 32 bits and the signed rest apart, which needs no carry within a batch.
void LoopWriter::accumulate_local(Accumulator& accumulator, const Instr& instr) {
  const Kind kind = context_.program.aggregates[instr.imm].kind;
  const Validity there = instr.b == kNoReg ? Validity{} : validity(instr.b);
  if (there.kind == Validity::Never) return;
  if (kind != Kind::Count && !is_sum(kind)) return accumulate_extreme(accumulator, instr);
  code_.get(accumulator.count);
  push_validity(there);
  code_.i64_extend_i32_u();
  code_.i64_add();
  code_.set(accumulator.count);
  if (kind == Kind::Count) return;
  const Local summand = code_.local(ValueType::I64);
  push(instr.b, 0);
  if (there.kind == Validity::Dynamic) {
    code_.i64_const(0);
    code_.get(there.local);
    code_.select();
  }
  code_.set(summand);
  code_.get(accumulator.low);
  code_.get(summand);
  code_.i64_const(0xffffffff);
  code_.i64_and();
  code_.i64_add();
  code_.set(accumulator.low);
  code_.get(accumulator.high);
  code_.get(summand);
  code_.i64_const(32);
  code_.i64_shr_s();
  code_.i64_add();
  code_.set(accumulator.high);
}

void LoopWriter::accumulate_extreme(Accumulator& accumulator, const Instr& instr) {
  const Kind kind = context_.program.aggregates[instr.imm].kind;
  push_better(instr, accumulator.low, accumulator.high);
  code_.get(accumulator.count);
  code_.i64_eqz();
  code_.i32_or();
  if (validity(instr.b).kind == Validity::Dynamic) {
    push_validity(validity(instr.b));
    code_.i32_and();
  }
  code_.if_();
  push(instr.b, 0);
  code_.set(accumulator.low);
  if (is_temporal(kind)) {
    push(instr.b, 1);
    code_.set(accumulator.high);
  }
  code_.i64_const(1);
  code_.set(accumulator.count);
  code_.end();
}

// Whether the argument belongs before (Min) or after (Max) the current value.
void LoopWriter::push_better(const Instr& instr, Local current, Local current_high) {
  const Kind kind = context_.program.aggregates[instr.imm].kind;
  const auto push_pair = [&](uint32_t part, Local with) {
    push(instr.b, part);
    code_.get(with);
  };
  if (is_float(kind)) {
    push_pair(0, current);
    if (is_min(kind)) {
      code_.f64_lt();
    } else {
      code_.f64_gt();
    }
    // NaN is greatest: the one of the two that may be NaN, and the other that may not.
    const auto push_self = [&](bool of_current) {
      for (int i = 0; i < 2; ++i) {
        if (of_current) {
          code_.get(current);
        } else {
          push(instr.b, 0);
        }
      }
    };
    push_self(is_min(kind));
    code_.f64_ne();
    push_self(!is_min(kind));
    code_.f64_eq();
    code_.i32_and();
    return code_.i32_or();
  }
  push_pair(0, current);
  if (is_min(kind)) {
    code_.i64_lt_s();
  } else {
    code_.i64_gt_s();
  }
  if (!is_temporal(kind)) return;
  push_pair(0, current);
  code_.i64_eq();
  push_pair(1, current_high);
  if (is_min(kind)) {
    code_.i64_lt_u();
  } else {
    code_.i64_gt_u();
  }
  code_.i32_and();
  code_.i32_or();
}

void LoopWriter::add_to_state(uint32_t offset, Local summand) {
  code_.get(states_);
  code_.get(states_);
  code_.i64_load(offset);
  code_.get(summand);
  code_.i64_add();
  code_.i64_store(offset);
}

// state += high * 2^32 + low, in 128 bits.
void LoopWriter::close_sum(const Accumulator& accumulator, const AggregateSlot& slot) {
  const Local low = code_.local(ValueType::I64);
  const Local high = code_.local(ValueType::I64);
  code_.get(accumulator.high);
  code_.i64_const(32);
  code_.i64_shl();
  code_.get(accumulator.low);
  code_.i64_add();
  code_.set(low);
  code_.get(accumulator.high);
  code_.i64_const(32);
  code_.i64_shr_s();
  code_.get(low);
  code_.get(accumulator.low);
  code_.i64_lt_u();
  code_.i64_extend_i32_u();
  code_.i64_add();
  code_.set(high);
  add_to_state(slot.offset, low);
  add_to_state(slot.offset + kSumHigh, high);
  code_.get(states_);
  code_.i64_load(slot.offset);
  code_.get(low);
  code_.i64_lt_u();
  code_.i64_extend_i32_u();
  code_.set(high);
  add_to_state(slot.offset + kSumHigh, high);
  add_to_state(slot.offset + kSumCount, accumulator.count);
}

void LoopWriter::close_accumulators() {
  for (const Accumulator& accumulator : accumulators_) {
    const AggregateSlot& slot = context_.program.aggregates[accumulator.slot];
    if (slot.kind == Kind::Count) {
      add_to_state(slot.offset, accumulator.count);
      continue;
    }
    if (is_sum(slot.kind)) {
      close_sum(accumulator, slot);
      continue;
    }
    const auto put = [&](uint32_t offset, Local value) {
      code_.get(states_);
      code_.get(value);
      code_.i64_store(slot.offset + offset);
    };
    put(0, accumulator.count);
    if (is_float(slot.kind)) {
      code_.get(states_);
      code_.get(accumulator.low);
      code_.f64_store(slot.offset + kExtremeValue);
    } else {
      put(value_offset(slot.kind), accumulator.low);
    }
    if (is_temporal(slot.kind)) put(kTemporalNanos, accumulator.high);
  }
}

void LoopWriter::accumulate_state(const Instr& instr) {
  const AggregateSlot& slot = context_.program.aggregates[instr.imm];
  const Validity there = instr.b == kNoReg ? Validity{} : validity(instr.b);
  if (there.kind == Validity::Never) return;
  if (there.kind == Validity::Dynamic) {
    code_.get(there.local);
    code_.if_();
  }
  const Local state = code_.local(ValueType::I32);
  code_.get(states_);
  push(instr.a, 0);
  code_.i32_wrap_i64();
  code_.i32_const(static_cast<int32_t>(context_.program.state_stride));
  code_.i32_mul();
  code_.i32_add();
  code_.set(state);
  const auto increment = [&](uint32_t offset) {
    code_.get(state);
    code_.get(state);
    code_.i64_load(slot.offset + offset);
    code_.i64_const(1);
    code_.i64_add();
    code_.i64_store(slot.offset + offset);
  };
  if (slot.kind == Kind::Count) {
    increment(0);
  } else if (is_sum(slot.kind)) {
    increment(kSumCount);
    const Local low = code_.local(ValueType::I64);
    code_.get(state);
    code_.i64_load(slot.offset);
    push(instr.b, 0);
    code_.i64_add();
    code_.set(low);
    code_.get(state);
    code_.get(low);
    code_.i64_store(slot.offset);
    code_.get(state);
    code_.get(state);
    code_.i64_load(slot.offset + kSumHigh);
    push(instr.b, 0);
    code_.i64_const(63);
    code_.i64_shr_s();
    code_.i64_add();
    code_.get(low);
    push(instr.b, 0);
    code_.i64_lt_u();
    code_.i64_extend_i32_u();
    code_.i64_add();
    code_.i64_store(slot.offset + kSumHigh);
  } else {
    accumulate_state_extreme(instr, state);
  }
  if (there.kind == Validity::Dynamic) code_.end();
}

void LoopWriter::accumulate_state_extreme(const Instr& instr, Local state) {
  const AggregateSlot& slot = context_.program.aggregates[instr.imm];
  const Local current = code_.local(is_float(slot.kind) ? ValueType::F64 : ValueType::I64);
  const Local current_high = code_.local(ValueType::I64);
  code_.get(state);
  if (is_float(slot.kind)) {
    code_.f64_load(slot.offset + kExtremeValue);
  } else {
    code_.i64_load(slot.offset + value_offset(slot.kind));
  }
  code_.set(current);
  if (is_temporal(slot.kind)) {
    code_.get(state);
    code_.i64_load32_u(slot.offset + kTemporalNanos);
    code_.set(current_high);
  }
  push_better(instr, current, current_high);
  code_.get(state);
  code_.i64_load(slot.offset);
  code_.i64_eqz();
  code_.i32_or();
  code_.if_();
  code_.get(state);
  code_.i64_const(1);
  code_.i64_store(slot.offset);
  code_.get(state);
  push(instr.b, 0);
  if (is_float(slot.kind)) {
    code_.f64_store(slot.offset + kExtremeValue);
  } else {
    code_.i64_store(slot.offset + value_offset(slot.kind));
  }
  if (is_temporal(slot.kind)) {
    code_.get(state);
    push(instr.b, 1);
    code_.i64_store(slot.offset + kTemporalNanos);
  }
  code_.end();
}

}  // namespace zerodb::wasm
