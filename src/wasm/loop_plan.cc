// What a loop needs to know before it is written: blocks, uses, pinned registers, and the checks
// that come before the rows.
#include "wasm/loop_writer.h"

namespace zerodb::wasm {

using plan::Instr;
using plan::kNoReg;
using plan::Op;
using plan::Reg;

bool LoopWriter::is_unconditional(const Instr& instr) const {
  if (instr.mask == kNoReg || instr.op == Op::MaskAnd || instr.op == Op::MaskAndNot) return true;
  return is_harmless(instr) && !facts(instr.dst).escapes && facts(instr.dst).writers == 1;
}

// Constants that live in the code alone, and host constants that are done first.
bool LoopWriter::is_silent(const Instr& instr) const {
  if (instr.op != Op::Const) return false;
  return !is_constant(instr.dst) || !facts(instr.dst).escapes;
}

void LoopWriter::assign_blocks() {
  uint32_t open = kNoBlock;
  uint32_t count = kNoBlock;
  Reg mask = kNoReg;
  for (uint32_t i = segment_.first; i < segment_.last; ++i) {
    const Instr& instr = context_.program.instrs[i];
    if (is_silent(instr)) continue;
    if (is_unconditional(instr)) {
      open = kNoBlock;
    } else if (open == kNoBlock || instr.mask != mask) {
      open = ++count;
      mask = instr.mask;
    }
    blocks_[i - segment_.first] = open;
  }
}

void LoopWriter::note_use(Reg reg, uint32_t block, bool value) {
  if (reg == kNoReg || is_constant(reg)) return;
  Column& used = column(reg);
  if (used.is_used && used.block != block) used.is_used_in_many = true;
  if (!used.is_used) used.block = block;
  used.is_used = true;
  if (value) used.needs_value = true;
  used.needs_validity = true;
}

void LoopWriter::note_uses() {
  for (uint32_t i = segment_.first; i < segment_.last; ++i) {
    const Instr& instr = context_.program.instrs[i];
    if (is_silent(instr)) continue;
    const uint32_t block = blocks_[i - segment_.first];
    const bool tests_only = instr.op == Op::IsNone || instr.op == Op::IsNotNone;
    const bool counts =
        instr.op == Op::AggregateInline &&
        context_.program.aggregates[instr.imm].kind == plan::AggregateSlot::Kind::Count;
    note_use(instr.a, block, !tests_only);
    note_use(instr.b, block, !counts);
    if (block != kNoBlock) note_use(instr.mask, kNoBlock, true);
    if (instr.dst == kNoReg || is_constant(instr.dst)) continue;
    column(instr.dst).is_defined_here = true;
    column(instr.dst).home = block;
  }
}

void LoopWriter::pin_columns() {
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    Column& pinned = columns_[i];
    const Reg reg{static_cast<Reg::rep>(i)};
    if (pinned.is_defined_here) {
      const bool leaves_home =
          pinned.is_used && (pinned.is_used_in_many || pinned.block != pinned.home);
      pinned.is_pinned = facts(reg).writers > 1 || (pinned.home != kNoBlock && leaves_home);
      if (pinned.is_pinned) allocate(pinned, form(reg));
    }
    const bool in_memory =
        pinned.is_defined_here ? facts(reg).escapes || pinned.is_pinned : pinned.is_used;
    if (!in_memory) continue;
    if (width(form(reg)) == 8) uses8_ = true;
    if (width(form(reg)) == 16) uses16_ = true;
  }
  for (uint32_t i = segment_.first; i < segment_.last; ++i) {
    const Instr& instr = context_.program.instrs[i];
    if (instr.op != Op::Const || !is_constant(instr.dst) || !facts(instr.dst).escapes) continue;
    if (width(form(instr.dst)) == 8) uses8_ = true;
    if (width(form(instr.dst)) == 16) uses16_ = true;
  }
}

// Parameters, and columns of the source whose type has no none: a check of the batch makes every
// test of a row superfluous.
void LoopWriter::choose_checked() {
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    const Reg reg{static_cast<Reg::rep>(i)};
    if (!columns_[i].is_used || columns_[i].is_defined_here || facts(reg).always_valid) continue;
    columns_[i].is_checked = facts(reg).is_uniform;
  }
  for (const Reg reg : context_.program.inputs) {
    const bool is_external = column(reg).is_used && !column(reg).is_defined_here;
    if (is_external && !context_.program.registers[reg.value()].type.admits_none())
      column(reg).is_checked = true;
  }
}

void LoopWriter::write_checks() {
  std::vector<uint32_t> offsets;
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i].is_checked) continue;
    const uint32_t offset = context_.layout.slots[i].valid;
    if (!facts(Reg{static_cast<Reg::rep>(i)}).is_uniform) {
      offsets.push_back(offset);
      continue;
    }
    code_.get(frame_);
    code_.i32_load8_u(offset);
    code_.i32_eqz();
    code_.br_if(given_up_);
  }
  if (offsets.empty()) return;
  const Local at = code_.local(ValueType::I32);
  code_.get(frame_);
  code_.set(at);
  // Eight rows at a time, then the rest one by one.
  for (const int32_t step : {8, 1}) {
    const Label enough = code_.block();
    const Label again = code_.loop();
    code_.get(end_);
    code_.get(at);
    code_.i32_sub();
    code_.i32_const(step);
    code_.i32_lt_u();
    code_.br_if(enough);
    for (size_t i = 0; i < offsets.size(); ++i) {
      code_.get(at);
      if (step == 8) {
        code_.i64_load(offsets[i]);
        if (i != 0) code_.i64_and();
      } else {
        code_.i32_load8_u(offsets[i]);
        if (i != 0) code_.i32_and();
      }
    }
    if (step == 8) {
      code_.i64_const(0x0101010101010101);
      code_.i64_ne();
    } else {
      code_.i32_const(1);
      code_.i32_ne();
    }
    code_.br_if(given_up_);
    code_.get(at);
    code_.i32_const(step);
    code_.i32_add();
    code_.set(at);
    code_.br(again);
    code_.end();
    code_.end();
  }
}

}  // namespace zerodb::wasm
