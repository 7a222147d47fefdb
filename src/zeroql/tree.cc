#include "zeroql/tree.h"

#include <algorithm>

#include "base/assert.h"
#include "zeroql/tree_builder.h"

namespace zerodb::zeroql {

std::string_view node_kind_name(NodeKind kind) {
  static constexpr std::string_view kNames[] = {
#define ZEROQL_PART(name) #name,
#define ZEROQL_STATEMENT(name) #name,
#define ZEROQL_EXPRESSION(name) #name,
#define ZEROQL_TYPE(name) #name,
#include "zeroql/node_kinds.def"
#undef ZEROQL_PART
#undef ZEROQL_STATEMENT
#undef ZEROQL_EXPRESSION
#undef ZEROQL_TYPE
  };
  return kNames[static_cast<size_t>(kind)];
}

Tree::Tree(SourceText source) : source_(std::move(source)) {
  nodes_.emplace_back();
}

Span Tree::span(NodeId id) const {
  const Node& n = node(id);
  if (tokens_.empty()) return {0, 0};
  if (n.first_token == n.token_end) {
    const uint32_t at = n.first_token == 0 ? 0 : tokens_[n.first_token - 1].end;
    return {at, at};
  }
  return {tokens_[n.first_token].begin, tokens_[n.token_end - 1].end};
}

std::string_view Tree::trivia(TokenId id) const {
  const uint32_t begin = id.value() == 0 ? 0 : tokens_[id.value() - 1].end;
  return source_.slice({begin, token(id).begin});
}

namespace {

// Every token of the node, its own and those of its children, in order. Deep trees are walked
// without recursion.
void print_node(const Tree& tree, NodeId root, std::string& out) {
  struct Step {
    NodeId node;
    uint32_t next_child;
    uint32_t next_token;
  };
  const auto print_tokens = [&](uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; ++i) {
      out += tree.trivia(TokenId(i));
      out += tree.text(TokenId(i));
    }
  };
  std::vector<Step> steps = {{root, 0, tree.node(root).first_token}};
  while (!steps.empty()) {
    Step& step = steps.back();
    const auto children = tree.children(step.node);
    if (step.next_child == children.size()) {
      const uint32_t end = tree.node(step.node).token_end;
      print_tokens(step.next_token, end);
      steps.pop_back();
      if (!steps.empty()) steps.back().next_token = end;
      continue;
    }
    const NodeId child = children[step.next_child++];
    const uint32_t first = tree.node(child).first_token;
    print_tokens(step.next_token, first);
    step.next_token = first;
    steps.push_back({child, 0, first});
  }
}

}  // namespace

std::string print(const Tree& tree) {
  std::string out;
  out.reserve(tree.source().size());
  print_node(tree, tree.root(), out);
  return out;
}

std::string dump(const Tree& tree, NodeId root) {
  std::string out;
  std::vector<std::pair<NodeId, uint32_t>> stack = {{root, 0}};
  while (!stack.empty()) {
    const auto [id, depth] = stack.back();
    stack.pop_back();
    const Node& node = tree.node(id);
    out.append(depth * 2, ' ');
    out += node_kind_name(node.kind);
    if (node.detail != 0) out += "#" + std::to_string(node.detail);
    const auto children = tree.children(id);
    if (children.empty()) {
      for (uint32_t i = node.first_token; i < node.token_end; ++i) {
        out += ' ';
        out += tree.text(TokenId(i));
      }
    }
    out += '\n';
    for (size_t i = children.size(); i-- > 0;) stack.emplace_back(children[i], depth + 1);
  }
  return out;
}

std::string dump(const Tree& tree) {
  return dump(tree, tree.root());
}

TreeBuilder::TreeBuilder(SourceText source, std::vector<Token> tokens) : tree_(std::move(source)) {
  tree_.tokens_ = std::move(tokens);
  tree_.nodes_.reserve(tree_.tokens_.size() * 2);
  tree_.children_.reserve(tree_.tokens_.size() * 2);
}

NodeId TreeBuilder::add(NodeKind kind, uint8_t detail, uint32_t first_token, uint32_t token_end,
                        std::span<const NodeId> children) {
  Node node{kind,
            detail,
            0,
            first_token,
            token_end,
            static_cast<uint32_t>(tree_.children_.size()),
            static_cast<uint32_t>(children.size())};
  for (const NodeId child : children)
    node.height = std::max(node.height, tree_.nodes_[child.value()].height);
  const bool counts = is_expression(kind) || is_type(kind) || kind == NodeKind::SetOperation;
  if (counts && node.height < UINT16_MAX) ++node.height;
  const NodeId id(static_cast<uint32_t>(tree_.nodes_.size()));
  tree_.children_.insert(tree_.children_.end(), children.begin(), children.end());
  tree_.nodes_.push_back(node);
  return id;
}

NodeId TreeBuilder::finish(NodeKind kind, Start start, uint32_t token_end, uint8_t detail) {
  DEBUG_ASSERT(start.waiting <= waiting_.size());
  const std::span<const NodeId> children(waiting_.data() + start.waiting,
                                         waiting_.size() - start.waiting);
  const NodeId id = add(kind, detail, start.token, token_end, children);
  waiting_.resize(start.waiting);
  waiting_.push_back(id);
  return id;
}

NodeId TreeBuilder::join(NodeId left, NodeId right, uint8_t detail) {
  const NodeId pair[] = {left, right};
  return add(NodeKind::Binary, detail, node(left).first_token, node(right).token_end, pair);
}

NodeId TreeBuilder::fold_left(std::span<const NodeId> operands, uint8_t detail) {
  NodeId left = operands[0];
  for (const NodeId right : operands.subspan(1)) left = join(left, right, detail);
  return left;
}

NodeId TreeBuilder::fold_balanced(std::span<const NodeId> operands, uint8_t detail) {
  if (operands.size() == 1) return operands[0];
  const size_t middle = (operands.size() + 1) / 2;
  const NodeId left = fold_balanced(operands.first(middle), detail);
  return join(left, fold_balanced(operands.subspan(middle), detail), detail);
}

void TreeBuilder::fold(Start start, uint8_t detail) {
  constexpr size_t kFew = 16;
  const auto operands = std::span<const NodeId>(waiting_).subspan(start.waiting);
  const NodeId top =
      operands.size() <= kFew ? fold_left(operands, detail) : fold_balanced(operands, detail);
  waiting_.resize(start.waiting);
  waiting_.push_back(top);
}

void TreeBuilder::replace_last_by_children() {
  const NodeId parent = waiting_.back();
  waiting_.pop_back();
  const auto children = tree_.children(parent);
  waiting_.insert(waiting_.end(), children.begin(), children.end());
}

Tree TreeBuilder::take() {
  ASSERT(!waiting_.empty());
  tree_.root_ = waiting_.back();
  return std::move(tree_);
}

}  // namespace zerodb::zeroql
