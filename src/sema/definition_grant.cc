#include "sema/definition_grant.h"

#include <algorithm>
#include <utility>

#include "sema/access.h"
#include "sema/definition_facility.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/query_check.h"
#include "sema/stored_text.h"

namespace zerodb::sema {
namespace {

using catalog::Facility;
using catalog::Grant;
using catalog::Privileges;
using catalog::Table;

struct Granted {
  Grant::Target target = Grant::Target::Table;
  uint64_t object = 0;
  const Table* table = nullptr;  // Target::Table
};

bool has_column(const Table& table, const std::string& name) {
  return name == "id" || !table.schemafull || table.field_position(name) ||
         table.key_position(name);
}

// E0202 for what the table does not have, E0412 for what stands twice.
std::vector<std::string> check_fields(Checking& c, const Table& table, ast::IdentList list) {
  std::vector<std::string> names;
  for (const ast::Ident ident : list.idents()) {
    const std::string name = ident.name();
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      c.report(ErrorCode::E0412, "`" + name + "` is given twice", ident.span());
    } else if (!has_column(table, name)) {
      auto& diagnostic = c.report(ErrorCode::E0202,
                                  "`" + table.name + "` has no field `" + name + "`", ident.span());
      std::vector<std::string> known;
      for (const catalog::KeyColumn& column : table.key) known.push_back(column.name);
      for (const catalog::Field& field : table.fields) known.push_back(field.name);
      c.suggest(diagnostic, name, known);
    }
    names.push_back(name);
  }
  return names;
}

std::vector<uint32_t> check_roles(Checking& c, const ast::Children<ast::Ident>& roles) {
  std::vector<uint32_t> ids;
  for (const ast::Ident role : roles) {
    if (const Facility* found = c.schema().find_facility(Facility::Kind::Role, role.name())) {
      if (std::ranges::find(ids, found->id) == ids.end()) ids.push_back(found->id);
      continue;
    }
    auto& diagnostic =
        c.report(ErrorCode::E0207, "unknown role `" + role.name() + "`", role.span());
    c.suggest(diagnostic, role.name(), facility_names(c, Facility::Kind::Role));
  }
  return ids;
}

std::optional<Granted> find_database(Checking& c, ast::ObjectName object) {
  const std::string name = object.to_string();
  const size_t dot = name.find('.');
  const catalog::Namespace* space = dot == std::string::npos
                                        ? &c.schema().current_namespace()
                                        : c.schema().find_namespace(name.substr(0, dot));
  const catalog::Database* found =
      space == nullptr ? nullptr
                       : c.schema().find_database(
                             space->id, dot == std::string::npos ? name : name.substr(dot + 1));
  if (found != nullptr) return Granted{Grant::Target::Database, found->id.value()};
  c.report(ErrorCode::E0206, "unknown database `" + name + "`", object.span());
  return std::nullopt;
}

// What is granted; nothing after a report.
std::optional<Granted> find_granted(Checking& c, ast::ObjectKind kind, ast::ObjectName object) {
  const std::string name = object.to_string();
  switch (kind) {
    case ast::ObjectKind::Table:
    case ast::ObjectKind::Edge:
    case ast::ObjectKind::View: {
      const Table* table = object.name() ? find_table(c, *object.name()) : nullptr;
      if (table != nullptr) return Granted{Grant::Target::Table, table->id.value(), table};
      if (!object.name()) c.report(ErrorCode::E0201, "unknown table `" + name + "`", object.span());
      return std::nullopt;
    }
    case ast::ObjectKind::Function:
      if (const catalog::Function* found = c.schema().find_function(name))
        return Granted{Grant::Target::Function, found->id};
      c.report(ErrorCode::E0601, "unknown function `" + name + "`", object.span());
      return std::nullopt;
    case ast::ObjectKind::Namespace:
      if (const catalog::Namespace* found = c.schema().find_namespace(name))
        return Granted{Grant::Target::Namespace, found->id.value()};
      c.report(ErrorCode::E0206, "unknown namespace `" + name + "`", object.span());
      return std::nullopt;
    case ast::ObjectKind::Database:
      return find_database(c, object);
    case ast::ObjectKind::Sequence:
      if (const Facility* found = c.schema().find_facility(Facility::Kind::Sequence, name))
        return Granted{Grant::Target::Facility, found->id};
      c.report(ErrorCode::E0207, "unknown sequence `" + name + "`", object.span());
      return std::nullopt;
    default:
      c.report(ErrorCode::E0101, "there is nothing to grant on such an object", object.span())
          .help = "GRANT is on a TABLE, EDGE, VIEW, FUNCTION, SEQUENCE, DATABASE or NAMESPACE";
      return std::nullopt;
  }
}

// The bits that the words stand for on such an object.
std::optional<uint8_t> check_privileges(Checking& c, uint8_t words, const Granted& granted,
                                        Span span) {
  const uint8_t possible = privileges_of(granted.target);
  if (words == ast::Privileges::kAll) return possible;
  if ((words & ~possible) == 0) return words;
  const uint8_t shown = possible & static_cast<uint8_t>(~Privileges::kDefine);
  c.report(ErrorCode::E0101, "there is no such privilege on this object", span).help =
      "there are ALL and " + privileges_text(Grant::Target::Namespace, shown);
  return std::nullopt;
}

// The rule over the rows; $auth is the user.
void check_row_rule(Checking& c, const Table& table, ast::Where where) {
  Checking rule(c.context, c.statement.schema, c.source());
  rule.in_grant = true;
  Scope scope;
  scope.query = rule.add_query(Query::Kind::Select, where.span());
  add_table_source(rule, scope, {&table}, table.name, false, where.span());
  check_condition(rule, scope, where.condition());
  c.diagnostics.insert(c.diagnostics.end(), rule.diagnostics.begin(), rule.diagnostics.end());
}

// Rows and fields are those of a table.
void check_parts(Checking& c, const Granted& granted, ast::Grant node, Grant& made) {
  if (!node.fields() && !node.where()) return;
  const bool is_table = granted.table != nullptr && granted.table->kind != Table::Kind::View;
  if (!is_table) {
    c.report(ErrorCode::E0101, "fields and WHERE are for tables",
             node.fields() ? node.fields()->span() : node.where()->span())
        .help =
        granted.table == nullptr ? "" : "let the query of the view say which rows and columns";
    return;
  }
  if (node.fields()) made.fields = check_fields(c, *granted.table, *node.fields());
  if (!node.where()) return;
  check_row_rule(c, *granted.table, *node.where());
  made.condition_text = stored_text(node.where()->condition());
}

bool is_same_part(const Grant& a, const Grant& b) {
  if (a.role != b.role || a.target != b.target || a.object != b.object ||
      a.condition_text != b.condition_text)
    return false;
  return std::ranges::is_permutation(a.fields, b.fields);
}

}  // namespace

