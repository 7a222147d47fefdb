#include "sema/query_select.h"

#include <algorithm>

#include "base/ascii.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

// Functions of the library are called in any case of letters and have one name.
std::string name_of_function(Checking& c, const std::string& written) {
  const std::string name = lower_ascii(written);
  const bool is_of_library = !c.library().find(name).empty() || c.library().has_method(name) ||
                             c.library().find_aggregate(name) != nullptr ||
                             c.library().find_window(name) != nullptr;
  return is_of_library ? name : written;
}

// The name that a column without alias gets; empty if its position names it.
std::string implied_name(Checking& c, ast::Expr node) {
  switch (node.expr_kind()) {
    case ast::ExprKind::NameRef:
      return node.as<ast::NameRef>().name();
    case ast::ExprKind::FieldAccess:
      return node.as<ast::FieldAccess>().field().name();
    case ast::ExprKind::IndexAccess:
      return implied_name(c, node.as<ast::IndexAccess>().base());
    case ast::ExprKind::AllElements:
      return implied_name(c, node.as<ast::AllElements>().base());
    case ast::ExprKind::Slice:
      return implied_name(c, node.as<ast::Slice>().base());
    case ast::ExprKind::Shape:
      return implied_name(c, node.as<ast::Shape>().base());
    case ast::ExprKind::MethodCall:
      return name_of_function(c, node.as<ast::MethodCall>().method().name());
    case ast::ExprKind::Call: {
      const std::string name = name_of_function(c, node.as<ast::Call>().name());
      const size_t colons = name.rfind("::");
      return colons == std::string::npos ? name : name.substr(colons + 2);
    }
    default:
      return {};
  }
}

void add_output(Checking& c, Scope& scope, std::string name, ExprId expr) {
  const Type type = c.type(expr);
  c.query(scope.query).outputs.push_back({std::move(name), expr, type});
}

// The columns that `*` stands for, before OMIT and REPLACE.
struct StarColumn {
  std::string name;
  ExprId expr;
  bool is_record = false;  // a whole record: OMIT and REPLACE work on its keys
};

// Whether the column stands for both sides of JOIN .. USING, so that `*` has it already.
bool is_merged(const Scope& scope, const std::string& name) {
  return std::ranges::any_of(scope.merged, [&](const Alias& each) { return each.name == name; });
}

void add_record_columns(Checking& c, const FoundSource& found, Span span,
                        std::vector<StarColumn>& columns) {
  const catalog::Table& table = *found.source().tables.front();
  const auto add = [&](const std::string& name) {
    columns.push_back({name, column_of(c, found, name, span)});
  };
  add("id");
  for (const catalog::KeyColumn& column : table.key) add(column.name);
  for (const catalog::Field& field : table.fields) add(field.name);
}

void add_source_columns(Checking& c, const FoundSource& found, Span span,
                        std::vector<StarColumn>& columns) {
  const ScopeSource source = found.source();
  if (source.shape == ScopeSource::Shape::Record && source.tables.size() == 1 &&
      source.tables.front()->schemafull) {
    add_record_columns(c, found, span, columns);
  } else if (source.shape == ScopeSource::Shape::Columns) {
    for (uint32_t i = 0; i < source.columns.size(); ++i)
      columns.push_back({source.columns[i].name, column_at(c, found, i, span)});
  } else {
    columns.push_back({source.element_name.empty() ? source.name : source.element_name,
                       whole_source(c, found, span), source.shape == ScopeSource::Shape::Record});
  }
  if (!source.ordinal.empty())
    columns.push_back({source.ordinal, column_of(c, found, source.ordinal, span)});
}

std::vector<StarColumn> star_columns(Checking& c, Scope& scope,
                                     const std::optional<ast::Name>& qualifier, Span span) {
  std::vector<StarColumn> columns;
  if (qualifier) {
    const auto found = find_source(scope, qualifier->name());
    if (!found) {
      auto& diagnostic = c.report(
          ErrorCode::E0202, "no source is called `" + qualifier->name() + "`", qualifier->span());
      c.suggest(diagnostic, qualifier->name(), column_names(scope));
      return columns;
    }
    add_source_columns(c, *found, span, columns);
    return columns;
  }
  if (scope.sources.empty()) c.report(ErrorCode::E0202, "`*` needs FROM", span);
  for (size_t i = 0; i < scope.sources.size(); ++i) {
    if (!scope.sources[i].name.empty())
      add_source_columns(c, local_source(scope, i), span, columns);
  }
  std::erase_if(columns, [&](const StarColumn& column) {
    return !column.is_record && is_merged(scope, column.name);
  });
  std::vector<StarColumn> merged;
  for (const Alias& each : scope.merged) merged.push_back({each.name, each.expr});
  columns.insert(columns.begin(), merged.begin(), merged.end());
  return columns;
}

