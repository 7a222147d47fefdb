// Program: the form of expressions and aggregations that both execution tiers run, one instruction
// at a time over a batch.
//
// A Program is straight-line code over registers; each register is a column of the batch
// (value/batch.h). The interpreter runs each instruction as a loop over the rows. Generated Wasm
// fuses each longest run of inlinable instructions into one loop with the registers in locals, and
// calls the host for any other instruction: `call(frame, instruction)` executes exactly that
// instruction with the interpreter's own kernel on the same columns. So every program runs in both
// tiers, and they agree by construction wherever generated code does not inline.
//
// Masks. An instruction acts on the rows where its mask register (Bool) is true, or on all rows
// without one. Lazy evaluation (AND, OR, CASE, ??, rows that WHERE removed) is expressed by masks:
// a row outside the mask can neither fail nor be written.
//
// Absence. Unless said otherwise a row with none in any operand gives none. Comparisons, tests and
// masks are never none.
//
// Errors. A failing instruction sets the frame's error fields (lowest failing row of that
// instruction) and ends the run.
//
// Invariants: (1) a register is written by one instruction, or by several Moves under disjoint
// masks; (2) operands are written before they are read; (3) the physical forms fit the instruction
// (check_invariants()). Threading: immutable after lowering; shared by all executions of a plan.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/strong_id.h"
#include "value/batch.h"
#include "value/operators.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::plan {

using Reg = StrongId<struct RegTag, uint32_t>;
inline constexpr Reg kNoReg{UINT32_MAX};

struct Register {
  Physical physical = Physical::Any;
  Type type;
};

enum class Op : uint8_t {
  // Inlinable; `physical` is the form of the operands.
  Const,  // dst <- constants[imm]; typed scalars inline, texts and Any by the host once a run
  Move,   // dst <- a, same form (with a mask: merges into dst)
  AddChecked,
  SubtractChecked,
  MultiplyChecked,  // I64, I128, F64, Decimal (same scale or any), E0901
  Divide,           // F64: E0902 for a zero divisor, E0901 for an infinite result
  IntDivide,
  Modulo,  // I64, I128, F64: E0902, E0901
  Negate,  // I64, I128, F64, Decimal
  BitAnd,
  BitOr,
  BitXor,
  ShiftLeft,
  ShiftRight,  // I64: shifts E0620
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,  // Bool, I64, I128, U128, F64, Decimal, Text, Temporal, Uuid -> Bool.
  // none = none is true, none = x false, != its opposite; orders with none false. F64: NaN
  // greatest, equal to itself.
  And,
  Or,
  Not,  // Bool -> Bool; operands are never none
  IsNone,
  IsNotNone,  // any form -> Bool
  IsTrue,     // Bool, possibly none -> Bool: true and there
  MaskAnd,  // Bool: dst <- a and b, both masks; written for all rows of the batch whatever the mask
  MaskAndNot,  // Bool: dst <- a and not b; likewise
  I64ToF64,
  I64ToI128,
  I128ToI64,   // the last: E0901 if out of range
  FitInteger,  // I64 or I128: checks that the value fits the integer type of dst's Type; E0901
  RoundF32,    // F64: rounds to the nearest f32; E0901 if it overflows
  // Aggregation; registers: a = group index (I64; kNoReg: the one group 0), b = argument.
  AggregateInline,  // aggregates[imm]; Count, SumI64, AvgI64, Min/Max of I64, F64, Temporal
  // By the host.
  Box,         // typed a -> Any
  Unbox,       // Any a -> typed dst: the tag must be of dst's type; E0904
  Unary,       // unary_op on Any
  Binary,      // binary_op on Any operands a, b
  RegexMatch,  // a ~ b; flag Negated
  Like,        // a LIKE b; text: escape; flags Negated, FoldCase
  IsType,      // type; flag Negated
  Cast,
  TryCast,
  Coerce,  // to dst's Type
  Call,    // function (position in the library) over args
  Member,
  Members,  // text; flag Follow: record ids are followed
  Element,  // a[b]
  Slice,    // args: base, from, to; flag Inclusive
  MakeArray,
  MakeTuple,
  MakeHashSet,
  MakeHashMap,
  MakeObject,    // args; names; Any operands
  MakeRecordId,  // table; a: key
  InList,        // a IN args; flag Negated
  InSet,         // a IN b, a constant hash set without none; flag Negated
  Fetch,         // record that link a points to; one multi-get a batch
  CommitStamp,   // when the record that a points to was committed
  Subquery,  // subplans[imm]: runs once a row under the mask with outer registers args; result by
             // its kind
  Try,       // dst: the rows under the mask, less those that meet an error in the imm instructions
             // behind this one, which it runs itself and whose masks lie within dst. The last of
             // them is a Success; where an error is met, its result is err(text) instead.
  Success,   // ok(a)
  GroupIndex,     // dst (I64) <- index of the group of key registers args; makes room in the group
                  // states
  AggregateHost,  // aggregates[imm] over args: state objects of the function library
};

