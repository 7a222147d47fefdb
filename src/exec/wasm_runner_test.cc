#include "exec/wasm_runner.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "exec/arena_wasm.h"
#include "exec/interpreter.h"
#include "wasm/program_generator.h"

namespace zerodb::exec {
namespace {

using plan::kNoReg;
using plan::Reg;
using wasm::GeneratedProgram;

// One program in one memory, run by both tiers on frames of their own.
class Twins {
 public:
  Twins(WasmMemoryProvider& provider, GeneratedProgram generated)
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

  void check(uint64_t seed, uint32_t rows) {
    for (ProgramInstance* instance : {&interpreted_, &compiled_}) {
      SeededRandom random(seed);
      fill_frame(generated_, layout_, memory_->arena(), instance->frame, rows, random);
      instance->header().host = reinterpret_cast<uint64_t>(instance);
    }
    const Status expected = InterpreterRunner().run(interpreted_);
    const Status actual = runner_->run(compiled_);
    ASSERT_EQ(expected.has_value(), actual.has_value())
        << (expected ? actual : expected).error().to_string();
    if (!expected) {
      ++failed_runs;
      EXPECT_EQ(expected.error().to_string(), actual.error().to_string());
      EXPECT_EQ(interpreted_.header().error_instr, compiled_.header().error_instr);
      EXPECT_EQ(interpreted_.header().error_row, compiled_.header().error_row);
      return;
    }
    check_outputs(rows);
    const uint32_t states = program_->state_stride * wasm::kGeneratedGroups;
    const char* left = memory_->arena().at<char>(interpreted_.header().group_states);
    const char* right = memory_->arena().at<char>(compiled_.header().group_states);
    EXPECT_EQ(std::string_view(left, states), std::string_view(right, states))
        << "states of groups differ";
  }

  std::string text() const { return plan::to_string(*program_); }
  int failed_runs = 0;

 private:
  void check_outputs(uint32_t rows) {
    for (const Reg reg : program_->outputs) {
      const Reg domain = generated_.domains[reg.value()];
      for (uint32_t row = 0; row < rows; ++row) {
        if (domain != kNoReg) {
          const bool is_in =
              *memory_->arena().at<uint8_t>(interpreted_.slot(domain).values + row) != 0;
          ASSERT_EQ(is_in, *memory_->arena().at<uint8_t>(compiled_.slot(domain).values + row) != 0)
              << "mask r" << domain.value();
          if (!is_in) continue;
        }
        const Type& type = program_->registers[reg.value()].type;
        const Value left = read_value(memory_->arena(), interpreted_.slot(reg), row, type);
        const Value right = read_value(memory_->arena(), compiled_.slot(reg), row, type);
        ASSERT_EQ(left.tag(), right.tag()) << "r" << reg.value() << " row " << row;
        ASSERT_TRUE(equals(left, right)) << "r" << reg.value() << " row " << row;
        if (left.tag() == Tag::Decimal) {
          ASSERT_EQ(left.as_decimal().scale, right.as_decimal().scale);
        }
      }
    }
  }

  GeneratedProgram generated_;
  std::shared_ptr<const plan::Program> program_;
  plan::FrameLayout layout_;
  std::unique_ptr<StatementMemory> memory_;
  ProgramInstance interpreted_;
  ProgramInstance compiled_;
  std::unique_ptr<ProgramRunner> runner_;
};

uint64_t number_from_environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// ZERODB_SEED and ZERODB_CASES run other or more programs.
TEST(WasmRunner, AgreesWithTheInterpreter) {
  WasmMemoryProvider provider;
  const uint64_t first = number_from_environment("ZERODB_SEED", 1);
  const uint64_t count = number_from_environment("ZERODB_CASES", 600);
  int failed_runs = 0;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    SeededRandom random(seed);
    Twins twins(provider, wasm::generate_program(random));
    const uint32_t rows[] = {0, 1, 61,
                             static_cast<uint32_t>(random.below(limits::kBatchRowsMax + 1))};
    for (const uint32_t size : rows) twins.check(random.next(), size);
    failed_runs += twins.failed_runs;
    if (HasFailure()) {
      ADD_FAILURE() << "ZERODB_SEED=" << seed << " ZERODB_CASES=1\n" << twins.text();
      return;
    }
  }
  EXPECT_GT(failed_runs, 0);
  std::printf("%llu programs, %d runs ended in an error\n", static_cast<unsigned long long>(count),
              failed_runs);
}

}  // namespace
}  // namespace zerodb::exec
