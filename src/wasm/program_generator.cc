#include "wasm/program_generator.h"

#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace zerodb::wasm {

using plan::AggregateSlot;
using plan::Instr;
using plan::kNoReg;
using plan::Op;
using plan::Program;
using plan::Reg;

namespace {

constexpr Physical kForms[] = {Physical::Bool, Physical::I64,      Physical::I128,
                               Physical::U128, Physical::F64,      Physical::Decimal,
                               Physical::Text, Physical::Temporal, Physical::Uuid};

template <typename T, size_t N>
const T& one_of(Random& random, const T (&list)[N]) {
  return list[random.below(N)];
}

Type type_for(Physical physical, Random& random) {
  switch (physical) {
    case Physical::Bool:
      return Type::boolean();
    case Physical::I64: {
      const TypeKind kinds[] = {TypeKind::I64, TypeKind::I64, TypeKind::I64, TypeKind::I32,
                                TypeKind::U8,  TypeKind::I16, TypeKind::U32};
      return Type(one_of(random, kinds));
    }
    case Physical::I128:
      return Type(random.below(2) == 0 ? TypeKind::I128 : TypeKind::U64);
    case Physical::U128:
      return Type(TypeKind::U128);
    case Physical::F64:
      return Type(TypeKind::F64);
    case Physical::Decimal:
      return Type::decimal();
    case Physical::Text:
      return Type::string();
    case Physical::Temporal:
      return Type(random.below(2) == 0 ? TypeKind::Datetime : TypeKind::Duration);
    case Physical::Uuid:
      return Type(TypeKind::Uuid);
    case Physical::Any:
      return Type::any();
  }
  return Type::any();
}

struct IntegerKind {
  Tag tag;
  i128 min;
  i128 max;
};

IntegerKind integer_kind(TypeKind kind) {
  switch (kind) {
    case TypeKind::I32:
      return {Tag::I32, INT32_MIN, INT32_MAX};
    case TypeKind::U8:
      return {Tag::U8, 0, UINT8_MAX};
    case TypeKind::I16:
      return {Tag::I16, INT16_MIN, INT16_MAX};
    case TypeKind::U32:
      return {Tag::U32, 0, UINT32_MAX};
    case TypeKind::U64:
      return {Tag::U64, 0, static_cast<i128>(UINT64_MAX)};
    case TypeKind::I128:
      return {Tag::I128, -(i128{1} << 126) * 2, static_cast<i128>(~u128{0} >> 1)};
    default:
      return {Tag::I64, INT64_MIN, INT64_MAX};
  }
}

Value integer_value(TypeKind kind, bool is_extreme, Random& random) {
  const IntegerKind range = integer_kind(kind);
  i128 value = 0;
  if (is_extreme) {
    const i128 extremes[] = {
        range.min, range.max,         range.min + 1,   range.max - 1,
        0,         range.max / 2 + 1, range.max >> 30, static_cast<i128>(random.next())};
    value = one_of(random, extremes);
  } else {
    value = static_cast<i128>(random.below(200)) - (range.min < 0 ? 100 : 0);
    if (random.below(8) == 0) value *= static_cast<i128>(random.below(1 << 20));
  }
  if (value < range.min || value > range.max) value = range.max;
  return Value::integer(range.tag, value);
}

Value float_value(bool is_extreme, Random& random) {
  const double plain = (static_cast<double>(random.below(2000)) - 1000) / 8;
  const double extremes[] = {std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::max(),
                             1e300,
                             -1e300,
                             1e-300,
                             0.0};
  return Value::float64(is_extreme ? one_of(random, extremes) : plain);
}

Value text_value(Random& random) {
  const char* const stems[] = {"",
                               "a",
                               "ab",
                               "abc",
                               "abcd",
                               "abcde",
                               "abcdefghijkl",
                               "abcdefghijklm",
                               "abcdefghijklmnopqrstuvwxyz"};
  std::string text = one_of(random, stems);
  const uint64_t tail = random.below(4);
  for (uint64_t i = 0; i < tail; ++i)
    text.push_back(random.below(8) == 0 ? '\0' : static_cast<char>('a' + random.below(3)));
  if (random.below(8) == 0) text += "\u00e9";
  return Value::string(text);
}

Value decimal_value(bool is_extreme, Random& random) {
  if (!is_extreme) return Value::decimal({static_cast<i128>(random.below(100000)) - 50000, 2});
  i128 most = 1;
  for (int i = 0; i < 38; ++i) most *= 10;
  const Decimal extremes[] = {
      {most - 1, 2}, {1 - most, 2}, {5, 0}, {12345, 4}, {static_cast<i128>(random.next()), 2},
      {1, 38},       {0, 0}};
  return Value::decimal(one_of(random, extremes));
}

Value random_value(const Type& type, bool is_extreme, Random& random) {
  switch (type.kind()) {
    case TypeKind::Bool:
      return Value::boolean(random.below(2) == 0);
    case TypeKind::U128:
      return Value::uint128(is_extreme ? ~u128{0} - random.below(2)
                                       : u128{random.below(300)} << (random.below(2) * 70));
    case TypeKind::F64:
      return float_value(is_extreme, random);
    case TypeKind::Decimal:
      return decimal_value(is_extreme, random);
    case TypeKind::String:
      return text_value(random);
    case TypeKind::Datetime:
      return Value::datetime(
          {static_cast<int64_t>(random.below(6)) - 3, static_cast<uint32_t>(random.below(4))});
    case TypeKind::Duration:
      return Value::duration({is_extreme ? INT64_MIN : static_cast<int64_t>(random.below(6)) - 3,
                              static_cast<uint32_t>(random.below(4))});
    case TypeKind::Uuid: {
      Uuid uuid;
      for (uint8_t& byte : uuid.bytes)
        byte = static_cast<uint8_t>(random.below(8) == 0 ? random.below(256) : 7);
      return Value::uuid(uuid);
    }
    default:
      return integer_value(type.kind(), is_extreme, random);
  }
}

class Generator {
 public:
  explicit Generator(Random& random) : random_(random) {}