struct Instr {
  enum Flag : uint8_t {
    Negated = 1,
    FoldCase = 2,
    Inclusive = 4,
    Spread = 8,
    Method = 16,
    Follow = 32,
    Gated = 64  // Fetch, and with Follow: no more than the user may see
  };
  static constexpr uint32_t kDynamicFunction =
      UINT32_MAX;  // Call: chosen by the values; text: name, names: of named arguments

  Op op = Op::Const;
  Physical physical = Physical::Any;
  uint8_t flags = 0;
  BinaryOp binary_op = BinaryOp::Add;
  UnaryOp unary_op = UnaryOp::Plus;
  Reg dst = kNoReg;
  Reg a = kNoReg;
  Reg b = kNoReg;
  Reg mask = kNoReg;
  uint32_t imm = 0;
  uint32_t function = 0;
  TableId table{};
  Type type{};  // IsType
  Span span{};  // where an error points to
  std::string text{};
  std::vector<Reg> args{};
  std::vector<std::string> names{};
};

struct Program;

// Whether generated code may inline the instruction; every other one goes to the host.
bool is_inlinable(const Program& program, const Instr& instr);
// Compiling takes longer than it saves for longer programs: the interpreter runs them.
inline constexpr size_t kCompiledInstrsMax = 16'384;

struct AggregateSlot {
  enum class Kind : uint8_t {
    Count,
    SumI64,
    AvgI64,
    MinI64,
    MaxI64,
    MinF64,
    MaxF64,
    MinTemporal,
    MaxTemporal,
    Host
  };
  Kind kind = Kind::Host;
  uint32_t offset = 0;    // of its state within a group's state row
  std::string function;   // Host: name in the function library
  bool distinct = false;  // Host
  struct Order {
    bool descending = false;
    bool nulls_first = false;
  };
  std::vector<Order> order;  // Host: ORDER BY inside the call; the keys follow the arguments
  Type type;                 // of the result
  Span span;
};

// State of an inline aggregate within a state row, all zero at the start:
//   Count {u64 count}   SumI64, AvgI64 {i128 sum, u64 count, u64 0}   Min, Max I64, F64 {u64 seen,
//   8-byte value} MinTemporal, MaxTemporal {u64 seen, u64 0, 16-byte value}
inline constexpr uint32_t state_width(AggregateSlot::Kind kind) {
  switch (kind) {
    case AggregateSlot::Kind::Count:
      return 16;
    case AggregateSlot::Kind::MinI64:
    case AggregateSlot::Kind::MaxI64:
    case AggregateSlot::Kind::MinF64:
    case AggregateSlot::Kind::MaxF64:
      return 16;
    case AggregateSlot::Kind::Host:
      return 0;
    default:
      return 32;
  }
}

struct Program {
  std::vector<Register> registers;
  std::vector<Value>
      constants;  // by Const's imm; parameters are bound into `parameters` registers instead
  std::vector<Instr> instrs;
  std::vector<Reg> inputs;  // columns the source delivers, in its order
  std::vector<Reg>
      parameters;  // one a parameter or lifted literal used: the same value in every row
  std::vector<uint32_t> parameter_ids;  // which parameter each one is
  std::vector<Reg> outputs;
  Reg selection = kNoReg;  // rows that survive (Bool); kNoReg: all
  std::vector<AggregateSlot> aggregates;
  uint32_t state_stride = 0;  // bytes of a group's state row; 0 without inline aggregates

  void check_invariants() const;
};

// The head of a frame: the block of arena memory that holds the registers of one program run.
struct FrameHeader {
  uint32_t rows = 0;        // rows of the batch
  uint32_t error_code = 0;  // ErrorCode + 1; 0: none
  uint32_t error_instr = 0;
  uint32_t error_row = 0;
  uint32_t group_states = 0;  // arena offset of the state rows
  uint32_t group_count = 0;
  uint64_t host = 0;  // the host's own business
};
inline constexpr uint32_t kFrameHeaderBytes = 64;
static_assert(sizeof(FrameHeader) <= kFrameHeaderBytes);

// Offsets of every register's arrays from the start of the frame. Fixed by the program alone, so
// both tiers and any frame agree.
struct FrameLayout {
  std::vector<ColumnSlot> slots;  // relative to the frame; `valid` is always there
  uint32_t size = 0;              // UINT32_MAX: more than any arena has, and no slots
};
FrameLayout layout_of(const Program& program, uint32_t rows = limits::kBatchRowsMax);

// One line an instruction, for tests and EXPLAIN.
std::string to_string(const Program& program);

}  // namespace zerodb::plan
