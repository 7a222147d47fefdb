// DEFINE INDEX, and the columns of indexes.

#include <algorithm>

#include "sema/availability.h"
#include "sema/definition.h"
#include "sema/definition_facility.h"
#include "sema/expression.h"
#include "sema/index_terms.h"
#include "sema/options.h"
#include "sema/query_select.h"
#include "sema/scope.h"
#include "sema/stored_text.h"
#include "zeroql/literal.h"

namespace zerodb::sema {
namespace {

using catalog::Index;
using catalog::IndexColumn;
using catalog::PathStep;
using catalog::Table;

bool is_indexable(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Object:
    case TypeKind::Shape:
    case TypeKind::Regex:
    case TypeKind::Stream:
    case TypeKind::HashMap:
    case TypeKind::HashSet:
    case TypeKind::Result:
      return false;
    default:
      return true;
  }
}

std::optional<PathStep> path_step(Checking& c, ast::PathStep node) {
  PathStep step;
  if (node.is_all()) {
    step.kind = PathStep::Kind::AllElements;
    return step;
  }
  if (const auto field = node.field()) {
    step.name = field->name();
    return step;
  }
  Scope scope;
  const ExprId position = check_expression(c, scope, *node.index());
  if (c.is_literal(position) && is_integer(c.expr(position).literal.tag())) {
    step.kind = PathStep::Kind::Element;
    step.position = c.expr(position).literal.as_int64();
    return step;
  }
  c.report(ErrorCode::E0607, "a position in a path of an index is a literal", node.span());
  return std::nullopt;
}

// The type at the end of the path, as far as it is declared.
Type path_type(const Table& table, const catalog::Path& path) {
  Type type = field_type({&table}, path.front().name).value_or(Type::any());
  for (size_t i = 1; i < path.size(); ++i) {
    const Type base = type.required();
    type = Type::any();
    if (path[i].kind != PathStep::Kind::Member) {
      if (base.is_sequence() || base.kind() == TypeKind::HashSet) type = base.element();
    } else if (base.kind() == TypeKind::Shape) {
      for (const Type::Field& field : base.fields()) {
        if (field.name == path[i].name) type = field.type;
      }
    }
  }
  return type;
}

}  // namespace

IndexColumn field_column(const std::string& name) {
  IndexColumn column;
  column.path = {{PathStep::Kind::Member, name, 0}};
  column.text = catalog::to_string(column.path);
  return column;
}

std::vector<IndexColumn> columns_of_ends() {
  return {field_column(std::string(catalog::kSourceField)),
          field_column(std::string(catalog::kTargetField))};
}

bool has_implied_name(const Index& index) {
  std::string name = "unique";
  for (const IndexColumn& column : index.columns) name += "_" + column.text;
  return index.name == name;
}

bool is_of_unique_option(const Index& index) {
  return index.unique && index.origin == Index::Origin::Unique && index.columns.size() == 2 &&
         index.columns[0].text == catalog::kSourceField &&
         index.columns[1].text == catalog::kTargetField && has_implied_name(index);
}

std::optional<IndexColumn> path_column(Checking& c, const Table& table, ast::FieldPath path,
                                       PathUse use) {
  IndexColumn column = field_column(path.first().name());
  const std::string& name = column.path.front().name;
  if (table.schemafull && !field_type({&table}, name)) {
    auto& diagnostic = c.report(
        ErrorCode::E0202, "`" + table.name + "` has no field `" + name + "`", path.first().span());
    ScopeSource source;
    source.tables = {&table};
    c.suggest(diagnostic, name, column_names(source));
    return std::nullopt;
  }
  for (const ast::PathStep node : path.steps()) {
    auto step = path_step(c, node);
    if (!step) return std::nullopt;
    column.multikey |= step->kind == PathStep::Kind::AllElements;
    column.path.push_back(std::move(*step));
  }
  column.text = catalog::to_string(column.path);
  if (use == PathUse::Index) {
    check_indexable(c, table, column, path.span());
    if (c.failed()) return std::nullopt;
  }
  return column;
}

void check_indexable(Checking& c, const Table& table, const IndexColumn& column, Span span) {
  const Type type = path_type(table, column.path);
  if (is_indexable(type)) return;
  c.report(ErrorCode::E0314, "`" + c.text(type) + "` cannot be indexed", span).help =
      "index a part of it";
}

Index make_index(Definition& d, const Table& table, std::string name,
                 std::vector<IndexColumn> columns, Index::Origin origin) {
  Index index;
  index.name = free_rule_name(table, name);
  index.table = table.id;
  index.id = catalog::make_index_id(d.database(), d.new_id());
  index.columns = std::move(columns);
  index.origin = origin;
  return index;
}