  GeneratedProgram generate() {
    const uint32_t rates[] = {0, 0, 3000, 100, 3};
    out_.extremes = one_of(random_, rates);
    if (random_.below(4) == 0) {
      generate_sums();
      return std::move(out_);
    }
    for (const Physical form : kForms) {
      const uint64_t count = 1 + random_.below(3);
      for (uint64_t i = 0; i < count; ++i) {
        const Type type = type_for(form, random_);
        program().inputs.push_back(
            add(form, random_.below(2) == 0 ? type : type.optional(), kNoReg));
      }
    }
    program().inputs.push_back(add(Physical::Any, Type::any(), kNoReg));
    out_.group = add(Physical::I64, Type::int64(), kNoReg);
    program().inputs.push_back(out_.group);
    for (uint64_t i = 0; i < random_.below(3); ++i) {
      const Physical form = one_of(random_, kForms);
      program().parameter_ids.push_back(static_cast<uint32_t>(i));
      program().parameters.push_back(add(form, type_for(form, random_), kNoReg));
    }
    // Now and then so long that it is divided.
    const uint64_t steps = random_.below(100) == 0 ? 800 : 3 + random_.below(30);
    for (uint64_t i = 0; i < steps; ++i) add_step();
    if (random_.below(2) == 0) add_aggregates();
    const uint64_t late_steps = random_.below(4);
    for (uint64_t i = 0; i < late_steps; ++i) add_step();
    choose_outputs();
    return std::move(out_);
  }

 private:
  struct Mask {
    Reg reg;
    Reg parent;
  };

  Program& program() { return out_.program; }
  Physical form(Reg reg) { return program().registers[reg.value()].physical; }

  Reg add(Physical physical, Type type, Reg domain) {
    program().registers.push_back({physical, std::move(type)});
    out_.domains.push_back(domain);
    return Reg{static_cast<Reg::rep>(program().registers.size() - 1)};
  }

  // Whether every row of a mask is a row of the domain.
  bool is_within(Reg mask, Reg domain) {
    if (domain == kNoReg) return true;
    for (Reg at = mask; at != kNoReg; at = parent_of(at)) {
      if (at == domain) return true;
    }
    return false;
  }
  Reg parent_of(Reg mask) {
    for (const Mask& candidate : masks_) {
      if (candidate.reg == mask) return candidate.parent;
    }
    return kNoReg;
  }

  Reg any_mask() {
    if (open_tries_ > 0) return masks_[body_ + random_.below(masks_.size() - body_)].reg;
    return masks_.empty() || random_.below(3) == 0 ? kNoReg
                                                   : masks_[random_.below(masks_.size())].reg;
  }

