// Views of types as they are written.
#pragma once

#include "zeroql/ast.h"

namespace zerodb::zeroql::ast {

enum class TypeKind : uint8_t {
#define ZEROQL_PART(name)
#define ZEROQL_STATEMENT(name)
#define ZEROQL_EXPRESSION(name)
#define ZEROQL_TYPE(name) name = static_cast<uint8_t>(NodeKind::name),
#include "zeroql/node_kinds.def"
#undef ZEROQL_PART
#undef ZEROQL_STATEMENT
#undef ZEROQL_EXPRESSION
#undef ZEROQL_TYPE
};

// Any type. Parentheses that only group are looked through: type_kind() is never ParenType for a
// view got from another view.
struct Type : View {
  Type() = default;
  Type(View view);  // NOLINT(google-explicit-constructor): looks through grouping parentheses
  static constexpr bool accepts(NodeKind kind) { return is_type(kind); }
  TypeKind type_kind() const {
    return is_nothing() ? TypeKind::ErrorType : static_cast<TypeKind>(kind());
  }
  template <typename V>
  V as() const {
    ASSERT(V::accepts(kind()));
    return V{{tree, id}};
  }
};

// int, record<person>, decimal<18, 2>, a named type or enum. Arguments are types or
// IntegerArgument.
struct NamedType : ViewOf<NodeKind::NamedType> {
  Name name() const { return get<Name>(); }
  Children<Type> arguments() const { return Children<Type>(*this); }
};

// A | B
struct UnionType : ViewOf<NodeKind::UnionType> {
  Children<Type> members() const { return Children<Type>(*this); }
};

// T?
struct OptionalType : ViewOf<NodeKind::OptionalType> {
  Type inner() const { return get<Type>(); }
};

// (A, B)
struct TupleType : ViewOf<NodeKind::TupleType> {
  Children<Type> elements() const { return Children<Type>(*this); }
};

struct TypeField : ViewOf<NodeKind::TypeField> {
  Ident ident() const { return get<Ident>(); }
  bool is_optional() const { return detail() != 0; }
  Type type() const { return get<Type>(); }
};

// { a: T, b?: U }
struct ObjectType : ViewOf<NodeKind::ObjectType> {
  Children<TypeField> fields() const { return Children<TypeField>(*this); }
};

// 'literal' as a type; decode the token with literal.h.
struct StringType : ViewOf<NodeKind::StringType> {};

// The n of array<T, n>.
struct IntegerArgument : ViewOf<NodeKind::IntegerArgument> {};

}  // namespace zerodb::zeroql::ast
