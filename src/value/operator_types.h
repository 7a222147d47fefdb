// The static types of operators: what an operator gives for operands of given types, or the rule
// that it breaks.
//
// The results agree with what operators.h computes. Gradual typing: an operand of type any makes
// the result any, or bool for a comparison. An operand that may be none makes the result optional;
// comparisons and predicates are never optional. A union is accepted when the operator is defined
// for each of its members. Errors: E0301 disjoint comparison, E0305 not defined, E0308 decimal with
// float, E0311 union, E0313 result not unwrapped. Threading: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "value/operators.h"
#include "value/type.h"

namespace zerodb {

Result<Type> binary_type(BinaryOp op, const Type& left, const Type& right);
Result<Type> unary_type(UnaryOp op, const Type& operand);

// Whether no value of one type can equal or be ordered against a value of the other. None belongs
// to every class here.
bool are_disjoint(const Type& left, const Type& right);
// Whether < and > mean something between the values of this type.
bool is_ordered(const Type& type);

// The number type that both widen to without loss (i64 with f64: f64), or nothing: decimal with
// float, 128-bit int with decimal.
std::optional<TypeKind> common_number(TypeKind left, TypeKind right);

// True where integers of 64 bits and more meet floats: the one implicit conversion that may lose
// digits.
bool is_lossy_mix(const Type& left, const Type& right);

// "+", "||", "NOT IN".
std::string_view operator_text(BinaryOp op);
std::string_view operator_text(UnaryOp op);
bool is_comparison(BinaryOp op);  // Equal .. GreaterEqual
bool is_predicate(BinaryOp op);   // every operator whose result is bool, comparisons included

// Type of base.name, base[index], base[a..b], base[*].name. Absence rules included: an optional
// base is E0304 (use the optional form, which passes base.required()).
Result<Type> member_type(const Type& base, std::string_view name);
Result<Type> element_type(const Type& base, const Type& index);
Result<Type> slice_type(const Type& base);
Result<Type> members_type(const Type& base, std::string_view name);

}  // namespace zerodb
