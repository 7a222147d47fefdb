#include "exec/host.h"
#include "exec/kernel.h"
#include "function/regex.h"
#include "value/cast.h"
#include "value/like.h"
#include "value/operators.h"
#include "value/zval_builder.h"

namespace zerodb::exec {

using plan::Instr;
using plan::Op;

namespace {

// An operand read row by row; a parameter is read once.
class Operand {
 public:
  Operand(const Call& call, plan::Reg reg) : arena_(call.arena()), column_(call.column(reg)) {
    for (plan::Reg parameter : call.instance.program->parameters)
      is_fixed_ = is_fixed_ || parameter == reg;
    if (is_fixed_ && call.rows > 0) value_ = read_value(arena_, column_.slot, 0, *column_.type);
  }

  // Valid until the next call.
  const Value& at(uint32_t row) {
    if (!is_fixed_) value_ = read_value(arena_, column_.slot, row, *column_.type);
    return value_;
  }
  const Column& column() const { return column_; }
  bool is_fixed() const { return is_fixed_; }

 private:
  const Arena& arena_;
  Column column_;
  bool is_fixed_ = false;
  Value value_;
};

std::vector<Operand> operands_of(const Call& call) {
  std::vector<Operand> out;
  out.reserve(call.instr.args.size());
  for (plan::Reg reg : call.instr.args) out.emplace_back(call, reg);
  return out;
}

// Stores what `compute(row)` gives for each row under the mask.
template <typename Compute>
KernelResult for_rows(const Call& call, Compute compute) {
  const Column dst = call.column(call.instr.dst);
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    Result<Value> value = compute(row);
    if (!value) return KernelError(row, std::move(value).error());
    Status stored = store_value(call.arena(), dst, row, *value);
    if (!stored) return KernelError(row, std::move(stored).error());
  }
  return std::nullopt;
}

Result<Value> to_value(Result<bool> result, bool negated) {
  if (!result) return std::move(result).error();
  return Value::boolean(*result != negated);
}

KernelResult run_like(const Call& call) {
  Operand text(call, call.instr.a);
  Operand pattern(call, call.instr.b);
  const bool negated = (call.instr.flags & Instr::Negated) != 0;
  const bool fold = (call.instr.flags & Instr::FoldCase) != 0;
  std::optional<LikePattern> parsed;  // of the row before, where it is the same in all
  const auto match = [&](std::string_view t, std::string_view p) -> Result<Value> {
    if (!parsed || !pattern.is_fixed())
      parsed.emplace(TRY(LikePattern::parse(p, call.instr.text, fold)));
    return Value::boolean(parsed->matches(t) != negated);
  };
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    const Value& p = pattern.at(row);
    if (p.is_none() || !text.column().has(row)) return Value::boolean(negated);
    if (text.column().slot.physical == Physical::Text && p.tag() == Tag::String)
      return match(call.arena().text(text.column().view(row)), p.as_string());
    const Value& t = text.at(row);
    if (t.is_none()) return Value::boolean(negated);
    if (t.tag() != Tag::String || p.tag() != Tag::String)
      return Error(ErrorCode::E0904, "LIKE compares a string with a pattern");
    return match(t.as_string(), p.as_string());
  });
}

KernelResult run_regex(const Call& call) {
  Operand text(call, call.instr.a);
  Operand pattern(call, call.instr.b);
  const bool negated = (call.instr.flags & Instr::Negated) != 0;
  function::RegexCache* cache = call.instance.host->call().regexes;
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    const Value& p = pattern.at(row);
    return to_value(function::regex_match(text.at(row), p, *cache), negated);
  });
}

// The overload is chosen by the values.
KernelResult run_dynamic_call(const Call& call) {
  HostServices& host = *call.instance.host;
  std::vector<Operand> operands = operands_of(call);
  std::vector<Value> values(operands.size());
  std::vector<std::string_view> names(operands.size());
  for (size_t i = 0; i < names.size() && i < call.instr.names.size(); ++i)
    names[i] = call.instr.names[i];
  const bool is_method = (call.instr.flags & Instr::Method) != 0;
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    for (size_t i = 0; i < operands.size(); ++i) values[i] = operands[i].at(row);
    return is_method
               ? host.library().call_method_dynamic(call.instr.text, values, names, host.call())
               : host.library().call_dynamic(call.instr.text, values, names, host.call());
  });
}

KernelResult run_call(const Call& call) {
  if (call.instr.function == Instr::kDynamicFunction) return run_dynamic_call(call);
  HostServices& host = *call.instance.host;
  const function::Function& callee = host.library().functions()[call.instr.function];
  std::vector<Operand> operands = operands_of(call);
  std::vector<Value> values(operands.size());
  const auto& parameters = callee.signature.parameters;
  const auto sees_none = [&](size_t i) {
    if (callee.absence == function::Absence::Seen) return true;
    const auto& parameter = parameters[std::min(i, parameters.size() - 1)];
    return parameter.default_value && parameter.default_value->is_none();
  };
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    for (size_t i = 0; i < operands.size(); ++i) {
      values[i] = operands[i].at(row);
      if (values[i].is_none() && !sees_none(i)) return Value::none();
    }
    return callee.kernel(values, host.call());
  });
}

