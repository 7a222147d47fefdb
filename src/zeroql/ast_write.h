// Views of the statements that change records.
#pragma once

#include "zeroql/ast_query.h"

namespace zerodb::zeroql::ast {

struct PathField : ViewOf<NodeKind::PathField> {
  Ident ident() const { return get<Ident>(); }
};
struct PathIndex : ViewOf<NodeKind::PathIndex> {
  Expr index() const { return get<Expr>(); }
};

// A step after the first word: .f, [index], or [*] (the latter only in definitions).
struct PathStep : View {
  static constexpr bool accepts(NodeKind kind) {
    return kind == NodeKind::PathField || kind == NodeKind::PathIndex || kind == NodeKind::PathAll;
  }
  std::optional<Ident> field() const;
  std::optional<Expr> index() const;
  bool is_all() const { return kind() == NodeKind::PathAll; }
};

// address.city, tags[0]
struct FieldPath : ViewOf<NodeKind::FieldPath> {
  Ident first() const { return get<Ident>(); }
  Children<PathStep> steps() const { return Children<PathStep>(*this); }
};

enum class AssignOp : uint8_t { Set, Add, Subtract, Multiply, Divide };

struct Assignment : ViewOf<NodeKind::Assignment> {
  AssignOp op() const { return static_cast<AssignOp>(detail()); }
  FieldPath target() const { return get<FieldPath>(); }
  Expr value() const { return get<Expr>(); }
};

struct SetClause : ViewOf<NodeKind::SetClause> {
  Children<Assignment> assignments() const { return Children<Assignment>(*this); }
};
struct Content : ViewOf<NodeKind::Content> {
  Expr value() const { return get<Expr>(); }
};
struct Merge : ViewOf<NodeKind::Merge> {
  Expr value() const { return get<Expr>(); }
};
struct Unset : ViewOf<NodeKind::Unset> {
  Children<FieldPath> paths() const { return Children<FieldPath>(*this); }
};
struct Returning : ViewOf<NodeKind::Returning> {
  SelectItems items() const { return get<SelectItems>(); }
};

// What is written to: exactly one of name, record id and range; the range and the alias only in
// UPDATE and DELETE.
struct Target : ViewOf<NodeKind::Target> {
  std::optional<Name> name() const { return find<Name>(); }
  std::optional<RecordId> record_id() const { return find<RecordId>(); }
  std::optional<RecordRange> record_range() const { return find<RecordRange>(); }
  std::optional<Alias> alias() const { return find<Alias>(); }
};

struct Create : ViewOf<NodeKind::Create> {
  Target target() const { return get<Target>(); }
  std::optional<SetClause> set() const { return find<SetClause>(); }
  std::optional<Content> content() const { return find<Content>(); }
  std::optional<Returning> returning() const { return find<Returning>(); }
};

// ON CONFLICT [(..)] DO NOTHING | DO UPDATE SET .. [WHERE ..]
struct OnConflict : ViewOf<NodeKind::OnConflict> {
  std::optional<IdentList> target() const { return find<IdentList>(); }
  bool is_do_nothing() const { return !set(); }
  std::optional<SetClause> set() const { return find<SetClause>(); }
  std::optional<Where> where() const { return find<Where>(); }
};

// Either content() or query() is there; columns() only beside a query.
struct Insert : ViewOf<NodeKind::Insert> {
  Name table() const { return get<Name>(); }
  std::optional<Content> content() const { return find<Content>(); }
  std::optional<IdentList> columns() const { return find<IdentList>(); }
  std::optional<Query> query() const { return find<Query>(); }
  std::optional<OnConflict> on_conflict() const { return find<OnConflict>(); }
  std::optional<Returning> returning() const { return find<Returning>(); }
};

struct Upsert : ViewOf<NodeKind::Upsert> {
  Target target() const { return get<Target>(); }
  std::optional<SetClause> set() const { return find<SetClause>(); }
  std::optional<Content> content() const { return find<Content>(); }
  std::optional<Merge> merge() const { return find<Merge>(); }
  std::optional<Unset> unset() const { return find<Unset>(); }
  std::optional<Returning> returning() const { return find<Returning>(); }
};

struct Update : ViewOf<NodeKind::Update> {
  Target target() const { return get<Target>(); }
  std::optional<SetClause> set() const { return find<SetClause>(); }
  std::optional<Content> content() const { return find<Content>(); }
  std::optional<Merge> merge() const { return find<Merge>(); }
  std::optional<Unset> unset() const { return find<Unset>(); }
  std::optional<From> from() const { return find<From>(); }
  std::optional<Where> where() const { return find<Where>(); }
  std::optional<Returning> returning() const { return find<Returning>(); }
};

// USING source join ..
struct Using : ViewOf<NodeKind::Using> {
  Source source() const { return get<Source>(); }
  Children<Join> joins() const { return Children<Join>(*this); }
};

struct Delete : ViewOf<NodeKind::Delete> {
  Target target() const { return get<Target>(); }
  std::optional<Using> using_clause() const { return find<Using>(); }
  std::optional<Where> where() const { return find<Where>(); }
  std::optional<Returning> returning() const { return find<Returning>(); }
};

// An end of RELATE: a record id, a parameter, a field path (`p.id`) or a query; exactly one is
// there.
struct Endpoint : ViewOf<NodeKind::Endpoint> {
  std::optional<RecordId> record_id() const { return find<RecordId>(); }
  std::optional<Parameter> parameter() const { return find<Parameter>(); }
  std::optional<Name> name() const { return find<Name>(); }
  std::optional<Query> query() const { return find<Query>(); }
};

// RELATE source -> edge -> destination [SET .. | CONTENT ..] [FROM .. [WHERE ..]]
struct Relate : ViewOf<NodeKind::Relate> {
  Endpoint source() const { return get<Endpoint>(0); }
  Ident edge() const { return get<Ident>(); }
  Endpoint destination() const { return get<Endpoint>(1); }
  std::optional<SetClause> set() const { return find<SetClause>(); }
  std::optional<Content> content() const { return find<Content>(); }
  std::optional<From> from() const { return find<From>(); }
  std::optional<Where> where() const { return find<Where>(); }
  std::optional<Returning> returning() const { return find<Returning>(); }
};

}  // namespace zerodb::zeroql::ast
