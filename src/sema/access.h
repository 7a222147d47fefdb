// Access: what the user of a session may do, and how statements are made to obey it.
//
// Grants become part of the checked statement: a source keeps a condition that holds before any
// join, a column that not every row shows becomes a CASE, links are followed through gates
// (RecordGate in statement.h), writes take the conditions of their grants along. Text of the
// catalog (views, functions, rules of tables, the conditions of grants themselves) is not bound by
// it: it runs with the rights of those who defined it. Ids, and the columns of keys, show wherever
// their record does. Threading: Access is immutable; the functions belong to the thread that
// checks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sema/scope.h"

namespace zerodb::sema {

// The user of sessions that did not log in; no DEFINE USER may take the name.
inline constexpr std::string_view kRootUser = "root";

struct Access {
  std::string user;
  std::vector<std::string> roles;
  uint8_t everywhere = 0;  // bits of Privileges, on all that is in the database in use
  std::vector<const catalog::Grant*> grants;  // of the roles; borrowed from the schema in use
  std::vector<DatabaseId> databases;          // those that the user may use

  bool may_define() const { return (everywhere & catalog::Privileges::kDefine) != 0; }
};

// Of a user that `home` knows, in the database of `here`, which may be another one.
Access access_of(const catalog::Facility& user, const catalog::Schema& home,
                 const catalog::Schema& here);

// The grants by which records of a table may be read or written.
struct TableAccess {
  bool is_open = true;  // all records with all fields
  std::vector<const catalog::Grant*> grants;

  bool is_closed() const { return !is_open && grants.empty(); }
  // A grant for all rows, so that no condition has to hold.
  bool has_all_rows() const;
};
// `privilege` is one bit. Open to root and to text of the catalog.
TableAccess table_access(const Checking& c, TableId table, uint8_t privilege);

// "SELECT, UPDATE"; ALL for all that there are on such a target.
std::string privileges_text(catalog::Grant::Target target, uint8_t privileges);
// The privileges that there are on such a target.
uint8_t privileges_of(catalog::Grant::Target target);

// E0701 unless the user may; true if so.
bool require_privilege(Checking& c, uint8_t privilege, const catalog::Table& table, Span span);
bool require_execution(Checking& c, const catalog::Function& function, Span span);
// sequence::next and the like over the name of a sequence, if it is known.
bool require_sequence(Checking& c, ExprId name, Span span);
// Definitions, grants and ANALYZE.
bool require_definitions(Checking& c, Span span);
bool require_database(Checking& c, const catalog::Database& database, Span span);
// A field that the statement writes; `c.written` says by which privilege.
bool require_field(Checking& c, const catalog::Table& table, const std::string& field, Span span);
// Paths that are searched as a whole ask no rules on their way.
bool require_whole_records(Checking& c, const std::vector<const catalog::Table*>& tables,
                           Span span);

// Whether the user has any privilege on the object, and so may have it described.
bool may_see(const Checking& c, catalog::Grant::Target target, uint64_t object);
bool require_sight(Checking& c, catalog::Grant::Target target, uint64_t object,
                   const std::string& name, Span span);

// Lets a source over tables give the rows that the user may read or write. E0701.
void restrict_source(Checking& c, Scope& scope, size_t position, Reach reach);
// What stands for the column where it does not show in every row; nothing where it does.
std::optional<ExprId> shown_column(Checking& c, const FoundSource& found,
                                   const SourceColumn& column, Span span);
// The flag for an expression that follows links to these tables (none: any); E0701 for a table
// without a grant.
uint8_t gate_of(Checking& c, const std::vector<TableId>& tables, Span span);
// OLD or NEW of a table: E0701 where it would show more than the user may see.
bool require_version(Checking& c, const Scope& scope, ExprKind version, Span span);

// The grants that a write has to obey, over the record that is source 0 of the scope.
std::vector<TableRules::Grant> bind_grants(Checking& c, Scope& scope, const catalog::Table& table,
                                           Span span);
// Binds the gates of the links that the statement follows. Called last.
void bind_gates(Checking& c);

// The condition of a grant, over the record of a source.
ExprId grant_condition(Checking& c, const FoundSource& found, const catalog::Grant& grant,
                       Span span);

}  // namespace zerodb::sema