  // A register of the form that may be read under the mask; Bools also have to be there.
  std::optional<Reg> operand(Physical physical, Reg mask, bool is_never_none = false) {
    std::vector<Reg> candidates;
    for (uint32_t i = 0; i < program().registers.size(); ++i) {
      const Reg reg{static_cast<Reg::rep>(i)};
      if (reg == half_joined_ || form(reg) != physical || !is_within(mask, out_.domains[i]) ||
          (is_never_none && !is_test(reg)))
        continue;
      candidates.push_back(reg);
    }
    if (candidates.empty()) return std::nullopt;
    // Later registers more often, so that chains grow.
    const size_t late = candidates.size() > 3 && random_.below(2) == 0 ? candidates.size() - 3 : 0;
    return candidates[late + random_.below(candidates.size() - late)];
  }
  bool is_test(Reg reg) {
    for (const Reg test : tests_) {
      if (test == reg) return true;
    }
    return false;
  }

  void emit(Instr instr) { program().instrs.push_back(std::move(instr)); }

  void add_step() {
    switch (random_.below(11)) {
      case 0:
        return add_const();
      case 1:
      case 2:
        return add_arithmetic();
      case 3:
      case 4:
        return add_comparison();
      case 5:
        return add_test();
      case 6:
        return add_mask();
      case 7:
        return add_join();
      case 8:
        return add_conversion();
      case 9:
        return add_try();
      default:
        return random_.below(3) == 0 ? add_host() : add_arithmetic();
    }
  }

  void generate_sums() {
    is_sum_only_ = true;
    for (const Physical physical :
         {Physical::I64, Physical::I64, Physical::I64, Physical::F64, Physical::F64}) {
      program().inputs.push_back(
          add(physical, physical == Physical::I64 ? Type::int64() : Type::float64(), kNoReg));
    }
    for (const Physical physical : {Physical::I64, Physical::F64}) {
      program().parameter_ids.push_back(static_cast<uint32_t>(program().parameters.size()));
      program().parameters.push_back(
          add(physical, physical == Physical::I64 ? Type::int64() : Type::float64(), kNoReg));
    }
    out_.group = kNoReg;
    const uint64_t steps = 2 + random_.below(16);
    for (uint64_t i = 0; i < steps; ++i) {
      switch (random_.below(6)) {
        case 0:
          add_const();
          break;
        case 1:
          add_arithmetic();
          break;
        case 2:
          add_test();
          break;
        case 3:
          add_mask();
          break;
        default:
          add_comparison();
          break;
      }
    }
    add_aggregates();
  }

  void add_const() {
    const Reg mask = any_mask();
    const Physical physical = any_form();
    const Type type =
        is_sum_only_ && physical == Physical::I64 ? Type::int64() : type_for(physical, random_);
    const bool is_extreme = out_.extremes != 0 && random_.below(out_.extremes) == 0;
    program().constants.push_back(random_.below(12) == 0 ? Value::none()
                                                         : random_value(type, is_extreme, random_));
    const Reg dst = add(physical, type, mask);
    emit({.op = Op::Const,
          .physical = physical,
          .dst = dst,
          .mask = mask,
          .imm = static_cast<uint32_t>(program().constants.size() - 1)});
  }

  void add_arithmetic() {
    const Op ops[] = {Op::AddChecked,      Op::AddChecked, Op::SubtractChecked, Op::MultiplyChecked,
                      Op::MultiplyChecked, Op::Divide,     Op::IntDivide,       Op::Modulo,
                      Op::Negate,          Op::BitAnd,     Op::BitOr,           Op::BitXor,
                      Op::ShiftLeft,       Op::ShiftRight, Op::FitInteger,      Op::RoundF32};
    const Op sums[] = {Op::AddChecked, Op::SubtractChecked, Op::MultiplyChecked};
    const Op op = is_sum_only_ ? one_of(random_, sums) : one_of(random_, ops);
    const Physical numbers[] = {Physical::I64, Physical::I64, Physical::I128, Physical::F64,
                                Physical::Decimal};
    Physical physical = one_of(random_, numbers);
    const bool is_bitwise = op >= Op::BitAnd && op <= Op::ShiftRight;
    if (is_bitwise || is_sum_only_) physical = Physical::I64;
    if (op == Op::Divide || op == Op::RoundF32) physical = Physical::F64;
    if (op == Op::FitInteger) physical = random_.below(2) == 0 ? Physical::I64 : Physical::I128;
    if (physical == Physical::Decimal && (op == Op::IntDivide || op == Op::Modulo))
      physical = Physical::I128;
    // Failing ones only now and then, or most runs would end in the first batch.
    const bool often_fails = op == Op::ShiftLeft || op == Op::ShiftRight || op == Op::FitInteger ||
                             op == Op::IntDivide || op == Op::Modulo || op == Op::Divide;
    if (often_fails && open_tries_ == 0 && random_.below(4) != 0) return;
    const Reg mask = any_mask();
    const auto a = operand(physical, mask);
    const bool is_unary = op == Op::Negate || op == Op::FitInteger || op == Op::RoundF32;
    const auto b = is_unary ? a : operand(physical, mask);
    if (!a || !b) return;
    Type type = type_for(physical, random_);
    if (op != Op::FitInteger && physical == Physical::I64) type = Type::int64();
    if (op != Op::FitInteger && physical == Physical::I128) type = Type(TypeKind::I128);
    const Reg dst = add(physical, type, mask);
    emit({.op = op,
          .physical = physical,
          .dst = dst,
          .a = *a,
          .b = is_unary ? kNoReg : *b,
          .mask = mask});
  }

