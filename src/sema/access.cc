#include "sema/access.h"

#include <algorithm>

#include "sema/definition_grant.h"
#include "sema/expression.h"
#include "sema/query_check.h"

namespace zerodb::sema {
namespace {

using catalog::Grant;
using catalog::Privileges;
using catalog::Table;

bool is_in(uint32_t role, const std::vector<uint32_t>& roles) {
  return std::ranges::find(roles, role) != roles.end();
}

// The privileges on a whole database that a grant gives.
uint8_t on_database(const Grant& grant, const catalog::Database& database) {
  const bool covers =
      (grant.target == Grant::Target::Database && grant.object == database.id.value()) ||
      (grant.target == Grant::Target::Namespace && grant.object == database.namespace_id.value());
  return covers ? grant.privileges : uint8_t{0};
}

std::string_view privilege_word(uint8_t privilege) {
  switch (privilege) {
    case Privileges::kSelect:
      return "SELECT";
    case Privileges::kCreate:
      return "CREATE";
    case Privileges::kUpdate:
      return "UPDATE";
    case Privileges::kDelete:
      return "DELETE";
    default:
      return "EXECUTE";
  }
}

void refuse(Checking& c, std::string_view privilege, const std::string& object, Span span) {
  c.report(ErrorCode::E0701,
           "`" + c.access()->user + "` may not " + std::string(privilege) + " " + object, span);
}

bool has_privilege(const Access& access, uint8_t privileges, Grant::Target target,
                   uint64_t object) {
  if ((access.everywhere & privileges) != 0) return true;
  return std::ranges::any_of(access.grants, [&](const Grant* grant) {
    return grant->target == target && grant->object == object &&
           (grant->privileges & privileges) != 0;
  });
}

}  // namespace

Access access_of(const catalog::Facility& user, const catalog::Schema& home,
                 const catalog::Schema& here) {
  Access access;
  access.user = user.name;
  for (uint32_t id : user.roles) {
    if (const catalog::Facility* role = home.find_facility(id)) access.roles.push_back(role->name);
  }
  const bool is_home = home.database().id == here.database().id;
  if (is_home) access.databases.push_back(home.database().id);
  for (const Grant& grant : home.grants()) {
    if (!is_in(grant.role, user.roles)) continue;
    access.everywhere |= on_database(grant, here.database());
    for (const catalog::Database& database : here.databases()) {
      if (on_database(grant, database) != 0 || database.id == home.database().id)
        access.databases.push_back(database.id);
    }
  }
  if (!is_home) return access;
  for (const Grant& grant : here.grants()) {
    if (is_in(grant.role, user.roles)) access.grants.push_back(&grant);
  }
  return access;
}

bool TableAccess::has_all_rows() const {
  return is_open || std::ranges::any_of(
                        grants, [](const Grant* grant) { return grant->condition_text.empty(); });
}

TableAccess table_access(const Checking& c, TableId table, uint8_t privilege) {
  TableAccess out;
  const Access* access = c.access();
  if (access == nullptr || (access->everywhere & privilege) != 0) return out;
  out.is_open = false;
  for (const Grant* grant : access->grants) {
    if (grant->target != Grant::Target::Table || grant->object != table.value() ||
        (grant->privileges & privilege) == 0)
      continue;
    out.grants.push_back(grant);
    out.is_open |= grant->fields.empty() && grant->condition_text.empty();
  }
  return out;
}

uint8_t privileges_of(Grant::Target target) {
  switch (target) {
    case Grant::Target::Namespace:
    case Grant::Target::Database:
      return Privileges::kAll;
    case Grant::Target::Table:
      return Privileges::kOnRecords;
    case Grant::Target::Function:
      return Privileges::kExecute;
    case Grant::Target::Facility:
      return Privileges::kUpdate | Privileges::kExecute;
  }
  UNREACHABLE();
}

std::string privileges_text(Grant::Target target, uint8_t privileges) {
  if (privileges == privileges_of(target)) return "ALL";
  std::string text;
  for (uint8_t bit = Privileges::kSelect; bit <= Privileges::kExecute;
       bit = static_cast<uint8_t>(bit << 1)) {
    if ((privileges & bit) != 0)
      text += (text.empty() ? "" : ", ") + std::string(privilege_word(bit));
  }
  return text;
}

bool require_privilege(Checking& c, uint8_t privilege, const Table& table, Span span) {
  if (!table_access(c, table.id, privilege).is_closed()) return true;
  refuse(c, privilege_word(privilege), "on `" + table.name + "`", span);
  return false;
}

bool require_execution(Checking& c, const catalog::Function& function, Span span) {
  const Access* access = c.access();
  if (access == nullptr ||
      has_privilege(*access, Privileges::kExecute, Grant::Target::Function, function.id))
    return true;
  refuse(c, "EXECUTE", "`" + function.name + "`", span);
  return false;
}

bool require_sequence(Checking& c, ExprId name, Span span) {
  const Access* access = c.access();
  if (access == nullptr) return true;
  constexpr uint8_t kEither = Privileges::kUpdate | Privileges::kExecute;
  if ((access->everywhere & kEither) != 0) return true;
  if (!c.is_literal(name) || c.expr(name).literal.tag() != Tag::String) {
    c.report(ErrorCode::E0701, "`" + access->user + "` may name sequences as literals only", span);
    return false;
  }
  const std::string written(c.expr(name).literal.as_string());
  const catalog::Facility* sequence =
      c.schema().find_facility(catalog::Facility::Kind::Sequence, written);
  if (sequence != nullptr && has_privilege(*access, kEither, Grant::Target::Facility, sequence->id))
    return true;
  refuse(c, "EXECUTE", "on sequence `" + written + "`", span);
  return false;
}

bool require_definitions(Checking& c, Span span) {
  if (c.access() == nullptr || c.access()->may_define()) return true;
  c.report(ErrorCode::E0701,
           "`" + c.access()->user + "` may change no definitions: that takes ALL on the database",
           span);
  return false;
}

bool require_database(Checking& c, const catalog::Database& database, Span span) {
  const Access* access = c.access();
  if (access == nullptr ||
      std::ranges::find(access->databases, database.id) != access->databases.end())
    return true;
  refuse(c, "USE", "`" + database.name + "`", span);
  return false;
}

bool require_field(Checking& c, const Table& table, const std::string& field, Span span) {
  if (c.access() == nullptr || c.written == 0) return true;
  const bool is_identity =
      field == "id" || table.key_position(field) ||
      (table.is_edge() && (field == catalog::kSourceField || field == catalog::kTargetField));
  if (is_identity) return true;
  const TableAccess access = table_access(c, table.id, c.written);
  const bool covers = access.is_open || std::ranges::any_of(access.grants, [&](const Grant* grant) {
                        return grant->covers_field(field);
                      });
  if (covers) return true;
  refuse(c, privilege_word(c.written), "`" + field + "` of `" + table.name + "`", span);
  return false;
}

bool require_whole_records(Checking& c, const std::vector<const Table*>& tables, Span span) {
  for (const Table* table : tables) {
    if (table_access(c, table->id, Privileges::kSelect).is_open) continue;
    c.report(ErrorCode::E0701,
             "`" + c.access()->user + "` may not search paths over `" + table->name + "`", span)
        .help = "that takes SELECT on all its records and fields; hops one by one do not";
    return false;
  }
  return true;
}

bool may_see(const Checking& c, Grant::Target target, uint64_t object) {
  const Access* access = c.access();
  return access == nullptr || has_privilege(*access, Privileges::kAll, target, object);
}

bool require_sight(Checking& c, Grant::Target target, uint64_t object, const std::string& name,
                   Span span) {
  if (may_see(c, target, object)) return true;
  refuse(c, "see", "`" + name + "`", span);
  return false;
}

// Reading.

namespace {

ExprId any_of(Checking& c, std::vector<ExprId> conditions, Span span) {
  if (conditions.size() == 1) return conditions.front();
  Expr made;
  made.kind = ExprKind::Or;
  made.type = Type::boolean();
  made.span = span;
  made.args = std::move(conditions);
  return c.add(std::move(made));
}

ExprId condition_of(Checking& c, const FoundSource& found, const std::vector<const Grant*>& grants,
                    Span span) {
  std::vector<ExprId> conditions;
  for (const Grant* grant : grants) conditions.push_back(grant_condition(c, found, *grant, span));
  return any_of(c, std::move(conditions), span);
}

ExprId case_of(Checking& c, ExprId condition, ExprId value, ExprId otherwise, Span span) {
  Expr made;
  made.kind = ExprKind::Case;
  made.type = otherwise == kNoExpr ? c.type(value).optional() : c.type(value);
  made.span = span;
  made.args = {condition, value};
  if (otherwise != kNoExpr) made.args.push_back(otherwise);
  return c.add(std::move(made));
}

ExprId id_of(Checking& c, const FoundSource& found, Span span) {
  SourceColumn id;
  id.kind = SourceColumn::Kind::Id;
  id.name = "id";
  std::vector<TableId> tables;
  for (const Table* table : found.source().tables) tables.push_back(table->id);
  id.type = Type::record(std::move(tables));
  return plain_column(c, found, std::move(id), span);
}

// The record of a source over several tables, as far as its gate shows it.
ExprId gated_record(Checking& c, const FoundSource& found, Span span) {
  Expr made;
  made.kind = ExprKind::Fetch;
  made.flags = Expr::Gated;
  made.type = Type::object().optional();
  made.span = span;
  made.args = {id_of(c, found, span)};
  return c.add(std::move(made));
}

ExprId gated_column(Checking& c, const FoundSource& found, const SourceColumn& column, Span span) {
  const ExprId record = gated_record(c, found, span);
  if (column.kind == SourceColumn::Kind::Record) return record;
  Expr made;
  made.kind = ExprKind::Member;
  made.flags = Expr::Optional;
  made.text = column.name;
  made.type = column.type.optional();
  made.span = span;
  made.args = {record};
  return c.add(std::move(made));
}

// The grants of SELECT that show a field; nothing where they are all that a row of the source may
// have come by, or one is for all rows.
std::optional<std::vector<const Grant*>> showing(const RecordAccess& access,
                                                 const std::string& field) {
  std::vector<const Grant*> out;
  for (const Grant* grant : access.grants) {
    if (!grant->covers_field(field)) continue;
    if (grant->condition_text.empty()) return std::nullopt;
    out.push_back(grant);
  }
  if (access.reach == Reach::Select && out.size() == access.grants.size()) return std::nullopt;
  return out;
}

// The record as an object: whole where a grant of all fields holds, else of the fields that show.
ExprId shown_record(Checking& c, const FoundSource& found, const SourceColumn& column, Span span) {
  const ScopeSource source = found.source();
  const Table& table = *source.tables.front();
  std::vector<const Grant*> whole;
  std::vector<std::string> fields;
  for (const Grant* grant : source.access->grants) {
    if (grant->fields.empty()) whole.push_back(grant);
    for (const std::string& field : grant->fields) {
      const bool is_key = field == "id" || table.key_position(field);
      if (!is_key && std::ranges::find(fields, field) == fields.end()) fields.push_back(field);
    }
  }
  Expr made;
  made.kind = ExprKind::Object;
  made.type = Type::object();
  made.span = span;
  const auto add = [&](const std::string& name) {
    made.names.push_back(name);
    made.args.push_back(column_of(c, found, name, span));
  };
  add("id");
  for (const catalog::KeyColumn& key : table.key) add(key.name);
  for (const std::string& field : fields) add(field);
  const ExprId part = c.add(std::move(made));
  if (whole.empty()) return part;
  const ExprId record = plain_column(c, found, column, span);
  return case_of(c, condition_of(c, found, whole, span), record, part, span);
}

// The condition, asked of a record that is there.
ExprId where_present(Checking& c, const FoundSource& found, ExprId condition, Span span) {
  Expr present;
  present.kind = ExprKind::IsNone;
  present.flags = Expr::Negated;
  present.type = Type::boolean();
  present.span = span;
  present.args = {id_of(c, found, span)};
  Expr both;
  both.kind = ExprKind::And;
  both.type = Type::boolean();
  both.span = span;
  both.args = {c.add(std::move(present)), condition};
  return c.add(std::move(both));
}

}  // namespace

ExprId grant_condition(Checking& c, const FoundSource& found, const Grant& grant, Span span) {
  if (grant.condition_text.empty()) return c.literal(Value::boolean(true), Type::boolean(), span);
  const ScopeSource source = found.source();
  const std::array<uint32_t, 4> key = {found.scope->query.value(), source.id.value(),
                                       2 * found.depth + (source.may_be_missing ? 1 : 0), grant.id};
  const auto known = c.grant_conditions.find(key);
  if (known != c.grant_conditions.end()) return known->second;
  // The source alone, as many scopes out as it is found; nothing else has a name there.
  std::vector<Scope> scopes(found.depth + 1);
  for (size_t i = 0; i < scopes.size(); ++i) {
    scopes[i].query = found.scope->query;
    if (i > 0) scopes[i].parent = &scopes[i - 1];
  }
  scopes[0].sources.push_back(source);
  scopes[0].sources[0].access.reset();
  scopes[0].sources[0].name = source.tables.front()->name;
  scopes[0].sources[0].has_alias = false;
  // The far side of an outer join: the rule is asked of records that are there.
  scopes[0].sources[0].may_be_missing = false;
  ExprId condition = check_grant_condition(c, scopes.back(), grant.condition_text, span);
  if (source.may_be_missing) condition = where_present(c, found, condition, span);
  c.grant_conditions.emplace(key, condition);
  return condition;
}

void restrict_source(Checking& c, Scope& scope, size_t position, Reach reach) {
  if (c.access() == nullptr) return;
  const ScopeSource source = scope.sources[position];
  const Span span = c.query(scope.query).sources[source.id.value()].span;
  auto access = std::make_shared<RecordAccess>();
  access->reach = reach;
  const auto keep = [&](ExprId condition) {
    c.query(scope.query).sources[source.id.value()].filter = condition;
  };
  const FoundSource found = local_source(scope, position);
  if (source.tables.size() > 1) {
    const auto is_open = [&](const Table* table) {
      return table_access(c, table->id, Privileges::kSelect).is_open;
    };
    if (std::ranges::all_of(source.tables, is_open)) return;
    for (const Table* table : source.tables) c.gated_tables.insert(table->id);
    Expr made;
    made.kind = ExprKind::IsNone;
    made.flags = Expr::Negated;
    made.type = Type::boolean();
    made.span = span;
    made.args = {gated_record(c, found, span)};
    keep(c.add(std::move(made)));
    access->is_gated = true;
    scope.sources[position].access = std::move(access);
    return;
  }
  const Table& table = *source.tables.front();
  uint8_t privilege = Privileges::kSelect;
  if (reach == Reach::Create) privilege = Privileges::kCreate;
  if (reach == Reach::Update) privilege = Privileges::kUpdate;
  if (reach == Reach::Delete) privilege = Privileges::kDelete;
  if (!require_privilege(c, privilege, table, span)) return;
  const TableAccess rows = table_access(c, table.id, privilege);
  if (reach != Reach::Create && !rows.has_all_rows())
    keep(condition_of(c, found, rows.grants, span));
  const TableAccess columns = table_access(c, table.id, Privileges::kSelect);
  const bool has_fields = std::ranges::any_of(
      columns.grants, [](const Grant* grant) { return !grant->fields.empty(); });
  if (columns.is_open || (reach == Reach::Select && !has_fields)) return;
  access->grants = columns.grants;
  scope.sources[position].access = std::move(access);
}

std::optional<ExprId> shown_column(Checking& c, const FoundSource& found,
                                   const SourceColumn& column, Span span) {
  const ScopeSource source = found.source();
  if (source.access == nullptr) return std::nullopt;
  const bool is_value = column.kind == SourceColumn::Kind::Field ||
                        column.kind == SourceColumn::Kind::Extra ||
                        column.kind == SourceColumn::Kind::Record;
  if (!is_value) return std::nullopt;
  if (source.access->is_gated) return gated_column(c, found, column, span);
  if (source.access->grants.empty()) {
    require_privilege(c, Privileges::kSelect, *source.tables.front(), span);
    return c.poison(span);
  }
  if (column.kind == SourceColumn::Kind::Record) return shown_record(c, found, column, span);
  const auto grants = showing(*source.access, column.name);
  if (!grants) return std::nullopt;
  if (grants->empty()) return c.literal(Value::none(), column.type.optional(), span);
  const ExprId value = plain_column(c, found, column, span);
  const ExprId shown = case_of(c, condition_of(c, found, *grants, span), value, kNoExpr, span);
  c.statement.exprs.edit(shown).flags = Expr::Gated;
  return shown;
}

uint8_t gate_of(Checking& c, const std::vector<TableId>& tables, Span span) {
  if (c.access() == nullptr || (c.access()->everywhere & Privileges::kSelect) != 0) return 0;
  bool is_open = !tables.empty();
  for (TableId id : tables) {
    const Table* table = c.schema().find_table(id);
    if (table == nullptr) continue;
    if (!require_privilege(c, Privileges::kSelect, *table, span)) return Expr::Gated;
    if (table_access(c, id, Privileges::kSelect).is_open) continue;
    is_open = false;
    c.gated_tables.insert(id);
  }
  if (tables.empty()) {
    for (const Table& table : c.schema().tables()) c.gated_tables.insert(table.id);
  }
  return is_open ? uint8_t{0} : uint8_t{Expr::Gated};
}

bool require_version(Checking& c, const Scope& scope, ExprKind version, Span span) {
  if (version == ExprKind::NewRecord && scope.new_is_proposed) return true;
  if (table_access(c, scope.versions_of->id, Privileges::kSelect).is_open) return true;
  c.report(
       ErrorCode::E0701,
       "`" + c.access()->user + "` may not see whole records of `" + scope.versions_of->name + "`",
       span)
      .help = "name the fields instead of OLD and NEW";
  return false;
}

// Writing.

std::vector<TableRules::Grant> bind_grants(Checking& c, Scope& scope, const Table& table,
                                           Span span) {
  std::vector<TableRules::Grant> out;
  const TableAccess access = table_access(c, table.id, c.written);
  if (access.is_open) return out;
  for (const Grant* grant : access.grants) {
    TableRules::Grant bound;
    bound.fields = grant->fields;
    if (!grant->condition_text.empty())
      bound.condition = grant_condition(c, local_source(scope, 0), *grant, span);
    out.push_back(std::move(bound));
  }
  return out;
}

void bind_gates(Checking& c) {
  if (c.failed() || c.access() == nullptr) return;
  for (TableId id : c.gated_tables) {
    const Table* table = c.schema().find_table(id);
    if (table == nullptr || table->kind == Table::Kind::View) continue;
    const TableAccess access = table_access(c, id, Privileges::kSelect);
    if (access.is_open) continue;
    RecordGate gate;
    gate.is_closed = access.is_closed();
    if (!gate.is_closed) {
      const Span span{};
      Scope scope;
      scope.query = c.add_query(Query::Kind::Select, span);
      gate.query = scope.query;
      add_table_source(c, scope, {table}, table->name, false, span);
      gate.condition = c.query(scope.query).sources[0].filter;
      gate.record = whole_source(c, local_source(scope, 0), span);
    }
    c.statement.gates.emplace(id, gate);
  }
}

}  // namespace zerodb::sema