namespace {

// Checks an expression over the records of the table apart from the statement.
template <typename Check>
void check_over_records(Checking& c, const Table& table, Span span, Check check) {
  Checking apart(c.context, c.statement.schema, c.source());
  Scope scope;
  scope.query = apart.add_query(Query::Kind::Select, span);
  add_table_source(apart, scope, {&table}, table.name, false, span);
  check(apart, scope);
  c.diagnostics.insert(c.diagnostics.end(), apart.diagnostics.begin(), apart.diagnostics.end());
}

std::optional<IndexColumn> expression_column(Checking& c, const Table& table, ast::Expr node) {
  IndexColumn column;
  column.text = stored_text(node);
  column.is_expression = true;
  check_over_records(c, table, node.span(), [&](Checking& apart, Scope& scope) {
    const ExprId value = check_expression(apart, scope, node);
    column.type = apart.type(value);
    if (apart.is_poison(value)) return;
    check_volatility(apart, value, function::Volatility::Immutable, "an index");
    check_self_contained(apart, value, node.span());
    if (!is_indexable(column.type.required()))
      apart.report(ErrorCode::E0314, "`" + apart.text(column.type) + "` cannot be indexed",
                   node.span());
  });
  return column;
}

void check_index_condition(Checking& c, const Table& table, ast::Where where) {
  check_over_records(c, table, where.span(), [&](Checking& apart, Scope& scope) {
    const ExprId condition = check_condition(apart, scope, where.condition());
    if (apart.is_poison(condition)) return;
    check_volatility(apart, condition, function::Volatility::Immutable,
                     "the condition of an index");
    check_self_contained(apart, condition, where.span());
  });
}

// USING fulltext over text, USING hnsw over one vector.
void read_method(Checking& c, const Table& table, Index& index, ast::IndexMethod node) {
  static const std::vector<OptionRule> kFulltext = {
      {"analyzer", Tag::String}, {"bm25_k1", Tag::F64}, {"bm25_b", Tag::F64}};
  static const std::vector<OptionRule> kHnsw = {
      {"metric", Tag::String, std::nullopt, {"cosine", "l2", "l1", "dot", "hamming"}},
      {"m", Tag::I64, 2},
      {"ef_construction", Tag::I64, 1}};
  index.method = node.ident().name();
  const bool is_text = index.method == "fulltext";
  if (!is_text && index.method != "hnsw") {
    auto& diagnostic = c.report(ErrorCode::E0207, "unknown kind of index `" + index.method + "`",
                                node.ident().span());
    diagnostic.help = "there are fulltext and hnsw; without USING the index is ordered";
    c.suggest(diagnostic, index.method, {"fulltext", "hnsw"});
    return;
  }
  read_options(c, "a " + index.method + " index", is_text ? kFulltext : kHnsw, node.options(),
               index.options);
  if (const auto analyzer = find_option(node.options(), "analyzer")) require_analyzer(c, *analyzer);
  if (!is_text && index.columns.size() != 1)
    c.report(ErrorCode::E0314, "an hnsw index is on one vector", node.span());
  if (index.unique)
    c.report(ErrorCode::E0101, "a " + index.method + " index is not UNIQUE", node.span());
  for (const IndexColumn& column : index.columns) {
    const Type type =
        (column.is_expression ? column.type : path_type(table, column.path)).required();
    const bool is_vector = type.kind() == TypeKind::Vector || type.kind() == TypeKind::Array;
    const bool fits = type.is_any() || (is_text ? type.is_text() || is_vector : is_vector);
    if (fits) continue;
    c.report(ErrorCode::E0314,
             (is_text ? "a fulltext index is on strings, not on `"
                      : "an hnsw index is on a vector, not on `") +
                 c.text(type) + "`",
             node.span());
  }
  require_feature(c, Feature::IndexMethods, node.span());
}

}  // namespace

void define_index(Definition& d, ast::DefineIndex node) {
  Checking& c = d.checking();
  const Table* table = find_stored_table(c, node.table());
  if (table == nullptr) return;
  const std::string name = node.ident().name();
  const Index* known = table->index(name);
  const Existing existing = d.existing(node, known != nullptr, "index", name, node.ident().span());
  if (existing == Existing::Nothing) return;
  if (existing == Existing::Replace && known->origin != Index::Origin::Definition) {
    c.report(ErrorCode::E0211, "`" + name + "` belongs to a rule of the table",
             node.ident().span());
    return;
  }
  if (node.options()) {
    for (const ast::OptionEntry option : node.options()->list()) {
      c.report(ErrorCode::E0210, "unknown option `" + option.ident().name() + "` of an index",
               option.ident().span());
    }
  }
  std::vector<IndexColumn> columns;
  for (const ast::IndexPart part : node.parts()) {
    auto column = part.path() ? path_column(c, *table, *part.path(),
                                            node.method() ? PathUse::Field : PathUse::Index)
                              : expression_column(c, *table, *part.expr());
    if (!column) continue;
    column->descending = part.is_descending();
    columns.push_back(std::move(*column));
  }
  if (c.failed()) return;
  Index index;
  index.name = name;
  index.table = table->id;
  index.id = catalog::make_index_id(d.database(), d.new_id());
  index.columns = std::move(columns);
  index.unique = node.is_unique();
  index.comment = comment_text(node.comment());
  if (node.where()) {
    index.condition_text = stored_text(node.where()->condition());
    check_index_condition(c, *table, *node.where());
  }
  if (node.method()) read_method(c, *table, index, *node.method());
  if (c.failed()) return;
  if (known != nullptr) {
    d.add(catalog::erase_index(d.database(), known->id));
    d.statement().drop_indexes.push_back(known->id);
  }
  d.add(catalog::put_index(d.database(), index));
  d.statement().build.push_back({table->id, index.id});
}

}  // namespace zerodb::sema
