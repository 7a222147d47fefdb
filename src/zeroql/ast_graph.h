// Views of graph patterns.
#pragma once

#include "zeroql/ast_operator.h"

namespace zerodb::zeroql::ast {

struct Where : ViewOf<NodeKind::Where> {
  Expr condition() const { return get<Expr>(); }
};

// One way to say where a path starts, passes or ends: a name (table or variable), a record id, a
// range of them, a parameter.
struct MatchAtom : View {
  static constexpr bool accepts(NodeKind kind) {
    return kind == NodeKind::Name || kind == NodeKind::RecordId || kind == NodeKind::RecordRange ||
           kind == NodeKind::Parameter;
  }
  std::optional<Name> name() const { return of<Name>(); }
  std::optional<RecordId> record_id() const { return of<RecordId>(); }
  std::optional<RecordRange> record_range() const { return of<RecordRange>(); }
  std::optional<Parameter> parameter() const { return of<Parameter>(); }

 private:
  template <typename V>
  std::optional<V> of() const {
    if (!V::accepts(kind())) return std::nullopt;
    return V{{tree, id}};
  }
};

// person AS p, (a | b AS x WHERE ..), (): no atom means any vertex.
struct MatchNode : ViewOf<NodeKind::MatchNode> {
  Children<MatchAtom> atoms() const { return Children<MatchAtom>(*this); }
  std::optional<Alias> alias() const { return find<Alias>(); }
  std::optional<Where> where() const { return find<Where>(); }
};

enum class QuantifierKind : uint8_t { Star, Plus, Optional, Exactly, AtLeast, Between };

struct Quantifier : ViewOf<NodeKind::Quantifier> {
  QuantifierKind quantifier_kind() const { return static_cast<QuantifierKind>(detail()); }
  Literal low() const { return get<Literal>(0); }   // of Exactly, AtLeast, Between
  Literal high() const { return get<Literal>(1); }  // of Between
};

enum class EdgeDirection : uint8_t { Right, Left, Either };

// -> e ->, <- [a | b AS x WHERE ..]+ <-, <-> e <->
struct MatchEdge : ViewOf<NodeKind::MatchEdge> {
  EdgeDirection direction() const { return static_cast<EdgeDirection>(detail()); }
  Children<Ident> tables() const { return Children<Ident>(*this); }
  std::optional<Alias> alias() const { return find<Alias>(); }
  std::optional<Where> where() const { return find<Where>(); }
  std::optional<Quantifier> quantifier() const { return find<Quantifier>(); }
};

struct PathVariable : ViewOf<NodeKind::PathVariable> {
  Ident ident() const { return get<Ident>(); }
};

// [name =] node edge node edge node ..: nodes() has one more element than edges().
struct MatchPath : ViewOf<NodeKind::MatchPath> {
  std::optional<PathVariable> variable() const { return find<PathVariable>(); }
  Children<MatchNode> nodes() const { return Children<MatchNode>(*this); }
  Children<MatchEdge> edges() const { return Children<MatchEdge>(*this); }
};

// Trail is what holds when no mode is written.
enum class PathMode : uint8_t { Trail, Walk, Acyclic, Shortest, AllShortest };

struct Match : ViewOf<NodeKind::Match> {
  PathMode mode() const { return static_cast<PathMode>(detail()); }
  Children<MatchPath> paths() const { return Children<MatchPath>(*this); }
};

}  // namespace zerodb::zeroql::ast
