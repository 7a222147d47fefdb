// Conversions that the checker puts in: literals that adapt, and values stored into typed places.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/checking.h"

namespace zerodb::sema {

// The place that a value goes to, as messages call it: "field `age`".
struct Destination {
  std::string name;
  Type type;
  Span span;
};

// The expression as a value for the destination: as it is, or in a Coerce node. E0306, E0307, E1004
// for a none where none cannot be.
ExprId store_into(Checking& c, ExprId value, const Destination& destination);

// A plain number literal as the other type where that is possible without loss; else the literal
// itself.
ExprId adapt_literal(Checking& c, ExprId literal, const Type& other);
// Both sides of an operator.
void adapt_literals(Checking& c, ExprId& left, ExprId& right);
// Literals among others: they take the type of the others if those agree.
void adapt_literals(Checking& c, std::vector<ExprId>& values);

// Gives a parameter of unknown type the type of what it meets.
void infer_parameter(Checking& c, ExprId parameter, const Type& other);

}  // namespace zerodb::sema