HostServices::Sight sight_of(const Instr& instr) {
  return (instr.flags & Instr::Gated) != 0 ? HostServices::Sight::Gated
                                           : HostServices::Sight::Whole;
}

// A link is replaced by the record it points to.
Result<Value> followed(const Call& call, const Value& value) {
  if (value.tag() != Tag::RecordId) return value;
  std::vector<Value> records;
  TRY(call.instance.host->fetch(std::span(&value, 1), sight_of(call.instr), records));
  return std::move(records[0]);
}

KernelResult run_members(const Call& call) {
  Operand base(call, call.instr.a);
  const bool follows = (call.instr.flags & Instr::Follow) != 0;
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    const Value& value = base.at(row);
    if (!follows || !zerodb::is_sequence(value.tag())) return members(value, call.instr.text);
    const SequenceView view(value);
    ArrayBuilder out;
    for (uint32_t i = 0; i < view.size(); ++i) {
      const Value one = TRY(followed(call, view.at(i)));
      out.add(TRY(member(one, call.instr.text)));
    }
    return out.build();
  });
}

KernelResult run_member(const Call& call) {
  Operand base(call, call.instr.a);
  const bool follows = (call.instr.flags & Instr::Follow) != 0;
  const Column& a = base.column();
  const Column dst = call.column(call.instr.dst);
  Arena& arena = call.arena();
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    Status stored;
    if (a.slot.physical == Physical::Any && a.has(row) && a.tag(row) == Tag::Object) {
      const ObjectView view = ObjectView::borrow(arena.text(a.view(row)));
      const auto position = view.position(call.instr.text);
      stored =
          write_element(arena, dst, row, position ? view.element(*position) : std::string_view());
    } else {
      Result<Value> record = follows ? followed(call, base.at(row)) : Result<Value>(base.at(row));
      if (!record) return KernelError(row, std::move(record).error());
      Result<Value> value = member(*record, call.instr.text);
      if (!value) return KernelError(row, std::move(value).error());
      stored = store_value(arena, dst, row, *value);
    }
    if (!stored) return KernelError(row, std::move(stored).error());
  }
  return std::nullopt;
}

template <typename Builder>
Result<Value> build_sequence(std::vector<Operand>& operands, uint32_t row) {
  Builder builder;
  for (Operand& operand : operands) builder.add(operand.at(row));
  return builder.build();
}

Result<Value> build_object(const Instr& instr, std::vector<Operand>& operands, uint32_t row) {
  ObjectBuilder builder;
  for (size_t i = 0; i < operands.size(); ++i) {
    const Value& value = operands[i].at(row);
    if (instr.names[i] != "*" || (instr.flags & Instr::Spread) == 0) {
      builder.set(instr.names[i], value);
      continue;
    }
    if (value.is_none()) continue;
    if (value.tag() != Tag::Object)
      return Error(ErrorCode::E0904, "`*` copies the keys of an object");
    const ObjectView view(value);
    for (uint32_t k = 0; k < view.size(); ++k) builder.set(view.key(k), view.value(k));
  }
  return builder.build();
}

KernelResult run_composite(const Call& call) {
  std::vector<Operand> operands = operands_of(call);
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    switch (call.instr.op) {
      case Op::MakeArray:
        return build_sequence<ArrayBuilder>(operands, row);
      case Op::MakeTuple:
        return build_sequence<TupleBuilder>(operands, row);
      case Op::MakeHashSet:
        return build_sequence<HashSetBuilder>(operands, row);
      case Op::MakeHashMap: {
        HashMapBuilder builder;
        for (size_t i = 0; i + 1 < operands.size(); i += 2) {
          const Value key = operands[i].at(row);
          builder.set(key, operands[i + 1].at(row));
        }
        return builder.build();
      }
      case Op::MakeObject:
        return build_object(call.instr, operands, row);
      default: {
        const Value base = operands[0].at(row);
        const Value from = operands[1].at(row);
        return slice(base, from, operands[2].at(row), (call.instr.flags & Instr::Inclusive) != 0);
      }
    }
  });
}

KernelResult run_in_list(const Call& call) {
  Operand needle(call, call.instr.a);
  std::vector<Operand> list = operands_of(call);
  const bool negated = (call.instr.flags & Instr::Negated) != 0;
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    const Value& value = needle.at(row);
    bool found = false;
    for (size_t i = 0; i < list.size() && !found && !value.is_none(); ++i) {
      const Value& candidate = list[i].at(row);
      found = !candidate.is_none() && equals(value, candidate);
    }
    return Value::boolean(found != negated);
  });
}

KernelResult run_in_set(const Call& call) {
  Operand needle(call, call.instr.a);
  const bool negated = (call.instr.flags & Instr::Negated) != 0;
  const SequenceView set(Operand(call, call.instr.b).at(0));
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    const Value& value = needle.at(row);
    return Value::boolean((!value.is_none() && hash_set_contains(set, value)) != negated);
  });
}

