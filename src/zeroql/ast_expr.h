// Views of expressions. Expr is any of them, told apart by expr_kind(); `expr.as<Binary>()` gives
// the view of one kind.
#pragma once

#include "zeroql/ast_type.h"

namespace zerodb::zeroql::ast {

struct Query;
struct Match;
struct Where;
struct OrderBy;
struct Frame;

enum class ExprKind : uint8_t {
#define ZEROQL_PART(name)
#define ZEROQL_STATEMENT(name)
#define ZEROQL_EXPRESSION(name) name = static_cast<uint8_t>(NodeKind::name),
#define ZEROQL_TYPE(name)
#include "zeroql/node_kinds.def"
#undef ZEROQL_PART
#undef ZEROQL_STATEMENT
#undef ZEROQL_EXPRESSION
#undef ZEROQL_TYPE
};

// Any expression. Parentheses that only group are looked through: expr_kind() is never Paren.
struct Expr : View {
  Expr() = default;
  Expr(View view);  // NOLINT(google-explicit-constructor): looks through grouping parentheses
  static constexpr bool accepts(NodeKind kind) { return is_expression(kind); }
  ExprKind expr_kind() const {
    return is_nothing() ? ExprKind::ErrorExpression : static_cast<ExprKind>(kind());
  }
  template <typename V>
  V as() const {
    ASSERT(V::accepts(kind()));
    return V{{tree, id}};
  }
};

enum class LiteralKind : uint8_t {
  Integer,
  Float,
  Decimal,
  Duration,
  String,
  Bytes,
  DateTime,
  Uuid,
  Regex,
  True,
  False,
  None,
};

// One token; literal.h decodes its content.
struct Literal : ViewOf<NodeKind::Literal> {
  LiteralKind literal_kind() const { return static_cast<LiteralKind>(detail()); }
};

// $name or $1
struct Parameter : ViewOf<NodeKind::Parameter> {
  // Without the `$`.
  std::string name() const { return std::string(text().substr(text().empty() ? 0 : 1)); }
};

// A bare word as a value: a field, a source, a pattern variable, an alias. `p.name` is a
// FieldAccess whose base is the NameRef p.
struct NameRef : ViewOf<NodeKind::NameRef> {
  Ident ident() const { return get<Ident>(); }
  std::string name() const { return ident().name(); }
};

// color::red
struct PathRef : ViewOf<NodeKind::PathRef> {
  Path path() const { return get<Path>(); }
};

enum class KeyKind : uint8_t {
  Word,
  Integer,
  NegativeInteger,
  String,
  Uuid,
  DateTime,
  Parameter,
  Array
};

struct RecordKey : ViewOf<NodeKind::RecordKey> {
  KeyKind key_kind() const { return static_cast<KeyKind>(detail()); }
  Ident word() const { return get<Ident>(); }  // of Word
  Literal literal() const {
    return get<Literal>();
  }  // of Integer, NegativeInteger (its digits), String, Uuid, DateTime
  Parameter parameter() const { return get<Parameter>(); }  // of Parameter
  Children<Expr> elements() const {
    return Children<Expr>(get<ViewOf<NodeKind::Array>>());
  }  // of Array
};

// person:alice
struct RecordId : ViewOf<NodeKind::RecordId> {
  Name table() const { return get<Name>(); }
  RecordKey key() const { return get<RecordKey>(); }
};

// person:1..9, person:1.., person:..=9; in FROM, patterns and targets.
struct RecordRange : ViewOf<NodeKind::RecordRange> {
  static constexpr uint8_t kHasFrom = 1, kHasTo = 2, kInclusive = 4;
  Name table() const { return get<Name>(); }
  std::optional<RecordKey> from() const {
    return flag(kHasFrom) ? find<RecordKey>(0) : std::nullopt;
  }
  std::optional<RecordKey> to() const {
    return flag(kHasTo) ? find<RecordKey>(flag(kHasFrom) ? 1 : 0) : std::nullopt;
  }
  bool is_inclusive() const { return flag(kInclusive); }
};

struct Array : ViewOf<NodeKind::Array> {
  Children<Expr> elements() const { return Children<Expr>(*this); }
};

// (), (a,), (a, b)
struct Tuple : ViewOf<NodeKind::Tuple> {
  Children<Expr> elements() const { return Children<Expr>(*this); }
};

struct ObjectKey : ViewOf<NodeKind::ObjectKey> {
  std::string name() const;
};

// key: value, or a name alone, which stands for `name: name`.
struct ObjectEntry : ViewOf<NodeKind::ObjectEntry> {
  ObjectKey key() const { return get<ObjectKey>(); }
  std::optional<Expr> value() const { return find<Expr>(); }
};

struct Object : ViewOf<NodeKind::Object> {
  Children<ObjectEntry> entries() const { return Children<ObjectEntry>(*this); }
};

struct Hashset : ViewOf<NodeKind::Hashset> {
  Children<Expr> elements() const { return Children<Expr>(*this); }
};

struct MapEntry : ViewOf<NodeKind::MapEntry> {
  Expr key() const { return get<Expr>(0); }
  Expr value() const { return get<Expr>(1); }
};

struct Hashmap : ViewOf<NodeKind::Hashmap> {
  Children<MapEntry> entries() const { return Children<MapEntry>(*this); }
};

struct Argument : ViewOf<NodeKind::Argument> {
  // `name => value`
  std::optional<Ident> label() const { return find<Ident>(); }
  Expr value() const { return get<Expr>(); }
};

// ( [DISTINCT] * | a, b => c [ORDER BY ..] )
struct Arguments : ViewOf<NodeKind::Arguments> {
  static constexpr uint8_t kDistinct = 1, kStar = 2;
  bool is_distinct() const { return flag(kDistinct); }
  bool is_star() const { return flag(kStar); }
  Children<Argument> list() const { return Children<Argument>(*this); }
  std::optional<OrderBy> order_by() const;
};

struct PartitionKeys : ViewOf<NodeKind::PartitionKeys> {
  Children<Expr> keys() const { return Children<Expr>(*this); }
};

struct WindowSpec : ViewOf<NodeKind::WindowSpec> {
  std::optional<PartitionKeys> partition_by() const { return find<PartitionKeys>(); }
  std::optional<OrderBy> order_by() const;
  std::optional<Frame> frame() const;
};

// OVER name, or OVER ( .. ): one of the two is there.
struct Over : ViewOf<NodeKind::Over> {
  std::optional<Ident> window() const { return find<Ident>(); }
  std::optional<WindowSpec> spec() const { return find<WindowSpec>(); }
};

// f(..) or a::f(..)
struct Call : ViewOf<NodeKind::Call> {
  std::optional<Ident> ident() const { return find<Ident>(); }
  std::optional<Path> path() const { return find<Path>(); }
  // "f" or "a::f", as written.
  std::string name() const;
  Span name_span() const;
  Arguments arguments() const { return get<Arguments>(); }
  std::optional<Where> filter() const;
  std::optional<Over> over() const { return find<Over>(); }
};

struct WhenArm : ViewOf<NodeKind::WhenArm> {
  Expr when() const { return get<Expr>(0); }
  Expr then() const { return get<Expr>(1); }
};

struct Case : ViewOf<NodeKind::Case> {
  // CASE operand WHEN ..
  std::optional<Expr> operand() const { return find<Expr>(); }
  Children<WhenArm> arms() const { return Children<WhenArm>(*this); }
  std::optional<Expr> otherwise() const;
};

// CAST(e AS T), TRY_CAST(e AS T)
struct Cast : ViewOf<NodeKind::Cast> {
  bool is_try() const { return detail() != 0; }
  Expr operand() const { return get<Expr>(); }
  Type type() const { return get<Type>(); }
};

// ( query ), ARRAY( query )
struct Subquery : ViewOf<NodeKind::Subquery> {
  Query query() const;
};
struct ArraySubquery : ViewOf<NodeKind::ArraySubquery> {
  Query query() const;
};

// EXISTS( query ) or EXISTS( MATCH .. WHERE .. )
struct Exists : ViewOf<NodeKind::Exists> {
  std::optional<Query> query() const;
  std::optional<Match> match() const;
  std::optional<Where> where() const;  // of a pattern
};

// base.f, base?.f
struct FieldAccess : ViewOf<NodeKind::FieldAccess> {
  Expr base() const { return get<Expr>(); }
  bool is_optional() const { return detail() != 0; }
  Ident field() const { return get<Ident>(); }
};

// base.m(..)
struct MethodCall : ViewOf<NodeKind::MethodCall> {
  Expr base() const { return get<Expr>(); }
  Ident method() const { return get<Ident>(); }
  Arguments arguments() const { return get<Arguments>(); }
};

// base[index]
struct IndexAccess : ViewOf<NodeKind::IndexAccess> {
  Expr base() const { return get<Expr>(0); }
  Expr index() const { return get<Expr>(1); }
};

// base[*]
struct AllElements : ViewOf<NodeKind::AllElements> {
  Expr base() const { return get<Expr>(); }
};

// base[a..b], base[a..=b], base[a..], base[..b]
struct Slice : ViewOf<NodeKind::Slice> {
  static constexpr uint8_t kHasFrom = 1, kHasTo = 2, kInclusive = 4;
  Expr base() const { return get<Expr>(0); }
  std::optional<Expr> from() const { return flag(kHasFrom) ? find<Expr>(1) : std::nullopt; }
  std::optional<Expr> to() const {
    return flag(kHasTo) ? find<Expr>(flag(kHasFrom) ? 2 : 1) : std::nullopt;
  }
  bool is_inclusive() const { return flag(kInclusive); }
};

enum class ShapeEntryKind : uint8_t { Computed, Copied, All };

// Of x.{ a, b.c, d: e, * }: Computed is `d: e`, Copied is `a` or `b.c` (named after its last word),
// All is `*`.
struct ShapeEntry : ViewOf<NodeKind::ShapeEntry> {
  ShapeEntryKind entry_kind() const { return static_cast<ShapeEntryKind>(detail()); }
  Ident key() const { return get<Ident>(); }                       // of Computed
  Expr value() const { return get<Expr>(); }                       // of Computed
  Children<Ident> path() const { return Children<Ident>(*this); }  // of Copied
};

// base.{ .. }, base?.{ .. }
struct Shape : ViewOf<NodeKind::Shape> {
  Expr base() const { return get<Expr>(); }
  bool is_optional() const { return detail() != 0; }
  Children<ShapeEntry> entries() const { return Children<ShapeEntry>(*this); }
};

}  // namespace zerodb::zeroql::ast
