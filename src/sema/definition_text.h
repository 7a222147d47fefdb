// Definitions as statements again: what DESCRIBE shows.
//
// Each gives a statement that defines the same object in an empty database that has what it
// mentions. Threading: pure functions.
#pragma once

#include <string>

#include "catalog/schema.h"

namespace zerodb::sema {

std::string definition_text(const catalog::Schema& schema, const catalog::Table& table);
std::string definition_text(const catalog::Schema& schema, const catalog::Index& index);
std::string definition_text(const catalog::Namespace& object);
std::string definition_text(const catalog::Schema& schema, const catalog::Database& object);
std::string definition_text(const catalog::Enum& object);
std::string definition_text(const catalog::NamedType& object);
std::string definition_text(const catalog::Param& object);
// A role comes with its grants, a statement each; the password of a user is left out.
std::string definition_text(const catalog::Schema& schema, const catalog::Facility& object);
std::string definition_text(const catalog::Schema& schema, const catalog::Grant& object);
// "TABLE person"; empty for what is no longer there.
std::string granted_object_text(const catalog::Schema& schema, const catalog::Grant& object);
std::string definition_text(const catalog::Function& object);
// "twice(x: int) -> int", as those of the library are written.
std::string signature_text(const catalog::Function& object);

// "name string UNIQUE", as in the list of a table.
std::string field_text(const catalog::Table& table, const catalog::Field& field);
// The whole statement, for a place inside a field.
std::string field_text(const catalog::Table& table, const catalog::NestedField& field);

}  // namespace zerodb::sema
