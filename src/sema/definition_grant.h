// GRANT and REVOKE: rows of the catalog that say what roles may do.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/definition.h"
#include "sema/scope.h"

namespace zerodb::sema {

void define_grant(Definition& d, ast::Grant node);
// Takes the privileges off whatever grants of the object the roles have, whole or in part.
void define_revoke(Definition& d, ast::Revoke node);

// The condition of a grant over the one source of the scope; `span` is what mistakes point to.
ExprId check_grant_condition(Checking& c, Scope& scope, const std::string& text, Span span);

// Erases the grants on an object that goes, or of a role.
void erase_grants_on(Definition& d, catalog::Grant::Target target, uint64_t object);
void erase_grants_of(Definition& d, uint32_t role);

// The role whose grant on the table names the field, among its fields or in its condition.
std::optional<std::string> grant_that_names(const catalog::Schema& schema,
                                            const catalog::Table& table, const std::string& field);
// The role with a grant on another table whose condition names the word, a table or function.
std::optional<std::string> grant_that_mentions(const catalog::Schema& schema,
                                               const std::string& word,
                                               std::optional<TableId> except);

}  // namespace zerodb::sema
