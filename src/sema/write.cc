// CREATE, UPSERT, UPDATE, DELETE, RELATE and RETURNING.

#include <algorithm>

#include "sema/access.h"
#include "sema/availability.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/query_select.h"
#include "sema/write_check.h"

namespace zerodb::sema {
namespace {

using Table = catalog::Table;

// A query with the written table as source 0.
struct Target {
  const Table* table = nullptr;
  QueryId query;
  Scope scope;
};

ast::Name target_name(ast::Target node) {
  if (node.name()) return *node.name();
  return node.record_id() ? node.record_id()->table() : node.record_range()->table();
}

// Null table after E0201.
Target open_target(Checking& c, ast::Target node, Reach reach) {
  Target target;
  const ast::Name name = target_name(node);
  target.table = find_target(c, name);
  target.query = c.add_query(Query::Kind::Select, node.span());
  target.scope.query = target.query;
  if (target.table == nullptr) return target;
  const std::string visible = node.alias() ? node.alias()->name() : name.last().name();
  add_table_source(c, target.scope, {target.table}, visible, node.alias().has_value(), node.span(),
                   reach);
  if (node.record_id()) restrict_to_record(c, target.scope, 0, *node.record_id());
  if (node.record_range())
    restrict_to_range(c, target.scope, 0, *target.table, *node.record_range());
  return target;
}

void add_id_output(Checking& c, Scope& scope, Span span) {
  const ExprId id = column_of(c, local_source(scope, 0), "id", span);
  const Type type = c.type(id);
  c.query(scope.query).outputs.push_back({"id", id, type});
}

PutStatement check_put(Checking& c, ast::Target node, const ChangeParts& parts,
                       std::optional<ast::Returning> returning, bool must_be_new, Span span) {
  PutStatement put;
  c.written = catalog::Privileges::kCreate;
  Target target = open_target(c, node, Reach::Create);
  put.must_be_new = must_be_new;
  put.query = target.query;
  if (target.table == nullptr) return put;
  const Table& table = *target.table;
  put.table = table.id;
  if (table.is_edge() && must_be_new && !node.record_id()) {
    c.report(ErrorCode::E0504, "an edge is made with RELATE, which gives it `src` and `dst`", span);
    return put;
  }
  if (const auto record = c.query(target.query).sources[0].record) put.record = *record;
  put.change = check_change(c, target.scope, table, parts,
                            must_be_new ? WriteMode::Create : WriteMode::Either);
  add_id_output(c, target.scope, node.span());
  put.returning = check_returning(c, target.scope, table, returning);
  put.rules = bind_rules(c, table, node.span());
  return put;
}

// UPDATE and DELETE of everything want to be meant.
void require_where(Checking& c, ast::Target target, bool has_where, Span statement,
                   const std::optional<ast::Returning>& returning, std::string_view verb) {
  if (has_where || !target.name()) return;
  auto& diagnostic =
      c.report(ErrorCode::E0410, std::string(verb) + " without WHERE touches the whole table",
               target.span());
  diagnostic.help = "write `WHERE true` if that is meant";
  const uint32_t place = returning ? returning->span().begin : statement.end;
  diagnostic.fixes.push_back(
      {{place, place}, returning ? "WHERE true " : " WHERE true", "write WHERE true"});
}

void check_where(Checking& c, Scope& scope, std::optional<ast::Where> where) {
  if (!where) return;
  const ExprId condition = check_condition(c, scope, where->condition());
  add_condition(c, scope.query, condition);
  add_narrowings(c, condition, true);
}

// An end of RELATE as an expression that gives a record id.
ExprId check_endpoint(Checking& c, Scope& scope, ast::Endpoint node) {
  if (node.record_id()) return check_record_id(c, scope, *node.record_id());
  if (node.parameter()) return check_parameter(c, scope, *node.parameter());
  if (node.query()) {
    const QueryId query = check_query(c, &scope, *node.query());
    if (c.query(query).outputs.size() != 1) {
      if (!c.failed()) c.report(ErrorCode::E0405, "an end of an edge is one column", node.span());
      return c.poison(node.span());
    }
    Expr made;
    made.kind = ExprKind::ScalarQuery;
    made.query = query;
    made.type = c.query(query).outputs[0].type;
    made.span = node.span();
    return c.add(std::move(made));
  }
  const auto parts = node.name()->parts();
  ExprId value = kNoExpr;
  size_t first = 0;
  const auto source = find_source(scope, parts[0].name());
  if (source && parts.size() > 1) {
    value = column_of(c, *source, parts[1].name(), parts[1].span());
    first = 2;
  } else {
    value = resolve_name(c, scope, parts[0].name(), parts[0].span());
    first = 1;
  }
  for (size_t i = first; i < parts.size(); ++i)
    value = member_of(c, value, parts[i].name(), MemberForm::Plain, parts[i].span());
  return value;
}

// An endpoint that is the record of a source stands for its id.
ExprId require_endpoint(Checking& c, Scope& scope, ast::Endpoint node, const Table& edge,
                        const std::vector<TableId>& allowed) {
  ExprId value = check_endpoint(c, scope, node);
  if (c.is_poison(value)) return value;
  const Type type = c.type(value);
  if (type.kind() == TypeKind::Object) {
    value = member_of(c, value, "id", MemberForm::Lenient, node.span());
    return value;
  }
  if (type.is_any()) return value;
  if (type.kind() != TypeKind::RecordId) {
    c.report(ErrorCode::E0306, "an end of an edge is a record id, not `" + c.text(type) + "`",
             node.span());
    return c.poison(node.span());
  }
  const auto is_allowed = [&](TableId table) {
    return std::find(allowed.begin(), allowed.end(), table) != allowed.end();
  };
  if (!type.tables().empty() &&
      std::none_of(type.tables().begin(), type.tables().end(), is_allowed)) {
    c.report(ErrorCode::E0501, "`" + edge.name + "` never joins `" + c.text(type) + "` here",
             node.span());
    return c.poison(node.span());
  }
  return value;
}

}  // namespace

const catalog::Table* find_target(Checking& c, ast::Name name) {
  return find_stored_table(c, name);
}

std::optional<QueryId> check_returning(Checking& c, const Scope& scope, const Table& table,
                                       std::optional<ast::Returning> returning) {
  if (!returning) return std::nullopt;
  // WHERE spoke of the records before.
  const InnerNarrowings narrowings(c);
  const QueryId id = c.add_query(Query::Kind::Select, returning->span());
  Scope own;
  own.query = id;
  own.sources = scope.sources;
  own.versions_of = &table;
  // The sources of the statement, each with the columns that RETURNING reads.
  std::vector<Source> sources = c.query(scope.query).sources;
  for (Source& source : sources) {
    source.columns.clear();
    source.filter = kNoExpr;
  }
  c.query(id).sources = std::move(sources);
  c.query(id).joins.resize(c.query(id).sources.size());
  check_items(c, own, returning->items());
  if (!c.query(id).aggregates.empty())
    c.report(ErrorCode::E0401, "an aggregate is not allowed in RETURNING", returning->span());
  c.statement.columns = c.query(id).outputs;
  return id;
}

PutStatement check_create(Checking& c, ast::Create node) {
  return check_put(c, node.target(), {node.set(), node.content(), std::nullopt, std::nullopt},
                   node.returning(), true, node.span());
}

PutStatement check_upsert(Checking& c, ast::Upsert node) {
  return check_put(c, node.target(), {node.set(), node.content(), node.merge(), node.unset()},
                   node.returning(), false, node.span());
}

ModifyStatement check_update(Checking& c, ast::Update node) {
  ModifyStatement modify;
  c.written = catalog::Privileges::kUpdate;
  Target target = open_target(c, node.target(), Reach::Update);
  modify.query = target.query;
  if (target.table == nullptr) return modify;
  modify.table = target.table->id;
  require_where(c, node.target(), node.where().has_value(), node.span(), node.returning(),
                "UPDATE");
  if (node.from()) check_from(c, target.scope, *node.from());
  const NarrowingScope narrowing(c);
  check_where(c, target.scope, node.where());
  modify.change =
      check_change(c, target.scope, *target.table,
                   {node.set(), node.content(), node.merge(), node.unset()}, WriteMode::Change);
  add_id_output(c, target.scope, node.target().span());
  modify.returning = check_returning(c, target.scope, *target.table, node.returning());
  modify.rules = bind_rules(c, *target.table, node.target().span());
  c.query(target.query).cardinality = cardinality_of(c, target.query);
  return modify;
}

namespace {

void add_reached_by_delete(const catalog::Schema& schema, TableId table, std::set<TableId>& out) {
  if (!out.insert(table).second) return;
  for (TableId edge : schema.edges_at(table)) add_reached_by_delete(schema, edge, out);
  for (const catalog::ReferenceUse& use : schema.references_to(table))
    add_reached_by_delete(schema, use.table, out);
}

// ON DELETE UNSET writes records of its own, which meet the rules of their tables.
void bind_unset_rules(Checking& c, ModifyStatement& modify, Span span) {
  const Checking::ForeignText foreign(c, span);
  for (TableId id : tables_reached_by_delete(c.schema(), modify.table)) {
    const Table& table = c.schema().table(id);
    const bool unsets = std::ranges::any_of(table.fields, [](const catalog::Field& field) {
      return field.reference == catalog::OnDelete::Unset;
    });
    if (!unsets) continue;
    TableRules rules = bind_rules(c, table, span);
    if (id == modify.table) {
      modify.rules = std::move(rules);
    } else {
      modify.unset_rules.emplace(id, std::move(rules));
    }
  }
}

}  // namespace

std::set<TableId> tables_reached_by_delete(const catalog::Schema& schema, TableId table) {
  std::set<TableId> out;
  add_reached_by_delete(schema, table, out);
  return out;
}

ModifyStatement check_delete(Checking& c, ast::Delete node) {
  ModifyStatement modify;
  modify.is_delete = true;
  Target target = open_target(c, node.target(), Reach::Delete);
  modify.query = target.query;
  if (target.table == nullptr) return modify;
  modify.table = target.table->id;
  require_where(c, node.target(), node.where().has_value(), node.span(), node.returning(),
                "DELETE");
  if (const auto used = node.using_clause())
    check_joins(c, target.scope, used->source(), used->joins());
  check_where(c, target.scope, node.where());
  add_id_output(c, target.scope, node.target().span());
  modify.returning = check_returning(c, target.scope, *target.table, node.returning());
  c.query(target.query).cardinality = cardinality_of(c, target.query);
  bind_unset_rules(c, modify, node.target().span());
  return modify;
}

RelateStatement check_relate(Checking& c, ast::Relate node) {
  RelateStatement relate;
  const std::string name = node.edge().name();
  const QueryId query = c.add_query(Query::Kind::Select, node.span());
  relate.query = query;
  const Table* edge = c.schema().find_table(name);
  if (edge == nullptr) {
    auto& diagnostic =
        c.report(ErrorCode::E0201, "unknown edge table `" + name + "`", node.edge().span());
    std::vector<std::string> candidates;
    for (const Table& table : c.schema().tables()) {
      if (table.is_edge()) candidates.push_back(table.name);
    }
    c.suggest(diagnostic, name, candidates);
    return relate;
  }
  if (!edge->is_edge()) {
    c.report(ErrorCode::E0503, "`" + name + "` is not an edge table", node.edge().span());
    return relate;
  }
  relate.edge = edge->id;
  c.written = catalog::Privileges::kCreate;
  Scope scope;
  scope.query = query;
  if (node.from()) check_from(c, scope, *node.from());
  check_where(c, scope, node.where());
  const ExprId source = require_endpoint(c, scope, node.source(), *edge, edge->ends.from);
  const ExprId target = require_endpoint(c, scope, node.destination(), *edge, edge->ends.to);
  const Type source_type = c.type(source);
  const Type target_type = c.type(target);
  c.query(query).outputs = {{std::string(catalog::kSourceField), source, source_type},
                            {std::string(catalog::kTargetField), target, target_type}};
  // `src` and `dst` are given by the arrow, so SET may not name them.
  relate.change = check_change(
      c, scope, *edge, {node.set(), node.content(), std::nullopt, std::nullopt}, WriteMode::Either);
  c.query(query).cardinality = cardinality_of(c, query);
  Scope written;
  written.query = c.add_query(Query::Kind::Select, node.span());
  add_table_source(c, written, {edge}, edge->name, false, node.edge().span(), Reach::Create);
  relate.returning = check_returning(c, written, *edge, node.returning());
  relate.rules = bind_rules(c, *edge, node.edge().span());
  return relate;
}

}  // namespace zerodb::sema
