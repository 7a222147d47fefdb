// Checking of queries: sources and joins, grouping, outputs, set operations, ordering.
//
// Threading: free functions over their arguments.
#pragma once

#include <span>

#include "sema/scope.h"

namespace zerodb::sema {

// `parent`: the scope around it, or null for a statement.
QueryId check_query(Checking& c, Scope* parent, ast::Query node);
// Rows for columns of these types, as many as are known.
QueryId check_values_for(Checking& c, ast::Values values, std::span<const Type> wanted);
// The query of EXISTS(MATCH ..).
QueryId check_pattern_query(Checking& c, Scope* parent, ast::Match match,
                            std::optional<ast::Where> where);

// Pieces that writes use as well.

// Adds a source over one or more tables and makes it visible; `name` may be empty.
// It gives what the user may reach: E0701.
size_t add_table_source(Checking& c, Scope& scope, std::vector<const catalog::Table*> tables,
                        std::string name, bool has_alias, Span span, Reach reach = Reach::Select);
// Adds a source that is one value a row, and makes it visible under its name.
SourceId add_value_source(Checking& c, Scope& scope, Source source, Type type);
// A source about which a mistake was reported: any column of it is fine.
size_t add_unknown_source(Checking& c, Scope& scope, std::string name, Span span);
void check_from(Checking& c, Scope& scope, ast::From from);
void check_joins(Checking& c, Scope& scope, ast::Source first,
                 const ast::Children<ast::Join>& joins);
// Adds the sources and conditions of a pattern.
void check_match(Checking& c, Scope& scope, ast::Match match);
// Restricts a Table source to a record id or a range of them.
void restrict_to_record(Checking& c, Scope& scope, size_t position, ast::RecordId node);
void restrict_to_range(Checking& c, Scope& scope, size_t position, const catalog::Table& table,
                       ast::RecordRange node);
// Adds the condition to those the query has.
void add_condition(Checking& c, QueryId query, ExprId condition);

// The outputs that select items stand for.
void check_items(Checking& c, Scope& scope, const ast::SelectItems& items);
void add_star(Checking& c, Scope& scope, Span span);
// Moves what stands above the grouping onto group keys and aggregates. E0402.
void finish_grouping(Checking& c, Scope& scope);

// Set when an aggregate or GROUP BY was seen.
bool is_grouped(Checking& c, const Scope& scope);
Cardinality cardinality_of(Checking& c, QueryId query);

}  // namespace zerodb::sema
