// Views of operators and predicates: unary and binary operators, ranges, IN, LIKE, BETWEEN, IS.
#pragma once

#include "zeroql/ast_expr.h"

namespace zerodb::zeroql::ast {

enum class UnaryOp : uint8_t { Negate, Plus, Not };

struct Unary : ViewOf<NodeKind::Unary> {
  UnaryOp op() const { return static_cast<UnaryOp>(detail()); }
  Expr operand() const { return get<Expr>(); }
};

enum class BinaryOp : uint8_t {
  Or,
  And,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  RegexMatch,     // ~
  NotRegexMatch,  // !~
  Coalesce,       // ??
  BitOr,
  BitXor,
  BitAnd,
  ShiftLeft,
  ShiftRight,
  Add,
  Subtract,
  Concat,  // ||
  Multiply,
  Divide,
  Modulo,
  IntegerDivide,  // DIV
  Power,          // **
};

// As it is written: "+", "AND".
std::string_view binary_op_text(BinaryOp op);

struct Binary : ViewOf<NodeKind::Binary> {
  BinaryOp op() const { return static_cast<BinaryOp>(detail()); }
  Expr left() const { return get<Expr>(0); }
  Expr right() const { return get<Expr>(1); }
  Span op_span() const;
};

// a..b, a..=b
struct Range : ViewOf<NodeKind::Range> {
  bool is_inclusive() const { return detail() != 0; }
  Expr from() const { return get<Expr>(0); }
  Expr to() const { return get<Expr>(1); }
};

// The parenthesised list on the right of IN.
struct InList : ViewOf<NodeKind::InList> {
  Children<Expr> elements() const { return Children<Expr>(*this); }
};

// x [NOT] IN right; the right side is an InList, a Subquery, or any other expression (an array, a
// set, a range).
struct In : ViewOf<NodeKind::In> {
  bool is_negated() const { return detail() != 0; }
  Expr left() const { return get<Expr>(0); }
  Expr right() const { return get<Expr>(1); }
};

struct Like : ViewOf<NodeKind::Like> {
  static constexpr uint8_t kNot = 1, kIgnoreCase = 2, kEscape = 4;
  bool is_negated() const { return flag(kNot); }
  bool ignores_case() const { return flag(kIgnoreCase); }  // ILIKE
  Expr left() const { return get<Expr>(0); }
  Expr pattern() const { return get<Expr>(1); }
  std::optional<Literal> escape() const {
    if (!flag(kEscape)) return std::nullopt;
    const View last = get<Expr>(2);
    return Literal{{last.tree, last.id}};
  }
};

struct Matches : ViewOf<NodeKind::Matches> {
  bool is_negated() const { return detail() != 0; }
  Expr left() const { return get<Expr>(0); }
  Expr right() const { return get<Expr>(1); }
};

struct Contains : ViewOf<NodeKind::Contains> {
  static constexpr uint8_t kNot = 1, kAny = 2, kAll = 4;
  bool is_negated() const { return flag(kNot); }
  bool is_any() const { return flag(kAny); }
  bool is_all() const { return flag(kAll); }
  Expr left() const { return get<Expr>(0); }
  Expr right() const { return get<Expr>(1); }
};

struct Between : ViewOf<NodeKind::Between> {
  bool is_negated() const { return detail() != 0; }
  Expr operand() const { return get<Expr>(0); }
  Expr low() const { return get<Expr>(1); }
  Expr high() const { return get<Expr>(2); }
};

enum class IsTestKind : uint8_t { None, True, False };

// x IS [NOT] NONE | NULL | TRUE | FALSE; NULL counts as NONE.
struct IsTest : ViewOf<NodeKind::IsTest> {
  static constexpr uint8_t kNot = 0x80;
  bool is_negated() const { return flag(kNot); }
  IsTestKind test() const { return static_cast<IsTestKind>(detail() & ~kNot); }
  Expr operand() const { return get<Expr>(); }
};

// x IS [NOT] type
struct IsType : ViewOf<NodeKind::IsType> {
  bool is_negated() const { return detail() != 0; }
  Expr operand() const { return get<Expr>(); }
  Type type() const { return get<Type>(); }
};

}  // namespace zerodb::zeroql::ast
