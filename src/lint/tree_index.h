// TreeIndex: parents of the nodes of a tree, and walks over what stands below one.
//
// Threading: immutable once made; borrows the tree.
#pragma once

#include <unordered_map>
#include <vector>

#include "zeroql/ast_session.h"

namespace zerodb::lint {

namespace ast = zeroql::ast;

class TreeIndex {
 public:
  explicit TreeIndex(const zeroql::Tree& tree);

  const zeroql::Tree& tree() const { return tree_; }
  zeroql::NodeId parent(zeroql::NodeId node) const { return parents_[node.value()]; }
  zeroql::NodeKind kind(zeroql::NodeId node) const { return tree_.kind(node); }
  // The parent that is no grouping parenthesis.
  zeroql::NodeId meaningful_parent(zeroql::NodeId node) const;
  // The nearest node of the kind above `node`, or kNothing.
  zeroql::NodeId above(zeroql::NodeId node, zeroql::NodeKind kind) const;
  // Whether the expression that covers exactly this span is a call, as it is where the checker puts
  // the body of a function.
  bool is_call(Span span) const;
  // The token that covers or follows the offset.
  zeroql::TokenId token_at(uint32_t offset) const;

  // `visit(NodeId)` for the node and all below it, in the order of the text.
  template <typename Visit>
  void walk(zeroql::NodeId root, Visit&& visit) const {
    std::vector<zeroql::NodeId> open = {root};
    while (!open.empty()) {
      const zeroql::NodeId node = open.back();
      open.pop_back();
      visit(node);
      const auto children = tree_.children(node);
      for (size_t i = children.size(); i > 0; --i) open.push_back(children[i - 1]);
    }
  }
  // The same for the nodes that V accepts, as V.
  template <typename V, typename Visit>
  void each(zeroql::NodeId root, Visit&& visit) const {
    walk(root, [&](zeroql::NodeId node) {
      if (V::accepts(tree_.kind(node))) visit(V{{&tree_, node}});
    });
  }

 private:
  const zeroql::Tree& tree_;
  std::vector<zeroql::NodeId> parents_;
  std::unordered_map<uint64_t, bool> calls_;  // by span: whether nothing but a call has it
};

}  // namespace zerodb::lint
