#include "wasm/loop_writer.h"

#include <cstddef>

namespace zerodb::wasm {

using plan::Instr;
using plan::kNoReg;
using plan::Op;
using plan::Reg;

namespace {

constexpr Part kLow{.type = ValueType::I64, .place = Part::Values, .offset = 0, .size = 8};
constexpr Part kHigh{.type = ValueType::I64, .place = Part::Values, .offset = 8, .size = 8};
constexpr Part kScale{.type = ValueType::I32, .place = Part::Scales, .offset = 0, .size = 1};
constexpr Part kTag{.type = ValueType::I32, .place = Part::Tags, .offset = 0, .size = 1};
constexpr Part kAddress{.type = ValueType::I32, .place = Part::Address, .offset = 0, .size = 0};
constexpr Part kNanos{.type = ValueType::I64, .place = Part::Values, .offset = 8, .size = 4};
constexpr Part kByte{.type = ValueType::I32, .place = Part::Values, .offset = 0, .size = 1};
constexpr Part kFloat{.type = ValueType::F64, .place = Part::Values, .offset = 0, .size = 8};

constexpr Parts kBoolParts{.list = {kByte}, .count = 1};
constexpr Parts kI64Parts{.list = {kLow}, .count = 1};
constexpr Parts kF64Parts{.list = {kFloat}, .count = 1};
constexpr Parts kWideParts{.list = {kLow, kHigh}, .count = 2};
constexpr Parts kDecimalParts{.list = {kLow, kHigh, kScale}, .count = 3};
constexpr Parts kTextParts{.list = {kLow, kHigh, kAddress}, .count = 3};
constexpr Parts kTemporalParts{.list = {kLow, kNanos}, .count = 2};
constexpr Parts kAnyParts{.list = {kLow, kHigh, kTag, kScale}, .count = 4};

void put_zero(FunctionBuilder& code, ValueType type) {
  switch (type) {
    case ValueType::I32:
      code.i32_const(0);
      break;
    case ValueType::I64:
      code.i64_const(0);
      break;
    case ValueType::F64:
      code.f64_const(0);
      break;
    case ValueType::V128:
      UNREACHABLE();
  }
}

}  // namespace

const Parts& parts_of(Physical physical) {
  switch (physical) {
    case Physical::Bool:
      return kBoolParts;
    case Physical::I64:
      return kI64Parts;
    case Physical::F64:
      return kF64Parts;
    case Physical::I128:
    case Physical::U128:
    case Physical::Uuid:
      return kWideParts;
    case Physical::Decimal:
      return kDecimalParts;
    case Physical::Text:
      return kTextParts;
    case Physical::Temporal:
      return kTemporalParts;
    case Physical::Any:
      return kAnyParts;
  }
  UNREACHABLE();
}

void HostCalls::write(uint32_t first, uint32_t last) const {
  const auto fail_on_error = [&] {
    code_.if_();
    code_.i32_const(1);
    code_.return_();
    code_.end();
  };
  if (last - first == 1) {
    code_.get(code_.parameter(0));
    code_.i32_const(static_cast<int32_t>(first));
    code_.call(call_);
    fail_on_error();
    return;
  }
  const Local instr = code_.local(ValueType::I32);
  code_.i32_const(static_cast<int32_t>(first));
  code_.set(instr);
  const Label again = code_.loop();
  code_.get(code_.parameter(0));
  code_.get(instr);
  code_.call(call_);
  fail_on_error();
  code_.get(instr);
  code_.i32_const(1);
  code_.i32_add();
  code_.tee(instr);
  code_.i32_const(static_cast<int32_t>(last));
  code_.i32_lt_u();
  code_.br_if(again);
  code_.end();
}

LoopWriter::LoopWriter(FunctionBuilder& code, const LoopContext& context, const Segment& segment)
    : code_(code), context_(context), segment_(segment), frame_(code.parameter(0)) {
  columns_.resize(context_.program.registers.size());
  blocks_.resize(segment_.last - segment_.first);
}

// The loop.

void LoopWriter::write() {
  assign_blocks();
  note_uses();
  pin_columns();
  bool is_empty = true;
  for (uint32_t i = segment_.first; i < segment_.last; ++i)
    is_empty &= is_silent(context_.program.instrs[i]);
  if (is_empty) return;
  choose_checked();
  const Label done = code_.block();
  given_up_ = code_.block();
  if (segment_.has_aggregate) {
    has_begun_ = code_.local(ValueType::I32);
    code_.i32_const(0);
    code_.set(has_begun_);
  }
  write_prologue(done);
  if (is_vectorizable()) {
    const Label all_rows = code_.block();
    write_vector_rows();
    code_.get(pointer1_);
    code_.get(end_);
    code_.i32_eq();
    code_.br_if(all_rows);
    write_rows();
    code_.end();
  } else {
    write_rows();
  }
  write_epilogue();
  code_.br(done);
  code_.end();
  write_host_calls();
  if (segment_.has_aggregate) {
    // The host found nothing wrong where the loop failed: the tiers disagree.
    code_.get(has_begun_);
    code_.if_();
    code_.unreachable();
    code_.end();
  }
  code_.end();
}

void LoopWriter::write_prologue(Label done) {
  pointer1_ = code_.local(ValueType::I32);
  end_ = code_.local(ValueType::I32);
  const auto start_at_frame = [&](Local pointer) {
    code_.get(frame_);
    code_.set(pointer);
  };
  start_at_frame(pointer1_);
  if (uses8_) start_at_frame(pointer8_ = code_.local(ValueType::I32));
  if (uses16_) start_at_frame(pointer16_ = code_.local(ValueType::I32));
  code_.get(frame_);
  code_.get(frame_);
  code_.i32_load(offsetof(plan::FrameHeader, rows));
  code_.i32_add();
  code_.set(end_);
  code_.get(end_);
  code_.get(frame_);
  code_.i32_eq();
  code_.br_if(done);
  write_checks();
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    const Reg reg{static_cast<Reg::rep>(i)};
    if (!columns_[i].is_used || columns_[i].is_defined_here || !facts(reg).is_uniform) continue;
    load(reg, frame_, frame_, frame_);
  }
  if (segment_.has_aggregate) {
    code_.i32_const(1);
    code_.set(has_begun_);
    states_ = code_.local(ValueType::I32);
    code_.get(frame_);
    code_.i32_load(offsetof(plan::FrameHeader, group_states));
    code_.set(states_);
    open_accumulators();
  }
}

