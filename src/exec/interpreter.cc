#include "exec/interpreter.h"

#include "exec/kernel.h"

namespace zerodb::exec {

using plan::Op;

ColumnSlot ProgramInstance::slot(plan::Reg reg) const {
  ColumnSlot out = layout->slots[reg.value()];
  out.values += frame;
  out.valid += frame;
  if (out.tags != 0) out.tags += frame;
  if (out.scales != 0) out.scales += frame;
  return out;
}

Call::Call(ProgramInstance& program_instance, const plan::Instr& instruction)
    : instance(program_instance), instr(instruction), rows(program_instance.header().rows) {
  if (instr.mask != plan::kNoReg)
    mask = instance.arena->at<uint8_t>(instance.slot(instr.mask).values);
}

namespace {

KernelResult dispatch(const Call& call) {
  switch (call.instr.op) {
    case Op::Const:
      return run_const(call);
    case Op::Move:
      return run_move(call);
    case Op::AddChecked:
    case Op::SubtractChecked:
    case Op::MultiplyChecked:
    case Op::Divide:
    case Op::IntDivide:
    case Op::Modulo:
    case Op::Negate:
      return run_arithmetic(call);
    case Op::BitAnd:
    case Op::BitOr:
    case Op::BitXor:
    case Op::ShiftLeft:
    case Op::ShiftRight:
      return run_bits(call);
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
      return run_comparison(call);
    case Op::And:
    case Op::Or:
    case Op::Not:
    case Op::IsNone:
    case Op::IsNotNone:
    case Op::IsTrue:
    case Op::MaskAnd:
    case Op::MaskAndNot:
      return run_logic(call);
    case Op::I64ToF64:
    case Op::I64ToI128:
    case Op::I128ToI64:
    case Op::FitInteger:
    case Op::RoundF32:
      return run_conversion(call);
    case Op::AggregateInline:
    case Op::AggregateHost:
    case Op::GroupIndex:
      return run_aggregate(call);
    case Op::Try:
      return run_try(call);
    default:
      return run_host(call);
  }
}

std::string_view message_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::E0901:
      return "the result does not fit its type";
    case ErrorCode::E0902:
      return "division by zero";
    case ErrorCode::E0620:
      return "a shift needs a count from 0 to below the width of the type";
    default:
      return code_meaning(code);
  }
}

}  // namespace

bool execute_one(ProgramInstance& instance, uint32_t instr) {
  const plan::Instr& instruction = instance.program->instrs[instr];
  KernelResult failure = dispatch(Call(instance, instruction));
  if (!failure) return true;
  plan::FrameHeader& header = instance.header();
  header.error_code = static_cast<uint32_t>(failure->code) + 1;
  header.error_instr = instr;
  header.error_row = failure->row;
  instance.error = std::move(failure->detail);
  return false;
}

bool execute(ProgramInstance& instance, uint32_t from, uint32_t to) {
  for (uint32_t instr = from; instr < to; ++instr) {
    if (!execute_one(instance, instr)) return false;
    const plan::Instr& done = instance.program->instrs[instr];
    if (done.op == Op::Try) instr += done.imm;
  }
  return true;
}

Status InterpreterRunner::run(ProgramInstance& instance) {
  instance.header().error_code = 0;
  instance.error.reset();
  if (execute(instance, 0, static_cast<uint32_t>(instance.program->instrs.size())))
    return ok_status();
  return error_of(instance);
}

Error error_of(ProgramInstance& instance) {
  const plan::FrameHeader& header = instance.header();
  const Span span = header.error_instr < instance.program->instrs.size()
                        ? instance.program->instrs[header.error_instr].span
                        : Span();
  if (instance.error) {
    Error error = std::move(*instance.error);
    instance.error.reset();
    return std::move(error).at(span);
  }
  const auto code = static_cast<ErrorCode>(header.error_code - 1);
  return Error(code, std::string(message_of(code))).at(span);
}

}  // namespace zerodb::exec