  Physical any_form() {
    if (!is_sum_only_) return one_of(random_, kForms);
    return random_.below(3) == 0 ? Physical::F64 : Physical::I64;
  }

  void add_comparison() {
    const Op ops[] = {Op::Equal,     Op::NotEqual, Op::Less,
                      Op::LessEqual, Op::Greater,  Op::GreaterEqual};
    const Physical physical = any_form();
    const Reg mask = any_mask();
    const auto a = operand(physical, mask);
    const auto b = operand(physical, mask);
    if (!a || !b) return;
    const Reg dst = add(Physical::Bool, Type::boolean(), mask);
    emit({.op = one_of(random_, ops),
          .physical = physical,
          .dst = dst,
          .a = *a,
          .b = *b,
          .mask = mask});
    tests_.push_back(dst);
  }

  void add_test() {
    const Op ops[] = {Op::And, Op::Or, Op::Not, Op::IsTrue, Op::IsNone, Op::IsNotNone};
    const Op op = ops[random_.below(is_sum_only_ ? 4 : 6)];
    const Reg mask = any_mask();
    const bool is_logic = op == Op::And || op == Op::Or || op == Op::Not || is_sum_only_;
    const Physical physical =
        op == Op::IsNone || op == Op::IsNotNone ? one_of(random_, kForms) : Physical::Bool;
    const auto a = operand(physical, mask, is_logic);
    const auto b = op == Op::And || op == Op::Or ? operand(physical, mask, true) : a;
    if (!a || !b) return;
    const Reg dst = add(Physical::Bool, Type::boolean(), mask);
    emit({.op = op,
          .physical = physical,
          .dst = dst,
          .a = *a,
          .b = op == Op::And || op == Op::Or ? *b : kNoReg,
          .mask = mask});
    tests_.push_back(dst);
  }

  // A test becomes a mask of its own, or narrows the mask under which it was made; then its
  // opposite is one too.
  void add_mask() {
    if (tests_.empty()) return;
    const Reg test = tests_[random_.below(tests_.size())];
    const Reg parent = out_.domains[test.value()];
    if (parent == kNoReg) {
      if (parent_of(test) == kNoReg) masks_.push_back({test, kNoReg});
      return;
    }
    for (const Op op : {Op::MaskAnd, Op::MaskAndNot}) {
      const Reg dst = add(Physical::Bool, Type::boolean(), kNoReg);
      emit({.op = op, .physical = Physical::Bool, .dst = dst, .a = parent, .b = test});
      masks_.push_back({dst, parent});
    }
    pairs_.push_back(masks_.size() - 2);
  }

  // Two Moves under disjoint masks, as CASE has them.
  void add_join() {
    if (pairs_.empty()) return;
    const size_t pair = pairs_[random_.below(pairs_.size())];
    const Physical physical = random_.below(8) == 0 ? Physical::Any : one_of(random_, kForms);
    const auto first = operand(physical, masks_[pair].reg);
    const auto second = operand(physical, masks_[pair + 1].reg);
    if (!first || !second) return;
    const Reg dst = add(physical, program().registers[first->value()].type, masks_[pair].parent);
    if (program().registers[second->value()].type.kind() !=
        program().registers[first->value()].type.kind()) {
      program().registers[dst.value()].type = physical == Physical::I64 ? Type::int64()
                                              : physical == Physical::I128
                                                  ? Type(TypeKind::I128)
                                                  : program().registers[first->value()].type;
    }
    emit({.op = Op::Move, .physical = physical, .dst = dst, .a = *first, .mask = masks_[pair].reg});
    half_joined_ = dst;
    if (random_.below(3) == 0) add_host();
    half_joined_ = kNoReg;
    emit({.op = Op::Move,
          .physical = physical,
          .dst = dst,
          .a = *second,
          .mask = masks_[pair + 1].reg});
  }

