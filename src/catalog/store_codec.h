// Catalog rows: definitions as key and bytes, and the Schema that a set of rows describes.
//
// Keys, all integers big-endian. One row for each version; one counter row for each space of ids:
//   'r' 0                        version of the lists of namespaces and databases
//   'r' 1                        next ids of namespaces and databases
//   'r' 2 [namespace u32]        a namespace
//   'r' 3 [database u32]         a database
//   'd' [database u32] 0         version of the database's schema
//   'd' [database u32] 1         its next id
//   'd' [database u32] kind [id] an object of the database
//   's' [database u32] [id u32]  the state of a sequence
//   'j' ..                       what is to be done (jobs.h)
// Every transaction reads both version rows and every definition puts a higher version, so that
// racing definitions conflict. Table and index ids carry the database's id in their upper half: two
// databases never allocate the same one. A row starts with the version of its format. Errors: E1205
// for a row that cannot be read, E1208 for a format from the future. Threading: pure functions.
#pragma once

#include <map>

#include "base/result.h"
#include "catalog/schema.h"

namespace zerodb::catalog {

using Rows = std::map<std::string, std::string>;

std::string root_prefix();
std::string root_version_key();
std::string database_prefix(DatabaseId id);
std::string database_version_key(DatabaseId id);
// The version in a version row; 0 for a row that is not there (empty).
Result<SchemaVersion> decode_version(std::string_view row);

// Where the numbers of a sequence are kept, apart from its definition: drawing one changes no
// schema.
std::string sequence_state_key(DatabaseId database, uint32_t id);
std::string sequences_prefix(DatabaseId database);

// The rows of a new store: namespace `main` and database `main`.
Rows bootstrap_rows();
// The database `main.main` of a new store.
inline constexpr DatabaseId kMainDatabase{1};

// Reads what lies under root_prefix() and database_prefix(database). Rows of other databases are
// skipped.
Result<std::shared_ptr<const Schema>> build(const Rows& rows, DatabaseId database);

// Rows of single objects. Each gives the Change that stores it in its database.
Change put_namespace(const Namespace& object);
Change put_database(const Database& object);
Change put_table(DatabaseId database, const Table& object);
Change put_index(DatabaseId database, const Index& object);
Change put_enum(DatabaseId database, const Enum& object);
Change put_type(DatabaseId database, const NamedType& object);
Change put_param(DatabaseId database, const Param& object);
Change put_facility(DatabaseId database, const Facility& object);
Change put_function(DatabaseId database, const Function& object);
Change put_grant(DatabaseId database, const Grant& object);
Change erase_namespace(NamespaceId id);
Change erase_database(DatabaseId id);
Change erase_table(DatabaseId database, TableId id);
Change erase_index(DatabaseId database, IndexId id);
Change erase_enum(DatabaseId database, EnumId id);
Change erase_type(DatabaseId database, uint32_t id);
Change erase_param(DatabaseId database, uint32_t id);
Change erase_facility(DatabaseId database, uint32_t id);
Change erase_function(DatabaseId database, uint32_t id);
Change erase_grant(DatabaseId database, uint32_t id);
Change erase_sequence_state(DatabaseId database, uint32_t id);

Change put_root_version(SchemaVersion version);
Change put_root_counters(uint32_t next_namespace_id, uint32_t next_database_id);
Change put_database_version(DatabaseId database, SchemaVersion version);
Change put_database_counter(DatabaseId database, uint32_t next_object_id);

// Ids of tables and indexes from a database's own counter.
inline TableId make_table_id(DatabaseId database, uint32_t number) {
  return TableId((uint64_t{database.value()} << 32) | number);
}
inline IndexId make_index_id(DatabaseId database, uint32_t number) {
  return IndexId((uint64_t{database.value()} << 32) | number);
}

}  // namespace zerodb::catalog
