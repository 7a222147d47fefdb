// Typed views over the syntax tree: the shared machinery, names, statements. The rest of the views
// by topic: ast_expr.h, ast_operator.h, ast_type.h, ast_query.h, ast_graph.h, ast_write.h,
// ast_define.h, ast_session.h.
//
// A view is a tree and a node id; it owns nothing and must not outlive its tree. What the grammar
// lets out is an std::optional. What the grammar demands is returned bare; if a broken statement
// lacks it, the view is of the Nothing node, whose kind is Nothing and whose expressions have the
// kind ErrorExpression. Only statements with diagnostics have such nodes. Threading: as the tree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/assert.h"
#include "zeroql/tree.h"

namespace zerodb::zeroql::ast {

struct View {
  const Tree* tree = nullptr;
  NodeId id = kNothing;

  NodeKind kind() const { return tree->kind(id); }
  uint8_t detail() const { return tree->node(id).detail; }
  bool is_nothing() const { return id == kNothing; }
  Span span() const { return tree->span(id); }
  std::string_view text() const { return tree->text(id); }
  size_t token_count() const { return tree->node(id).token_end - tree->node(id).first_token; }
  // The token at `index` from the first token of the node.
  const Token& token(size_t index) const {
    return tree->token(TokenId(tree->node(id).first_token + static_cast<uint32_t>(index)));
  }

 protected:
  bool flag(uint8_t bit) const { return (detail() & bit) != 0; }
  // The child number `index` among those that V accepts.
  template <typename V>
  std::optional<V> find(size_t index = 0) const {
    for (const NodeId child : tree->children(id)) {
      if (V::accepts(tree->kind(child)) && index-- == 0) return V{{tree, child}};
    }
    return std::nullopt;
  }
  template <typename V>
  V get(size_t index = 0) const {
    return find<V>(index).value_or(V{{tree, kNothing}});
  }
  bool has(NodeKind wanted) const {
    for (const NodeId child : tree->children(id)) {
      if (tree->kind(child) == wanted) return true;
    }
    return false;
  }
};

// The children of a node that V accepts, in order. Iterating costs nothing; size() and operator[]
// walk the children.
template <typename V>
class Children {
 public:
  class Iterator {
   public:
    using value_type = V;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Tree* tree, const NodeId* at, const NodeId* end)
        : tree_(tree), at_(at), end_(end) {
      skip();
    }
    V operator*() const { return V{{tree_, *at_}}; }
    Iterator& operator++() {
      ++at_;
      skip();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    void skip() {
      while (at_ != end_ && !V::accepts(tree_->kind(*at_))) ++at_;
    }
    const Tree* tree_ = nullptr;
    const NodeId* at_ = nullptr;
    const NodeId* end_ = nullptr;
  };

  explicit Children(const View& of) : tree_(of.tree), ids_(of.tree->children(of.id)) {}
  Iterator begin() const { return Iterator(tree_, ids_.data(), ids_.data() + ids_.size()); }
  Iterator end() const {
    return Iterator(tree_, ids_.data() + ids_.size(), ids_.data() + ids_.size());
  }
  bool empty() const { return begin() == end(); }
  size_t size() const {
    size_t n = 0;
    for (Iterator it = begin(); !(it == end()); ++it) ++n;
    return n;
  }
  V operator[](size_t index) const {
    Iterator it = begin();
    while (index-- > 0) ++it;
    ASSERT(!(it == end()));
    return *it;
  }

 private:
  const Tree* tree_;
  std::span<const NodeId> ids_;
};

// A view of exactly one kind of node.
template <NodeKind Kind>
struct ViewOf : View {
  static constexpr NodeKind kKind = Kind;
  static constexpr bool accepts(NodeKind kind) { return kind == Kind; }
};

// One word or `quoted name`.
struct Ident : ViewOf<NodeKind::Ident> {
  // Without backticks.
  std::string name() const;
  bool is_quoted() const;
  // The keyword that the bare word spells.
  Keyword keyword() const { return is_nothing() ? Keyword::NotKeyword : token(0).keyword; }
};

// a.b.c
struct Name : ViewOf<NodeKind::Name> {
  Children<Ident> parts() const { return Children<Ident>(*this); }
  Ident last() const;
  // The parts joined with dots, without backticks; for messages and for names that have one part.
  std::string name() const;
};

// a::b::c
struct Path : ViewOf<NodeKind::Path> {
  Children<Ident> parts() const { return Children<Ident>(*this); }
  // The parts joined with `::`.
  std::string name() const;
};

// ( a, b )
struct IdentList : ViewOf<NodeKind::IdentList> {
  Children<Ident> idents() const { return Children<Ident>(*this); }
};

// AS name
struct Alias : ViewOf<NodeKind::Alias> {
  Ident ident() const { return get<Ident>(); }
  std::string name() const { return ident().name(); }
};

enum class StatementKind : uint8_t {
#define ZEROQL_PART(name)
#define ZEROQL_STATEMENT(name) name = static_cast<uint8_t>(NodeKind::name),
#define ZEROQL_EXPRESSION(name)
#define ZEROQL_TYPE(name)
#include "zeroql/node_kinds.def"
#undef ZEROQL_PART
#undef ZEROQL_STATEMENT
#undef ZEROQL_EXPRESSION
#undef ZEROQL_TYPE
};

struct Statement : View {
  static constexpr bool accepts(NodeKind kind) { return is_statement(kind); }
  StatementKind statement_kind() const {
    return is_nothing() ? StatementKind::ErrorStatement : static_cast<StatementKind>(kind());
  }
  // V must be the view of this kind: `statement.as<ast::Create>()`.
  template <typename V>
  V as() const {
    ASSERT(V::accepts(kind()));
    return V{{tree, id}};
  }
};

// The statements of a script in order; empty ones are left out.
Children<Statement> statements(const Tree& tree);

}  // namespace zerodb::zeroql::ast
