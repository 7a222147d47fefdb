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
QueryId check_body(Checking& c, Scope* parent, const std::shared_ptr<const CommonTable>& tables,
                   ast::QueryBody body, std::optional<ast::OrderBy> order);
void check_order(Checking& c, Scope& scope, ast::OrderBy order);
// ORDER BY over the outputs of VALUES, a set operation or a recursive table.
void check_output_order(Checking& c, Scope* parent, QueryId query,
                        std::optional<ast::OrderBy> order);
void check_limit(Checking& c, Scope* parent, std::shared_ptr<const CommonTable> tables,
                 QueryId query, ast::Limit limit);
// The outputs of an operation of its two sides. E0310.
void match_columns(Checking& c, QueryId operation, bool by_name, Span span);
// Names of columns given in parentheses. E0414.
// False after E0414: then nothing is known of the columns.
bool rename_columns(Checking& c, std::vector<Output>& columns, std::optional<ast::IdentList> names);
// Makes a checked query a source; gives its position in the scope.
size_t add_query_source(Checking& c, Scope& scope, QueryId query, std::string name, Span span);
// Whether the key is an integer, which SQL takes for the position of a column: E0404, which names
// the column.
bool refuse_position(Checking& c, const Scope& scope, ast::Expr node, std::string_view clause);
// WINDOW name AS (..), ..
void check_named_windows(Checking& c, Scope& scope, ast::WindowClause node);
void check_group_by(Checking& c, Scope& scope, ast::GroupBy node);

}  // namespace zerodb::sema
