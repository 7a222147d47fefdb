#include "wasm/fusion.h"

#include <algorithm>

namespace zerodb::wasm {

using plan::Instr;
using plan::kNoReg;
using plan::Op;
using plan::Program;
using plan::Reg;

namespace {

Physical form_of(const Program& program, Reg reg) {
  return program.registers[reg.value()].physical;
}

bool is_comparison(Op op) {
  return op >= Op::Equal && op <= Op::GreaterEqual;
}
bool is_test(Op op) {
  return op >= Op::And && op <= Op::MaskAndNot;
}

// Whether the host may be asked to do the segment again although nothing failed.
bool may_give_up(const Instr& instr) {
  switch (instr.op) {
    case Op::AddChecked:
    case Op::SubtractChecked:
      return instr.physical == Physical::Decimal;
    case Op::MultiplyChecked:
    case Op::IntDivide:
    case Op::Modulo:
      return instr.physical == Physical::I128 || instr.physical == Physical::Decimal;
    default:
      return is_comparison(instr.op) && instr.physical == Physical::Decimal;
  }
}

bool runs_in_loop(const Program& program, const Instr& instr) {
  return plan::is_inlinable(program, instr) && has_code(program, instr);
}

bool is_first_call(const Program& program, const Instr& instr) {
  return instr.op == Op::Const && instr.mask == kNoReg && !runs_in_loop(program, instr);
}

// The time that compilers take grows faster than what they are given.
constexpr uint32_t kLoopInstrsMax = 512;

std::vector<Segment> cut(const Program& program) {
  std::vector<Segment> segments;
  bool is_closed = false;
  for (uint32_t i = 0; i < program.instrs.size(); ++i) {
    const Instr& instr = program.instrs[i];
    if (is_first_call(program, instr)) continue;
    const bool in_loop = runs_in_loop(program, instr);
    const bool aggregates = instr.op == Op::AggregateInline;
    const bool gives_up = in_loop && may_give_up(instr);
    const bool fits = !segments.empty() && !is_closed && segments.back().is_loop == in_loop &&
                      !(in_loop && i - segments.back().first >= kLoopInstrsMax) &&
                      !(aggregates && segments.back().may_give_up) &&
                      !(gives_up && segments.back().has_aggregate);
    if (!fits) segments.push_back({.first = i, .last = i, .is_loop = in_loop});
    Segment& segment = segments.back();
    segment.last = i + 1;
    segment.has_aggregate |= aggregates;
    segment.may_give_up |= gives_up;
    // It runs the instructions behind it itself: they belong to no segment.
    is_closed = instr.op == Op::Try;
    if (is_closed) i += instr.imm;
  }
  return segments;
}

bool gives_valid(const Fusion& fusion, const Program& program, const Instr& instr) {
  if (is_comparison(instr.op) || is_test(instr.op)) return true;
  if (instr.op == Op::Const) return !program.constants[instr.imm].is_none();
  const bool a_valid = instr.a != kNoReg && fusion.facts(instr.a).always_valid;
  return a_valid && (instr.b == kNoReg || fusion.facts(instr.b).always_valid);
}

void find_writers(const Program& program, Fusion& fusion) {
  for (const Reg reg : program.parameters) fusion.registers[reg.value()].is_uniform = true;
  for (uint32_t i = 0; i < program.instrs.size(); ++i) {
    const Instr& instr = program.instrs[i];
    if (instr.dst == kNoReg) continue;
    RegisterFacts& facts = fusion.registers[instr.dst.value()];
    const bool in_loop = runs_in_loop(program, instr);
    const bool valid = in_loop && gives_valid(fusion, program, instr);
    facts.always_valid = facts.writers == 0 ? valid : facts.always_valid && valid;
    if (facts.writers++ == 0) facts.writer = i;
    facts.last_writer = i;
    if (in_loop && instr.op == Op::Const) facts.constant = &program.constants[instr.imm];
    if (is_first_call(program, instr)) facts.is_uniform = true;
  }
}

// The segment of each instruction; host constants that are done first belong to none.
std::vector<uint32_t> segment_numbers(const Program& program, const Fusion& fusion) {
  std::vector<uint32_t> numbers(program.instrs.size(), UINT32_MAX);
  for (uint32_t s = 0; s < fusion.segments.size(); ++s) {
    for (uint32_t i = fusion.segments[s].first; i < fusion.segments[s].last; ++i) {
      if (!is_first_call(program, program.instrs[i])) numbers[i] = s;
    }
  }
  return numbers;
}

void find_escapes(const Program& program, Fusion& fusion) {
  const std::vector<uint32_t> numbers = segment_numbers(program, fusion);
  const auto mark = [&](Reg reg) { fusion.registers[reg.value()].escapes = true; };
  for (uint32_t i = 0; i < program.instrs.size(); ++i) {
    for_each_operand(program.instrs[i], [&](Reg reg) {
      const RegisterFacts& facts = fusion.facts(reg);
      if (facts.writers == 0) return;
      const bool in_loop = numbers[i] != UINT32_MAX && fusion.segments[numbers[i]].is_loop;
      // Loops take an unmasked constant from the code; when the host does a segment again, the
      // constant is written first.
      if (facts.constant != nullptr && in_loop && program.instrs[facts.writer].mask == kNoReg)
        return;
      const bool is_local =
          numbers[facts.writer] == numbers[i] && numbers[facts.last_writer] == numbers[i];
      if (!in_loop || !is_local) mark(reg);
    });
  }
  for (const Reg reg : program.outputs) mark(reg);
  if (program.selection != kNoReg) mark(program.selection);
}

bool compares(Physical physical) {
  return physical != Physical::Any;
}

bool computes(Op op, Physical physical) {
  switch (op) {
    case Op::AddChecked:
    case Op::SubtractChecked:
    case Op::MultiplyChecked:
    case Op::Negate:
      return physical == Physical::I64 || physical == Physical::I128 || physical == Physical::F64 ||
             physical == Physical::Decimal;
    case Op::Divide:
      return physical == Physical::F64;
    case Op::IntDivide:
      return physical == Physical::I64 || physical == Physical::I128 || physical == Physical::F64;
    case Op::Modulo:
      return physical == Physical::I64 || physical == Physical::I128;
    case Op::FitInteger:
      return physical == Physical::I64 || physical == Physical::I128;
    default:
      return physical == Physical::I64;
  }
}

}  // namespace

bool has_code(const Program& program, const Instr& instr) {
  switch (instr.op) {
    case Op::Const: {
      const Physical physical = form_of(program, instr.dst);
      return physical != Physical::Text && physical != Physical::Any;
    }
    case Op::Move:
      return form_of(program, instr.dst) == form_of(program, instr.a);
    case Op::AddChecked:
    case Op::SubtractChecked:
    case Op::MultiplyChecked:
    case Op::Negate:
    case Op::Divide:
    case Op::IntDivide:
    case Op::Modulo:
    case Op::BitAnd:
    case Op::BitOr:
    case Op::BitXor:
    case Op::FitInteger:
      return computes(instr.op, instr.physical) && form_of(program, instr.a) == instr.physical &&
             form_of(program, instr.dst) == instr.physical;
    // The width that bounds the count is that of the operand's type.
    case Op::ShiftLeft:
    case Op::ShiftRight:
      return instr.physical == Physical::I64 &&
             program.registers[instr.a.value()].type.kind() == TypeKind::I64;
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
      return compares(instr.physical) && form_of(program, instr.a) == instr.physical &&
             form_of(program, instr.b) == instr.physical;
    case Op::And:
    case Op::Or:
    case Op::Not:
    case Op::IsNone:
    case Op::IsNotNone:
    case Op::IsTrue:
    case Op::MaskAnd:
    case Op::MaskAndNot:
    case Op::I64ToF64:
    case Op::I64ToI128:
    case Op::I128ToI64:
    case Op::RoundF32:
      return true;
    case Op::AggregateInline:
      return program.aggregates[instr.imm].kind != plan::AggregateSlot::Kind::Host;
    default:
      return false;
  }
}

bool is_harmless(const Instr& instr) {
  switch (instr.op) {
    case Op::Const:
    case Op::And:
    case Op::Or:
    case Op::Not:
    case Op::IsNone:
    case Op::IsNotNone:
    case Op::IsTrue:
    case Op::MaskAnd:
    case Op::MaskAndNot:
    case Op::BitAnd:
    case Op::BitOr:
    case Op::BitXor:
    case Op::I64ToF64:
    case Op::I64ToI128:
      return true;
    default:
      // Texts outside the mask may point anywhere.
      return is_comparison(instr.op) && instr.physical != Physical::Text &&
             instr.physical != Physical::Decimal;
  }
}

Fusion fuse(const Program& program) {
  Fusion fusion;
  fusion.registers.resize(program.registers.size());
  for (uint32_t i = 0; i < program.instrs.size(); ++i) {
    if (is_first_call(program, program.instrs[i])) fusion.first_calls.push_back(i);
  }
  fusion.segments = cut(program);
  find_writers(program, fusion);
  find_escapes(program, fusion);
  return fusion;
}

}  // namespace zerodb::wasm
