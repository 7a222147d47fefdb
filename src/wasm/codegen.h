// Code generation: a Program as a WebAssembly module.
//
// The module imports its memory, `env.memory`, whose start is the start of the arena, and `env.call
// (frame, instruction) -> i32`, which does one instruction on the frame's columns and gives 0, or 1
// after it recorded an error in the frame's head. It exports `run (frame, stage) -> i32` with the
// same result; there is one stage, 0. It keeps no state of its own. Threading: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/program.h"

namespace zerodb::wasm {

std::vector<uint8_t> compile(const plan::Program& program, const plan::FrameLayout& layout);

// How the program is cut: one line a segment, for EXPLAIN and tests.
std::string describe_segments(const plan::Program& program);

}  // namespace zerodb::wasm
