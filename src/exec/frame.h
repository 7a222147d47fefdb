// Frame: a program bound to memory of the running statement, with its parameters filled in and a
// tier chosen.
//
// Threading: belongs to one statement.
#pragma once

#include <memory>
#include <vector>

#include "exec/column.h"
#include "exec/state.h"

namespace zerodb::exec {

class Frame {
 public:
  // Takes the parameters' values as they are now.
  static Result<std::unique_ptr<Frame>> make(ExecState& state, plan::ProgramPtr program,
                                             uint32_t capacity);

  uint32_t capacity() const { return capacity_; }
  const plan::Program& program() const { return *program_; }
  const plan::ProgramPtr& program_ptr() const { return program_; }
  const std::vector<ColumnSlot>& inputs() const { return inputs_; }
  Column input(uint32_t i) const { return column(program_->inputs[i]); }
  Column output(uint32_t i) const { return column(program_->outputs[i]); }
  // Null: all rows survive. Valid after run().
  const uint8_t* selection() const;
  plan::FrameHeader& header() const { return instance_.header(); }
  void set_groups(GroupTable* groups) { instance_.groups = groups; }

  // Runs the program over the first `rows` rows of the inputs.
  Status run(uint32_t rows);

 private:
  Frame(ExecState& state, plan::ProgramPtr program, uint32_t capacity);
  Status bind_parameters();
  void fill_parameters(uint32_t rows);
  Status choose_runner(uint32_t rows);
  Column column(plan::Reg reg) const {
    return Column(*instance_.arena, instance_.slot(reg), program_->registers[reg.value()].type);
  }

  ExecState& state_;
  plan::ProgramPtr program_;
  uint32_t capacity_;
  plan::FrameLayout layout_;
  ProgramInstance instance_;
  std::vector<ColumnSlot> inputs_;
  std::unique_ptr<ProgramRunner> generated_;
  bool gains_from_code_ = false;
  uint64_t rows_seen_ = 0;
  uint32_t rows_filled_ = 1;
};

}  // namespace zerodb::exec