void LoopWriter::write_rows() {
  const Label loop = code_.loop();
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    Column& pinned = columns_[i];
    if (!pinned.is_pinned) continue;
    const Reg reg{static_cast<Reg::rep>(i)};
    if (facts(reg).writers > 1 && facts(reg).writer < segment_.first) {
      pinned.needs_value = pinned.needs_validity = true;
      load_row(reg);
      continue;
    }
    const Parts& parts = parts_of(form(reg));
    for (uint32_t part = 0; part < parts.count; ++part) {
      put_zero(code_, parts.list[part].type);
      code_.set(pinned.parts[part]);
    }
    if (pinned.validity.kind == Validity::Dynamic) {
      code_.i32_const(0);
      code_.set(pinned.validity.local);
    }
  }
  for (uint32_t i = segment_.first; i < segment_.last; ++i) {
    const Instr& instr = context_.program.instrs[i];
    if (is_silent(instr)) continue;
    if (blocks_[i - segment_.first] != current_block_) {
      leave_block();
      enter_block(i);
    }
    load_operands(i, false);
    write_instr(instr);
  }
  leave_block();
  write_advance(loop);
  code_.end();
}

void LoopWriter::write_advance(Label loop) {
  const auto advance = [&](Local pointer, int32_t by) {
    code_.get(pointer);
    code_.i32_const(by);
    code_.i32_add();
  };
  if (uses8_) {
    advance(pointer8_, 8);
    code_.set(pointer8_);
  }
  if (uses16_) {
    advance(pointer16_, 16);
    code_.set(pointer16_);
  }
  advance(pointer1_, 1);
  code_.tee(pointer1_);
  code_.get(end_);
  code_.i32_ne();
  code_.br_if(loop);
}

void LoopWriter::write_epilogue() {
  if (segment_.has_aggregate) close_accumulators();
}

