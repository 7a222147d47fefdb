#include "exec/interpreter.h"

#include <gtest/gtest.h>

#include "exec/column.h"
#include "exec/group_table.h"
#include "exec/memory.h"

namespace zerodb::exec {
namespace interpreter_test {

using plan::Instr;
using plan::kNoReg;
using plan::Op;
using plan::Reg;

// Builds a program, fills its inputs, runs it and reads its registers.
class Bench {
 public:
  Bench() : provider_(1 << 26), memory_(provider_.acquire().value()) {}

  Reg add(const Type& type) {
    program_.registers.push_back({physical_of(type), type});
    return Reg(static_cast<Reg::rep>(program_.registers.size() - 1));
  }
  Reg input(const Type& type, std::vector<Value> values) {
    const Reg reg = add(type);
    program_.inputs.push_back(reg);
    rows_ = static_cast<uint32_t>(values.size());
    columns_.push_back(std::move(values));
    return reg;
  }
  Instr& emit(Op op, Reg dst, Reg a = kNoReg, Reg b = kNoReg, Reg mask = kNoReg) {
    Instr instr;
    instr.op = op;
    instr.dst = dst;
    instr.a = a;
    instr.b = b;
    instr.mask = mask;
    program_.instrs.push_back(std::move(instr));
    return program_.instrs.back();
  }
  plan::Program& program() { return program_; }

  Status run(GroupTable* groups = nullptr) {
    program_.check_invariants();
    layout_ = plan::layout_of(program_, 16);
    Arena& arena = memory_->arena();
    instance_.program = &program_;
    instance_.layout = &layout_;
    instance_.arena = &arena;
    instance_.frame = arena.allocate(layout_.size);
    instance_.groups = groups;
    instance_.header() = {};
    instance_.header().rows = rows_;
    if (groups != nullptr) {
      EXPECT_TRUE(groups->prepare(instance_.header()).has_value());
    }
    for (size_t i = 0; i < columns_.size(); ++i) {
      for (uint32_t row = 0; row < rows_; ++row) {
        EXPECT_TRUE(write_value(arena, instance_.slot(program_.inputs[i]), row, columns_[i][row]));
      }
    }
    return InterpreterRunner().run(instance_);
  }

  Value at(Reg reg, uint32_t row) {
    return read_value(memory_->arena(), instance_.slot(reg), row,
                      program_.registers[reg.value()].type);
  }
  Arena& arena() { return memory_->arena(); }
  const plan::FrameHeader& header() { return instance_.header(); }

 private:
  PlainMemoryProvider provider_;
  std::unique_ptr<StatementMemory> memory_;
  plan::Program program_;
  plan::FrameLayout layout_;
  ProgramInstance instance_;
  std::vector<std::vector<Value>> columns_;
  uint32_t rows_ = 0;
};

void check(Bench& bench, Reg reg, const std::vector<Value>& expected) {
  for (uint32_t row = 0; row < expected.size(); ++row) {
    EXPECT_TRUE(equals(bench.at(reg, row), expected[row]))
        << "row " << row << ": " << literal_text(bench.at(reg, row)) << " instead of "
        << literal_text(expected[row]);
  }
}

const Value kNone;
Value i(int64_t value) {
  return Value::int64(value);
}
Value t(std::string_view text) {
  return Value::string(text);
}
Value b(bool value) {
  return Value::boolean(value);
}
const Type kInt = Type::int64().optional();

TEST(Interpreter, ArithmeticWithNoneIsNone) {
  Bench bench;
  const Reg x = bench.input(kInt, {i(1), kNone, i(-5)});
  const Reg y = bench.input(kInt, {i(2), i(3), kNone});
  const Reg sum = bench.add(kInt);
  bench.emit(Op::AddChecked, sum, x, y);
  ASSERT_TRUE(bench.run().has_value());
  check(bench, sum, {i(3), kNone, kNone});
}

TEST(Interpreter, AnErrorNamesTheLowestRowAndTheInstruction) {
  Bench bench;
  const Reg x = bench.input(kInt, {i(1), i(INT64_MAX), i(INT64_MAX)});
  const Reg y = bench.input(kInt, {i(2), i(1), i(1)});
  const Reg product = bench.add(kInt);
  const Reg sum = bench.add(kInt);
  bench.emit(Op::MultiplyChecked, product, y, y);
  bench.emit(Op::AddChecked, sum, x, y).span = {3, 9};
  const Status failed = bench.run();
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), ErrorCode::E0901);
  EXPECT_EQ(failed.error().span(), (Span{3, 9}));
  EXPECT_EQ(bench.header().error_row, 1u);
  EXPECT_EQ(bench.header().error_instr, 1u);
}

TEST(Interpreter, ARowOutsideTheMaskCannotFail) {
  Bench bench;
  const Reg x = bench.input(kInt, {i(6), i(6)});
  const Reg y = bench.input(kInt, {i(0), i(2)});
  const Reg zero = bench.input(kInt, {i(0), i(0)});
  const Reg mask = bench.add(Type::boolean());
  const Reg quotient = bench.add(kInt);
  bench.emit(Op::NotEqual, mask, y, zero);
  bench.emit(Op::IntDivide, quotient, x, y, mask);
  ASSERT_TRUE(bench.run().has_value());
  EXPECT_TRUE(equals(bench.at(quotient, 1), i(3)));
}

