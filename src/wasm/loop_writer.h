// LoopWriter: writes the loop of one segment.
//
//     before the loop: is every value there that the types promise? If not, the host does the
//     batch. Then what is the same in every
//           row, and accumulators of the one group
//     vector loop: two rows at a time without branches, for filters and sums of numbers
//     loop: load columns, compute, store the registers that escape; masked instructions stand in
//     `if` blocks, neighbours under one
//           mask in the same block; harmless ones run for every row, which is cheaper than a branch
//     after the loop: accumulators back into the state row
//     given up: the host does every instruction of the segment on the whole batch
//
// A register is up to three locals (`parts`) and a validity. Columns are loaded at their first use:
// in the `if` block when no other block needs them, else outside. Threading: belongs to one thread.
#pragma once

#include <array>
#include <vector>

#include "plan/program.h"
#include "wasm/fusion.h"
#include "wasm/library.h"
#include "wasm/module_builder.h"

namespace zerodb::wasm {

// Writes calls of the host for instructions [first, last), leaving the function after an error.
class HostCalls {
 public:
  HostCalls(FunctionBuilder& code, FunctionIndex call) : code_(code), call_(call) {}
  void write(uint32_t first, uint32_t last) const;

 private:
  FunctionBuilder& code_;
  FunctionIndex call_;
};

// Whether a register is there in the current row: known when the module is made, or a local that is
// 0 or 1.
struct Validity {
  enum Kind : uint8_t { Always, Never, Dynamic };
  Kind kind = Always;
  Local local;
};

// One field of a value, as it lies in a column and in a local.
struct Part {
  enum Place : uint8_t { Values, Tags, Scales, Address };  // Address: where the value itself lies
  ValueType type = ValueType::I64;
  Place place = Values;
  uint8_t offset = 0;
  uint8_t size = 8;  // bytes in the column
};
struct Parts {
  std::array<Part, 4> list;
  uint32_t count = 0;
};
const Parts& parts_of(Physical physical);

struct LoopContext {
  const plan::Program& program;
  const plan::FrameLayout& layout;
  const Fusion& fusion;
  Library& library;
  const HostCalls& host;
};

class LoopWriter {
 public:
  LoopWriter(FunctionBuilder& code, const LoopContext& context, const Segment& segment);
  void write();

 private:
  static constexpr uint32_t kNoBlock = 0;  // outside every `if`

  struct Column {
    std::array<Local, 4> parts;
    Validity validity;
    bool is_defined_here = false;  // written by the segment
    bool is_loaded = false;        // its locals hold the current row
    bool is_pinned =
        false;  // has locals of its own from the start of the loop, valid in every block
    bool needs_value = false;
    bool needs_validity = false;
    bool is_used_in_many = false;  // in more than one block
    Local vector;                  // of two rows, in the vector loop
    bool is_checked = false;       // found to be there in every row before the loop begins
    bool is_used = false;
    uint32_t block = kNoBlock;  // the first block that uses it
    uint32_t home = kNoBlock;   // the block that computes it
  };

  // An accumulator of the one group of an aggregation without keys.
  struct Accumulator {
    uint32_t slot = 0;
    Local low;  // sum of the low halves, count, or the value
    Local high;
    Local count;         // or seen
    Local vector;        // of the vector loop: sums or extremes of the even and the odd rows
    Local vector_count;  // and how many values they took
  };

  // Plan of the loop.
  void assign_blocks();
  void note_uses();
  void note_use(plan::Reg reg, uint32_t block, bool value);
  void pin_columns();
  uint32_t mask_block(const plan::Instr& instr) const;
  bool is_unconditional(const plan::Instr& instr) const;
  bool is_silent(const plan::Instr& instr) const;

  // The loop.
  void write_prologue(Label done);
  void choose_checked();
  void write_checks();
  void write_rows();
  void write_advance(Label loop);
  void write_epilogue();
  void write_host_calls();
  void enter_block(uint32_t position);
  void leave_block();
  void load_operands(uint32_t position, bool shared_only);

  // Columns.
  const Physical& form(plan::Reg reg) const {
    return context_.program.registers[reg.value()].physical;
  }
  Column& column(plan::Reg reg) { return columns_[reg.value()]; }
  const RegisterFacts& facts(plan::Reg reg) const { return context_.fusion.facts(reg); }
  bool is_constant(plan::Reg reg) const { return facts(reg).constant != nullptr; }
  void load(plan::Reg reg, Local base1, Local base8, Local base16);
  void load_row(plan::Reg reg) { load(reg, pointer1_, pointer8_, pointer16_); }
  void store(plan::Reg reg);
  Local pointer_of(uint32_t size) const {
    return size == 1 ? pointer1_ : size == 8 ? pointer8_ : pointer16_;
  }
  void allocate(Column& column, Physical physical);
  // Pushes one part of an operand.
  void push(plan::Reg reg, uint32_t part);
  void push_constant(const Value& value, Physical physical, uint32_t part);
  // Pops a part of the result.
  void set(plan::Reg reg, uint32_t part) { code_.set(column(reg).parts[part]); }

