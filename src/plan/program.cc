#include "plan/program.h"

#include <fmt/format.h>

#include "base/assert.h"
#include "value/operator_types.h"

namespace zerodb::plan {
namespace {

constexpr const char* kOpNames[] = {"const",
                                    "move",
                                    "add",
                                    "subtract",
                                    "multiply",
                                    "divide",
                                    "int_divide",
                                    "modulo",
                                    "negate",
                                    "bit_and",
                                    "bit_or",
                                    "bit_xor",
                                    "shift_left",
                                    "shift_right",
                                    "equal",
                                    "not_equal",
                                    "less",
                                    "less_equal",
                                    "greater",
                                    "greater_equal",
                                    "and",
                                    "or",
                                    "not",
                                    "is_none",
                                    "is_not_none",
                                    "is_true",
                                    "mask_and",
                                    "mask_and_not",
                                    "i64_to_f64",
                                    "i64_to_i128",
                                    "i128_to_i64",
                                    "fit_integer",
                                    "round_f32",
                                    "aggregate",
                                    "box",
                                    "unbox",
                                    "unary",
                                    "binary",
                                    "regex_match",
                                    "like",
                                    "is_type",
                                    "cast",
                                    "try_cast",
                                    "coerce",
                                    "call",
                                    "member",
                                    "members",
                                    "element",
                                    "slice",
                                    "make_array",
                                    "make_tuple",
                                    "make_hash_set",
                                    "make_hash_map",
                                    "make_object",
                                    "make_record_id",
                                    "in_list",
                                    "in_set",
                                    "fetch",
                                    "commit_stamp",
                                    "subquery",
                                    "try",
                                    "success",
                                    "group_index",
                                    "aggregate_host"};
static_assert(std::size(kOpNames) == static_cast<size_t>(Op::AggregateHost) + 1);

constexpr const char* kPhysicalNames[] = {"bool",    "i64",  "i128",     "u128", "f64",
                                          "decimal", "text", "temporal", "uuid", "any"};

bool is_scalar_arithmetic(Physical physical) {
  return physical == Physical::I64 || physical == Physical::I128 || physical == Physical::F64;
}

uint64_t aligned(uint64_t offset) {
  return (offset + 15) & ~uint64_t{15};
}

bool is_written_whole(const Instr& instr) {
  return instr.mask == kNoReg || instr.op == Op::MaskAnd || instr.op == Op::MaskAndNot ||
         instr.op == Op::Try;
}

}  // namespace

bool is_inlinable(const Program& program, const Instr& instr) {
  switch (instr.op) {
    case Op::Const:
      return instr.physical != Physical::Text && instr.physical != Physical::Any;
    case Op::AddChecked:
    case Op::SubtractChecked:
    case Op::MultiplyChecked:
    case Op::Negate:
      return is_scalar_arithmetic(instr.physical) || instr.physical == Physical::Decimal;
    case Op::IntDivide:
    case Op::Modulo:
      return is_scalar_arithmetic(instr.physical);
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
      return instr.physical != Physical::Any;
    case Op::AggregateInline:
      return program.aggregates[instr.imm].kind != AggregateSlot::Kind::Host;
    default:
      return instr.op < Op::Box;
  }
}

void Program::check_invariants() const {
  std::vector<bool> written(registers.size(), false);
  std::vector<bool> by_move(registers.size(), false);
  const auto check = [&](Reg reg) {
    ASSERT(reg == kNoReg || (reg.value() < registers.size() && written[reg.value()]));
  };
  const auto write = [&](Reg reg) {
    ASSERT(reg.value() < registers.size());
    written[reg.value()] = true;
  };
  for (Reg reg : inputs) write(reg);
  for (Reg reg : parameters) write(reg);
  ASSERT(parameters.size() == parameter_ids.size());
  for (size_t i = 0; i < instrs.size(); ++i) {
    const Instr& instr = instrs[i];
    ASSERT(instr.op != Op::Try || (instr.imm > 0 && instr.imm < instrs.size() - i &&
                                   instrs[i + instr.imm].op == Op::Success));
    check(instr.a);
    check(instr.b);
    check(instr.mask);
    for (Reg reg : instr.args) check(reg);
    if (instr.dst == kNoReg) continue;
    const bool again = written[instr.dst.value()];
    ASSERT(!again ||
           (by_move[instr.dst.value()] && instr.op == Op::Move && !is_written_whole(instr)));
    if (instr.op == Op::Move) by_move[instr.dst.value()] = true;
    if (instr.op == Op::Move)
      ASSERT(registers[instr.a.value()].physical == registers[instr.dst.value()].physical);
    write(instr.dst);
  }
  for (Reg reg : outputs) check(reg);
  check(selection);
  ASSERT(selection == kNoReg || registers[selection.value()].physical == Physical::Bool);
}

FrameLayout layout_of(const Program& program, uint32_t rows) {
  FrameLayout layout;
  uint64_t at = kFrameHeaderBytes;
  const auto take = [&](uint32_t bytes) {
    const uint64_t offset = at;
    at = aligned(at + bytes);
    return static_cast<uint32_t>(offset);
  };
  for (const Register& reg : program.registers) {
    ColumnSlot slot;
    slot.physical = reg.physical;
    slot.values = take(width(reg.physical) * rows);
    slot.valid = take(rows);
    if (reg.physical == Physical::Any) slot.tags = take(rows);
    if (reg.physical == Physical::Any || reg.physical == Physical::Decimal)
      slot.scales = take(rows);
    layout.slots.push_back(slot);
  }
  if (at >= UINT32_MAX) return {.slots = {}, .size = UINT32_MAX};
  layout.size = static_cast<uint32_t>(at);
  return layout;
}

std::string to_string(const Program& program) {
  std::string out;
  const auto name = [](Reg reg) {
    return reg == kNoReg ? std::string("_") : fmt::format("r{}", reg.value());
  };
  const auto typed = [&](Reg reg) {
    const Register& entry = program.registers[reg.value()];
    return fmt::format("{}:{}", name(reg), kPhysicalNames[static_cast<size_t>(entry.physical)]);
  };
  for (size_t i = 0; i < program.inputs.size(); ++i)
    out += fmt::format("{} = input {}\n", typed(program.inputs[i]), i);
  for (size_t i = 0; i < program.parameters.size(); ++i) {
    out +=
        fmt::format("{} = parameter {}\n", typed(program.parameters[i]), program.parameter_ids[i]);
  }
  for (const Instr& instr : program.instrs) {
    if (instr.dst != kNoReg) out += typed(instr.dst) + " = ";
    out += kOpNames[static_cast<size_t>(instr.op)];
    if (instr.op == Op::Binary) out += fmt::format(".{}", operator_text(instr.binary_op));
    if (instr.a != kNoReg) out += " " + name(instr.a);
    if (instr.b != kNoReg) out += " " + name(instr.b);
    for (Reg reg : instr.args) out += " " + name(reg);
    if (!instr.text.empty()) out += " '" + instr.text + "'";
    if (instr.op == Op::Const || instr.op == Op::AggregateInline || instr.op == Op::AggregateHost ||
        instr.op == Op::Subquery || instr.op == Op::Try) {
      out += fmt::format(" #{}", instr.imm);
    }
    if (instr.mask != kNoReg) out += " if " + name(instr.mask);
    out += "\n";
  }
  if (program.selection != kNoReg) out += "where " + name(program.selection) + "\n";
  if (!program.outputs.empty()) {
    out += "give";
    for (Reg reg : program.outputs) out += " " + name(reg);
    out += "\n";
  }
  return out;
}

}  // namespace zerodb::plan
