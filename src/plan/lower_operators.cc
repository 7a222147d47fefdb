#include <algorithm>
#include <span>

#include "plan/lower.h"
#include "value/cast.h"
#include "value/operator_types.h"
#include "value/zval_builder.h"

namespace zerodb::plan {

using sema::Expr;

namespace {

bool is_small_integer(TypeKind kind) {
  return kind == TypeKind::I8 || kind == TypeKind::I16 || kind == TypeKind::I32 ||
         kind == TypeKind::U8 || kind == TypeKind::U16 || kind == TypeKind::U32;
}

// Whether a number of this type turns into the form without the host.
bool widens_to(const Type& type, Physical physical) {
  const Physical have = physical_of(type);
  if (!type.is_number()) return false;
  if (have == physical) return true;
  return have == Physical::I64 && (physical == Physical::F64 || physical == Physical::I128);
}

// The form in which two types compare exactly, or Any.
Physical common_form(const Type& left, const Type& right) {
  const Physical l = physical_of(left);
  const Physical r = physical_of(right);
  if (left.is_number() && right.is_number()) {
    if (l == r) return l;
    const bool both_integers = left.is_integer() && right.is_integer();
    if (both_integers && l != Physical::U128 && r != Physical::U128) return Physical::I128;
    if (l == Physical::F64 && is_small_integer(right.kind())) return Physical::F64;
    if (r == Physical::F64 && is_small_integer(left.kind())) return Physical::F64;
    return Physical::Any;
  }
  if (left.is_text() && right.is_text()) return Physical::Text;
  if (left.kind() != right.kind() || l == Physical::Any || l == Physical::Text) {
    return left.kind() == TypeKind::Bytes && right.kind() == TypeKind::Bytes ? Physical::Text
                                                                             : Physical::Any;
  }
  return l;
}

std::optional<Op> comparison_op(BinaryOp op) {
  switch (op) {
    case BinaryOp::Equal:
      return Op::Equal;
    case BinaryOp::NotEqual:
      return Op::NotEqual;
    case BinaryOp::Less:
      return Op::Less;
    case BinaryOp::LessEqual:
      return Op::LessEqual;
    case BinaryOp::Greater:
      return Op::Greater;
    case BinaryOp::GreaterEqual:
      return Op::GreaterEqual;
    default:
      return std::nullopt;
  }
}

std::optional<Op> arithmetic_op(BinaryOp op) {
  switch (op) {
    case BinaryOp::Add:
      return Op::AddChecked;
    case BinaryOp::Subtract:
      return Op::SubtractChecked;
    case BinaryOp::Multiply:
      return Op::MultiplyChecked;
    case BinaryOp::Divide:
      return Op::Divide;
    case BinaryOp::IntDivide:
      return Op::IntDivide;
    case BinaryOp::Modulo:
      return Op::Modulo;
    case BinaryOp::BitAnd:
      return Op::BitAnd;
    case BinaryOp::BitOr:
      return Op::BitOr;
    case BinaryOp::BitXor:
      return Op::BitXor;
    case BinaryOp::ShiftLeft:
      return Op::ShiftLeft;
    case BinaryOp::ShiftRight:
      return Op::ShiftRight;
    default:
      return std::nullopt;
  }
}

bool has_fast_arithmetic(Op op, const Type& result, const Type& left, const Type& right) {
  const Physical physical = physical_of(result);
  if (!widens_to(left, physical) || !widens_to(right, physical)) return false;
  switch (op) {
    case Op::Divide:
      return physical == Physical::F64;
    case Op::BitAnd:
    case Op::BitOr:
    case Op::BitXor:
      return physical == Physical::I64;
    // The width of the type bounds the count.
    case Op::ShiftLeft:
    case Op::ShiftRight:
      return result.kind() == TypeKind::I64;
    case Op::AddChecked:
    case Op::SubtractChecked:
    case Op::MultiplyChecked:
      return physical == Physical::I64 || physical == Physical::I128 || physical == Physical::F64 ||
             physical == Physical::Decimal;
    default:
      return physical == Physical::I64 || physical == Physical::I128 || physical == Physical::F64;
  }
}

Type form_type(Physical physical) {
  switch (physical) {
    case Physical::I64:
      return Type::int64().optional();
    case Physical::I128:
      return Type(TypeKind::I128).optional();
    case Physical::Decimal:
      return Type(TypeKind::Decimal).optional();
    default:
      return Type::float64().optional();
  }
}

}  // namespace

// A whole number beside decimals is one of them from the start.
bool Lowering::is_whole_literal(sema::ExprId id) const {
  const Expr& e = expr(id);
  return e.kind == sema::ExprKind::Literal && is_integer(e.literal.tag()) &&
         physical_of(type_of(e.literal)) == Physical::I64;
}

Result<Reg> Lowering::lower_as(sema::ExprId id, Physical physical) {
  if (physical != Physical::Decimal || !is_whole_literal(id)) return lower(id);
  const Value value = Value::decimal({expr(id).literal.as_int128(), 0});
  return parameter(parts_.literal(value), type_of(value));
}

Result<Reg> Lowering::lower_arithmetic(const Expr& e, Op op, Physical physical) {
  const Reg left = TRY(lower_as(e.args[0], physical));
  const Reg right = TRY(lower_as(e.args[1], physical));
  const Reg a = convert(left, form_type(physical));
  const Reg b = convert(right, form_type(physical));
  const Reg dst = add_register(e.type);
  emit(op, dst, a, b);
  const TypeKind kind = e.type.kind();
  const bool is_bit_operation = op >= Op::BitAnd && op <= Op::ShiftRight;
  if (is_bit_operation || kind == TypeKind::I64 || kind == TypeKind::I128 ||
      kind == TypeKind::F64 || kind == TypeKind::Decimal)
    return dst;
  const Reg fitted = add_register(e.type);
  emit(kind == TypeKind::F32 ? Op::RoundF32 : Op::FitInteger, fitted, dst);
  return fitted;
}

Result<Reg> Lowering::lower_binary(const Expr& e) {
  Type left_type = expr(e.args[0]).type;
  Type right_type = expr(e.args[1]).type;
  if (left_type.required().kind() == TypeKind::Decimal && is_whole_literal(e.args[1])) {
    right_type = Type(TypeKind::Decimal);
  } else if (right_type.required().kind() == TypeKind::Decimal && is_whole_literal(e.args[0])) {
    left_type = Type(TypeKind::Decimal);
  }
  switch (e.binary_op) {
    case BinaryOp::RegexMatch:
      return host(e, Op::RegexMatch);
    case BinaryOp::RegexNotMatch: {
      const Reg dst = TRY(host(e, Op::RegexMatch));
      program_->instrs.back().flags |= Instr::Negated;
      return dst;
    }
    case BinaryOp::Like:
    case BinaryOp::NotLike:
    case BinaryOp::ILike:
    case BinaryOp::NotILike: {
      const Reg dst = TRY(host(e, Op::Like));
      uint8_t& flags = program_->instrs.back().flags;
      if (e.binary_op == BinaryOp::NotLike || e.binary_op == BinaryOp::NotILike)
        flags |= Instr::Negated;
      if (e.binary_op == BinaryOp::ILike || e.binary_op == BinaryOp::NotILike)
        flags |= Instr::FoldCase;
      return dst;
    }
    default:
      break;
  }
  if (const auto op = comparison_op(e.binary_op)) {
    const Physical form = common_form(left_type, right_type);
    if (form != Physical::Any) {
      const Reg left = TRY(lower_as(e.args[0], form));
      const Reg right = TRY(lower_as(e.args[1], form));
      const Physical l = reg(left).physical;
      const Physical r = reg(right).physical;
      const Reg a = l == form ? left : convert(left, form_type(form));
      const Reg b = r == form ? right : convert(right, form_type(form));
      return emit_bool(*op, a, b);
    }
  } else if (const auto arithmetic = arithmetic_op(e.binary_op)) {
    if (has_fast_arithmetic(*arithmetic, e.type, left_type, right_type)) {
      return lower_arithmetic(e, *arithmetic, physical_of(e.type));
    }
  }
  return host(e, Op::Binary);
}

// Whether one of the literals behind the operand equals it, by code for their form.
Result<Reg> Lowering::lower_equal_to_one(const Expr& e, Physical physical) {
  const Reg needle = TRY(lower_as(e.args[0], physical));
  const Reg left = reg(needle).physical == physical ? needle : convert(needle, form_type(physical));
  Reg found = kNoReg;
  for (size_t i = 1; i < e.args.size(); ++i) {
    const Reg literal = TRY(lower_as(e.args[i], physical));
    const Reg right =
        reg(literal).physical == physical ? literal : convert(literal, form_type(physical));
    const Reg equal = emit_bool(Op::Equal, left, right);
    found = found == kNoReg ? equal : emit_bool(Op::Or, found, equal);
  }
  return e.has(Expr::Negated) ? emit_bool(Op::Not, found) : found;
}

Result<Reg> Lowering::lower_in_set(const Expr& e) {
  HashSetBuilder set;
  for (size_t i = 1; i < e.args.size(); ++i) {
    const Value& value = expr(e.args[i]).literal;
    if (!value.is_none()) set.add(value);
  }
  const Value built = TRY(set.build());
  const Reg needle = TRY(lower(e.args[0]));
  const Reg dst = emit_bool(Op::InSet, needle, parameter(parts_.literal(built), type_of(built)));
  if (e.has(Expr::Negated)) program_->instrs.back().flags |= Instr::Negated;
  return dst;
}

// Literals are compared one after the other where they are few, and looked up where they are many.
Result<Reg> Lowering::lower_in_list(const Expr& e) {
  constexpr size_t kComparedMax = 8;
  const std::span<const sema::ExprId> list = std::span(e.args).subspan(1);
  const auto is_literal = [&](sema::ExprId id) { return expr(id).kind == sema::ExprKind::Literal; };
  if (list.empty() || !std::ranges::all_of(list, is_literal)) return host(e, Op::InList);
  if (list.size() > kComparedMax) return lower_in_set(e);
  const auto form = [&](sema::ExprId id) {
    const Type left = expr(e.args[0]).type.required();
    const bool is_decimal = left.kind() == TypeKind::Decimal && is_whole_literal(id);
    return common_form(left, is_decimal ? left : expr(id).type);
  };
  const Physical first = form(list[0]);
  const bool is_uniform =
      std::ranges::all_of(list, [&](sema::ExprId id) { return form(id) == first; });
  if (first == Physical::Any || !is_uniform) return host(e, Op::InList);
  return lower_equal_to_one(e, first);
}

Result<Reg> Lowering::lower_unary(const Expr& e) {
  if (e.unary_op == UnaryOp::Not) {
    const Reg operand = TRY(condition(e.args[0]));
    return emit_bool(Op::Not, operand);
  }
  const Type& type = expr(e.args[0]).type;
  const TypeKind kind = e.type.kind();
  if (e.unary_op == UnaryOp::Negate && type.kind() == kind &&
      (kind == TypeKind::I64 || kind == TypeKind::F64 || kind == TypeKind::I128)) {
    const Reg operand = TRY(lower(e.args[0]));
    const Reg dst = add_register(e.type);
    emit(Op::Negate, dst, operand);
    return dst;
  }
  return host(e, Op::Unary);
}

}  // namespace zerodb::plan
