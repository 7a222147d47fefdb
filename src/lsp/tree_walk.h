// The nodes of a tree from above: those that backtracking left behind are not met.
//
// Threading: free functions.
#pragma once

#include <vector>

#include "zeroql/tree.h"

namespace zerodb::lsp {

// Each node below the root before its children, in the order of the text.
template <typename Visit>
void walk(const zeroql::Tree& tree, Visit visit) {
  std::vector<zeroql::NodeId> open = {tree.root()};
  while (!open.empty()) {
    const zeroql::NodeId id = open.back();
    open.pop_back();
    visit(id);
    const auto children = tree.children(id);
    for (size_t i = children.size(); i-- > 0;) open.push_back(children[i]);
  }
}

// The innermost node that has the token.
inline zeroql::NodeId owner_of(const zeroql::Tree& tree, uint32_t token) {
  zeroql::NodeId at = tree.root();
  for (bool goes_on = true; goes_on;) {
    goes_on = false;
    for (const zeroql::NodeId child : tree.children(at)) {
      const zeroql::Node& node = tree.node(child);
      if (node.first_token > token || token >= node.token_end) continue;
      at = child;
      goes_on = true;
      break;
    }
  }
  return at;
}

}  // namespace zerodb::lsp