void define_grant(Definition& d, ast::Grant node) {
  Checking& c = d.checking();
  Grant made;
  const auto granted = find_granted(c, node.object_kind(), node.object());
  if (granted) {
    made.target = granted->target;
    made.object = granted->object;
    made.privileges = check_privileges(c, node.privileges(), *granted, node.span()).value_or(0);
    check_parts(c, *granted, node, made);
  }
  const std::vector<uint32_t> roles = check_roles(c, node.roles());
  if (c.failed()) return;
  for (uint32_t role : roles) {
    made.role = role;
    const auto& known = c.schema().grants();
    const auto same =
        std::ranges::find_if(known, [&](const Grant& other) { return is_same_part(made, other); });
    Grant stored = made;
    stored.id = same == known.end() ? d.new_id() : same->id;
    if (same != known.end()) stored.privileges |= same->privileges;
    d.add(catalog::put_grant(d.database(), stored));
  }
}

void define_revoke(Definition& d, ast::Revoke node) {
  Checking& c = d.checking();
  const auto granted = find_granted(c, node.object_kind(), node.object());
  const auto privileges =
      granted ? check_privileges(c, node.privileges(), *granted, node.span()) : std::nullopt;
  const std::vector<uint32_t> roles = check_roles(c, node.roles());
  if (c.failed() || !privileges) return;
  // Definitions come with ALL, so they go with the first of its privileges.
  uint8_t taken = *privileges;
  if (taken != 0) taken |= Privileges::kDefine;
  for (const Grant& grant : c.schema().grants()) {
    if (grant.target != granted->target || grant.object != granted->object ||
        std::ranges::find(roles, grant.role) == roles.end() || (grant.privileges & taken) == 0)
      continue;
    Grant left = grant;
    left.privileges &= static_cast<uint8_t>(~taken);
    d.add(left.privileges == 0 ? catalog::erase_grant(d.database(), grant.id)
                               : catalog::put_grant(d.database(), left));
  }
  d.statement().no_op = d.statement().changes.empty();
}

ExprId check_grant_condition(Checking& c, Scope& scope, const std::string& text, Span span) {
  const Checking::ForeignText foreign(c, span);
  const InnerNarrowings narrowings(c);
  const bool before = std::exchange(c.in_grant, true);
  const ExprId condition = check_condition(c, scope, parse_stored_expression(c, text));
  c.in_grant = before;
  return condition;
}

void erase_grants_on(Definition& d, Grant::Target target, uint64_t object) {
  for (const Grant& grant : d.checking().schema().grants()) {
    if (grant.target == target && grant.object == object)
      d.add(catalog::erase_grant(d.database(), grant.id));
  }
}

void erase_grants_of(Definition& d, uint32_t role) {
  for (const Grant& grant : d.checking().schema().grants()) {
    if (grant.role == role) d.add(catalog::erase_grant(d.database(), grant.id));
  }
}

namespace {

std::string role_name(const catalog::Schema& schema, const Grant& grant) {
  const Facility* role = schema.find_facility(grant.role);
  return role == nullptr ? std::string() : role->name;
}

}  // namespace

std::optional<std::string> grant_that_names(const catalog::Schema& schema, const Table& table,
                                            const std::string& field) {
  for (const Grant& grant : schema.grants()) {
    if (grant.target != Grant::Target::Table) continue;
    const bool is_on_table = grant.object == table.id.value();
    const bool is_listed = is_on_table && !grant.fields.empty() && grant.covers_field(field);
    const bool is_mentioned = has_word(grant.condition_text, field) &&
                              (is_on_table || has_word(grant.condition_text, table.name));
    if (is_listed || is_mentioned) return role_name(schema, grant);
  }
  return std::nullopt;
}

std::optional<std::string> grant_that_mentions(const catalog::Schema& schema,
                                               const std::string& word,
                                               std::optional<TableId> except) {
  for (const Grant& grant : schema.grants()) {
    const bool is_own =
        except && grant.target == Grant::Target::Table && grant.object == except->value();
    if (!is_own && has_word(grant.condition_text, word)) return role_name(schema, grant);
  }
  return std::nullopt;
}

}  // namespace zerodb::sema
