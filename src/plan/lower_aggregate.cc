#include "plan/lower.h"

namespace zerodb::plan {

namespace {

using Kind = AggregateSlot::Kind;

// The state that generated code keeps for the aggregate, or Host.
Kind inline_kind(const sema::Aggregate& aggregate, const Type* argument) {
  if (aggregate.distinct || !aggregate.order.empty()) return Kind::Host;
  const std::string& name = aggregate.function;
  if (name == "count") return Kind::Count;
  if (argument == nullptr) return Kind::Host;
  const Physical physical = physical_of(*argument);
  const bool is_int = argument->is_integer() && physical == Physical::I64;
  if (name == "sum" && is_int && aggregate.type.kind() == TypeKind::I64) return Kind::SumI64;
  if (name == "avg" && is_int && aggregate.type.kind() == TypeKind::F64) return Kind::AvgI64;
  const bool is_min = name == "min";
  if (!is_min && name != "max") return Kind::Host;
  if (is_int) return is_min ? Kind::MinI64 : Kind::MaxI64;
  if (physical == Physical::F64) return is_min ? Kind::MinF64 : Kind::MaxF64;
  if (physical == Physical::Temporal) return is_min ? Kind::MinTemporal : Kind::MaxTemporal;
  return Kind::Host;
}

}  // namespace

Reg Lowering::group_index(std::vector<Reg> keys) {
  const Reg dst = add_register(Type::int64());
  emit(Op::GroupIndex, dst).args = std::move(keys);
  return dst;
}

Status Lowering::aggregate(const sema::Aggregate& aggregate, Reg group) {
  const Reg before = mask_;
  if (aggregate.filter != sema::kNoExpr) {
    const Reg holds = TRY(condition(aggregate.filter));
    mask_ = narrow_mask(holds);
  }
  std::vector<Reg> args;
  for (sema::ExprId id : aggregate.args) args.push_back(TRY(lower(id)));
  // Keys of an ORDER BY inside the call follow the arguments.
  for (const auto& key : aggregate.order) args.push_back(TRY(lower(key.expr)));

  AggregateSlot slot;
  slot.function = aggregate.function;
  slot.distinct = aggregate.distinct;
  for (const auto& key : aggregate.order) slot.order.push_back({key.descending, key.nulls_first});
  slot.type = aggregate.type;
  slot.span = aggregate.span;
  const Type* argument = args.empty() ? nullptr : &reg(args[0]).type;
  slot.kind = inline_kind(aggregate, argument);
  const uint32_t index = static_cast<uint32_t>(program_->aggregates.size());
  const bool is_host = slot.kind == Kind::Host;
  slot.offset = program_->state_stride;
  program_->state_stride += state_width(slot.kind);
  program_->aggregates.push_back(std::move(slot));

  span_ = aggregate.span;
  Instr& instr = emit(is_host ? Op::AggregateHost : Op::AggregateInline, kNoReg, group);
  instr.imm = index;
  if (is_host) {
    instr.args = std::move(args);
  } else {
    instr.b = args.empty() ? kNoReg : args[0];
    instr.physical = args.empty() ? Physical::I64 : reg(args[0]).physical;
  }
  mask_ = before;
  return ok_status();
}

}  // namespace zerodb::plan
