// Fusion: which instructions of a program run together in one loop over the rows, and what is known
// about their registers.
//
// A program is cut into segments. A loop segment holds instructions that generated code does
// itself; a host segment holds ones that the host does, one call each; those behind a Try belong to
// none, as it does them itself. Host constants without a mask are done first, so that they do not
// cut loops.
//
// A loop may give up in the middle of a batch, because an instruction fails or meets operands that
// it leaves to the host (decimals of different scales, large 128-bit factors). Then the host does
// all instructions of the segment again. That is right as long as none of them changes what it
// reads, so an aggregation never shares a segment with an instruction that may give up without
// failing. Threading: immutable once built.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/program.h"

namespace zerodb::wasm {

struct Segment {
  uint32_t first = 0;
  uint32_t last = 0;  // one past the end
  bool is_loop = false;
  bool has_aggregate = false;
  bool may_give_up = false;
};

struct RegisterFacts {
  const Value* constant = nullptr;  // its value in every row, known when the module is made
  uint32_t writers = 0;
  uint32_t writer = 0;  // position of its first writer
  uint32_t last_writer = 0;
  bool always_valid = false;  // never none
  bool is_uniform = false;    // the same in every row, and in memory before the first loop
  bool escapes =
      false;  // needed outside the segment that computes it, so its column must be written
};

struct Fusion {
  std::vector<uint32_t> first_calls;  // host constants that are done before everything else
  std::vector<Segment> segments;
  std::vector<RegisterFacts> registers;  // by Reg

  const RegisterFacts& facts(plan::Reg reg) const { return registers[reg.value()]; }
};

Fusion fuse(const plan::Program& program);

// Whether generated code has a form for this instruction.
bool has_code(const plan::Program& program, const plan::Instr& instr);
// Whether it may run for rows outside its mask: it cannot fail, trap or give up whatever the
// operands hold.
bool is_harmless(const plan::Instr& instr);

template <typename Visitor>
void for_each_operand(const plan::Instr& instr, Visitor&& visit) {
  if (instr.a != plan::kNoReg) visit(instr.a);
  if (instr.b != plan::kNoReg) visit(instr.b);
  if (instr.mask != plan::kNoReg) visit(instr.mask);
  for (const plan::Reg reg : instr.args) {
    if (reg != plan::kNoReg) visit(reg);
  }
}

}  // namespace zerodb::wasm
