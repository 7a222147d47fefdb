// The bytes of single catalog objects; store_codec.h puts them under keys.
//
// Readers leave a broken RowReader behind for bytes that are no such object. Threading: pure
// functions.
#pragma once

#include "catalog/schema.h"
#include "catalog/type_codec.h"

namespace zerodb::catalog {

std::string encode(const Namespace& object);
std::string encode(const Database& object);
std::string encode(const Enum& object);
std::string encode(const NamedType& object);
std::string encode(const Param& object);
// Without its indexes, which are rows of their own.
std::string encode(const Table& object);
std::string encode(const Index& object);
std::string encode(const Facility& object);
std::string encode(const Function& object);
std::string encode(const Grant& object);

Namespace read_namespace(RowReader& in);
Database read_database(RowReader& in);
Enum read_enum(RowReader& in);
NamedType read_named_type(RowReader& in, const FindEnum& find_enum);
Param read_param(RowReader& in, const FindEnum& find_enum);
Table read_table(RowReader& in, const FindEnum& find_enum);
Index read_index(RowReader& in);
Facility read_facility(RowReader& in);
Function read_function(RowReader& in, const FindEnum& find_enum);
Grant read_grant(RowReader& in);

}  // namespace zerodb::catalog
