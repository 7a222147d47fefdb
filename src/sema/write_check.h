// Checking of the statements that change records, and of the rules of tables that every write
// obeys.
//
// Threading: free functions over their arguments.
#pragma once

#include <set>

#include "sema/query_check.h"

namespace zerodb::sema {

InsertStatement check_insert(Checking& c, ast::Insert node);
PutStatement check_create(Checking& c, ast::Create node);
PutStatement check_upsert(Checking& c, ast::Upsert node);
ModifyStatement check_update(Checking& c, ast::Update node);
ModifyStatement check_delete(Checking& c, ast::Delete node);
RelateStatement check_relate(Checking& c, ast::Relate node);

// Binds DEFAULT, COMPUTED and ASSERT of the table.
TableRules bind_rules(Checking& c, const catalog::Table& table, Span span);

// The tables whose records a deletion from the table may change, itself included.
std::set<TableId> tables_reached_by_delete(const catalog::Schema& schema, TableId table);

// What a write may do to a field, apart from its type.
enum class WriteMode : uint8_t {
  Create,  // a new record: key fields, READONLY, src and dst may be given
  Change,  // a record that is there
  Either,  // UPSERT
};

// The change that SET, CONTENT, MERGE and UNSET describe.
struct ChangeParts {
  std::optional<ast::SetClause> set;
  std::optional<ast::Content> content;
  std::optional<ast::Merge> merge;
  std::optional<ast::Unset> unset;
};
RecordChange check_change(Checking& c, Scope& scope, const catalog::Table& table,
                          const ChangeParts& parts, WriteMode mode);

// A field, or a part of one, as the place of a value; E0202, E0305, E0504, E0905, E1005.
std::optional<Place> check_place(Checking& c, Scope& scope, const catalog::Table& table,
                                 ast::FieldPath path, WriteMode mode);
std::optional<Place> check_column_place(Checking& c, const catalog::Table& table,
                                        const std::string& name, WriteMode mode, Span span);
// The steps of a path into the field that `place` names, with what it then holds. False after a
// report.
bool check_place_steps(Checking& c, Scope& scope, ast::FieldPath path, Place& place);
// Whether an object becomes the record, or is merged into it and so need not be whole.
enum class ContentForm : uint8_t { Record, Patch };
ExprId check_content(Checking& c, Scope& scope, const catalog::Table& table, ast::Expr node,
                     WriteMode mode, ContentForm form);
// What an object for a record of the table may hold, of the fields that are defined.
Type record_shape(const catalog::Table& table);
void check_content_type(Checking& c, const catalog::Table& table, const Type& type, WriteMode mode,
                        ContentForm form, Span span);

// RETURNING over the given sources, of which the first is the record written.
std::optional<QueryId> check_returning(Checking& c, const Scope& scope, const catalog::Table& table,
                                       std::optional<ast::Returning> returning);

// The table that is written to; null after E0201 and for views.
const catalog::Table* find_target(Checking& c, ast::Name name);

}  // namespace zerodb::sema
