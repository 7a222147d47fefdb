// DEFINE INDEX, and the columns of indexes.

#include <algorithm>

#include "sema/availability.h"
#include "sema/definition.h"
#include "sema/expression.h"
#include "sema/scope.h"
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

std::optional<IndexColumn> path_column(Checking& c, const Table& table, ast::FieldPath path) {
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
  const Type type = path_type(table, column.path);
  if (!is_indexable(type)) {
    c.report(ErrorCode::E0314, "`" + c.text(type) + "` cannot be indexed", path.span()).help =
        "index a part of it";
    return std::nullopt;
  }
  return column;
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
  if (node.method()) refuse_unavailable(c, Feature::IndexMethods, node.method()->span());
  if (node.where()) refuse_unavailable(c, Feature::IndexConditions, node.where()->span());
  if (node.options()) {
    for (const ast::OptionEntry option : node.options()->list()) {
      c.report(ErrorCode::E0210, "unknown option `" + option.ident().name() + "` of an index",
               option.ident().span());
    }
  }
  std::vector<IndexColumn> columns;
  for (const ast::IndexPart part : node.parts()) {
    if (!part.path()) {
      refuse_unavailable(c, Feature::IndexExpressions, part.span());
      continue;
    }
    auto column = path_column(c, *table, *part.path());
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
  if (known != nullptr) {
    d.add(catalog::erase_index(d.database(), known->id));
    d.statement().drop_indexes.push_back(known->id);
  }
  d.add(catalog::put_index(d.database(), index));
  d.statement().build.push_back({table->id, index.id});
}

}  // namespace zerodb::sema
