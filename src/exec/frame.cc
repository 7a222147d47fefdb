#include "exec/frame.h"

#include "exec/interpreter.h"

namespace zerodb::exec {

namespace {

// From so many rows on generated code is asked for when the policy is Auto.
constexpr uint64_t kRowsForCode = 4096;
constexpr uint32_t kExecutionsForCode = 2;

bool has_inlinable_work(const plan::Program& program) {
  if (program.instrs.size() > plan::kCompiledInstrsMax) return false;
  for (const plan::Instr& instr : program.instrs) {
    if (instr.op != plan::Op::Const && instr.op != plan::Op::Move &&
        plan::is_inlinable(program, instr))
      return true;
  }
  return false;
}

}  // namespace

Frame::Frame(ExecState& state, plan::ProgramPtr program, uint32_t capacity)
    : state_(state),
      program_(std::move(program)),
      capacity_(capacity),
      layout_(plan::layout_of(*program_, capacity)) {}

Result<std::unique_ptr<Frame>> Frame::make(ExecState& state, plan::ProgramPtr program,
                                           uint32_t capacity) {
  std::unique_ptr<Frame> frame(new Frame(state, std::move(program), capacity));
  const uint32_t size = frame->layout_.size;
  const uint32_t offset = size == UINT32_MAX ? 0 : state.arena().allocate(size);
  if (offset == 0) return arena_full();
  ProgramInstance& instance = frame->instance_;
  instance.program = frame->program_.get();
  instance.layout = &frame->layout_;
  instance.arena = &state.arena();
  instance.frame = offset;
  instance.host = &state;
  plan::FrameHeader& header = instance.header();
  header = {};
  header.host = reinterpret_cast<uint64_t>(&instance);
  for (plan::Reg reg : frame->program_->inputs) frame->inputs_.push_back(instance.slot(reg));
  frame->gains_from_code_ =
      state.context().tier != TierPolicy::Interpreter && has_inlinable_work(*frame->program_);
  TRY(frame->bind_parameters());
  return frame;
}

Status Frame::bind_parameters() {
  for (size_t i = 0; i < program_->parameters.size(); ++i) {
    TRY(store_value(state_.arena(), column(program_->parameters[i]), 0,
                    state_.parameter(program_->parameter_ids[i])));
  }
  return ok_status();
}

void Frame::fill_parameters(uint32_t rows) {
  if (rows <= rows_filled_) return;
  for (plan::Reg reg : program_->parameters) {
    const Column target = column(reg);
    for (uint32_t row = rows_filled_; row < rows; ++row) copy_cell(target, 0, target, row);
  }
  rows_filled_ = rows;
}

const uint8_t* Frame::selection() const {
  return program_->selection == plan::kNoReg ? nullptr : column(program_->selection).as<uint8_t>();
}

Status Frame::choose_runner(uint32_t rows) {
  rows_seen_ += rows;
  if (!gains_from_code_ || generated_ != nullptr) return ok_status();
  const bool is_forced = state_.context().tier == TierPolicy::Wasm;
  if (!is_forced && rows_seen_ < kRowsForCode && state_.context().executions < kExecutionsForCode)
    return ok_status();
  generated_ = TRY(state_.memory().generated(program_, layout_,
                                             is_forced ? Readiness::Wait : Readiness::IfReady));
  // Without a source of generated code there is nothing to ask for again.
  if (is_forced && generated_ == nullptr) gains_from_code_ = false;
  return ok_status();
}

Status Frame::run(uint32_t rows) {
  header().rows = rows;
  fill_parameters(rows);
  if (program_->instrs.empty()) return ok_status();
  TRY(choose_runner(rows));
  if (generated_ != nullptr) {
    state_.stats().used_wasm = true;
    return generated_->run(instance_);
  }
  InterpreterRunner interpreter;
  return interpreter.run(instance_);
}

}  // namespace zerodb::exec
