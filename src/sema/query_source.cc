// FROM: tables, record ids and ranges, subqueries, common tables, arrays, table functions, joins.

#include <algorithm>
#include <utility>

#include "sema/access.h"
#include "sema/availability.h"
#include "sema/common_table.h"
#include "sema/conversion.h"
#include "sema/definition_view.h"
#include "sema/expression.h"
#include "sema/query_select.h"
#include "sema/query_visit.h"
#include "sema/system_rows.h"
#include "sema/table_function.h"
#include "value/operator_types.h"

namespace zerodb::sema {
namespace {

SourceId add_source(Checking& c, Scope& scope, Source source) {
  Query& query = c.query(scope.query);
  query.sources.push_back(std::move(source));
  query.joins.resize(query.sources.size());
  return SourceId(static_cast<uint32_t>(query.sources.size() - 1));
}

size_t make_visible(Checking& c, Scope& scope, ScopeSource source, Span span) {
  const auto same = [&](const ScopeSource& other) {
    return !other.name.empty() && other.name == source.name;
  };
  if (std::any_of(scope.sources.begin(), scope.sources.end(), same)) {
    c.report(ErrorCode::E0209, "two sources are called `" + source.name + "`", span).help =
        "give one of them a name with AS";
  }
  scope.sources.push_back(std::move(source));
  return scope.sources.size() - 1;
}

void add_subquery(Checking& c, Scope& scope, ast::QuerySource node) {
  scope.sources_hidden = !node.is_lateral();
  const size_t mistakes = c.diagnostics.size();
  const QueryId query = check_query(c, &scope, node.query());
  scope.sources_hidden = false;
  if (c.diagnostics.size() > mistakes) {
    add_unknown_source(c, scope, node.alias().name(), node.alias().span());
    return;
  }
  const size_t position =
      add_query_source(c, scope, query, node.alias().name(), node.alias().span());
  if (!rename_columns(c, scope.sources[position].columns, node.columns()))
    scope.sources[position].shape = ScopeSource::Shape::Unknown;
}

// The rows of the last round of a recursive table, in its step.
void add_recursion(Checking& c, Scope& scope, const CommonTable& table, std::string name,
                   Span span) {
  ++table.recursion->uses;
  Source source;
  source.kind = Source::Kind::Recursion;
  source.name = name;
  source.span = c.place(span);
  ScopeSource visible;
  visible.shape = ScopeSource::Shape::Columns;
  visible.name = std::move(name);
  visible.has_alias = true;
  visible.columns = table.recursion->columns;
  if (!rename_columns(c, visible.columns, table.node.columns()))
    visible.shape = ScopeSource::Shape::Unknown;
  visible.id = add_source(c, scope, std::move(source));
  make_visible(c, scope, std::move(visible), span);
}

void add_common_table(Checking& c, Scope& scope, const CommonTable& table, std::string name,
                      Span span) {
  if (table.recursion != nullptr) {
    add_recursion(c, scope, table, std::move(name), span);
    return;
  }
  const QueryId query = common_table_query(c, &scope, table);
  if (c.failed()) {
    add_unknown_source(c, scope, std::move(name), span);
  } else {
    add_query_source(c, scope, query, std::move(name), span);
  }
}

std::string element_name(Checking& c, ast::IdentList columns) {
  if (columns.idents().size() != 1)
    c.report(ErrorCode::E0414, "the elements are one column", columns.span());
  return columns.idents()[0].name();
}

// The elements of an array as a source with one column, which `AS t (name)` names.
size_t add_elements(Checking& c, Scope& scope, Source source, Type element, ast::Alias alias,
                    std::optional<ast::IdentList> columns, Span span) {
  source.name = alias.name();
  source.span = c.place(span);
  ScopeSource visible;
  visible.shape = ScopeSource::Shape::Element;
  visible.name = alias.name();
  if (columns) visible.element_name = element_name(c, *columns);
  visible.has_alias = true;
  visible.element = std::move(element);
  visible.id = add_source(c, scope, std::move(source));
  return make_visible(c, scope, std::move(visible), span);
}

void add_parameter_source(Checking& c, Scope& scope, ast::ParameterSource node) {
  const ExprId value = check_parameter(c, scope, node.parameter());
  const auto element = element_of(c.type(value));
  if (!element || c.type(value).is_object()) {
    c.report(ErrorCode::E0306, "FROM takes an array, not `" + c.text(c.type(value)) + "`",
             node.parameter().span());
  }
  Source source;
  source.kind = Source::Kind::Elements;
  source.args = {value};
  add_elements(c, scope, std::move(source), element.value_or(Type::any()), node.alias(),
               node.columns(), node.span());
}

void add_columns_source(Checking& c, Scope& scope, Source source, std::vector<Output> columns,
                        std::optional<ast::IdentList> names) {
  ScopeSource visible;
  visible.shape = ScopeSource::Shape::Columns;
  visible.name = source.name;
  visible.has_alias = true;
  visible.columns = std::move(columns);
  if (!rename_columns(c, visible.columns, names)) visible.shape = ScopeSource::Shape::Unknown;
  const Span span = source.span;
  visible.id = add_source(c, scope, std::move(source));
  make_visible(c, scope, std::move(visible), span);
}

// What sessions run, and with which values, is for those alone who may do everything.
void require_own_business(Checking& c, const std::string& table, Span span) {
  const Access* access = c.access();
  if (access == nullptr || access->may_define() || table == "system::settings") return;
  c.report(ErrorCode::E0701,
           "`" + access->user + "` may not see `" + table + "`: that takes ALL on the database",
           span);
}

// A table of `system::`, written as a path or as a call.
void add_system_source(Checking& c, Scope& scope, Source source,
                       std::optional<ast::IdentList> names) {
  auto columns = system_columns(c, source.function, source.span);
  if (!columns) {
    add_unknown_source(c, scope, source.name, source.span);
    return;
  }
  if (const auto rows = system_rows(c, source.function)) {
    source.kind = Source::Kind::Values;
    c.statement.tells_sizes |= source.function == "system::tables";
    for (const std::vector<Value>& row : *rows) {
      std::vector<ExprId>& cells = source.rows.emplace_back();
      for (size_t i = 0; i < row.size(); ++i)
        cells.push_back(c.literal(row[i], (*columns)[i].type, source.span));
    }
  } else {
    if (!is_told_by_database(source.function))
      require_feature(c, Feature::SystemTables, source.span);
    require_own_business(c, source.function, source.span);
    source.kind = Source::Kind::System;
  }
  add_columns_source(c, scope, std::move(source), std::move(*columns), names);
}

void add_function_source(Checking& c, Scope& scope, ast::FunctionSource node) {
  Source source;
  source.kind = Source::Kind::Function;
  if (node.call().name().starts_with("system::")) {
    if (!node.call().arguments().list().empty())
      c.report(ErrorCode::E0602, "a table of `system::` takes no arguments",
               node.call().arguments().span());
    source.name = node.alias().name();
    source.function = node.call().name();
    source.span = c.place(node.call().name_span());
    add_system_source(c, scope, std::move(source), node.columns());
    if (node.position()) scope.sources.back().ordinal = node.position()->ident().name();
    return;
  }
  Type element = check_table_function(c, scope, node.call(), source);
  for (const ExprId arg : source.args) {
    visit_expression(c, arg, 0, [&](ExprId id, uint32_t level) {
      source.lateral |= c.expr(id).kind == ExprKind::Column && c.expr(id).depth == level;
    });
  }
  const size_t position = add_elements(c, scope, std::move(source), std::move(element),
                                       node.alias(), node.columns(), node.span());
  if (node.position()) scope.sources[position].ordinal = node.position()->ident().name();
}

void apply_hint(Checking& c, Scope& scope, size_t position, const catalog::Table& table,
                ast::IndexHint hint) {
  const SourceId id = scope.sources[position].id;
  c.query(scope.query).sources[id.value()].no_index = hint.is_no_index();
  if (!hint.indexes()) return;
  for (const ast::Ident ident : hint.indexes()->idents()) {
    const std::string name = ident.name();
    if (table.index(name) == nullptr) {
      auto& diagnostic = c.report(ErrorCode::E0207,
                                  "`" + table.name + "` has no index `" + name + "`", ident.span());
      std::vector<std::string> candidates;
      for (const catalog::Index& index : table.indexes) candidates.push_back(index.name);
      c.suggest(diagnostic, name, candidates);
    }
    c.query(scope.query).sources[id.value()].index_hint.push_back(name);
  }
}

// A view is its query in the place of its name. The query sees nothing of what is around.
void add_view(Checking& c, Scope& scope, const catalog::Table& view, std::string name, Span span) {
  if (!require_privilege(c, catalog::Privileges::kSelect, view, span)) {
    add_unknown_source(c, scope, std::move(name), span);
    return;
  }
  add_query_source(c, scope, view_query(c, view, span), std::move(name), span);
}

void add_table(Checking& c, Scope& scope, ast::TableSource node) {
  if (node.path()) {
    Source source;
    source.function = node.path()->name();
    source.name = node.alias() ? node.alias()->name() : source.function;
    source.span = c.place(node.path()->span());
    add_system_source(c, scope, std::move(source), std::nullopt);
    return;
  }
  const ast::Name name = node.name()        ? *node.name()
                         : node.record_id() ? node.record_id()->table()
                                            : node.record_range()->table();
  const std::string visible = node.alias() ? node.alias()->name() : name.last().name();
  if (node.name()) {
    if (const CommonTable* common = find_common_table(scope.common_tables, name.name())) {
      add_common_table(c, scope, *common, visible, node.span());
      return;
    }
  }
  const catalog::Table* table = node.name() ? find_table(c, name) : find_stored_table(c, name);
  if (table == nullptr) {
    add_unknown_source(c, scope, visible, node.span());
    return;
  }
  if (table->kind == catalog::Table::Kind::View) {
    add_view(c, scope, *table, visible, node.span());
    return;
  }
  const size_t position =
      add_table_source(c, scope, {table}, visible, node.alias().has_value(), node.span());
  if (node.record_id()) restrict_to_record(c, scope, position, *node.record_id());
  if (node.record_range()) restrict_to_range(c, scope, position, *table, *node.record_range());
  if (node.hint()) apply_hint(c, scope, position, *table, *node.hint());
}

void check_source(Checking& c, Scope& scope, ast::Source node) {
  switch (node.source_kind()) {
    case ast::SourceKind::Match:
      check_match(c, scope, node.as<ast::MatchSource>().match());
      return;
    case ast::SourceKind::Query:
      add_subquery(c, scope, node.as<ast::QuerySource>());
      return;
    case ast::SourceKind::Parameter:
      add_parameter_source(c, scope, node.as<ast::ParameterSource>());
      return;
    case ast::SourceKind::Function:
      add_function_source(c, scope, node.as<ast::FunctionSource>());
      return;
    case ast::SourceKind::Table:
      add_table(c, scope, node.as<ast::TableSource>());
      return;
  }
}

JoinKind join_kind_of(ast::JoinKind kind) {
  switch (kind) {
    case ast::JoinKind::Inner:
      return JoinKind::Inner;
    case ast::JoinKind::Left:
      return JoinKind::Left;
    case ast::JoinKind::Right:
      return JoinKind::Right;
    case ast::JoinKind::Full:
      return JoinKind::Full;
    case ast::JoinKind::Cross:
      break;
  }
  return JoinKind::Cross;
}

struct MergedColumn {
  std::string name;
  size_t left = 0;  // positions in the scope
  size_t right = 0;
  std::optional<ExprId> earlier;  // the left side is a merged column itself
};

// USING (a, b): the conditions, and which columns stand for both sides.
ExprId check_using(Checking& c, Scope& scope, ast::JoinUsing node, size_t right,
                   std::vector<MergedColumn>& merged) {
  std::vector<ExprId> conditions;
  for (const ast::Ident ident : node.columns().idents()) {
    MergedColumn column;
    column.name = ident.name();
    column.right = right;
    ExprId left_value = kNoExpr;
    for (const Alias& alias : scope.merged) {
      if (alias.name == column.name) column.earlier = alias.expr;
    }
    if (column.earlier) {
      left_value = *column.earlier;
    } else {
      for (size_t i = 0; i < right && left_value == kNoExpr; ++i) {
        if (const auto found =
                find_column_of(c, local_source(scope, i), column.name, ident.span())) {
          left_value = *found;
          column.left = i;
        }
      }
    }
    if (left_value == kNoExpr) {
      c.report(ErrorCode::E0202, "no source on the left has a column `" + column.name + "`",
               ident.span());
      continue;
    }
    const ExprId right_value = column_of(c, local_source(scope, right), column.name, ident.span());
    conditions.push_back(make_binary(c, BinaryOp::Equal, left_value, right_value, ident.span()));
    merged.push_back(std::move(column));
  }
  return make_conjunction(c, std::move(conditions), node.span());
}

void add_merged(Checking& c, Scope& scope, const std::vector<MergedColumn>& merged, JoinKind kind,
                Span span) {
  for (const MergedColumn& column : merged) {
    const ExprId left = column.earlier
                            ? *column.earlier
                            : column_of(c, local_source(scope, column.left), column.name, span);
    const ExprId right = column_of(c, local_source(scope, column.right), column.name, span);
    ExprId value = kind == JoinKind::Right ? right : left;
    if (kind == JoinKind::Full) {
      Expr made;
      made.kind = ExprKind::Coalesce;
      made.type = Type::union_of({c.type(left), c.type(right)});
      made.span = span;
      made.args = {left, right};
      value = c.add(std::move(made));
    }
    std::erase_if(scope.merged, [&](const Alias& alias) { return alias.name == column.name; });
    scope.merged.push_back({column.name, value});
  }
}

// How the sources at the end of the query, those of one join, go together with what stands before.
void join_sources(Checking& c, Scope& scope, ast::Join node, Join made) {
  Query& query = c.query(scope.query);
  const bool is_outer = made.kind != JoinKind::Inner && made.kind != JoinKind::Cross;
  if (made.sources > 1 && !is_outer) {
    if (made.on != kNoExpr) add_condition(c, scope.query, made.on);
    return;
  }
  if (made.sources > 1) require_feature(c, Feature::OuterPatterns, node.span());
  query.joins[query.sources.size() - made.sources] = made;
}

void check_join(Checking& c, Scope& scope, ast::Join node) {
  const size_t before = scope.sources.size();
  const size_t sources_before = c.query(scope.query).sources.size();
  // What a pattern asks for belongs to the join; after an inner one it may as well stand in WHERE.
  const ExprId where_before = c.query(scope.query).where;
  c.query(scope.query).where = kNoExpr;
  check_source(c, scope, node.source());
  const ExprId inside = std::exchange(c.query(scope.query).where, where_before);
  if (scope.sources.size() == before) return;
  const JoinKind kind = join_kind_of(node.join_kind());
  std::vector<MergedColumn> merged;
  ExprId on = kNoExpr;
  if (node.on()) on = check_condition(c, scope, node.on()->condition());
  if (node.join_using()) on = check_using(c, scope, *node.join_using(), before, merged);
  const size_t added = c.query(scope.query).sources.size() - sources_before;
  if (inside != kNoExpr) {
    on = on == kNoExpr ? inside : make_conjunction(c, {inside, on}, node.span());
  }
  join_sources(c, scope, node, {kind, on, static_cast<uint32_t>(added)});
  const bool left_missing = kind == JoinKind::Right || kind == JoinKind::Full;
  const bool right_missing = kind == JoinKind::Left || kind == JoinKind::Full;
  for (size_t i = 0; i < scope.sources.size(); ++i) {
    scope.sources[i].may_be_missing |= i < before ? left_missing : right_missing;
  }
  add_merged(c, scope, merged, kind, node.span());
}

}  // namespace

size_t add_unknown_source(Checking& c, Scope& scope, std::string name, Span span) {
  Source source;
  source.kind = Source::Kind::Values;
  source.name = name;
  source.span = c.place(span);
  ScopeSource visible;
  visible.name = std::move(name);
  visible.has_alias = true;
  visible.id = add_source(c, scope, std::move(source));
  return make_visible(c, scope, std::move(visible), span);
}

bool rename_columns(Checking& c, std::vector<Output>& columns,
                    std::optional<ast::IdentList> names) {
  if (!names) return true;
  if (names->idents().size() != columns.size()) {
    c.report(ErrorCode::E0414,
             "there are " + std::to_string(columns.size()) + " columns and " +
                 std::to_string(names->idents().size()) + " names",
             names->span());
    return false;
  }
  size_t i = 0;
  for (const ast::Ident ident : names->idents()) columns[i++].name = ident.name();
  return true;
}

size_t add_query_source(Checking& c, Scope& scope, QueryId query, std::string name, Span span) {
  Source source;
  source.kind = Source::Kind::Subquery;
  source.name = name;
  source.span = c.place(span);
  source.query = query;
  source.lateral = is_correlated(c, query);
  ScopeSource visible;
  visible.shape = ScopeSource::Shape::Columns;
  visible.name = std::move(name);
  visible.has_alias = true;
  visible.columns = c.query(query).outputs;
  visible.id = add_source(c, scope, std::move(source));
  return make_visible(c, scope, std::move(visible), span);
}

size_t add_table_source(Checking& c, Scope& scope, std::vector<const catalog::Table*> tables,
                        std::string name, bool has_alias, Span span, Reach reach) {
  Source source;
  source.kind = Source::Kind::Table;
  source.name = name;
  source.span = c.place(span);
  for (const catalog::Table* table : tables) source.tables.push_back(table->id);
  ScopeSource visible;
  visible.shape = ScopeSource::Shape::Record;
  visible.name = std::move(name);
  visible.has_alias = has_alias;
  visible.tables = std::move(tables);
  visible.id = add_source(c, scope, std::move(source));
  const size_t position = make_visible(c, scope, std::move(visible), span);
  restrict_source(c, scope, position, reach);
  return position;
}

SourceId add_value_source(Checking& c, Scope& scope, Source source, Type type) {
  ScopeSource visible;
  visible.shape = ScopeSource::Shape::Element;
  visible.name = source.name;
  visible.has_alias = true;
  visible.element = std::move(type);
  const Span span = source.span;
  visible.id = add_source(c, scope, std::move(source));
  const SourceId id = visible.id;
  make_visible(c, scope, std::move(visible), span);
  return id;
}

void restrict_to_record(Checking& c, Scope& scope, size_t position, ast::RecordId node) {
  const ScopeSource source = scope.sources[position];
  // The key sees what stands before the source, not the source itself.
  Scope before = scope;
  before.sources.resize(position);
  const ExprId record =
      check_record_key(c, before, *source.tables.front(), node.key(), node.span());
  c.query(scope.query).sources[source.id.value()].record = record;
}

void restrict_to_range(Checking& c, Scope& scope, size_t position, const catalog::Table& table,
                       ast::RecordRange node) {
  const SourceId id = scope.sources[position].id;
  Scope before = scope;
  before.sources.resize(position);
  const auto bound = [&](std::optional<ast::RecordKey> key,
                         bool inclusive) -> std::optional<KeyBound> {
    if (!key) return std::nullopt;
    const ExprId value = check_range_key(c, before, table, *key, key->span());
    return KeyBound{value, inclusive};
  };
  const auto low = bound(node.from(), true);
  const auto high = bound(node.to(), node.is_inclusive());
  Source& source = c.query(scope.query).sources[id.value()];
  source.low = low.value_or(KeyBound{});
  source.high = high.value_or(KeyBound{});
}

void add_condition(Checking& c, QueryId query, ExprId condition) {
  const ExprId known = c.query(query).where;
  if (known == kNoExpr) {
    c.query(query).where = condition;
    return;
  }
  Expr made;
  made.kind = ExprKind::And;
  made.type = Type::boolean();
  made.span = c.expr(condition).span;
  if (c.expr(known).kind == ExprKind::And) {
    made.args = c.expr(known).args;
  } else {
    made.args = {known};
  }
  made.args.push_back(condition);
  const ExprId both = c.add(std::move(made));
  c.query(query).where = both;
}

void check_joins(Checking& c, Scope& scope, ast::Source first,
                 const ast::Children<ast::Join>& joins) {
  check_source(c, scope, first);
  for (const ast::Join join : joins) check_join(c, scope, join);
}

void check_from(Checking& c, Scope& scope, ast::From from) {
  check_joins(c, scope, from.source(), from.joins());
}

}  // namespace zerodb::sema