  // Validity.
  Validity validity(plan::Reg reg);
  Validity both(const Validity& left, const Validity& right);
  void push_validity(const Validity& validity);
  // Pops a condition: the loop gives up where it holds and the row is there.
  void give_up_if(const Validity& validity);

  // Instructions.
  void write_instr(const plan::Instr& instr);
  void begin_result(const plan::Instr& instr);
  void end_result(const plan::Instr& instr, const Validity& validity);
  void write_const(const plan::Instr& instr);
  void write_move(const plan::Instr& instr);
  void write_test(const plan::Instr& instr);
  void write_conversion(const plan::Instr& instr);
  void write_fit(const plan::Instr& instr);

  void write_arithmetic(const plan::Instr& instr);
  void write_i64(const plan::Instr& instr, const Validity& validity);
  void write_i64_multiply(const plan::Instr& instr, const Validity& validity);
  void write_i64_division(const plan::Instr& instr, const Validity& validity);
  void write_i64_shift(const plan::Instr& instr, const Validity& validity);
  void write_f64(const plan::Instr& instr, const Validity& validity);
  void write_wide(const plan::Instr& instr, const Validity& validity);
  void write_wide_add(const plan::Instr& instr, const Validity& validity);
  void write_wide_subtract(const plan::Instr& instr, const Validity& validity);
  void write_wide_multiply(const plan::Instr& instr, const Validity& validity);
  void write_wide_division(const plan::Instr& instr, const Validity& validity);
  void write_wide_negate(const plan::Instr& instr, const Validity& validity);
  void write_decimal_scale(const plan::Instr& instr, const Validity& validity);
  void write_digits_check(const plan::Instr& instr, const Validity& validity);
  // Pushes whether the wide operand is not a sign-extended 64-bit integer.
  void push_is_wide(plan::Reg reg);

  void write_comparison(const plan::Instr& instr);
  void push_equal(const plan::Instr& instr, const Validity& validity);
  void push_text_equal(const plan::Instr& instr, const Validity& validity);
  void push_order(plan::Op op, plan::Reg a, plan::Reg b, const Validity& validity);
  void push_wide_less(plan::Reg a, plan::Reg b, bool is_signed);
  void push_uuid_less(plan::Reg a, plan::Reg b);
  void push_f64_comparison(plan::Op op, plan::Reg a, plan::Reg b);
  void push_text_order(plan::Op op, plan::Reg a, plan::Reg b, const Validity& validity);

  void write_aggregate(const plan::Instr& instr);
  void open_accumulators();
  void close_accumulators();
  void close_sum(const Accumulator& accumulator, const plan::AggregateSlot& slot);
  void add_to_state(uint32_t offset, Local summand);
  void accumulate_local(Accumulator& accumulator, const plan::Instr& instr);
  void accumulate_extreme(Accumulator& accumulator, const plan::Instr& instr);
  void accumulate_state(const plan::Instr& instr);
  void accumulate_state_extreme(const plan::Instr& instr, Local state);
  void push_better(const plan::Instr& instr, Local current, Local current_high);
  bool is_local_accumulator(const plan::Instr& instr) const;

  // The vector loop. It leaves the pointers behind the rows it did: none when two rows at a time
  // would go wrong.
  bool is_vectorizable();
  bool is_vectorizable(const plan::Instr& instr);
  void write_vector_rows();
  void start_vectors();
  void write_vector_loop(Local vector_end);
  void write_vector_instr(const plan::Instr& instr);
  void write_vector_comparison(const plan::Instr& instr);
  void write_vector_less(plan::Reg a, plan::Reg b);
  void write_vector_arithmetic(const plan::Instr& instr);
  void write_vector_aggregate(const plan::Instr& instr);
  void push_vector(plan::Reg reg);
  void push_vector_mask(const plan::Instr& instr);
  // Pops lanes and keeps their signs, where the instruction's mask holds, as a sign of overflow.
  void note_overflow(const plan::Instr& instr);
  void fold_vector(const Accumulator& accumulator);
  Accumulator& accumulator_of(const plan::Instr& instr);

  FunctionBuilder& code_;
  const LoopContext context_;
  const Segment segment_;
  const Local frame_;
  Local pointer1_;  // frame + row, the base of one-byte arrays
  Local pointer8_;
  Local pointer16_;
  Local end_;
  Local states_;  // address of the first state row
  bool uses8_ = false;
  bool uses16_ = false;
  Label given_up_;
  Local has_begun_;  // whether the loop may only give up because it failed
  std::vector<Column> columns_;
  std::vector<uint32_t> blocks_;  // by position in the segment
  uint32_t current_block_ = kNoBlock;
  std::vector<Accumulator> accumulators_;
  Local overflow_;  // of the vector loop
  Label too_wide_;
};

}  // namespace zerodb::wasm
