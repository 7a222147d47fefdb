// Common tables: WITH name AS (..), also recursive ones.
//
// A common table mentions nothing around it, so it is checked once, where it is first used or,
// unused, at its WITH; all its uses share that query. Threading: free functions over their
// arguments.
#pragma once

#include "sema/query_check.h"

namespace zerodb::sema {

// Inside the step of a recursive table its name means the rows of the last round.
struct Recursion {
  std::vector<Output> columns;
  uint32_t uses = 0;
};

struct CommonTable {
  std::string name;
  ast::CommonTable node;
  std::shared_ptr<const CommonTable> earlier;  // those before it, which it sees
  bool may_recurse = false;                    // WITH RECURSIVE
  // Its query once it was checked, shared by all scopes that see the table.
  std::shared_ptr<std::optional<QueryId>> checked = std::make_shared<std::optional<QueryId>>();
  Recursion* recursion = nullptr;  // borrowed while a step is checked
};

using CommonTables = std::shared_ptr<const CommonTable>;

// `tables` and those of the clause.
CommonTables add_common_tables(Checking& c, CommonTables tables, ast::With with);
// The one that the name means, or null.
const CommonTable* find_common_table(const CommonTables& tables, const std::string& name);
// Its query, checked now if it was not yet.
QueryId common_table_query(Checking& c, const CommonTable& table);
// Those of the clause that nobody used are checked all the same.
void check_unused_tables(Checking& c, const CommonTables& tables, const CommonTables& around);

}  // namespace zerodb::sema
