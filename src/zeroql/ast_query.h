// Views of queries: WITH, set operations, SELECT and its clauses, sources and joins, windows.
#pragma once

#include "zeroql/ast_graph.h"

namespace zerodb::zeroql::ast {

struct Query;
struct SetOperation;

struct OptionEntry : ViewOf<NodeKind::Option> {
  Ident ident() const { return get<Ident>(); }
  Expr value() const { return get<Expr>(); }
};

// ( name = value, .. )
struct Options : ViewOf<NodeKind::Options> {
  Children<OptionEntry> list() const { return Children<OptionEntry>(*this); }
};

struct OrderKey : ViewOf<NodeKind::OrderKey> {
  static constexpr uint8_t kDescending = 1, kNullsFirst = 2, kNullsLast = 4;
  Expr expr() const { return get<Expr>(); }
  bool is_descending() const { return flag(kDescending); }
  // Without NULLS none comes last, whichever the direction.
  bool nulls_first() const { return flag(kNullsFirst); }
};

struct OrderBy : ViewOf<NodeKind::OrderBy> {
  Children<OrderKey> keys() const { return Children<OrderKey>(*this); }
};

struct Approx : ViewOf<NodeKind::Approx> {
  std::optional<Options> options() const { return find<Options>(); }
};

// LIMIT n [APPROX [(..)]] [OFFSET m] | OFFSET m
struct Limit : ViewOf<NodeKind::Limit> {
  std::optional<Expr> count() const { return part(NodeKind::LimitCount); }
  std::optional<Approx> approx() const { return find<Approx>(); }
  std::optional<Expr> offset() const { return part(NodeKind::OffsetCount); }