void LoopWriter::write_host_calls() {
  // Constants of other segments that loops take from the code are not in memory.
  std::vector<bool> is_written(columns_.size(), false);
  for (uint32_t i = segment_.first; i < segment_.last; ++i) {
    for_each_operand(context_.program.instrs[i], [&](Reg reg) {
      const uint32_t writer = facts(reg).writer;
      const bool is_outside = writer < segment_.first || writer >= segment_.last;
      if (!is_constant(reg) || facts(reg).escapes || !is_outside || is_written[reg.value()]) return;
      is_written[reg.value()] = true;
      context_.host.write(writer, writer + 1);
    });
  }
  context_.host.write(segment_.first, segment_.last);
}

// Opens the `if` of the block that begins at a position. Columns that several blocks use are loaded
// before it.
void LoopWriter::enter_block(uint32_t position) {
  const uint32_t block = blocks_[position - segment_.first];
  if (block == kNoBlock) return;
  for (uint32_t i = position; i < segment_.last; ++i) {
    if (is_silent(context_.program.instrs[i])) continue;
    if (blocks_[i - segment_.first] != block) break;
    load_operands(i, true);
  }
  const Reg mask = context_.program.instrs[position].mask;
  if (!is_constant(mask) && !column(mask).is_defined_here && !column(mask).is_loaded)
    load_row(mask);
  push(mask, 0);
  code_.if_();
  current_block_ = block;
}

void LoopWriter::leave_block() {
  if (current_block_ == kNoBlock) return;
  code_.end();
  current_block_ = kNoBlock;
}

void LoopWriter::load_operands(uint32_t position, bool shared_only) {
  const Instr& instr = context_.program.instrs[position];
  for (const Reg reg : {instr.a, instr.b}) {
    if (reg == kNoReg || is_constant(reg)) continue;
    const Column& operand = column(reg);
    if (operand.is_defined_here || operand.is_loaded) continue;
    if (shared_only && !operand.is_used_in_many) continue;
    load_row(reg);
  }
}

// Columns.

void LoopWriter::allocate(Column& target, Physical physical) {
  const Parts& parts = parts_of(physical);
  for (uint32_t part = 0; part < parts.count; ++part)
    target.parts[part] = code_.local(parts.list[part].type);
  const auto reg = Reg{static_cast<Reg::rep>(&target - columns_.data())};
  target.validity = Validity{};
  if (!target.is_pinned || facts(reg).always_valid) return;
  target.validity = {.kind = Validity::Dynamic, .local = code_.local(ValueType::I32)};
}

void LoopWriter::load(Reg reg, Local base1, Local base8, Local base16) {
  Column& target = column(reg);
  const ColumnSlot& slot = context_.layout.slots[reg.value()];
  const Parts& parts = parts_of(form(reg));
  if (!target.is_pinned) allocate(target, form(reg));
  const uint32_t size = width(form(reg));
  const Local values = size == 1 ? base1 : size == 8 ? base8 : base16;
  for (uint32_t i = 0; target.needs_value && i < parts.count; ++i) {
    const Part& part = parts.list[i];
    const bool in_values = part.place == Part::Values || part.place == Part::Address;
    code_.get(in_values ? values : base1);
    const uint32_t offset = part.offset + (part.place == Part::Tags     ? slot.tags
                                           : part.place == Part::Scales ? slot.scales
                                                                        : slot.values);
    if (part.place == Part::Address) {
      code_.i32_const(static_cast<int32_t>(offset));
      code_.i32_add();
    } else if (part.type == ValueType::F64) {
      code_.f64_load(offset);
    } else if (part.size == 8) {
      code_.i64_load(offset);
    } else if (part.size == 4) {
      code_.i64_load32_u(offset);
    } else {
      code_.i32_load8_u(offset);
    }
    code_.set(target.parts[i]);
  }
  target.is_loaded = true;
  if (!target.needs_validity || facts(reg).always_valid || target.is_checked) return;
  if (target.validity.kind != Validity::Dynamic)
    target.validity = {.kind = Validity::Dynamic, .local = code_.local(ValueType::I32)};
  code_.get(base1);
  code_.i32_load8_u(slot.valid);
  code_.set(target.validity.local);
}

