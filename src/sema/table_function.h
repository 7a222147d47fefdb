// TableFunction: what stands in FROM as a call, and the tables of `system::`.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/scope.h"

namespace zerodb::sema {

struct TableFunctionEntry {
  std::string_view signature;
  std::string_view doc;
  std::string_view example;
};
// All that may stand in FROM, for the reference.
std::vector<TableFunctionEntry> table_functions();
// In lower case.
bool is_table_function(std::string_view name);

// What unnest gives for a value of the type; nothing if it has no elements.
std::optional<Type> element_of(const Type& type);

// Checks the call and sets function and args of the source: one argument for each parameter, a
// literal none for what is left out. The result is the type of the elements, any after a mistake.
Type check_table_function(Checking& c, Scope& scope, ast::Call call, Source& source);

// The columns of a table of `system::`, given with that prefix; nothing after E0201. `name` becomes
// what the table is called, whatever case was written.
std::optional<std::vector<Output>> system_columns(Checking& c, std::string& name, Span span);

}  // namespace zerodb::sema
