// Common tables: WITH name AS (..), also recursive ones.
//
// A common table is checked where it is first used or, unused, at its WITH, and its uses share that
// query. One that mentions a query around its WITH is checked for each depth at which it is used,
// as columns from outside are counted from where they stand. Threading: free functions over their
// arguments.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "sema/query_check.h"

namespace zerodb::sema {

// Inside the step of a recursive table its name means the rows of the last round.
struct Recursion {
  std::vector<Output> columns;
  uint32_t uses = 0;
};

// The query of a common table, once it was checked.
struct CheckedTable {
  std::optional<QueryId> everywhere;     // it mentions nothing around it, or has a mistake
  std::map<uint32_t, QueryId> by_depth;  // by the number of scopes between its use and its WITH
};

struct CommonTable {
  std::string name;
  ast::CommonTable node;
  std::shared_ptr<const CommonTable> earlier;  // those before it, which it sees
  bool may_recurse = false;                    // WITH RECURSIVE
  Scope* around = nullptr;  // of the query that the WITH belongs to; null for a statement
  // Shared by all scopes that see the table.
  std::shared_ptr<CheckedTable> checked = std::make_shared<CheckedTable>();
  Recursion* recursion = nullptr;  // borrowed while a step is checked
};

using CommonTables = std::shared_ptr<const CommonTable>;

// `tables` and those of the clause, whose query stands in `around`.
CommonTables add_common_tables(Checking& c, Scope* around, CommonTables tables, ast::With with);
// The one that the name means, or null.
const CommonTable* find_common_table(const CommonTables& tables, const std::string& name);
// Its query, checked now if it was not yet; `user` is the scope that reads it.
QueryId common_table_query(Checking& c, Scope* user, const CommonTable& table);
// Those of the clause that nobody used are checked all the same.
void check_unused_tables(Checking& c, const CommonTables& tables, const CommonTables& around);

}  // namespace zerodb::sema
