// The operators of zeroql on single values: what they mean, once, for constant folding, the
// interpreter and host calls.
//
// Every function takes any values: the rules of absence (none in, none out, or false) and the error
// E0904 for operands of the wrong class are decided here. The checker has removed what is
// statically wrong; results have the type that operator_types.h gives. Errors: E0901 overflow,
// E0902 division by zero, E0620 domain, E0904 wrong class, E0611 result too large. Threading: pure
// functions.
#pragma once

#include "base/result.h"
#include "value/value.h"

namespace zerodb {

enum class BinaryOp : uint8_t {
  Add,
  Subtract,
  Multiply,
  Divide,
  IntDivide,
  Modulo,
  Power,
  Concat,
  BitAnd,
  BitOr,
  BitXor,
  ShiftLeft,
  ShiftRight,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Range,
  RangeInclusive,  // a..b, a..=b
  RegexMatch,
  RegexNotMatch,  // ~ !~
  Like,
  NotLike,
  ILike,
  NotILike,  // without ESCAPE; with it: like()
  In,
  NotIn,  // right: array, hashset, hashmap (keys), range, object (keys), tuple
  Contains,
  ContainsAny,
  ContainsAll,
  NotContains,
  NotContainsAny,
  NotContainsAll,
};

enum class UnaryOp : uint8_t { Negate, Plus, Not };

Result<Value> binary(BinaryOp op, const Value& left, const Value& right);
Result<Value> unary(UnaryOp op, const Value& operand);
// LIKE with an escape character (empty: none); `fold_case` for ILIKE. Linear in text and pattern.
Result<bool> like(std::string_view text, std::string_view pattern, std::string_view escape,
                  bool fold_case);

// Access. Missing keys and positions out of range give none; a member of none is none; of a scalar
// E0904. Following a link is not done here (it reads the store): a record id gives E0904.
Result<Value> member(const Value& base, std::string_view name);
Result<Value> element(
    const Value& base,
    const Value& index);  // array, vector, tuple, string by int; object by string; hashmap by key
Result<Value> slice(const Value& base, const Value& from, const Value& to,
                    bool inclusive);  // none bounds: open
// x[*].name : maps member over the elements.
Result<Value> members(const Value& base, std::string_view name);

}  // namespace zerodb
