#include "plan/program.h"

#include <gtest/gtest.h>

namespace zerodb::plan {
namespace program_test {

Instr make(Op op, Reg dst, Reg a = kNoReg, Reg b = kNoReg) {
  Instr instr;
  instr.op = op;
  instr.dst = dst;
  instr.a = a;
  instr.b = b;
  return instr;
}

// r0 + r1 where r2 holds.
Program sum_where() {
  Program program;
  program.registers = {{Physical::I64, Type::int64()},
                       {Physical::I64, Type::int64()},
                       {Physical::Bool, Type::boolean()},
                       {Physical::I64, Type::int64()}};
  program.inputs = {Reg(0), Reg(1)};
  program.instrs.push_back(make(Op::Less, Reg(2), Reg(0), Reg(1)));
  program.instrs.back().physical = Physical::I64;
  program.instrs.push_back(make(Op::AddChecked, Reg(3), Reg(0), Reg(1)));
  program.instrs.back().physical = Physical::I64;
  program.instrs.back().mask = Reg(2);
  program.outputs = {Reg(3)};
  program.selection = Reg(2);
  return program;
}

TEST(Program, PrintsOneLineAnInstruction) {
  EXPECT_EQ(to_string(sum_where()),
            "r0:i64 = input 0\n"
            "r1:i64 = input 1\n"
            "r2:bool = less r0 r1\n"
            "r3:i64 = add r0 r1 if r2\n"
            "where r2\n"
            "give r3\n");
}

TEST(Program, LayoutKeepsEveryArrayApartAndAligned) {
  Program program = sum_where();
  program.registers.push_back({Physical::Any, Type::any()});
  const FrameLayout layout = layout_of(program, 100);
  uint32_t end = kFrameHeaderBytes;
  const auto check = [&](uint32_t offset, uint32_t bytes) {
    EXPECT_EQ(offset % 16, 0u);
    EXPECT_GE(offset, end);
    end = offset + bytes;
  };
  for (const ColumnSlot& slot : layout.slots) {
    check(slot.values, width(slot.physical) * 100);
    check(slot.valid, 100);
    EXPECT_EQ(slot.tags != 0, slot.physical == Physical::Any);
    if (slot.tags != 0) check(slot.tags, 100);
    if (slot.scales != 0) check(slot.scales, 100);
  }
  EXPECT_GE(layout.size, end);
}

TEST(Program, OnlyTypedLoopsAreInlined) {
  const Program program = sum_where();
  EXPECT_TRUE(is_inlinable(program, program.instrs[0]));
  EXPECT_TRUE(is_inlinable(program, program.instrs[1]));
  Instr decimal = program.instrs[1];
  decimal.op = Op::IntDivide;
  decimal.physical = Physical::Decimal;
  EXPECT_FALSE(is_inlinable(program, decimal));
  EXPECT_FALSE(is_inlinable(program, make(Op::Binary, Reg(3), Reg(0), Reg(1))));
}

TEST(ProgramDeathTest, OperandsMustBeWrittenFirst) {
  Program program = sum_where();
  program.check_invariants();
  program.instrs[1].a = Reg(3);
  EXPECT_DEATH(program.check_invariants(), "assertion failed");
}

TEST(ProgramDeathTest, ARegisterIsWrittenOnce) {
  Program program = sum_where();
  program.instrs.push_back(program.instrs[1]);
  EXPECT_DEATH(program.check_invariants(), "assertion failed");
}

}  // namespace program_test
}  // namespace zerodb::plan