ExprId omit_keys(Checking& c, ExprId record, const std::vector<std::string>& names, Span span) {
  if (names.empty()) return record;
  std::vector<ExprId> literals;
  for (const std::string& name : names)
    literals.push_back(c.literal(Value::string(name), Type::string(), span));
  Expr list;
  list.kind = ExprKind::Array;
  list.type = Type::array(Type::string());
  list.span = span;
  list.args = std::move(literals);
  return make_call(c, "object::omit", {record, c.add(std::move(list))}, span);
}

ExprId replace_keys(Checking& c, ExprId record, const std::vector<Alias>& replaced, Span span) {
  if (replaced.empty()) return record;
  Expr made;
  made.kind = ExprKind::Object;
  made.flags = Expr::Spread;
  made.type = Type::object();
  made.span = span;
  made.names = {"*"};
  made.args = {record};
  for (const Alias& each : replaced) {
    made.names.push_back(each.name);
    made.args.push_back(each.expr);
  }
  return c.add(std::move(made));
}

void check_star(Checking& c, Scope& scope, ast::StarItem node) {
  std::vector<StarColumn> columns = star_columns(c, scope, node.qualifier(), node.span());
  const bool records = std::any_of(columns.begin(), columns.end(),
                                   [](const StarColumn& column) { return column.is_record; });
  std::vector<std::string> omitted;
  std::vector<Alias> replaced;
  const auto require = [&](const ast::Ident& ident) {
    const std::string name = ident.name();
    const bool known =
        records || std::any_of(columns.begin(), columns.end(),
                               [&](const auto& column) { return column.name == name; });
    if (!known && !c.failed())
      c.report(ErrorCode::E0202, "`*` has no column `" + name + "`", ident.span());
    return name;
  };
  if (node.omit()) {
    for (const ast::Ident ident : node.omit()->idents()) omitted.push_back(require(ident));
  }
  if (node.replace()) {
    for (const ast::Replacement each : node.replace()->list()) {
      const std::string name = require(each.ident());
      replaced.push_back({name, check_expression(c, scope, each.value())});
    }
  }
  for (const StarColumn& column : columns) {
    if (std::find(omitted.begin(), omitted.end(), column.name) != omitted.end() &&
        !column.is_record)
      continue;
    ExprId expr = column.expr;
    if (column.is_record) {
      expr = replace_keys(c, omit_keys(c, expr, omitted, node.span()), replaced, node.span());
    } else {
      for (const Alias& each : replaced) {
        if (each.name == column.name) expr = each.expr;
      }
    }
    add_output(c, scope, column.name, expr);
  }
}

void check_item(Checking& c, Scope& scope, ast::SelectItem item) {
  const ExprId expr = check_expression(c, scope, item.expr());
  std::string name = item.alias() ? item.alias()->name() : implied_name(c, item.expr());
  if (item.alias()) scope.aliases.push_back({name, expr});
  if (name.empty()) name = "column" + std::to_string(c.query(scope.query).outputs.size() + 1);
  add_output(c, scope, std::move(name), expr);
}

// What DISTINCT leaves can only be ordered by what it kept.
void check_distinct_order(Checking& c, QueryId id) {
  const Query& query = c.query(id);
  if (!query.distinct) return;
  for (const OrderKey& key : query.order) {
    const bool kept =
        std::any_of(query.outputs.begin(), query.outputs.end(),
                    [&](const Output& output) { return c.is_same(output.expr, key.expr); });
    if (kept || c.is_poison(key.expr)) continue;
    c.report(ErrorCode::E0402, "with DISTINCT, ORDER BY takes selected columns only",
             c.expr(key.expr).span);
    return;
  }
}

}  // namespace

void check_items(Checking& c, Scope& scope, const ast::SelectItems& items) {
  for (const ast::AnyItem any : items.list()) {
    if (const auto star = any.star()) check_star(c, scope, *star);
    if (const auto item = any.item()) check_item(c, scope, *item);
  }
}

