// Dependents: what else in a database uses an object, so that the object has to stay as it is.
//
// Threading: pure functions.
#pragma once

#include <optional>
#include <string>

#include "catalog/schema.h"

namespace zerodb::sema {

// The name of another table, type, function or view that uses the table; nothing if none does.
std::optional<std::string> user_of_table(const catalog::Schema& schema,
                                         const catalog::Table& table);

// The name of a table, type or function that uses the enum or named type.
std::optional<std::string> user_of_type(const catalog::Schema& schema, const std::string& name);

}  // namespace zerodb::sema
