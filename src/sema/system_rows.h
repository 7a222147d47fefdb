// The rows of those tables of `system::` that the schema and the function library alone tell.
//
// Threading: free functions over their arguments.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sema/checking.h"

namespace zerodb::sema {

// The cells of a row stand in the order of the table's columns (system_columns). Nothing for a
// table whose rows only the running database knows.
std::optional<std::vector<std::vector<Value>>> system_rows(const Checking& c,
                                                           const std::string& table);

// Whether the running database knows the rows of the table.
bool is_told_by_database(const std::string& table);

}  // namespace zerodb::sema
