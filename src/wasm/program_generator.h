// Program generator: random programs and random columns for them, by which tests compare the tiers
// and validate modules.
//
// A program holds chains of masks (nested, and pairs of disjoint ones that a Move joins again),
// every inlinable instruction and form, some instructions of the host between them, bodies of Try,
// and aggregations with and without groups. One program in four only filters and sums numbers,
// which is what vector loops do. Rows without a value are filled with any bytes. The same seed
// gives the same program and the same columns. Threading: pure functions over the given random
// source.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "plan/program.h"
#include "value/batch.h"

namespace zerodb::wasm {

struct GeneratedProgram {
  plan::Program program;
  // By register: the mask in whose rows its contents are specified; kNoReg: all rows.
  std::vector<plan::Reg> domains;
  plan::Reg group = plan::kNoReg;  // input with group numbers below kGeneratedGroups
  // One value in this many is taken from the ends of its type's range, where arithmetic fails; 0:
  // none.
  uint32_t extremes = 0;
};
inline constexpr uint32_t kGeneratedGroups = 5;

GeneratedProgram generate_program(Random& random);

// Fills the head, the inputs and the parameters of the frame, and allocates its state rows.
void fill_frame(const GeneratedProgram& generated, const plan::FrameLayout& layout, Arena& arena,
                uint32_t frame, uint32_t rows, Random& random);

}  // namespace zerodb::wasm
