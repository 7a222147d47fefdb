#include "value/operators.h"

#include "base/assert.h"
#include "value/decimal.h"
#include "value/integer.h"
#include "value/operator_parts.h"
#include "value/operator_types.h"
#include "value/temporal.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb {
namespace {

Error wrong_class(BinaryOp op, const Value& left, const Value& right) {
  return Error(ErrorCode::E0904, "`" + std::string(operator_text(op)) + "` is not defined for " +
                                     class_name(left.tag()) + " and " + class_name(right.tag()));
}

bool same_class(const Value& left, const Value& right) {
  const auto fold = [](Tag tag) {
    if (is_number(tag)) return Tag::I64;
    return tag == Tag::Vector ? Tag::Array : tag;
  };
  if (left.tag() == Tag::Enum && right.tag() == Tag::Enum)
    return left.as_enum().type == right.as_enum().type;
  return fold(left.tag()) == fold(right.tag());
}

bool is_negated(BinaryOp op) {
  switch (op) {
    case BinaryOp::NotLike:
    case BinaryOp::NotILike:
    case BinaryOp::NotIn:
    case BinaryOp::NotContains:
    case BinaryOp::NotContainsAny:
    case BinaryOp::NotContainsAll:
    case BinaryOp::RegexNotMatch:
      return true;
    default:
      return false;
  }
}

// The predicate without its NOT, on operands that are there.
Result<bool> positive_predicate(BinaryOp op, const Value& left, const Value& right) {
  std::optional<bool> result;
  switch (op) {
    case BinaryOp::Like:
    case BinaryOp::NotLike:
    case BinaryOp::ILike:
    case BinaryOp::NotILike:
      if (left.tag() != Tag::String || right.tag() != Tag::String) break;
      return like(left.as_string(), right.as_string(), {},
                  op == BinaryOp::ILike || op == BinaryOp::NotILike);
    case BinaryOp::In:
    case BinaryOp::NotIn:
      result = contains(right, left);
      break;
    case BinaryOp::Contains:
    case BinaryOp::NotContains:
      result = contains(left, right);
      break;
    case BinaryOp::ContainsAny:
    case BinaryOp::NotContainsAny:
      result = contains_any(left, right);
      break;
    case BinaryOp::ContainsAll:
    case BinaryOp::NotContainsAll:
      result = contains_all(left, right);
      break;
    default:
      UNREACHABLE();
  }
  if (!result) return wrong_class(op, left, right);
  return *result;
}

Result<Value> predicate(BinaryOp op, const Value& left, const Value& right) {
  // A regex needs a compiled pattern: the layer that has the engine evaluates ~ and !~.
  ASSERT(op != BinaryOp::RegexMatch && op != BinaryOp::RegexNotMatch);
  if (left.is_none() || right.is_none()) return Value::boolean(is_negated(op));
  const bool holds = TRY(positive_predicate(op, left, right));
  return Value::boolean(holds != is_negated(op));
}

Result<Value> range(BinaryOp op, const Value& left, const Value& right) {
  if (!left.is_none() && !right.is_none() && !same_class(left, right))
    return wrong_class(op, left, right);
  return make_range(left, right, op == BinaryOp::RangeInclusive);
}

}  // namespace

bool comparison(BinaryOp op, const Value& left, const Value& right) {
  if (op == BinaryOp::Equal) return equals(left, right);
  if (op == BinaryOp::NotEqual) return !equals(left, right);
  if (left.is_none() || right.is_none() || !same_class(left, right)) return false;
  const int order = compare(left, right);
  switch (op) {
    case BinaryOp::Less:
      return order < 0;
    case BinaryOp::LessEqual:
      return order <= 0;
    case BinaryOp::Greater:
      return order > 0;
    case BinaryOp::GreaterEqual:
      return order >= 0;
    default:
      UNREACHABLE();
  }
}

Result<Value> binary(BinaryOp op, const Value& left, const Value& right) {
  if (is_comparison(op)) return Value::boolean(comparison(op, left, right));
  if (is_predicate(op)) return predicate(op, left, right);
  if (op == BinaryOp::Range || op == BinaryOp::RangeInclusive) return range(op, left, right);
  if (left.is_none() || right.is_none()) return Value::none();
  MaybeResult result;
  if (op == BinaryOp::Concat) {
    result = concat(left, right);
  } else {
    result = number_binary(op, left, right);
    if (!result) result = temporal_binary(op, left, right);
    if (!result) result = set_binary(op, left, right);
  }
  if (!result) return wrong_class(op, left, right);
  return std::move(*result);
}

Result<Value> unary(UnaryOp op, const Value& operand) {
  const Tag tag = operand.tag();
  if (op == UnaryOp::Not) {
    if (tag == Tag::Bool) return Value::boolean(!operand.as_bool());
    if (tag == Tag::None) return Value::boolean(true);  // none counts as false
    return Error(ErrorCode::E0904, std::string("NOT needs a bool, not ") + class_name(tag));
  }
  if (tag == Tag::None) return Value::none();
  if (!is_number(tag) && tag != Tag::Duration) {
    return Error(ErrorCode::E0904,
                 "`" + std::string(operator_text(op)) + "` needs a number, not " + class_name(tag));
  }
  if (op == UnaryOp::Plus) return operand;
  switch (tag) {
    case Tag::F64:
      return Value::float64(-operand.as_float64());
    case Tag::F32:
      return Value::float32(static_cast<float>(-operand.as_float64()));
    case Tag::Decimal:
      return Value::decimal(decimal::negate(operand.as_decimal()));
    case Tag::Duration:
      return Value::duration(TRY(negate(operand.as_duration())));
    default:
      return integer_negate(operand);
  }
}

const char* class_name(Tag tag) {
  constexpr const char* kNames[] = {
      "none",  "bool",     "i8",       "i16",     "i32",     "int",    "i128",    "u8",
      "u16",   "u32",      "u64",      "u128",    "f32",     "float",  "decimal", "string",
      "bytes", "datetime", "duration", "uuid",    "record",  "enum",   "regex",   "range",
      "tuple", "array",    "vector",   "hashset", "hashmap", "result", "object"};
  return kNames[static_cast<size_t>(tag)];
}

}  // namespace zerodb
