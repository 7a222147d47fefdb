// Interpreter: runs the instructions of a Program one after the other, each as a loop over the rows
// of the batch.
//
// Inlinable instructions over typed columns are tight loops; the others read and write single
// values through the operators, conversions and functions of the libraries below. Generated code
// calls the same kernels for what it does not inline. Threading: pure functions over the instance.
#pragma once

#include "exec/tier.h"

namespace zerodb::exec {

// Runs instructions [from, to). False after an error: the frame's error fields and instance.error
// are set.
bool execute(ProgramInstance& instance, uint32_t from, uint32_t to);

// Exactly one instruction over all rows under its mask.
bool execute_one(ProgramInstance& instance, uint32_t instr);

class InterpreterRunner final : public ProgramRunner {
 public:
  Tier tier() const override { return Tier::Interpreter; }
  Status run(ProgramInstance& instance) override;
};

}  // namespace zerodb::exec
