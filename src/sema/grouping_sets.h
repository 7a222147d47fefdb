// Grouping sets: what GROUP BY with ROLLUP, CUBE and GROUPING SETS stands for.
//
// Threading: free functions over their arguments.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "sema/query_check.h"

namespace zerodb::sema {

// Each set lists positions among the group keys, rising.
using GroupingSets = std::vector<std::vector<uint32_t>>;

// Checks one expression of GROUP BY and gives its position among the group keys; nothing after a
// mistake.
using AddGroupKey = std::function<std::optional<uint32_t>(ast::Expr)>;

// Whether an item stands for several sets.
bool has_grouping_sets(ast::GroupItem item);
// The sets that one item stands for; a plain expression is one set. E1112 for too many.
GroupingSets sets_of(Checking& c, ast::GroupItem item, const AddGroupKey& add);
// Every set of the one joined with every set of the other. E1112 for too many.
GroupingSets product(Checking& c, const GroupingSets& left, const GroupingSets& right, Span span);

}  // namespace zerodb::sema
