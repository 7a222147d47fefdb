// Kernels: one function a family of instructions, each a loop over the rows of the batch under the
// instruction's mask.
//
// A kernel gives nothing when all went well, or where and why it failed. Rows outside the mask are
// neither read nor written, but for MaskAnd and MaskAndNot. Threading: pure functions over the
// instance.
#pragma once

#include <optional>

#include "exec/column.h"
#include "exec/tier.h"

namespace zerodb::exec {

struct KernelError {
  uint32_t row = 0;
  ErrorCode code = ErrorCode::E1299;
  std::optional<Error> detail;  // with a message of its own

  KernelError(uint32_t at, ErrorCode error_code) : row(at), code(error_code) {}
  KernelError(uint32_t at, Error error) : row(at), code(error.code()), detail(std::move(error)) {}
};
using KernelResult = std::optional<KernelError>;

// An instruction with its columns at hand.
struct Call {
  ProgramInstance& instance;
  const plan::Instr& instr;
  uint32_t rows = 0;
  const uint8_t* mask = nullptr;

  Call(ProgramInstance& program_instance, const plan::Instr& instruction);
  Column column(plan::Reg reg) const {
    return Column(*instance.arena, instance.slot(reg),
                  instance.program->registers[reg.value()].type);
  }
  Arena& arena() const { return *instance.arena; }
  bool takes(uint32_t row) const { return mask == nullptr || mask[row] != 0; }
};

KernelResult run_const(const Call& call);
KernelResult run_move(const Call& call);
KernelResult run_arithmetic(const Call& call);  // AddChecked .. Negate
KernelResult run_bits(const Call& call);        // BitAnd .. ShiftRight
KernelResult run_comparison(const Call& call);  // Equal .. GreaterEqual
KernelResult run_logic(const Call& call);       // And .. MaskAndNot
KernelResult run_conversion(const Call& call);  // I64ToF64 .. RoundF32
KernelResult run_aggregate(const Call& call);   // AggregateInline, AggregateHost, GroupIndex
KernelResult run_try(const Call& call);         // Try
KernelResult run_host(const Call& call);        // Box .. Subquery, Success

}  // namespace zerodb::exec
