// Tree: the lossless syntax tree of a script. print(tree) is the source, byte for byte, whether it
// parsed or not.
//
// Nodes and tokens live in vectors and are named by NodeId and TokenId. A node covers a range of
// tokens; the tokens that no child covers are its own. Blanks and comments are the text before a
// token (trivia). `detail` is a small number whose meaning belongs to the kind of the node: an
// operator or flags; the views of ast_*.h decode it. Node 0 is the Nothing node that stands for
// what a broken script lacks. Threading: immutable once parsed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zeroql/source.h"
#include "zeroql/token.h"

namespace zerodb::zeroql {

using NodeId = StrongId<struct NodeIdTag, uint32_t>;
inline constexpr NodeId kNothing = NodeId(0);

enum class NodeKind : uint8_t {
#define ZEROQL_PART(name) name,
#define ZEROQL_STATEMENT(name) name,
#define ZEROQL_EXPRESSION(name) name,
#define ZEROQL_TYPE(name) name,
#include "zeroql/node_kinds.def"
#undef ZEROQL_PART
#undef ZEROQL_STATEMENT
#undef ZEROQL_EXPRESSION
#undef ZEROQL_TYPE
};

std::string_view node_kind_name(NodeKind kind);

constexpr bool is_statement(NodeKind kind) {
  return kind >= NodeKind::QueryStatement && kind <= NodeKind::ErrorStatement;
}
constexpr bool is_expression(NodeKind kind) {
  return kind >= NodeKind::Literal && kind <= NodeKind::ErrorExpression;
}
constexpr bool is_type(NodeKind kind) {
  return kind >= NodeKind::NamedType && kind <= NodeKind::ErrorType;
}

struct Node {
  NodeKind kind = NodeKind::Nothing;
  uint8_t detail = 0;
  // How deep expressions, types and queries nest below and including this node.
  uint16_t height = 0;
  uint32_t first_token = 0;
  uint32_t token_end = 0;  // past the last
  uint32_t first_child = 0;
  uint32_t child_count = 0;
};

class Tree {
 public:
  explicit Tree(SourceText source);

  const SourceText& source() const { return source_; }
  NodeId root() const { return root_; }

  size_t node_count() const { return nodes_.size(); }
  const Node& node(NodeId id) const { return nodes_[id.value()]; }
  NodeKind kind(NodeId id) const { return node(id).kind; }
  std::span<const NodeId> children(NodeId id) const {
    const Node& n = node(id);
    return {children_.data() + n.first_child, n.child_count};
  }
  // From the first byte of its first token to the last byte of its last; empty for a node without
  // tokens.
  Span span(NodeId id) const;
  std::string_view text(NodeId id) const { return source_.slice(span(id)); }

  // The last token is EndOfInput.
  size_t token_count() const { return tokens_.size(); }
  const Token& token(TokenId id) const { return tokens_[id.value()]; }
  std::string_view text(TokenId id) const { return source_.slice(token(id).span()); }
  // The blanks and comments before a token.
  std::string_view trivia(TokenId id) const;

 private:
  friend class TreeBuilder;
  friend class TreeSplice;

  SourceText source_;
  std::vector<Token> tokens_;
  std::vector<Node> nodes_;
  std::vector<NodeId> children_;
  NodeId root_ = kNothing;
};

// Puts the source together again from the nodes and tokens of the tree.
std::string print(const Tree& tree);

// The shape of the tree without places: one line a node, indented. For tests and debugging.
std::string dump(const Tree& tree);
std::string dump(const Tree& tree, NodeId node);

}  // namespace zerodb::zeroql
