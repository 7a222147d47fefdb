// The groups of operators behind binary(), one file each. Every operand is there: none is decided
// before.
//
// Each gives nothing when it does not know the classes of the operands, so that the caller can say
// so once (E0904). Threading: pure functions.
#pragma once

#include <optional>

#include "base/result.h"
#include "value/operators.h"
#include "value/value.h"

namespace zerodb {

using MaybeResult = std::optional<Result<Value>>;

MaybeResult number_binary(BinaryOp op, const Value& left, const Value& right);
MaybeResult temporal_binary(BinaryOp op, const Value& left, const Value& right);
MaybeResult concat(const Value& left, const Value& right);
// | & - ^ of hashsets.
MaybeResult set_binary(BinaryOp op, const Value& left, const Value& right);
// Whether an element is in a container; nothing if `container` is none.
std::optional<bool> contains(const Value& container, const Value& element);
// CONTAINS ANY and ALL; nothing if either side is no container with elements that can be counted
// off.
std::optional<bool> contains_any(const Value& container, const Value& elements);
std::optional<bool> contains_all(const Value& container, const Value& elements);
// Equal, .. GreaterEqual by the rules of absence and classes.
bool comparison(BinaryOp op, const Value& left, const Value& right);

// "int", "string": the class of a value in messages.
const char* class_name(Tag tag);

}  // namespace zerodb
