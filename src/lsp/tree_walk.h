// The nodes of a tree from above: those that backtracking left behind are not met.
//
// Threading: free functions.
#pragma once

#include <algorithm>
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

// The innermost node that has the token. Children are looked for by halves: a script has thousands.
inline zeroql::NodeId owner_of(const zeroql::Tree& tree, uint32_t token) {
  zeroql::NodeId at = tree.root();
  while (true) {
    const auto children = tree.children(at);
    const auto found = std::ranges::partition_point(
        children, [&](zeroql::NodeId child) { return tree.node(child).token_end <= token; });
    if (found == children.end() || tree.node(*found).first_token > token) return at;
    at = *found;
  }
}

}  // namespace zerodb::lsp
