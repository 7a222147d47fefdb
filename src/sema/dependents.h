// Dependents: what else in a database uses an object, so that the object has to stay as it is.
//
// Threading: free functions over their arguments.
#pragma once

#include <optional>
#include <string>

#include "catalog/schema.h"
#include "sema/checking.h"

namespace zerodb::sema {

// The name of another table, type, function or view that uses the table; nothing if none does.
std::optional<std::string> user_of_table(const catalog::Schema& schema,
                                         const catalog::Table& table);

// The name of a table, type or function that uses the enum or named type.
std::optional<std::string> user_of_type(const catalog::Schema& schema, const std::string& name);

// Something that is right under the schema of `c` and no longer under the next one.
struct BrokenUser {
  std::string name;  // of a table, view, function, type or role
  std::string mistake;
};
struct SchemaChange {
  std::shared_ptr<const catalog::Schema> next;
  std::optional<TableId> except = std::nullopt;  // a table whose rules are not looked at
  // The field that is no longer there under its name: where the table takes undeclared keys, it is
  // no mistake to read one.
  struct Loss {
    TableId table;
    std::string field;
  };
  std::optional<Loss> lost = std::nullopt;
};
std::optional<BrokenUser> user_broken_by(Checking& c, const SchemaChange& change);

}  // namespace zerodb::sema