void add_star(Checking& c, Scope& scope, Span span) {
  for (const StarColumn& column : star_columns(c, scope, std::nullopt, span))
    add_output(c, scope, column.name, column.expr);
}

bool refuse_position(Checking& c, const Scope& scope, ast::Expr node, std::string_view clause) {
  const bool is_position = node.expr_kind() == ast::ExprKind::Literal &&
                           node.as<ast::Literal>().literal_kind() == ast::LiteralKind::Integer;
  if (!is_position) return false;
  auto& diagnostic = c.report(
      ErrorCode::E0404, std::string(clause) + " takes no positions: name the column", node.span());
  const std::string digits(c.text_at(node.span()));
  if (digits.empty() || digits.size() > 4 ||
      digits.find_first_not_of("0123456789") != std::string::npos)
    return true;
  const auto& outputs = c.query(scope.query).outputs;
  const size_t at = std::stoul(digits);
  if (at == 0 || at > outputs.size()) return true;
  const std::string name = zeroql::quote_name(outputs[at - 1].name);
  diagnostic.help = "that is `" + outputs[at - 1].name + "`";
  diagnostic.fixes.push_back({node.span(), name, "write " + name});
  return true;
}

void check_order(Checking& c, Scope& scope, ast::OrderBy order) {
  for (const ast::OrderKey node : order.keys()) {
    if (refuse_position(c, scope, node.expr(), "ORDER BY")) return;
    scope.alias_rule = AliasRule::BeforeFields;
    OrderKey key;
    key.expr = check_expression(c, scope, node.expr());
    key.descending = node.is_descending();
    key.nulls_first = node.nulls_first();
    c.query(scope.query).order.push_back(key);
  }
  scope.alias_rule = AliasRule::Hidden;
}

QueryId check_select(Checking& c, Scope* parent, std::shared_ptr<const CommonTable> tables,
                     ast::Select node, std::optional<ast::OrderBy> order) {
  const QueryId id = c.add_query(Query::Kind::Select, node.span());
  const NarrowingScope narrowing(c);
  Scope scope;
  scope.parent = parent;
  scope.query = id;
  scope.common_tables = std::move(tables);
  if (node.from()) check_from(c, scope, *node.from());
  if (node.where()) {
    const ExprId condition = check_condition(c, scope, node.where()->condition());
    add_condition(c, id, condition);
    add_narrowings(c, condition, true);
  }
  scope.aggregates = AggregateRule::Allowed;
  if (node.windows()) check_named_windows(c, scope, *node.windows());
  scope.windows = WindowRule::Allowed;
  if (node.items()) {
    check_items(c, scope, *node.items());
  } else {
    add_star(c, scope, node.span());
  }
  scope.windows = WindowRule::Refused;
  if (node.group_by()) check_group_by(c, scope, *node.group_by());
  if (node.having()) {
    scope.alias_rule = AliasRule::AfterFields;
    const ExprId having = check_condition(c, scope, node.having()->condition());
    c.query(id).having = having;
    scope.alias_rule = AliasRule::Hidden;
    c.query(id).grouped = true;
  }
  // What a column is called without an alias orders too, unless a field has the name.
  for (const Output& output : c.query(id).outputs) {
    const auto known = [&](const Alias& alias) {
      return alias.name == output.name && alias.expr == output.expr;
    };
    const bool in_sources =
        std::any_of(scope.sources.begin(), scope.sources.end(), [&](const ScopeSource& source) {
          const auto names = column_names(source);
          return source.has_open_keys() ||
                 std::find(names.begin(), names.end(), output.name) != names.end();
        });
    if (!in_sources && std::none_of(scope.aliases.begin(), scope.aliases.end(), known)) {
      scope.aliases.push_back({output.name, output.expr});
    }
  }
  scope.windows = WindowRule::Allowed;
  if (node.qualify()) {
    scope.alias_rule = AliasRule::BeforeFields;
    const ExprId qualify = check_condition(c, scope, node.qualify()->condition());
    c.query(id).qualify = qualify;
    scope.alias_rule = AliasRule::Hidden;
  }
  if (order) check_order(c, scope, *order);
  Query& query = c.query(id);
  query.distinct = node.is_distinct();
  query.as_value = node.is_value();
  query.grouped = query.grouped || node.group_by().has_value() || !query.aggregates.empty();
  if (c.failed()) return id;
  finish_grouping(c, scope);
  check_distinct_order(c, id);
  return id;
}

}  // namespace zerodb::sema