void LoopWriter::store(Reg reg) {
  const ColumnSlot& slot = context_.layout.slots[reg.value()];
  const Parts& parts = parts_of(form(reg));
  const Local values = pointer_of(width(form(reg)));
  for (uint32_t i = 0; i < parts.count; ++i) {
    const Part& part = parts.list[i];
    if (part.place == Part::Address) continue;
    code_.get(part.place == Part::Values ? values : pointer1_);
    push(reg, i);
    const uint32_t offset = part.offset + (part.place == Part::Tags     ? slot.tags
                                           : part.place == Part::Scales ? slot.scales
                                                                        : slot.values);
    if (part.type == ValueType::F64) {
      code_.f64_store(offset);
    } else if (part.type == ValueType::I64) {
      code_.i64_store(offset);
    } else {
      code_.i32_store8(offset);
    }
  }
  code_.get(pointer1_);
  push_validity(validity(reg));
  code_.i32_store8(slot.valid);
}

void LoopWriter::push(Reg reg, uint32_t part) {
  if (is_constant(reg)) return push_constant(*facts(reg).constant, form(reg), part);
  code_.get(column(reg).parts[part]);
}

void LoopWriter::push_constant(const Value& value, Physical physical, uint32_t part) {
  if (value.is_none()) return put_zero(code_, parts_of(physical).list[part].type);
  const auto half = [&](u128 whole) {
    code_.i64_const(static_cast<int64_t>(part == 0 ? whole : whole >> 64));
  };
  switch (physical) {
    case Physical::Bool:
      return code_.i32_const(value.as_bool() ? 1 : 0);
    case Physical::I64:
      return code_.i64_const(value.as_int64());
    case Physical::F64:
      return code_.f64_const(value.as_float64());
    case Physical::I128:
      return half(static_cast<u128>(value.as_int128()));
    case Physical::U128:
      return half(value.as_uint128());
    case Physical::Decimal: {
      const Decimal decimal = value.as_decimal();
      if (part == 2) return code_.i32_const(decimal.scale);
      return half(static_cast<u128>(decimal.coefficient));
    }
    case Physical::Temporal: {
      const bool is_datetime = value.tag() == Tag::Datetime;
      const int64_t seconds =
          is_datetime ? value.as_datetime().seconds : value.as_duration().seconds;
      const uint32_t nanos = is_datetime ? value.as_datetime().nanos : value.as_duration().nanos;
      return code_.i64_const(part == 0 ? seconds : static_cast<int64_t>(nanos));
    }
    case Physical::Uuid: {
      int64_t bits = 0;
      std::memcpy(&bits, value.as_uuid().bytes + part * 8, sizeof(bits));
      return code_.i64_const(bits);
    }
    case Physical::Text:
    case Physical::Any:
      break;
  }
  UNREACHABLE();
}

// Validity.

Validity LoopWriter::validity(Reg reg) {
  if (is_constant(reg))
    return {.kind = facts(reg).constant->is_none() ? Validity::Never : Validity::Always,
            .local = {}};
  return column(reg).validity;
}

Validity LoopWriter::both(const Validity& left, const Validity& right) {
  if (left.kind == Validity::Never || right.kind == Validity::Always) return left;
  if (right.kind == Validity::Never || left.kind == Validity::Always) return right;
  if (left.local == right.local) return left;
  const Validity result{.kind = Validity::Dynamic, .local = code_.local(ValueType::I32)};
  code_.get(left.local);
  code_.get(right.local);
  code_.i32_and();
  code_.set(result.local);
  return result;
}

void LoopWriter::push_validity(const Validity& validity) {
  if (validity.kind == Validity::Dynamic) return code_.get(validity.local);
  code_.i32_const(validity.kind == Validity::Always ? 1 : 0);
}

void LoopWriter::give_up_if(const Validity& validity) {
  if (validity.kind == Validity::Never) return code_.drop();
  if (validity.kind == Validity::Dynamic) {
    code_.get(validity.local);
    code_.i32_and();
  }
  code_.br_if(given_up_);
}

void LoopWriter::begin_result(const Instr& instr) {
  Column& target = column(instr.dst);
  if (!target.is_pinned) allocate(target, form(instr.dst));
}

void LoopWriter::end_result(const Instr& instr, const Validity& validity) {
  Column& target = column(instr.dst);
  if (!target.is_pinned) {
    target.validity = validity;
  } else if (target.validity.kind == Validity::Dynamic) {
    push_validity(validity);
    code_.set(target.validity.local);
  }
  if (facts(instr.dst).escapes) store(instr.dst);
}

}  // namespace zerodb::wasm
