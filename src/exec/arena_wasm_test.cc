#include "exec/arena_wasm.h"

#include <gtest/gtest.h>

#include "exec/interpreter.h"

namespace zerodb::exec {
namespace arena_wasm_test {

using plan::Op;
using plan::Program;
using plan::Reg;

// c <- a + `summand`, with one input.
std::shared_ptr<const Program> addition(int64_t summand) {
  auto program = std::make_shared<Program>();
  for (int i = 0; i < 3; ++i) program->registers.push_back({Physical::I64, Type::int64()});
  program->inputs = {Reg{0}};
  program->constants = {Value::int64(summand)};
  program->instrs.push_back({.op = Op::Const, .physical = Physical::I64, .dst = Reg{1}, .imm = 0});
  program->instrs.push_back(
      {.op = Op::AddChecked, .physical = Physical::I64, .dst = Reg{2}, .a = Reg{0}, .b = Reg{1}});
  program->outputs = {Reg{2}};
  return program;
}

int64_t run_addition(StatementMemory& memory, const Program& program, ProgramRunner& runner,
                     int64_t value) {
  const plan::FrameLayout layout = plan::layout_of(program);
  ProgramInstance instance;
  instance.program = &program;
  instance.layout = &layout;
  instance.arena = &memory.arena();
  instance.frame = memory.arena().allocate(layout.size);
  instance.header() = {};
  instance.header().rows = 1;
  instance.header().host = reinterpret_cast<uint64_t>(&instance);
  write_value(memory.arena(), instance.slot(Reg{0}), 0, Value::int64(value));
  const Status status = runner.run(instance);
  if (!status) return -1;
  return read_value(memory.arena(), instance.slot(Reg{2}), 0, Type::int64()).as_int64();
}

int64_t check(WasmMemoryProvider& provider, const std::shared_ptr<const Program>& program,
              int64_t value) {
  const auto memory = provider.acquire().value();
  const auto runner =
      memory->generated(program, plan::layout_of(*program), Readiness::Wait).value();
  EXPECT_EQ(runner->tier(), Tier::Wasm);
  return run_addition(*memory, *program, *runner, value);
}

TEST(WasmMemory, RunsAndReportsErrors) {
  WasmMemoryProvider provider;
  const auto program = addition(5);
  EXPECT_EQ(check(provider, program, 37), 42);
  EXPECT_EQ(check(provider, program, INT64_MAX), -1);
}

TEST(WasmMemory, EqualCodeIsCompiledOnce) {
  WasmMemoryProvider provider;
  EXPECT_EQ(check(provider, addition(5), 1), 6);
  EXPECT_EQ(check(provider, addition(5), 2), 7);
  EXPECT_EQ(check(provider, addition(6), 2), 8);
  EXPECT_EQ(provider.stats().misses, 2u);
  EXPECT_EQ(provider.stats().hits, 1u);
}

TEST(WasmMemory, SameProgramTwiceAsksTheCacheOnce) {
  WasmMemoryProvider provider;
  const auto program = addition(1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(check(provider, program, i), i + 1);
  EXPECT_EQ(provider.stats().misses + provider.stats().hits, 1u);
}

TEST(WasmMemory, BackgroundCompilationComesThrough) {
  WasmMemoryProvider provider;
  const auto program = addition(2);
  const plan::FrameLayout layout = plan::layout_of(*program);
  const auto memory = provider.acquire().value();
  std::unique_ptr<ProgramRunner> runner;
  while (runner == nullptr) {
    runner = memory->generated(program, layout, Readiness::IfReady).value();
    std::this_thread::yield();
  }
  EXPECT_EQ(run_addition(*memory, *program, *runner, 40), 42);
}

TEST(WasmMemory, StoresAreReplacedWhenWorn) {
  WasmMemoryProvider provider;
  const auto module = addition(3);
  // Every program is a new one, so every round makes an instance in the same store until it is
  // given up.
  for (uint32_t i = 0; i < 2 * WasmMemoryProvider::kInstancesMax + 10; ++i) {
    ASSERT_EQ(check(provider, std::make_shared<Program>(*module), i), static_cast<int64_t>(i) + 3);
  }
  EXPECT_EQ(provider.stats().misses, 1u);
}

TEST(WasmMemory, TwoMemoriesAtOnceAreApart) {
  WasmMemoryProvider provider;
  const auto first = provider.acquire().value();
  const auto second = provider.acquire().value();
  EXPECT_NE(first->arena().base(), second->arena().base());
  const uint32_t offset = first->arena().allocate(16);
  ASSERT_EQ(second->arena().allocate(16), offset);
  *first->arena().at<int>(offset) = 1;
  EXPECT_EQ(*second->arena().at<int>(offset), 0);
}

TEST(WasmMemory, GivenBackMemoryStartsEmpty) {
  WasmMemoryProvider provider;
  uint32_t first_top = 0;
  {
    const auto memory = provider.acquire().value();
    first_top = memory->arena().top();
    ASSERT_NE(memory->arena().allocate(64 << 20), 0u);
    std::memset(memory->arena().at<char>(first_top), 1, 64 << 20);
  }
  const auto memory = provider.acquire().value();
  EXPECT_EQ(memory->arena().top(), first_top);
  // What was beyond the share that idle memory keeps was given back, and reads as zero.
  EXPECT_EQ(*memory->arena().at<char>(60 << 20), 0);
}

}  // namespace arena_wasm_test
}  // namespace zerodb::exec
