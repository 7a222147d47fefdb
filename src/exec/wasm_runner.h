// WasmRunner: runs a Program as an instance of its module in the store whose memory is the
// program's arena.
//
// Threading: belongs to the thread that executes the statement.
#pragma once

#include "exec/tier.h"
#include "exec/wasm_runtime.h"

namespace zerodb::exec {

class WasmRunner final : public ProgramRunner {
 public:
  // The store is borrowed.
  WasmRunner(WasmStore& store, WasmStore::Instance instance, bool& has_trapped)
      : store_(store), instance_(instance), has_trapped_(has_trapped) {}

  Tier tier() const override { return Tier::Wasm; }
  Status run(ProgramInstance& instance) override;

 private:
  WasmStore& store_;
  WasmStore::Instance instance_;
  bool& has_trapped_;  // of the memory, which is then not used again
};

// The host's side of a module: one instruction by the interpreter's kernel.
bool call_kernel(const Arena& arena, uint32_t frame, uint32_t instr);

}  // namespace zerodb::exec