  void add_conversion() {
    const Op ops[] = {Op::I64ToF64, Op::I64ToI128, Op::I128ToI64, Op::Move};
    const Op op = one_of(random_, ops);
    const Physical moved = one_of(random_, kForms);
    const Physical from = op == Op::Move        ? moved
                          : op == Op::I128ToI64 ? Physical::I128
                                                : Physical::I64;
    const Physical to = op == Op::Move        ? moved
                        : op == Op::I64ToF64  ? Physical::F64
                        : op == Op::I64ToI128 ? Physical::I128
                                              : Physical::I64;
    const Reg mask = any_mask();
    const auto a = operand(from, mask);
    if (!a) return;
    Type type = op == Op::Move ? program().registers[a->value()].type : Type::int64();
    if (to == Physical::F64) type = Type::float64();
    if (to == Physical::I128 && op != Op::Move) type = Type(TypeKind::I128);
    const Reg dst = add(to, type, mask);
    emit({.op = op, .physical = from, .dst = dst, .a = *a, .mask = mask});
  }

  void add_host() {
    const Reg mask = any_mask();
    const Physical physical = one_of(random_, kForms);
    const auto a = operand(physical, mask);
    if (!a) return;
    const Reg dst = add(Physical::Any, Type::any(), mask);
    emit({.op = Op::Box, .physical = physical, .dst = dst, .a = *a, .mask = mask});
  }

  // What its body leaves behind is seen by nobody but the body.
  void add_try() {
    constexpr int kOpenMax = 2;
    if (open_tries_ == kOpenMax || random_.below(2) == 0) return;
    const Reg mask = any_mask();
    auto tests = std::exchange(tests_, {});
    auto pairs = std::exchange(pairs_, {});
    const size_t body = std::exchange(body_, masks_.size());
    const size_t at = program().instrs.size();
    const size_t first = program().registers.size();
    const Reg fine = add(Physical::Bool, Type::boolean(), kNoReg);
    emit({.op = Op::Try, .physical = Physical::Bool, .dst = fine, .mask = mask});
    masks_.push_back({fine, mask});
    ++open_tries_;
    for (uint64_t steps = 1 + random_.below(8); steps > 0; --steps) add_step();
    std::optional<Reg> value;
    while (!value) value = operand(one_of(random_, kForms), fine);
    --open_tries_;
    for (size_t i = first; i < program().registers.size(); ++i) {
      if (out_.domains[i] == kNoReg) out_.domains[i] = fine;
    }
    closed_.emplace_back(first, program().registers.size());
    const Reg dst = add(Physical::Any, Type::any(), mask);
    emit({.op = Op::Success, .physical = form(*value), .dst = dst, .a = *value, .mask = fine});
    program().instrs[at].imm = static_cast<uint32_t>(program().instrs.size() - 1 - at);
    masks_.resize(body_);
    body_ = body;
    tests_ = std::move(tests);
    pairs_ = std::move(pairs);
  }

  bool is_closed(size_t reg) const {
    for (const auto& [first, end] : closed_) {
      if (reg >= first && reg < end) return true;
    }
    return false;
  }

  void add_aggregates() {
    using Kind = AggregateSlot::Kind;
    const Kind kinds[] = {Kind::Count,  Kind::SumI64,      Kind::AvgI64,
                          Kind::MinI64, Kind::MaxI64,      Kind::MinF64,
                          Kind::MaxF64, Kind::MinTemporal, Kind::MaxTemporal};
    const Reg mask = any_mask();
    const bool is_grouped = !is_sum_only_ && random_.below(2) == 0;
    const uint64_t count = 1 + random_.below(5);
    for (uint64_t i = 0; i < count; ++i) {
      const Kind kind = kinds[random_.below(is_sum_only_ ? 5 : std::size(kinds))];
      Physical physical = Physical::I64;
      if (kind == Kind::MinF64 || kind == Kind::MaxF64) physical = Physical::F64;
      if (kind == Kind::MinTemporal || kind == Kind::MaxTemporal) physical = Physical::Temporal;
      std::optional<Reg> argument = kNoReg;
      if (kind != Kind::Count || random_.below(2) == 0) argument = operand(physical, mask);
      if (!argument) continue;
      AggregateSlot slot;
      slot.kind = kind;
      slot.offset = program().state_stride;
      slot.type = Type::int64();
      program().state_stride += plan::state_width(kind);
      program().aggregates.push_back(slot);
      emit({.op = Op::AggregateInline,
            .physical = physical,
            .a = is_grouped ? out_.group : kNoReg,
            .b = *argument,
            .mask = mask,
            .imm = static_cast<uint32_t>(program().aggregates.size() - 1)});
    }
  }

