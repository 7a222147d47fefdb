// PatternNode: what one node of a graph pattern asks of the vertex that stands there.
//
// Threading: one thread; a node lives as long as its pattern is checked.
#pragma once

#include <optional>
#include <vector>

#include "sema/scope.h"

namespace zerodb::sema {

class PatternNode {
 public:
  using Tables = std::vector<const catalog::Table*>;

  // Nothing after a mistake.
  static std::optional<PatternNode> read(Checking& c, Scope& scope, ast::MatchNode node);

  // The tables that it names; empty: any vertex.
  const Tables& tables() const { return tables_; }
  // A vertex of this scope that stands there again.
  const std::optional<size_t>& variable() const { return variable_; }
  std::string name() const;
  bool has_alias() const { return node_.alias().has_value(); }
  ast::MatchNode node() const { return node_; }

  // The source of a start, `position`, delivers only what the node asks for.
  void restrict(size_t position) const;
  // The vertex `position`, reached by a hop, is what the node asks for. Adds conditions.
  void bind(size_t position) const;

 private:
  PatternNode(Checking& c, Scope& scope, ast::MatchNode node)
      : c_(&c), scope_(&scope), node_(node) {}

  bool read_atoms();
  bool read_parameter(ast::Parameter parameter, bool is_alone);
  ExprId parameter_value(ast::Parameter parameter) const;
  bool read_name(ast::Name name);
  void add_table(const catalog::Table* table);
  ExprId id_of(size_t position) const;
  ExprId compare(BinaryOp op, ExprId left, ExprId right) const;
  // The vertex is what one of several atoms says.
  ExprId alternative(size_t position, ast::MatchAtom atom) const;
  std::vector<ExprId> range_conditions(size_t position, ast::RecordRange range) const;
  // One of several atoms is no table.
  bool has_alternatives() const;
  void require_alternative(size_t position) const;

  Checking* c_;
  Scope* scope_;
  ast::MatchNode node_;
  Tables tables_;
  std::optional<size_t> variable_;
  std::optional<FoundSource> outer_;  // a source of a query around
  std::optional<ast::RecordId> record_;
  std::optional<ast::RecordRange> range_;
  std::optional<ExprId> parameter_;
};

}  // namespace zerodb::sema
