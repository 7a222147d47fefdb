#include "lint/tree_index.h"

#include <algorithm>

namespace zerodb::lint {
namespace {

uint64_t key_of(Span span) {
  return (uint64_t{span.begin} << 32) | span.end;
}

}  // namespace

TreeIndex::TreeIndex(const zeroql::Tree& tree)
    : tree_(tree), parents_(tree.node_count(), zeroql::kNothing) {
  walk(tree.root(), [&](zeroql::NodeId node) {
    for (const zeroql::NodeId child : tree.children(node)) parents_[child.value()] = node;
    if (tree.kind(node) == zeroql::NodeKind::Call) calls_[key_of(tree.span(node))] = true;
  });
}

zeroql::NodeId TreeIndex::meaningful_parent(zeroql::NodeId node) const {
  zeroql::NodeId at = parent(node);
  while (tree_.kind(at) == zeroql::NodeKind::Paren) at = parent(at);
  return at;
}

zeroql::NodeId TreeIndex::above(zeroql::NodeId node, zeroql::NodeKind kind) const {
  for (zeroql::NodeId at = parent(node); at != zeroql::kNothing; at = parent(at)) {
    if (tree_.kind(at) == kind) return at;
  }
  return zeroql::kNothing;
}

bool TreeIndex::is_call(Span span) const {
  return calls_.contains(key_of(span));
}

zeroql::TokenId TreeIndex::token_at(uint32_t offset) const {
  size_t low = 0;
  size_t high = tree_.token_count() - 1;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (tree_.token(zeroql::TokenId(static_cast<uint32_t>(middle))).end <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return zeroql::TokenId(static_cast<uint32_t>(low));
}

}  // namespace zerodb::lint