 private:
  std::optional<Expr> part(NodeKind kind) const;
};

// name [(columns)] AS (query)
struct CommonTable : ViewOf<NodeKind::CommonTable> {
  Ident ident() const { return get<Ident>(); }
  std::optional<IdentList> columns() const { return find<IdentList>(); }
  Query query() const;
};

struct With : ViewOf<NodeKind::With> {
  bool is_recursive() const { return detail() != 0; }
  Children<CommonTable> tables() const { return Children<CommonTable>(*this); }
};

// * [OMIT (..)] [REPLACE (..)] or a.b.* likewise
struct Replacement : ViewOf<NodeKind::Replacement> {
  Expr value() const { return get<Expr>(); }
  Ident ident() const { return get<Ident>(); }
};
struct Omit : ViewOf<NodeKind::Omit> {
  Children<Ident> idents() const { return Children<Ident>(*this); }
};
struct Replace : ViewOf<NodeKind::Replace> {
  Children<Replacement> list() const { return Children<Replacement>(*this); }
};
struct StarItem : ViewOf<NodeKind::StarItem> {
  std::optional<Name> qualifier() const { return find<Name>(); }
  std::optional<Omit> omit() const { return find<Omit>(); }
  std::optional<Replace> replace() const { return find<Replace>(); }
};

// expr [AS name]
struct SelectItem : ViewOf<NodeKind::SelectItem> {
  Expr expr() const { return get<Expr>(); }
  std::optional<Alias> alias() const { return find<Alias>(); }
};

// A SelectItem or a StarItem.
struct AnyItem : View {
  static constexpr bool accepts(NodeKind kind) {
    return kind == NodeKind::SelectItem || kind == NodeKind::StarItem;
  }
  std::optional<SelectItem> item() const;
  std::optional<StarItem> star() const;
};

struct SelectItems : ViewOf<NodeKind::SelectItems> {
  Children<AnyItem> list() const { return Children<AnyItem>(*this); }
};

// FROM MATCH ..
struct MatchSource : ViewOf<NodeKind::MatchSource> {
  Match match() const { return get<Match>(); }
};

// [LATERAL] ( query ) AS name [(columns)]
struct QuerySource : ViewOf<NodeKind::QuerySource> {
  bool is_lateral() const { return detail() != 0; }
  Query query() const;
  Alias alias() const { return get<Alias>(); }
  std::optional<IdentList> columns() const { return find<IdentList>(); }
};

// $rows AS name [(columns)]
struct ParameterSource : ViewOf<NodeKind::ParameterSource> {
  Parameter parameter() const { return get<Parameter>(); }
  Alias alias() const { return get<Alias>(); }
  std::optional<IdentList> columns() const { return find<IdentList>(); }
};

struct Position : ViewOf<NodeKind::Position> {
  Ident ident() const { return get<Ident>(); }
};

// f(..) AS name [(columns)] [AT position]
struct FunctionSource : ViewOf<NodeKind::FunctionSource> {
  Call call() const { return get<Call>(); }
  Alias alias() const { return get<Alias>(); }
  std::optional<IdentList> columns() const { return find<IdentList>(); }
  std::optional<Position> position() const { return find<Position>(); }
};

// WITH NO INDEX, WITH INDEX (a, b)
struct IndexHint : ViewOf<NodeKind::IndexHint> {
  bool is_no_index() const { return detail() != 0; }
  std::optional<IdentList> indexes() const { return find<IdentList>(); }
};

// A table, view, CTE, system::table, record id or id range; exactly one of the four is there.
struct TableSource : ViewOf<NodeKind::TableSource> {
  std::optional<Name> name() const { return find<Name>(); }
  std::optional<Path> path() const { return find<Path>(); }
  std::optional<RecordId> record_id() const { return find<RecordId>(); }
  std::optional<RecordRange> record_range() const { return find<RecordRange>(); }
  std::optional<Alias> alias() const { return find<Alias>(); }
  std::optional<IndexHint> hint() const { return find<IndexHint>(); }
};

enum class SourceKind : uint8_t {
  Match = static_cast<uint8_t>(NodeKind::MatchSource),
  Query = static_cast<uint8_t>(NodeKind::QuerySource),
  Parameter = static_cast<uint8_t>(NodeKind::ParameterSource),
  Function = static_cast<uint8_t>(NodeKind::FunctionSource),
  Table = static_cast<uint8_t>(NodeKind::TableSource),
};

struct Source : View {
  static constexpr bool accepts(NodeKind kind) {
    return kind >= NodeKind::MatchSource && kind <= NodeKind::TableSource;
  }
  SourceKind source_kind() const {
    return is_nothing() ? SourceKind::Table : static_cast<SourceKind>(kind());
  }
  template <typename V>
  V as() const {
    ASSERT(V::accepts(kind()));
    return V{{tree, id}};
  }
};

enum class JoinKind : uint8_t { Inner, Left, Right, Full, Cross };

struct JoinOn : ViewOf<NodeKind::JoinOn> {
  Expr condition() const { return get<Expr>(); }
};
struct JoinUsing : ViewOf<NodeKind::JoinUsing> {
  IdentList columns() const { return get<IdentList>(); }
};
struct Join : ViewOf<NodeKind::Join> {
  JoinKind join_kind() const { return static_cast<JoinKind>(detail()); }
  Source source() const { return get<Source>(); }
  std::optional<JoinOn> on() const { return find<JoinOn>(); }
  std::optional<JoinUsing> join_using() const { return find<JoinUsing>(); }
};

// FROM source join join ..
struct From : ViewOf<NodeKind::From> {
  Source source() const { return get<Source>(); }
  Children<Join> joins() const { return Children<Join>(*this); }
};

struct GroupingSets : ViewOf<NodeKind::GroupingSets> {
  Children<Expr> sets() const { return Children<Expr>(*this); }
};

// An expression or GROUPING SETS (..). A call of rollup or cube here stands for grouping sets.
struct GroupItem : View {
  static constexpr bool accepts(NodeKind kind) {
    return is_expression(kind) || kind == NodeKind::GroupingSets;
  }
  std::optional<Expr> expr() const;
  std::optional<GroupingSets> grouping_sets() const;
};

struct GroupBy : ViewOf<NodeKind::GroupBy> {
  bool is_all() const { return detail() != 0; }
  Children<GroupItem> items() const { return Children<GroupItem>(*this); }
};

struct Having : ViewOf<NodeKind::Having> {
  Expr condition() const { return get<Expr>(); }
};

struct Qualify : ViewOf<NodeKind::Qualify> {
  Expr condition() const { return get<Expr>(); }
};

enum class FrameBoundKind : uint8_t {
  UnboundedPreceding,
  Preceding,
  CurrentRow,
  Following,
  UnboundedFollowing
};

struct FrameBound : ViewOf<NodeKind::FrameBound> {
  FrameBoundKind bound_kind() const { return static_cast<FrameBoundKind>(detail()); }
  // A literal or a parameter, of Preceding and Following.
  std::optional<Expr> offset() const { return find<Expr>(); }
};

enum class FrameUnit : uint8_t { Rows, Range, Groups };

struct Frame : ViewOf<NodeKind::Frame> {
  FrameUnit unit() const { return static_cast<FrameUnit>(detail()); }
  FrameBound start() const { return get<FrameBound>(0); }
  // Without BETWEEN there is no end: up to the current row.
  std::optional<FrameBound> end() const { return find<FrameBound>(1); }
};

struct NamedWindow : ViewOf<NodeKind::NamedWindow> {
  Ident ident() const { return get<Ident>(); }
  WindowSpec spec() const { return get<WindowSpec>(); }
};

struct WindowClause : ViewOf<NodeKind::WindowClause> {
  Children<NamedWindow> windows() const { return Children<NamedWindow>(*this); }
};

struct Select : ViewOf<NodeKind::Select> {
  static constexpr uint8_t kDistinct = 1, kAsValue = 2;
  bool is_distinct() const { return flag(kDistinct); }
  // SELECT AS VALUE e: items() is then one SelectItem.
  bool is_value() const { return flag(kAsValue); }
  // Without SELECT (`FROM t WHERE ..`) there are none, which means `*`.
  std::optional<SelectItems> items() const { return find<SelectItems>(); }
  std::optional<From> from() const { return find<From>(); }
  std::optional<Where> where() const { return find<Where>(); }
  std::optional<GroupBy> group_by() const { return find<GroupBy>(); }
  std::optional<Having> having() const { return find<Having>(); }
  std::optional<WindowClause> windows() const { return find<WindowClause>(); }
  std::optional<Qualify> qualify() const { return find<Qualify>(); }
};

struct ValuesRow : ViewOf<NodeKind::ValuesRow> {
  Children<Expr> values() const { return Children<Expr>(*this); }
};

struct Values : ViewOf<NodeKind::Values> {
  Children<ValuesRow> rows() const { return Children<ValuesRow>(*this); }
};

// What a query is made of: a Select, Values, a SetOperation, or a query in parentheses.
struct QueryBody : View {
  static constexpr bool accepts(NodeKind kind) {
    return kind == NodeKind::Select || kind == NodeKind::Values || kind == NodeKind::SetOperation ||
           kind == NodeKind::Query;
  }
  std::optional<Select> select() const { return of<Select>(); }
  std::optional<Values> values() const { return of<Values>(); }
  std::optional<SetOperation> set_operation() const;
  std::optional<Query> query() const;

 private:
  template <typename V>
  std::optional<V> of() const {
    if (!V::accepts(kind())) return std::nullopt;
    return V{{tree, id}};
  }
};

enum class SetOp : uint8_t { Union, Except, Intersect };

struct SetOperation : ViewOf<NodeKind::SetOperation> {
  static constexpr uint8_t kAll = 0x10, kByName = 0x20;
  SetOp op() const { return static_cast<SetOp>(detail() & 0x0f); }
  bool is_all() const { return flag(kAll); }
  bool is_by_name() const { return flag(kByName); }
  QueryBody left() const { return get<QueryBody>(0); }
  QueryBody right() const { return get<QueryBody>(1); }
};

// [WITH ..] body [ORDER BY ..] [LIMIT ..]
struct Query : ViewOf<NodeKind::Query> {
  std::optional<With> with() const { return find<With>(); }
  QueryBody body() const { return get<QueryBody>(); }
  std::optional<OrderBy> order_by() const { return find<OrderBy>(); }
  std::optional<Limit> limit() const { return find<Limit>(); }
};

struct QueryStatement : ViewOf<NodeKind::QueryStatement> {
  Query query() const { return get<Query>(); }
};

}  // namespace zerodb::zeroql::ast
