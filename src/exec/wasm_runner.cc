#include "exec/wasm_runner.h"

#include "exec/interpreter.h"

namespace zerodb::exec {

bool call_kernel(const Arena& arena, uint32_t frame, uint32_t instr) {
  return execute_one(*instance_of(arena, frame), instr);
}

Status WasmRunner::run(ProgramInstance& instance) {
  plan::FrameHeader& header = instance.header();
  header.error_code = 0;
  header.error_instr = 0;
  header.error_row = 0;
  instance.error.reset();
  Result<WasmOutcome> outcome = store_.run(instance_, instance.frame, 0);
  if (!outcome.has_value()) {
    has_trapped_ = true;
    return std::move(outcome).error();
  }
  if (*outcome == WasmOutcome::ErrorInFrame) return error_of(instance);
  return ok_status();
}

}  // namespace zerodb::exec