KernelResult run_fetch(const Call& call) {
  Operand link(call, call.instr.a);
  std::vector<Value> links;
  std::vector<uint32_t> rows;
  const Column dst = call.column(call.instr.dst);
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (!call.takes(row)) continue;
    const Value& value = link.at(row);
    if (value.is_none()) {
      dst.valid[row] = 0;
      if (dst.tags != nullptr) dst.tags[row] = 0;
      continue;
    }
    if (value.tag() != Tag::RecordId) {
      // Gradually typed access: what is no link is the object itself.
      if (value.tag() != Tag::Object)
        return KernelError(row, Error(ErrorCode::E0904, "a value of this class has no members"));
      Status stored = store_value(call.arena(), dst, row, value);
      if (!stored) return KernelError(row, std::move(stored).error());
      continue;
    }
    links.push_back(value);
    rows.push_back(row);
  }
  std::vector<Value> records;
  Status fetched = call.instance.host->fetch(links, sight_of(call.instr), records);
  if (!fetched) return KernelError(0, std::move(fetched).error());
  for (size_t i = 0; i < rows.size(); ++i) {
    Status stored = store_value(call.arena(), dst, rows[i], records[i]);
    if (!stored) return KernelError(rows[i], std::move(stored).error());
  }
  return std::nullopt;
}

KernelResult run_subquery(const Call& call) {
  std::vector<Operand> outer = operands_of(call);
  std::optional<Operand> needle;
  if (call.instr.a != plan::kNoReg) needle.emplace(call, call.instr.a);
  std::vector<Value> values(outer.size());
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    for (size_t i = 0; i < outer.size(); ++i) values[i] = outer[i].at(row);
    const Value left = needle ? needle->at(row) : Value();
    return call.instance.host->subquery(call.instr.imm, left, values);
  });
}

KernelResult run_single(const Call& call) {
  Operand a(call, call.instr.a);
  const Type& dst_type = call.instance.program->registers[call.instr.dst.value()].type;
  const Names names = call.instance.host == nullptr ? Names() : call.instance.host->names();
  // Conversions that lowering adds of itself name no type.
  const Type& target = call.instr.type.is_any() ? dst_type : call.instr.type;
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    const Value& value = a.at(row);
    switch (call.instr.op) {
      case Op::Unary:
        return unary(call.instr.unary_op, value);
      case Op::IsType:
        return Value::boolean(is_of_type(value, call.instr.type) !=
                              ((call.instr.flags & Instr::Negated) != 0));
      case Op::Cast:
        return cast(value, call.instr.type, names);
      case Op::TryCast: {
        Result<Value> result = cast(value, call.instr.type, names);
        return result ? std::move(*result) : Value::none();
      }
      case Op::Coerce:
        if (value.is_none() && call.instr.type.is_any()) return value;
        return coerce(value, target, names);
      case Op::MakeRecordId:
        if (value.is_none()) return Value::none();
        if (value.tag() == Tag::RecordId) return value;
        return Value::record_id(call.instr.table, value);
      case Op::CommitStamp:
        if (value.is_none()) return Value::none();
        if (value.tag() != Tag::RecordId)
          return Error(ErrorCode::E0904, "only records have a version");
        return call.instance.host->commit_stamp(value);
      case Op::Success:
        return make_ok(value);
      default:
        return value;  // Box, Unbox
    }
  });
}

KernelResult run_pair(const Call& call) {
  Operand a(call, call.instr.a);
  Operand b(call, call.instr.b);
  return for_rows(call, [&](uint32_t row) -> Result<Value> {
    const Value& left = a.at(row);
    const Value& right = b.at(row);
    return call.instr.op == Op::Element ? element(left, right)
                                        : binary(call.instr.binary_op, left, right);
  });
}

}  // namespace

KernelResult run_host(const Call& call) {
  switch (call.instr.op) {
    case Op::Binary:
    case Op::Element:
      return run_pair(call);
    case Op::RegexMatch:
      return run_regex(call);
    case Op::Like:
      return run_like(call);
    case Op::Call:
      return run_call(call);
    case Op::Member:
      return run_member(call);
    case Op::Members:
      return run_members(call);
    case Op::Slice:
    case Op::MakeArray:
    case Op::MakeTuple:
    case Op::MakeHashSet:
    case Op::MakeHashMap:
    case Op::MakeObject:
      return run_composite(call);
    case Op::InList:
      return run_in_list(call);
    case Op::InSet:
      return run_in_set(call);
    case Op::Fetch:
      return run_fetch(call);
    case Op::Subquery:
      return run_subquery(call);
    default:
      return run_single(call);
  }
}

KernelResult run_const(const Call& call) {
  const Value& value = call.instance.program->constants[call.instr.imm];
  return for_rows(call, [&](uint32_t) -> Result<Value> { return value; });
}

KernelResult run_move(const Call& call) {
  const Column source = call.column(call.instr.a);
  const Column dst = call.column(call.instr.dst);
  for (uint32_t row = 0; row < call.rows; ++row) {
    if (call.takes(row)) copy_cell(source, row, dst, row);
  }
  return std::nullopt;
}

}  // namespace zerodb::exec
