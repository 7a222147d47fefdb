// Checking of one SELECT, and the pieces of it that other queries use.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/query_check.h"

namespace zerodb::sema {

QueryId check_select(Checking& c, Scope* parent, std::shared_ptr<const CommonTable> tables,
                     ast::Select node, std::optional<ast::OrderBy> order);
QueryId check_query_with(Checking& c, Scope* parent, std::shared_ptr<const CommonTable> tables,
                         ast::Query node);
void check_order(Checking& c, Scope& scope, ast::OrderBy order);
// Makes a checked query a source; gives its position in the scope.
size_t add_query_source(Checking& c, Scope& scope, QueryId query, std::string name, Span span);
// WINDOW name AS (..), ..
void check_named_windows(Checking& c, Scope& scope, ast::WindowClause node);
void check_group_by(Checking& c, Scope& scope, ast::GroupBy node);

}  // namespace zerodb::sema
