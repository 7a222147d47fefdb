#include "wasm/codegen.h"

#include <gtest/gtest.h>

#include "wasm/program_generator.h"
#include "wasm/validate_test.h"

namespace zerodb::wasm {
namespace codegen_test {

using plan::AggregateSlot;
using plan::Instr;
using plan::kNoReg;
using plan::Op;
using plan::Program;
using plan::Reg;

Reg add(Program& program, Physical physical, Type type) {
  program.registers.push_back({physical, std::move(type)});
  return Reg{static_cast<Reg::rep>(program.registers.size() - 1)};
}

// The segments, after the module was found valid.
void check(const Program& program, const std::string& segments) {
  program.check_invariants();
  EXPECT_EQ(describe_segments(program), segments) << to_string(program);
  expect_valid(compile(program, layout_of(program)));
}

TEST(Codegen, EmptyProgram) {
  check(Program{}, "");
}

TEST(Codegen, FilterAndSumAreOneLoop) {
  Program program;
  const Reg day = add(program, Physical::I64, Type::int64());
  const Reg price = add(program, Physical::I64, Type::int64());
  const Reg limit = add(program, Physical::I64, Type::int64());
  program.inputs = {day, price};
  program.parameters = {limit};
  program.parameter_ids = {0};
  const Reg mask = add(program, Physical::Bool, Type::boolean());
  const Reg twice = add(program, Physical::I64, Type::int64());
  program.instrs.push_back(
      {.op = Op::Less, .physical = Physical::I64, .dst = mask, .a = day, .b = limit});
  program.instrs.push_back({.op = Op::AddChecked,
                            .physical = Physical::I64,
                            .dst = twice,
                            .a = price,
                            .b = price,
                            .mask = mask});
  program.instrs.push_back(
      {.op = Op::AggregateInline, .physical = Physical::I64, .b = twice, .mask = mask, .imm = 0});
  AggregateSlot sum;
  sum.kind = AggregateSlot::Kind::SumI64;
  program.aggregates.push_back(sum);
  program.state_stride = 32;
  check(program, "loop 0..3\n");
}

TEST(Codegen, HostInstructionsCutLoops) {
  Program program;
  const Reg number = add(program, Physical::I64, Type::int64());
  const Reg text = add(program, Physical::Text, Type::string());
  program.inputs = {number, text};
  const Reg boxed = add(program, Physical::Any, Type::any());
  const Reg pattern = add(program, Physical::Text, Type::string());
  const Reg negated = add(program, Physical::I64, Type::int64());
  const Reg equal = add(program, Physical::Bool, Type::boolean());
  program.constants.push_back(Value::string("a constant text of some length"));
  program.instrs.push_back(
      {.op = Op::Negate, .physical = Physical::I64, .dst = negated, .a = number});
  program.instrs.push_back({.op = Op::Const, .physical = Physical::Text, .dst = pattern, .imm = 0});
  program.instrs.push_back(
      {.op = Op::Equal, .physical = Physical::Text, .dst = equal, .a = text, .b = pattern});
  program.instrs.push_back({.op = Op::Box, .physical = Physical::I64, .dst = boxed, .a = negated});
  program.outputs = {boxed, equal};
  check(program, "first 1\nloop 0..3\nhost 3..4\n");
}

TEST(Codegen, GivingUpIsKeptApartFromAggregation) {
  Program program;
  const Reg wide = add(program, Physical::I128, Type(TypeKind::I128));
  program.inputs = {wide};
  const Reg product = add(program, Physical::I128, Type(TypeKind::I128));
  const Reg narrow = add(program, Physical::I64, Type::int64());
  program.instrs.push_back({.op = Op::MultiplyChecked,
                            .physical = Physical::I128,
                            .dst = product,
                            .a = wide,
                            .b = wide});
  program.instrs.push_back(
      {.op = Op::I128ToI64, .physical = Physical::I128, .dst = narrow, .a = product});
  program.instrs.push_back(
      {.op = Op::AggregateInline, .physical = Physical::I64, .b = narrow, .imm = 0});
  AggregateSlot sum;
  sum.kind = AggregateSlot::Kind::SumI64;
  program.aggregates.push_back(sum);
  program.state_stride = 32;
  check(program, "loop 0..2\nloop 2..3\n");
}

TEST(Codegen, RandomProgramsAreValid) {
  ModuleValidator validator;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SeededRandom random(seed);
    const GeneratedProgram generated = generate_program(random);
    generated.program.check_invariants();
    validator.add(compile(generated.program, layout_of(generated.program)),
                  "seed" + std::to_string(seed));
  }
  EXPECT_EQ(validator.failures(), "");
}

}  // namespace codegen_test
}  // namespace zerodb::wasm
