// TreeBuilder: puts a Tree together from the bottom up. Finished nodes wait on a stack until their
// parent takes them as children.
//
// Nodes are never taken back, only forgotten: backtracking shortens the stack, so that a remembered
// node can be used again. Threading: belongs to one parser.
#pragma once

#include <vector>

#include "zeroql/tree.h"

namespace zerodb::zeroql {

class TreeBuilder {
 public:
  TreeBuilder(SourceText source, std::vector<Token> tokens);

  // Where a node begins: the first token of it, and the first waiting node that becomes its child.
  struct Start {
    uint32_t token;
    uint32_t waiting;
  };
  Start start(uint32_t token) const { return {token, static_cast<uint32_t>(waiting_.size())}; }

  // Makes a node of all nodes that wait since `start` and of the tokens up to `token_end`, and lets
  // it wait.
  NodeId finish(NodeKind kind, Start start, uint32_t token_end, uint8_t detail);
  void push(NodeId node) { waiting_.push_back(node); }
  NodeId last() const { return waiting_.back(); }
  // Turns the nodes that wait since `start`, operands of one associative operator, into Binary
  // nodes: from the left if they are few, else balanced, so that a long chain does not make a deep
  // tree.
  void fold(Start start, uint8_t detail);
  // The children of the last waiting node wait in its place.
  void replace_last_by_children();

  void set_detail(NodeId node, uint8_t detail) { tree_.nodes_[node.value()].detail = detail; }
  const Node& node(NodeId id) const { return tree_.nodes_[id.value()]; }
  std::span<const NodeId> children(NodeId id) const { return tree_.children(id); }
  const std::vector<Token>& tokens() const { return tree_.tokens_; }
  const SourceText& source() const { return tree_.source_; }

  using Mark = uint32_t;
  Mark mark() const { return static_cast<Mark>(waiting_.size()); }
  void restore(Mark mark) { waiting_.resize(mark); }

  // The last waiting node becomes the root.
  Tree take();

 private:
  NodeId add(NodeKind kind, uint8_t detail, uint32_t first_token, uint32_t token_end,
             std::span<const NodeId> children);
  NodeId fold_left(std::span<const NodeId> operands, uint8_t detail);
  NodeId fold_balanced(std::span<const NodeId> operands, uint8_t detail);
  NodeId join(NodeId left, NodeId right, uint8_t detail);

  Tree tree_;
  std::vector<NodeId> waiting_;
};

}  // namespace zerodb::zeroql
