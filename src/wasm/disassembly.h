// Disassembly: the code of a generated module as text, one instruction a line, for EXPLAIN and for
// people.
//
// It knows what code generation uses and no more; anything else ends the text with a note.
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace zerodb::wasm {

std::string disassemble(std::span<const uint8_t> module);

}  // namespace zerodb::wasm