  void choose_outputs() {
    for (uint32_t i = 0; i < program().registers.size(); ++i) {
      const Reg reg{static_cast<Reg::rep>(i)};
      if (random_.below(3) == 0 && !is_closed(i)) program().outputs.push_back(reg);
    }
    // What is compared is read under its domain, so that has to be there too.
    const size_t chosen = program().outputs.size();
    for (size_t i = 0; i < chosen; ++i) {
      const Reg domain = out_.domains[program().outputs[i].value()];
      if (domain != kNoReg) program().outputs.push_back(domain);
    }
  }

  Random& random_;
  GeneratedProgram out_;
  bool is_sum_only_ = false;
  std::vector<Mask> masks_;
  std::vector<size_t> pairs_;  // positions in masks_ of disjoint neighbours
  std::vector<Reg> tests_;     // Bools that are never none
  Reg half_joined_ = kNoReg;   // has no value yet in some rows
  int open_tries_ = 0;
  size_t body_ = 0;  // position in masks_ of the first mask of the innermost Try
  std::vector<std::pair<size_t, size_t>> closed_;  // registers of bodies that are done
};

ColumnSlot slot_at(const ColumnSlot& relative, uint32_t frame) {
  ColumnSlot slot = relative;
  slot.values += frame;
  slot.valid += frame;
  if (slot.tags != 0) slot.tags += frame;
  if (slot.scales != 0) slot.scales += frame;
  return slot;
}

// A cell without a value may hold anything.
void put_garbage(Arena& arena, const ColumnSlot& slot, uint32_t row, Random& random) {
  const uint64_t bits[] = {random.next(), random.next()};
  const uint32_t size = width(slot.physical);
  std::memcpy(arena.at<char>(slot.values + row * size), bits, size);
  *arena.at<uint8_t>(slot.valid + row) = 0;
  if (slot.tags != 0) *arena.at<uint8_t>(slot.tags + row) = 0;
  if (slot.scales != 0) *arena.at<uint8_t>(slot.scales + row) = static_cast<uint8_t>(random.next());
}

}  // namespace

GeneratedProgram generate_program(Random& random) {
  return Generator(random).generate();
}

void fill_frame(const GeneratedProgram& generated, const plan::FrameLayout& layout, Arena& arena,
                uint32_t frame, uint32_t rows, Random& random) {
  const Program& program = generated.program;
  plan::FrameHeader& header = *arena.at<plan::FrameHeader>(frame);
  header = {};
  header.rows = rows;
  header.group_count = kGeneratedGroups;
  const uint32_t states = kGeneratedGroups * program.state_stride + 16;
  header.group_states = arena.allocate(states);
  std::memset(arena.at<char>(header.group_states), 0, states);
  for (const Reg reg : program.inputs) {
    const ColumnSlot slot = slot_at(layout.slots[reg.value()], frame);
    const Type& type = program.registers[reg.value()].type;
    // A source may break the promise of a type without none; then generated code leaves the batch
    // to the host.
    const uint64_t promised[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200};
    const uint64_t open[] = {0, 2, 20};
    const uint64_t none_in = type.admits_none() ? one_of(random, open) : one_of(random, promised);
    for (uint32_t row = 0; row < rows; ++row) {
      if (reg == generated.group) {
        write_value(arena, slot, row,
                    Value::int64(static_cast<int64_t>(random.below(kGeneratedGroups))));
      } else if (none_in != 0 && random.below(none_in) == 0) {
        put_garbage(arena, slot, row, random);
      } else {
        const bool is_extreme = generated.extremes != 0 && random.below(generated.extremes) == 0;
        write_value(arena, slot, row,
                    type.is_any() ? text_value(random) : random_value(type, is_extreme, random));
      }
    }
  }
  for (const Reg reg : program.parameters) {
    const Value value = random.below(10) == 0
                            ? Value::none()
                            : random_value(program.registers[reg.value()].type, false, random);
    for (uint32_t row = 0; row < rows; ++row)
      write_value(arena, slot_at(layout.slots[reg.value()], frame), row, value);
  }
}

}  // namespace zerodb::wasm
