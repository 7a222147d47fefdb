#include "sema/data_check.h"

#include <algorithm>

#include "sema/definition_facility.h"
#include "sema/expression.h"
#include "sema/query_check.h"

namespace zerodb::sema {
namespace {

using catalog::Facility;
using catalog::Table;

bool has_column(const Table& table, const std::string& name) {
  return name == "id" || !table.schemafull || table.field_position(name) ||
         table.key_position(name);
}

// E0202 for what the table does not have, E0412 for what stands twice.
void check_columns(Checking& c, const Table& table, ast::IdentList list) {
  std::vector<std::string> seen;
  for (const ast::Ident ident : list.idents()) {
    const std::string name = ident.name();
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      c.report(ErrorCode::E0412, "`" + name + "` is given twice", ident.span());
    } else if (!has_column(table, name)) {
      auto& diagnostic = c.report(ErrorCode::E0202,
                                  "`" + table.name + "` has no field `" + name + "`", ident.span());
      std::vector<std::string> known;
      for (const catalog::KeyColumn& column : table.key) known.push_back(column.name);
      for (const catalog::Field& field : table.fields) known.push_back(field.name);
      c.suggest(diagnostic, name, known);
    }
    seen.push_back(name);
  }
}

void check_roles(Checking& c, const ast::Children<ast::Ident>& roles) {
  for (const ast::Ident role : roles) {
    if (c.schema().find_facility(Facility::Kind::Role, role.name()) != nullptr) continue;
    auto& diagnostic =
        c.report(ErrorCode::E0207, "unknown role `" + role.name() + "`", role.span());
    c.suggest(diagnostic, role.name(), facility_names(c, Facility::Kind::Role));
  }
}

// The table that is granted, if it is one; what is not there is reported.
const Table* check_granted(Checking& c, ast::ObjectKind kind, ast::ObjectName object) {
  const std::string name = object.to_string();
  switch (kind) {
    case ast::ObjectKind::Table:
    case ast::ObjectKind::Edge:
    case ast::ObjectKind::View:
      if (object.name()) return find_table(c, *object.name());
      c.report(ErrorCode::E0201, "unknown table `" + name + "`", object.span());
      return nullptr;
    case ast::ObjectKind::Function:
      if (c.schema().find_function(name) == nullptr)
        c.report(ErrorCode::E0601, "unknown function `" + name + "`", object.span());
      return nullptr;
    case ast::ObjectKind::Namespace:
      if (c.schema().find_namespace(name) == nullptr)
        c.report(ErrorCode::E0206, "unknown namespace `" + name + "`", object.span());
      return nullptr;
    default:
      if (const auto facility = facility_kind(kind);
          facility && c.schema().find_facility(*facility, name) == nullptr) {
        c.report(ErrorCode::E0207,
                 "unknown " + std::string(facility_text(*facility)) + " `" + name + "`",
                 object.span());
      }
      return nullptr;
  }
}

// The rule over the rows of the table; $auth is the record of the user.
void check_row_rule(Checking& c, const Table& table, ast::Where where) {
  std::vector<KnownParameter> parameters(c.context.parameters.begin(), c.context.parameters.end());
  parameters.push_back({"auth", Type::any()});
  CheckContext context = c.context;
  context.parameters = parameters;
  Checking rule(context, c.statement.schema, c.source());
  Scope scope;
  scope.query = rule.add_query(Query::Kind::Select, where.span());
  add_table_source(rule, scope, {&table}, table.name, false, where.span());
  check_condition(rule, scope, where.condition());
  c.diagnostics.insert(c.diagnostics.end(), rule.diagnostics.begin(), rule.diagnostics.end());
}

}  // namespace

AnalyzeStatement check_analyze(Checking& c, ast::Analyze node) {
  AnalyzeStatement analyze;
  if (node.name()) {
    const Table* table = find_stored_table(c, *node.name());
    if (table != nullptr) analyze.tables.push_back(table->id);
    return analyze;
  }
  for (const Table& table : c.schema().tables()) {
    if (table.kind != Table::Kind::View) analyze.tables.push_back(table.id);
  }
  return analyze;
}

void check_grant(Checking& c, ast::Grant node) {
  const Table* table = check_granted(c, node.object_kind(), node.object());
  if (table != nullptr && node.fields()) check_columns(c, *table, *node.fields());
  if (table != nullptr && node.where()) check_row_rule(c, *table, *node.where());
  check_roles(c, node.roles());
}

void check_revoke(Checking& c, ast::Revoke node) {
  check_granted(c, node.object_kind(), node.object());
  check_roles(c, node.roles());
}

}  // namespace zerodb::sema