TEST(Interpreter, ComparisonsKnowTwoValuesOnly) {
  Bench bench;
  const Type text = Type::string().optional();
  const Reg x = bench.input(text, {t("a long text of many bytes"), t("b"), kNone, kNone});
  const Reg y = bench.input(text, {t("a long text of many bytez"), t("b"), t("b"), kNone});
  const Reg equal = bench.add(Type::boolean());
  const Reg unequal = bench.add(Type::boolean());
  const Reg less = bench.add(Type::boolean());
  bench.emit(Op::Equal, equal, x, y);
  bench.emit(Op::NotEqual, unequal, x, y);
  bench.emit(Op::Less, less, x, y);
  ASSERT_TRUE(bench.run().has_value());
  check(bench, equal, {b(false), b(true), b(false), b(true)});
  check(bench, unequal, {b(true), b(false), b(true), b(false)});
  check(bench, less, {b(true), b(false), b(false), b(false)});
}

TEST(Interpreter, NanIsGreatestAndEqualToItself) {
  Bench bench;
  const Value nan = Value::float64(std::numeric_limits<double>::quiet_NaN());
  const Value infinite = Value::float64(std::numeric_limits<double>::infinity());
  const Reg x = bench.input(Type::float64(), {nan, nan, infinite});
  const Reg y = bench.input(Type::float64(), {nan, infinite, nan});
  const Reg greater = bench.add(Type::boolean());
  const Reg equal = bench.add(Type::boolean());
  bench.emit(Op::Greater, greater, x, y);
  bench.emit(Op::Equal, equal, x, y);
  ASSERT_TRUE(bench.run().has_value());
  check(bench, greater, {b(false), b(true), b(false)});
  check(bench, equal, {b(true), b(false), b(false)});
}

TEST(Interpreter, BoxAndUnboxKeepTheTag) {
  Bench bench;
  const Type small = Type(TypeKind::U8).optional();
  const Reg x = bench.input(small, {Value::integer(Tag::U8, 200), kNone});
  const Reg any = bench.add(Type::any());
  const Reg back = bench.add(small);
  bench.emit(Op::Box, any, x);
  bench.emit(Op::Unbox, back, any);
  ASSERT_TRUE(bench.run().has_value());
  EXPECT_EQ(bench.at(any, 0).tag(), Tag::U8);
  check(bench, back, {i(200), kNone});
}

TEST(Interpreter, UnboxRefusesAnotherClass) {
  Bench bench;
  const Reg any = bench.input(Type::any(), {t("no number")});
  const Reg number = bench.add(kInt);
  bench.emit(Op::Unbox, number, any);
  const Status failed = bench.run();
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), ErrorCode::E0904);
}

TEST(Interpreter, MovesUnderDisjointMasksMerge) {
  Bench bench;
  const Reg x = bench.input(kInt, {i(1), i(2), kNone});
  const Reg y = bench.input(kInt, {i(10), i(20), i(30)});
  const Reg there = bench.add(Type::boolean());
  const Reg absent = bench.add(Type::boolean());
  const Reg merged = bench.add(kInt);
  bench.emit(Op::IsNotNone, there, x);
  bench.emit(Op::IsNone, absent, x);
  bench.emit(Op::Move, merged, x, kNoReg, there);
  bench.emit(Op::Move, merged, y, kNoReg, absent);
  ASSERT_TRUE(bench.run().has_value());
  check(bench, merged, {i(1), i(2), i(30)});
}

TEST(Interpreter, GroupsAndInlineAggregates) {
  Bench bench;
  const Type text = Type::string().optional();
  const Reg key = bench.input(text, {t("x"), kNone, t("x"), kNone, t("y")});
  const Reg value = bench.input(kInt, {i(1), i(5), i(2), kNone, i(-7)});
  const Reg group = bench.add(Type::int64());
  bench.emit(Op::GroupIndex, group).args = {key};
  using Kind = plan::AggregateSlot::Kind;
  for (Kind kind : {Kind::Count, Kind::SumI64, Kind::AvgI64, Kind::MinI64, Kind::MaxI64}) {
    plan::AggregateSlot slot;
    slot.kind = kind;
    slot.offset = bench.program().state_stride;
    slot.type = Type::int64();
    bench.program().state_stride += plan::state_width(kind);
    bench.program().aggregates.push_back(slot);
    Instr& instr = bench.emit(Op::AggregateInline, kNoReg, group, value);
    instr.imm = static_cast<uint32_t>(bench.program().aggregates.size() - 1);
  }
  const auto library = function::Library::create();
  GroupTable groups(bench.program(), *library, bench.arena(), true);
  ASSERT_TRUE(bench.run(&groups).has_value());
  ASSERT_TRUE(groups.close().has_value());
  ASSERT_EQ(groups.group_count(), 3u);
  EXPECT_TRUE(equals(groups.key(0, 0), t("x")));
  EXPECT_TRUE(groups.key(1, 0).is_none());
  const std::vector<std::vector<Value>> expected = {
      {i(2), i(3), Value::float64(1.5), i(1), i(2)},
      {i(1), i(5), Value::float64(5), i(5), i(5)},
      {i(1), i(-7), Value::float64(-7), i(-7), i(-7)}};
  for (uint32_t g = 0; g < 3; ++g) {
    for (uint32_t a = 0; a < 5; ++a) {
      EXPECT_TRUE(equals(groups.finish(a, g).value(), expected[g][a]))
          << "group " << g << " aggregate " << a;
    }
  }
}

TEST(Column, EqualNumbersOfOneColumnShareAGroup) {
  Bench bench;
  const Reg any =
      bench.input(Type::any(), {i(1), Value::float64(1.0), Value::decimal({10, 1}), t("1")});
  const Reg group = bench.add(Type::int64());
  bench.emit(Op::GroupIndex, group).args = {any};
  const auto library = function::Library::create();
  GroupTable groups(bench.program(), *library, bench.arena(), true);
  ASSERT_TRUE(bench.run(&groups).has_value());
  check(bench, group, {i(0), i(0), i(0), i(1)});
}

}  // namespace interpreter_test
}  // namespace zerodb::exec
