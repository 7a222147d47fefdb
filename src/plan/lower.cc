#include "plan/lower.h"

#include "value/cast.h"
#include "value/operator_types.h"

namespace zerodb::plan {

using sema::Expr;
using sema::ExprId;
using sema::ExprKind;

class Lowering::MaskScope {
 public:
  MaskScope(Lowering& lowering, Reg mask) : lowering_(lowering), before_(lowering.mask_) {
    lowering_.mask_ = mask;
  }
  ~MaskScope() { lowering_.mask_ = before_; }
  MaskScope(const MaskScope&) = delete;
  MaskScope& operator=(const MaskScope&) = delete;

 private:
  Lowering& lowering_;
  Reg before_;
};

Lowering::Lowering(PlanParts& parts, const sema::Statement& statement, const Scope& scope)
    : parts_(parts), statement_(statement), scope_(scope), program_(std::make_shared<Program>()) {
  for (const OutputColumn& column : scope.columns())
    program_->inputs.push_back(add_register(column.type));
}

ProgramPtr Lowering::finish() {
  ASSERT(program_->registers.size() < kNoReg.value());
  program_->check_invariants();
  return program_;
}

void Lowering::output_inputs() {
  for (Reg reg : program_->inputs) output(reg);
}

Reg Lowering::add_register(const Type& type) {
  program_->registers.push_back({physical_of(type), type});
  return Reg(static_cast<Reg::rep>(program_->registers.size() - 1));
}

Instr& Lowering::emit(Op op, Reg dst, Reg a, Reg b) {
  Instr instr;
  instr.op = op;
  instr.dst = dst;
  instr.a = a;
  instr.b = b;
  instr.mask = mask_;
  instr.span = span_;
  if (a != kNoReg) instr.physical = reg(a).physical;
  program_->instrs.push_back(std::move(instr));
  return program_->instrs.back();
}

Reg Lowering::emit_bool(Op op, Reg a, Reg b) {
  const Reg dst = add_register(Type::boolean());
  emit(op, dst, a, b);
  return dst;
}

Reg Lowering::parameter(uint32_t id, const Type& type) {
  const auto key = std::pair(id, physical_of(type));
  const auto found = parameters_.find(key);
  if (found != parameters_.end()) return found->second;
  const Reg reg = add_register(type);
  program_->parameters.push_back(reg);
  program_->parameter_ids.push_back(id);
  parameters_.emplace(key, reg);
  return reg;
}

Reg Lowering::none_of(const Type& type) {
  const Reg dst = add_register(type);
  Instr& instr = emit(Op::Const, dst);
  instr.physical = reg(dst).physical;
  instr.imm = static_cast<uint32_t>(program_->constants.size());
  program_->constants.push_back(Value::none());
  return dst;
}

Reg Lowering::convert(Reg from, const Type& type) {
  const Physical have = reg(from).physical;
  const Physical want = physical_of(type);
  if (have == want) return from;
  const Reg dst = add_register(type);
  if (want == Physical::Any) {
    emit(Op::Box, dst, from);
  } else if (have == Physical::Any) {
    emit(Op::Unbox, dst, from);
  } else if (have == Physical::I64 && want == Physical::F64) {
    emit(Op::I64ToF64, dst, from);
  } else if (have == Physical::I64 && want == Physical::I128) {
    emit(Op::I64ToI128, dst, from);
  } else {
    emit(Op::Coerce, dst, from);
  }
  return dst;
}

Reg Lowering::truth(Reg from) {
  return emit_bool(Op::IsTrue, convert(from, Type::boolean()));
}

Reg Lowering::narrow_mask(Reg condition) {
  return mask_ == kNoReg ? condition : emit_bool(Op::MaskAnd, mask_, condition);
}

Reg Lowering::exclude_mask(Reg condition) {
  return mask_ == kNoReg ? emit_bool(Op::Not, condition)
                         : emit_bool(Op::MaskAndNot, mask_, condition);
}

void Lowering::move(Reg dst, Reg from, Reg mask) {
  const MaskScope scope(*this, mask);
  emit(Op::Move, dst, from);
}

Result<Reg> Lowering::lower(ExprId id) {
  const Span before = span_;
  const Expr& e = expr(id);
  span_ = e.span;
  const Scope::Joined* joined = scope_.joined(id);
  const Reg result = joined != nullptr ? lower_joined(e, *joined) : TRY(lower_expr(e));
  span_ = before;
  return result;
}

Result<Reg> Lowering::lower_as(ExprId id, const Type& type) {
  const Reg result = TRY(lower(id));
  return convert(result, type);
}

Result<Reg> Lowering::condition(ExprId id) {
  const Expr& e = expr(id);
  const Reg result = TRY(lower(id));
  const bool is_predicate = e.kind == ExprKind::And || e.kind == ExprKind::Or ||
                            e.kind == ExprKind::IsNone || e.kind == ExprKind::InList ||
                            (e.kind == ExprKind::Binary && zerodb::is_predicate(e.binary_op));
  if (is_predicate && reg(result).physical == Physical::Bool) return result;
  return truth(result);
}

Status Lowering::filter(std::span<const ExprId> conditions) {
  for (ExprId id : conditions) {
    const Reg one = TRY(condition(id));
    mask_ = narrow_mask(one);
  }
  if (!conditions.empty()) program_->selection = mask_;
  return ok_status();
}

Result<Reg> Lowering::host(const Expr& e, Op op) {
  std::vector<Reg> args;
  for (ExprId id : e.args) args.push_back(TRY(lower(id)));
  const Reg dst = add_register(e.type);
  Instr& instr = emit(op, dst);
  switch (op) {
    case Op::Call:
    case Op::Slice:
    case Op::MakeArray:
    case Op::MakeTuple:
    case Op::MakeHashSet:
    case Op::MakeHashMap:
    case Op::MakeObject:
      instr.args = std::move(args);
      break;
    case Op::InList:
      instr.a = args[0];
      instr.args.assign(args.begin() + 1, args.end());
      break;
    default:
      if (!args.empty()) instr.a = args[0];
      if (args.size() > 1) instr.b = args[1];
  }
  if (e.has(Expr::Negated)) instr.flags |= Instr::Negated;
  if (e.has(Expr::FoldCase)) instr.flags |= Instr::FoldCase;
  if (e.has(Expr::Inclusive)) instr.flags |= Instr::Inclusive;
  if (e.has(Expr::Spread)) instr.flags |= Instr::Spread;
  if (e.has(Expr::Method)) instr.flags |= Instr::Method;
  if (e.has(Expr::Follow)) instr.flags |= Instr::Follow;
  if (e.has(Expr::Gated)) instr.flags |= Instr::Gated;
  instr.binary_op = e.binary_op;
  instr.unary_op = e.unary_op;
  instr.function = e.function;
  instr.table = e.table;
  instr.type = e.target;
  instr.text = e.text;
  instr.names = e.names;
  return dst;
}

Result<Reg> Lowering::lower_column(const Expr& e) {
  if (e.depth > 0) {
    const auto outer = e.depth == 1 ? scope_.find_outer(e.source, e.index) : std::nullopt;
    if (outer) return convert(input(*outer), e.type);
    return parameter(parts_.outer(e.depth, e.source, e.index, e.type), e.type);
  }
  const auto position = scope_.find(e.source, e.index);
  if (!position) return Error(ErrorCode::E1299, "a column has no place in the plan").at(e.span);
  return convert(input(*position), e.type);
}

Result<Reg> Lowering::lower_expr(const Expr& e) {
  switch (e.kind) {
    case ExprKind::Literal:
      if (e.literal.is_none()) return none_of(e.type);
      return convert(parameter(parts_.literal(e.literal), type_of(e.literal)), e.type);
    case ExprKind::Parameter:
      return parameter(e.index, e.type);
    case ExprKind::Column:
      return lower_column(e);
    case ExprKind::Unary:
      return lower_unary(e);
    case ExprKind::Binary:
      return lower_binary(e);
    case ExprKind::And:
      return lower_and(e);
    case ExprKind::Or:
      return lower_or(e);
    case ExprKind::Coalesce:
      return lower_coalesce(e);
    case ExprKind::Like:
      return host(e, Op::Like);
    case ExprKind::InList:
      return lower_in_list(e);
    case ExprKind::IsType:
      return host(e, Op::IsType);
    case ExprKind::IsNone: {
      const Reg operand = TRY(lower(e.args[0]));
      return emit_bool(e.has(Expr::Negated) ? Op::IsNotNone : Op::IsNone, operand);
    }
    case ExprKind::Case:
      return lower_case(e);
    case ExprKind::Try:
      return lower_try(e);
    case ExprKind::Cast:
      return host(e, Op::Cast);
    case ExprKind::TryCast:
      return host(e, Op::TryCast);
    case ExprKind::Coerce:
      return lower_coerce(e);
    case ExprKind::Call:
      return host(e, Op::Call);
    case ExprKind::Member:
      return host(e, Op::Member);
    case ExprKind::Element:
      return host(e, Op::Element);
    case ExprKind::Slice:
      return host(e, Op::Slice);
    case ExprKind::Members:
      return host(e, Op::Members);
    case ExprKind::Array:
      return host(e, Op::MakeArray);
    case ExprKind::Tuple:
      return host(e, Op::MakeTuple);
    case ExprKind::HashSet:
      return host(e, Op::MakeHashSet);
    case ExprKind::HashMap:
      return host(e, Op::MakeHashMap);
    case ExprKind::Object:
      return host(e, Op::MakeObject);
    case ExprKind::RecordId:
      return host(e, Op::MakeRecordId);
    case ExprKind::Fetch:
      return host(e, Op::Fetch);
    case ExprKind::CommitStamp:
      return host(e, Op::CommitStamp);
    case ExprKind::Aggregate:
      if (!scope_.first_aggregate) break;
      return input(*scope_.first_aggregate + e.index);
    case ExprKind::ScalarQuery:
    case ExprKind::ArrayQuery:
    case ExprKind::ExistsQuery:
    case ExprKind::InQuery:
      return lower_subquery(e);
    case ExprKind::OldRecord:
      if (!scope_.old_record) break;
      return input(*scope_.old_record);
    case ExprKind::NewRecord:
      if (!scope_.new_record) break;
      return input(*scope_.new_record);
    case ExprKind::Window:
      if (!scope_.first_window) break;
      return input(*scope_.first_window + e.index);
    case ExprKind::Matches:
    case ExprKind::ModuleCall:
    case ExprKind::Poison:
      break;
  }
  return Error(ErrorCode::E1299, "an expression stands where it cannot be computed").at(e.span);
}

Result<Reg> Lowering::lower_and(const Expr& e) {
  const MaskScope whole(*this, mask_);
  Reg result = TRY(condition(e.args[0]));
  for (size_t i = 1; i < e.args.size(); ++i) {
    mask_ = narrow_mask(result);
    const Reg next = TRY(condition(e.args[i]));
    result = emit_bool(Op::MaskAnd, mask_, next);
  }
  return result;
}

Result<Reg> Lowering::lower_or(const Expr& e) {
  const Reg all = mask_;
  const MaskScope whole(*this, mask_);
  Reg result = TRY(condition(e.args[0]));
  for (size_t i = 1; i < e.args.size(); ++i) {
    mask_ = exclude_mask(result);
    const Reg next = TRY(condition(e.args[i]));
    mask_ = all;
    result = emit_bool(Op::Or, result, next);
  }
  return result;
}

Result<Reg> Lowering::lower_coalesce(const Expr& e) {
  const MaskScope whole(*this, mask_);
  const Reg dst = add_register(e.type);
  for (size_t i = 0; i < e.args.size(); ++i) {
    const Reg value = TRY(lower_as(e.args[i], e.type));
    if (i + 1 == e.args.size()) {
      move(dst, value, mask_);
      break;
    }
    const Reg there = emit_bool(Op::IsNotNone, value);
    const Reg take = narrow_mask(there);
    const Reg rest = exclude_mask(there);
    move(dst, value, take);
    mask_ = rest;
  }
  return dst;
}

Result<Reg> Lowering::lower_where(ExprId held, ExprId id, const Type& type) {
  const MaskScope whole(*this, mask_);
  const Reg dst = add_register(type);
  const Reg holds = TRY(condition(held));
  const Reg take = narrow_mask(holds);
  const Reg rest = exclude_mask(holds);
  mask_ = take;
  move(dst, TRY(lower_as(id, type)), take);
  mask_ = rest;
  move(dst, none_of(type), rest);
  return dst;
}

Result<Reg> Lowering::lower_case(const Expr& e) {
  const MaskScope whole(*this, mask_);
  const Reg dst = add_register(e.type);
  size_t i = 0;
  for (; i + 1 < e.args.size(); i += 2) {
    const Reg when = TRY(condition(e.args[i]));
    const Reg take = narrow_mask(when);
    const Reg rest = exclude_mask(when);
    mask_ = take;
    const Reg value = TRY(lower_as(e.args[i + 1], e.type));
    move(dst, value, take);
    mask_ = rest;
  }
  const Reg otherwise = i < e.args.size() ? TRY(lower_as(e.args[i], e.type)) : none_of(e.type);
  move(dst, otherwise, mask_);
  return dst;
}

Result<Reg> Lowering::lower_try(const Expr& e) {
  const MaskScope whole(*this, mask_);
  const Reg fine = add_register(Type::boolean());
  const size_t at = program_->instrs.size();
  emit(Op::Try, fine);
  mask_ = fine;
  const Reg value = TRY(lower(e.args[0]));
  const Reg dst = add_register(e.type);
  emit(Op::Success, dst, value);
  program_->instrs[at].imm = static_cast<uint32_t>(program_->instrs.size() - 1 - at);
  return dst;
}

Result<Reg> Lowering::lower_coerce(const Expr& e) {
  const Type& from = expr(e.args[0]).type;
  const Reg operand = TRY(lower(e.args[0]));
  if (storing(from, e.target) == Storing::Same && reg(operand).physical == physical_of(e.type))
    return operand;
  const Reg dst = add_register(e.type);
  emit(Op::Coerce, dst, operand).type = e.target;
  return dst;
}

// A subquery whose value stands in a column already.
Reg Lowering::lower_joined(const Expr& e, const Scope::Joined& joined) {
  const Reg value = convert(input(joined.value), e.type);
  if (e.has(Expr::Negated)) return emit_bool(Op::Not, value);
  if (!joined.found) return value;
  const MaskScope whole(*this, mask_);
  const Reg dst = add_register(e.type);
  const Reg found = emit_bool(Op::IsNotNone, input(*joined.found));
  const Reg take = narrow_mask(found);
  const Reg rest = exclude_mask(found);
  move(dst, value, take);
  mask_ = rest;
  const Reg empty = add_register(e.type);
  emit(Op::Subquery, empty).imm = joined.empty;
  move(dst, empty, rest);
  return dst;
}

Result<Reg> Lowering::lower_subquery(const Expr& e) {
  Reg needle = kNoReg;
  if (e.kind == ExprKind::InQuery) needle = TRY(lower(e.args[0]));
  const SubplanRef ref = TRY(parts_.subplan(e));
  std::vector<Reg> args;
  for (const OuterRef& outer : ref.outer) {
    const auto position = scope_.find(outer.source, outer.index);
    if (!position)
      return Error(ErrorCode::E1299, "a column of an outer query has no place in the plan")
          .at(e.span);
    args.push_back(input(*position));
  }
  const Reg dst = add_register(e.type);
  Instr& instr = emit(Op::Subquery, dst, needle);
  instr.imm = ref.subplan;
  instr.args = std::move(args);
  return dst;
}

}  // namespace zerodb::plan
