// Tier: the seam between the interpreter and generated code.
//
// A ProgramInstance is one Program bound to a frame in an arena. A ProgramRunner runs it over the
// rows of the frame: the interpreter, or a generated module whose store has the arena as its linear
// memory. Both leave the same columns and states behind, so a statement may change from one to the
// other between two batches.
//
// What generated code does for an instruction that it does not inline: it calls the host import
// with the frame's offset and the instruction's position, and the host calls
//     execute_one(*instance_of(arena, frame), instr)
// which gives false after an error; the frame's error fields are then set and the run must end.
// Rules of masked rows: a Bool outside its mask holds any byte. And, MaskAnd and MaskAndNot never
// look at b where a is 0, Or not where a is not 0; their results are 0 or 1. Threading: an
// instance, its runner and its memory belong to the thread that executes the statement. A
// MemoryProvider may be shared.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.h"
#include "plan/program.h"
#include "value/batch.h"

namespace zerodb::exec {

class HostServices;
class GroupTable;

enum class Tier : uint8_t { Interpreter, Wasm };
// Auto: generated code once a plan has run a few times or reads many rows, as soon as its module is
// ready.
enum class TierPolicy : uint8_t { Auto, Interpreter, Wasm };
enum class Readiness : uint8_t { IfReady, Wait };

struct ProgramInstance {
  const plan::Program* program = nullptr;  // borrowed, like all below; they outlive the instance
  const plan::FrameLayout* layout = nullptr;
  Arena* arena = nullptr;
  uint32_t frame = 0;            // offset of the FrameHeader
  HostServices* host = nullptr;  // null for programs without host instructions that need services
  GroupTable* groups = nullptr;  // null for programs without aggregates
  std::optional<Error> error;    // the error of a host instruction, with its message

  plan::FrameHeader& header() const { return *arena->at<plan::FrameHeader>(frame); }
  // The arrays of a register, as offsets into the arena.
  ColumnSlot slot(plan::Reg reg) const;
};

// The instance that a frame belongs to; FrameHeader::host is set when the frame is made.
inline ProgramInstance* instance_of(const Arena& arena, uint32_t frame) {
  return reinterpret_cast<ProgramInstance*>(arena.at<plan::FrameHeader>(frame)->host);
}

// The error that the frame's fields and instance.error describe: code, place in the source text,
// message. Call it when header().error_code is not 0.
Error error_of(ProgramInstance& instance);

class ProgramRunner {
 public:
  virtual ~ProgramRunner() = default;
  virtual Tier tier() const = 0;
  // Runs the whole program over header().rows rows. Resets the error fields first.
  virtual Status run(ProgramInstance& instance) = 0;
};

// The memory of one running statement, and the generated code that can work in it.
class StatementMemory {
 public:
  virtual ~StatementMemory() = default;
  virtual Arena& arena() = 0;
  // A runner for the program in this memory. Null: there is no generated code (yet); with
  // Readiness::IfReady the module is made in the background, with Wait in the call. An error only
  // when generation was waited for and failed.
  virtual Result<std::unique_ptr<ProgramRunner>> generated(
      const std::shared_ptr<const plan::Program>& program, const plan::FrameLayout& layout,
      Readiness readiness) = 0;
};

// Hands out memory; keeps what is given back for the next statement.
class MemoryProvider {
 public:
  virtual ~MemoryProvider() = default;
  virtual Result<std::unique_ptr<StatementMemory>> acquire() = 0;
};

}  // namespace zerodb::exec
