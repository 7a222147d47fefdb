// For tests: one generated program in one memory, run by both tiers on frames of their own.
//
// Threading: belongs to one thread.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "exec/arena_wasm.h"
#include "exec/interpreter.h"
#include "wasm/program_generator.h"

namespace zerodb::exec {

class ProgramTwins {
 public:
  ProgramTwins(WasmMemoryProvider& provider, wasm::GeneratedProgram generated)
      : generated_(std::move(generated)),
        program_(std::make_shared<const plan::Program>(generated_.program)),
        layout_(plan::layout_of(*program_)),
        memory_(provider.acquire().value()) {
    for (ProgramInstance* instance : {&interpreted_, &compiled_}) {
      instance->program = program_.get();
      instance->layout = &layout_;
      instance->arena = &memory_->arena();
      instance->frame = memory_->arena().allocate(layout_.size);
    }
    runner_ = memory_->generated(program_, layout_, Readiness::Wait).value();
  }

  // Runs both over the same random rows and says in what they differ.
  std::optional<std::string> disagreement(uint64_t seed, uint32_t rows) {
    for (ProgramInstance* instance : {&interpreted_, &compiled_}) {
      SeededRandom random(seed);
      fill_frame(generated_, layout_, memory_->arena(), instance->frame, rows, random);
      instance->header().host = reinterpret_cast<uint64_t>(instance);
    }
    const Status expected = InterpreterRunner().run(interpreted_);
    const Status actual = runner_->run(compiled_);
    if (expected.has_value() != actual.has_value())
      return "only one fails: " + (expected ? actual : expected).error().to_string();
    if (!expected) {
      ++failed_runs;
      return differing_errors(expected.error(), actual.error());
    }
    for (const plan::Reg reg : program_->outputs) {
      if (auto difference = differing_rows(reg, rows)) return difference;
    }
    return differing_states();
  }

  std::string text() const { return plan::to_string(*program_); }
  int failed_runs = 0;

 private:
  std::optional<std::string> differing_errors(const Error& left, const Error& right) {
    const plan::FrameHeader& expected = interpreted_.header();
    const plan::FrameHeader& actual = compiled_.header();
    if (left.to_string() == right.to_string() && expected.error_instr == actual.error_instr &&
        expected.error_row == actual.error_row)
      return std::nullopt;
    return fmt::format("{} (instruction {}, row {}) and {} (instruction {}, row {})",
                       left.to_string(), expected.error_instr, expected.error_row,
                       right.to_string(), actual.error_instr, actual.error_row);
  }

  std::optional<std::string> differing_rows(plan::Reg reg, uint32_t rows) {
    const plan::Reg domain = generated_.domains[reg.value()];
    const Type& type = program_->registers[reg.value()].type;
    for (uint32_t row = 0; row < rows; ++row) {
      if (domain != plan::kNoReg) {
        const bool is_in = byte(interpreted_, domain, row) != 0;
        if (is_in != (byte(compiled_, domain, row) != 0))
          return fmt::format("mask r{} differs in row {}", domain.value(), row);
        if (!is_in) continue;
      }
      const Value left = read_value(memory_->arena(), interpreted_.slot(reg), row, type);
      const Value right = read_value(memory_->arena(), compiled_.slot(reg), row, type);
      const bool same =
          left.tag() == right.tag() && equals(left, right) &&
          (left.tag() != Tag::Decimal || left.as_decimal().scale == right.as_decimal().scale);
      if (!same) return fmt::format("r{} differs in row {}", reg.value(), row);
    }
    return std::nullopt;
  }

  std::optional<std::string> differing_states() {
    const uint32_t size = program_->state_stride * wasm::kGeneratedGroups;
    const char* left = memory_->arena().at<char>(interpreted_.header().group_states);
    const char* right = memory_->arena().at<char>(compiled_.header().group_states);
    if (std::string_view(left, size) == std::string_view(right, size)) return std::nullopt;
    return "states of groups differ";
  }

  uint8_t byte(const ProgramInstance& instance, plan::Reg reg, uint32_t row) const {
    return *memory_->arena().at<uint8_t>(instance.slot(reg).values + row);
  }

  wasm::GeneratedProgram generated_;
  std::shared_ptr<const plan::Program> program_;
  plan::FrameLayout layout_;
  std::unique_ptr<StatementMemory> memory_;
  ProgramInstance interpreted_;
  ProgramInstance compiled_;
  std::unique_ptr<ProgramRunner> runner_;
};

}  // namespace zerodb::exec
