#include "sema/scope.h"

#include <algorithm>

#include "sema/access.h"
#include "sema/expression.h"
#include "sema/narrowing.h"
#include "sema/query_visit.h"

namespace zerodb::sema {
namespace {

std::vector<TableId> ids_of(const std::vector<const catalog::Table*>& tables) {
  std::vector<TableId> ids;
  for (const catalog::Table* table : tables) ids.push_back(table->id);
  return ids;
}

// A declared name of one table, as the column that reads it.
std::optional<SourceColumn> declared_column(const catalog::Table& table, const std::string& name) {
  SourceColumn column;
  column.name = name;
  if (name == "id") {
    column.kind = SourceColumn::Kind::Id;
    column.type = Type::record({table.id});
  } else if (const auto key = table.key_position(name)) {
    column.kind = SourceColumn::Kind::Key;
    column.index = *key;
    column.type = table.key[*key].type;
  } else if (const auto field = table.field_position(name)) {
    column.kind = SourceColumn::Kind::Field;
    column.index = *field;
    column.type = table.fields[*field].type;
  } else {
    return std::nullopt;
  }
  return column;
}

std::optional<SourceColumn> record_column(const ScopeSource& source, const std::string& name) {
  if (source.tables.size() == 1) {
    if (auto declared = declared_column(*source.tables.front(), name)) return declared;
  } else if (name == "id") {
    SourceColumn column;
    column.kind = SourceColumn::Kind::Id;
    column.name = name;
    column.type = Type::record(ids_of(source.tables));
    return column;
  }
  const auto declared = field_type(source.tables, name);
  if (!declared && !source.has_open_keys()) return std::nullopt;
  SourceColumn column;
  column.kind = SourceColumn::Kind::Extra;
  column.name = name;
  column.type = declared.value_or(Type::any());
  return column;
}

// How surely a source has a column: declared ones beat the open keys of schemaless records.
enum class Certainty : uint8_t { No, Open, Declared };

// Whether an element of the type has the member; of a union, whether one of its types has it.
Certainty member_certainty(const Type& element, const std::string& name) {
  switch (element.kind()) {
    case TypeKind::Any:
    case TypeKind::Object:
      return Certainty::Open;
    case TypeKind::Shape:
      for (const Type::Field& field : element.fields()) {
        if (field.name == name) return Certainty::Declared;
      }
      return Certainty::No;
    case TypeKind::Union: {
      Certainty best = Certainty::No;
      for (const Type& part : element.parts()) best = std::max(best, member_certainty(part, name));
      return best;
    }
    default:
      return Certainty::No;
  }
}

std::optional<ExprId> element_column(Checking& c, const FoundSource& found, const std::string& name,
                                     Span span) {
  const Type element = found.source().element;
  if (element.kind() != TypeKind::RecordId && member_certainty(element, name) == Certainty::No)
    return std::nullopt;
  return member_of(c, whole_source(c, found, span), name, MemberForm::Lenient, span);
}

Certainty certainty(const ScopeSource& source, const std::string& name) {
  switch (source.shape) {
    case ScopeSource::Shape::Unknown:
      return Certainty::Open;
    case ScopeSource::Shape::Record:
      if (name == "id" || field_type(source.tables, name)) return Certainty::Declared;
      return source.has_open_keys() ? Certainty::Open : Certainty::No;
    case ScopeSource::Shape::Columns:
      for (const Output& column : source.columns) {
        if (column.name == name) return Certainty::Declared;
      }
      return source.ordinal == name ? Certainty::Declared : Certainty::No;
    case ScopeSource::Shape::Element:
      break;
  }
  if (source.ordinal == name || source.element_name == name) return Certainty::Declared;
  return member_certainty(source.element, name);
}

struct Candidates {
  std::vector<size_t> positions;
  Certainty certainty = Certainty::No;
};

Candidates candidates_in(const Scope& scope, const std::string& name) {
  Candidates best;
  for (size_t i = 0; i < scope.sources.size(); ++i) {
    const Certainty found = certainty(scope.sources[i], name);
    if (found == Certainty::No || found < best.certainty) continue;
    if (found > best.certainty) best.positions.clear();
    best.certainty = found;
    best.positions.push_back(i);
  }
  return best;
}

ExprId ambiguous(Checking& c, const Scope& scope, const Candidates& found, const std::string& name,
                 Span span) {
  const std::string& first = scope.sources[found.positions[0]].name;
  const std::string& second = scope.sources[found.positions[1]].name;
  c.report(
       ErrorCode::E0203,
       "`" + name + "` is ambiguous: `" + first + "." + name + "` or `" + second + "." + name + "`",
       span)
      .help = "write `" + first + "." + name + "`";
  return c.poison(span);
}

// E0203 if two expressions have the name.
std::optional<ExprId> find_alias(Checking& c, const std::vector<Alias>& aliases,
                                 const std::string& name, Span span) {
  std::optional<ExprId> found;
  for (const Alias& alias : aliases) {
    if (alias.name != name) continue;
    if (found && !c.is_same(*found, alias.expr)) {
      c.report(ErrorCode::E0203, "`" + name + "` is ambiguous: two columns are called so", span)
          .help = "give one of them another name with AS";
      return c.poison(span);
    }
    if (!found) found = alias.expr;
  }
  return found;
}

// The expression of an alias, where windows may not stand unless it has none. E0403.
ExprId without_window(Checking& c, const Scope& scope, ExprId expr, const std::string& name,
                      Span span) {
  if (scope.windows == WindowRule::Allowed) return expr;
  bool has_window = false;
  visit_expression(c, expr, 0, [&](ExprId id, uint32_t level) {
    has_window |= level == 0 && c.expr(id).kind == ExprKind::Window;
  });
  if (!has_window) return expr;
  c.report(ErrorCode::E0403, "`" + name + "` has a window, which is not allowed here", span);
  return c.poison(span);
}

// OLD and NEW are words of RETURNING and DO UPDATE, in any case.
std::optional<ExprKind> version_word(const std::string& name) {
  std::string upper = name;
  for (char& ch : upper) ch = static_cast<char>(ch >= 'a' && ch <= 'z' ? ch - 'a' + 'A' : ch);
  if (upper == "OLD") return ExprKind::OldRecord;
  if (upper == "NEW") return ExprKind::NewRecord;
  return std::nullopt;
}

std::optional<ExprId> resolve_in_shapes(Checking& c, Scope& scope, const std::string& name,
                                        Span span) {
  for (size_t i = scope.shapes.size(); i-- > 0;) {
    const ShapeBase base = scope.shapes[i];
    if (base.source) {
      for (size_t s = 0; s < scope.sources.size(); ++s) {
        if (scope.sources[s].id != base.source->id || scope.sources[s].name != base.source->name)
          continue;
        if (auto column = find_column_of(c, local_source(scope, s), name, span)) return column;
      }
      continue;
    }
    const Type type = c.type(base.value);
    if (type.kind() == TypeKind::Shape) {
      const auto& fields = type.fields();
      if (std::none_of(fields.begin(), fields.end(),
                       [&](const auto& field) { return field.name == name; }))
        continue;
    } else if (find_source(scope, name)) {
      continue;
    }
    return member_of(c, base.value, name, MemberForm::Lenient, span);
  }
  return std::nullopt;
}

ExprId resolve_in_scope(Checking& c, Scope& scope, uint32_t depth, const Candidates& found,
                        const std::string& name, Span span) {
  if (found.positions.size() > 1) return ambiguous(c, scope, found, name, span);
  return column_of(c, FoundSource{&scope, found.positions.front(), depth}, name, span);
}

// A source of this scope whose name the user gave with AS, or that no declared column hides.
std::optional<size_t> source_named(const Scope& scope, const std::string& name) {
  for (size_t i = 0; i < scope.sources.size(); ++i) {
    if (scope.sources[i].name == name) return i;
  }
  return std::nullopt;
}

// Whether the source is meant by its name, although a column is called so too: an alias is given on
// purpose. What has columns is rarely wanted as a whole.
bool hides_columns(const ScopeSource& source) {
  return source.has_alias && source.shape != ScopeSource::Shape::Columns;
}

// The expression, seen from a query `depth` further in.
ExprId seen_from(Checking& c, ExprId id, uint32_t depth) {
  if (depth == 0) return id;
  Expr made = c.expr(id);
  if (made.kind == ExprKind::Column) made.depth += depth;
  for (ExprId& arg : made.args) arg = seen_from(c, arg, depth);
  return c.add(std::move(made));
}

ExprId unknown_name(Checking& c, Scope& scope, const std::string& name, Span span) {
  for (const Scope* at = &scope; at != nullptr; at = at->parent) {
    if (!at->sources_hidden || at->is_skipped) continue;
    if (candidates_in(*at, name).certainty == Certainty::Declared || source_named(*at, name)) {
      c.report(ErrorCode::E0409,
               "`" + name + "` belongs to an earlier source, which a subquery does not see", span)
          .help = "write LATERAL before the subquery";
      return c.poison(span);
    }
  }
  auto& diagnostic = c.report(ErrorCode::E0202, "unknown field or column `" + name + "`", span);
  if (std::ranges::any_of(scope.aliases, [&](const Alias& each) { return each.name == name; })) {
    diagnostic.help =
        "a column that SELECT names is known in GROUP BY, HAVING, QUALIFY and ORDER BY";
  } else {
    c.suggest(diagnostic, name, column_names(scope));
  }
  return c.poison(span);
}

}  // namespace

bool ScopeSource::has_open_keys() const {
  return std::any_of(tables.begin(), tables.end(),
                     [](const catalog::Table* table) { return !table->schemafull; });
}

std::optional<Type> field_type(const std::vector<const catalog::Table*>& tables,
                               const std::string& name) {
  std::vector<Type> types;
  for (const catalog::Table* table : tables) {
    const auto column = declared_column(*table, name);
    if (!column) continue;
    types.push_back(column->type);
  }
  if (types.empty()) return std::nullopt;
  if (types.size() < tables.size()) types.push_back(Type::none());
  const bool open = types.size() > 1 && std::any_of(tables.begin(), tables.end(),
                                                    [](const auto* t) { return !t->schemafull; });
  return open ? Type::any() : Type::union_of(types);
}

FoundSource local_source(Scope& scope, size_t position) {
  return FoundSource{&scope, position, 0};
}

ExprId make_column(Checking& c, const FoundSource& found, SourceColumn column, Span span) {
  if (const auto shown = shown_column(c, found, column, span)) return narrowed(c, *shown);
  return plain_column(c, found, std::move(column), span);
}

ExprId plain_column(Checking& c, const FoundSource& found, SourceColumn column, Span span) {
  const ScopeSource& source = found.source();
  auto& columns = c.query(found.scope->query).sources[source.id.value()].columns;
  const auto known = std::find_if(columns.begin(), columns.end(), [&](const SourceColumn& other) {
    return other.kind == column.kind && other.index == column.index && other.name == column.name;
  });
  Expr made;
  made.kind = ExprKind::Column;
  made.source = source.id;
  made.index = static_cast<uint32_t>(known - columns.begin());
  made.depth = found.depth;
  made.type = source.may_be_missing ? column.type.optional() : column.type;
  made.span = span;
  const bool is_field = column.kind == SourceColumn::Kind::Field;
  const bool is_reference = is_field && source.tables.front()->fields[column.index].reference;
  if (known == columns.end()) columns.push_back(std::move(column));
  const ExprId id = c.add(std::move(made));
  if (is_reference) c.sure_links.insert(id.value());
  if (is_field && source.tables.size() == 1)
    c.declared_in.emplace(id.value(), source.tables.front()->id);
  return narrowed(c, id);
}

std::optional<ExprId> find_column_of(Checking& c, const FoundSource& found, const std::string& name,
                                     Span span) {
  const ScopeSource source = found.source();
  SourceColumn column;
  column.name = name;
  if (!source.ordinal.empty() && source.ordinal == name) {
    column.kind = SourceColumn::Kind::Ordinal;
    column.type = Type::int64();
    return make_column(c, found, std::move(column), span);
  }
  switch (source.shape) {
    case ScopeSource::Shape::Unknown:
      return c.poison(span);
    case ScopeSource::Shape::Element:
      if (!source.element_name.empty() && source.element_name == name)
        return whole_source(c, found, span);
      return element_column(c, found, name, span);
    case ScopeSource::Shape::Record: {
      auto of_record = record_column(source, name);
      if (!of_record) return std::nullopt;
      return make_column(c, found, std::move(*of_record), span);
    }
    case ScopeSource::Shape::Columns:
      break;
  }
  const auto is_meant = [&](const Output& each) { return each.name == name; };
  const auto at = std::ranges::find_if(source.columns, is_meant);
  if (at == source.columns.end()) return std::nullopt;
  if (std::find_if(at + 1, source.columns.end(), is_meant) != source.columns.end()) {
    c.report(ErrorCode::E0203, "`" + name + "` is ambiguous: two columns have the name", span)
        .help = "give one of them another name with AS";
    return c.poison(span);
  }
  return column_at(c, found, static_cast<uint32_t>(at - source.columns.begin()), span);
}

ExprId column_at(Checking& c, const FoundSource& found, uint32_t position, Span span) {
  const Output& output = found.source().columns[position];
  SourceColumn column;
  column.kind = SourceColumn::Kind::Position;
  column.name = output.name;
  column.index = position;
  column.type = output.type;
  return make_column(c, found, std::move(column), span);
}

ExprId column_of(Checking& c, const FoundSource& found, const std::string& name, Span span) {
  if (const auto column = find_column_of(c, found, name, span)) return *column;
  const ScopeSource& source = found.source();
  if (source.is_list) {
    c.report(ErrorCode::E0505,
             "`" + source.name + "` is inside a quantified part and a list outside it", span)
        .help = "write `" + source.name + "[*]." + name + "`";
    return c.poison(span);
  }
  auto& diagnostic =
      c.report(ErrorCode::E0202, "`" + source.name + "` has no field `" + name + "`", span);
  c.suggest(diagnostic, name, column_names(source));
  return c.poison(span);
}

ExprId whole_source(Checking& c, const FoundSource& found, Span span) {
  const ScopeSource source = found.source();
  SourceColumn column;
  column.name = source.name;
  switch (source.shape) {
    case ScopeSource::Shape::Unknown:
      return c.poison(span);
    case ScopeSource::Shape::Record:
      column.kind = SourceColumn::Kind::Record;
      column.type = Type::object();
      return make_column(c, found, std::move(column), span);
    case ScopeSource::Shape::Element:
      column.kind = SourceColumn::Kind::Element;
      column.type = source.element;
      return make_column(c, found, std::move(column), span);
    case ScopeSource::Shape::Columns:
      break;
  }
  Expr made;
  made.kind = ExprKind::Object;
  made.span = span;
  std::vector<Type::Field> fields;
  for (const Output& each : source.columns) {
    if (std::find(made.names.begin(), made.names.end(), each.name) != made.names.end()) {
      c.report(ErrorCode::E0411,
               "two columns of `" + source.name + "` are called `" + each.name + "`", span);
      return c.poison(span);
    }
    made.names.push_back(each.name);
    made.args.push_back(column_of(c, found, each.name, span));
    fields.push_back({each.name, c.type(made.args.back()), false});
  }
  made.type = Type::shape(std::move(fields));
  return c.add(std::move(made));
}

std::optional<FoundSource> find_source(Scope& scope, const std::string& name) {
  uint32_t depth = 0;
  for (Scope* at = &scope; at != nullptr; at = at->parent, ++depth) {
    if (!at->sources_hidden && !at->is_skipped) {
      if (const auto position = source_named(*at, name)) return FoundSource{at, *position, depth};
    }
  }
  return std::nullopt;
}

ExprId resolve_name(Checking& c, Scope& scope, const std::string& name, Span span) {
  if (const auto of_shape = resolve_in_shapes(c, scope, name, span)) return *of_shape;
  uint32_t depth = 0;
  for (Scope* at = &scope; at != nullptr; at = at->parent, ++depth) {
    if (at->is_skipped) continue;
    if (depth == 0 && at->alias_rule == AliasRule::BeforeFields) {
      if (const auto alias = find_alias(c, at->aliases, name, span))
        return without_window(c, *at, *alias, name, span);
    }
    if (at->versions_of != nullptr) {
      if (const auto kind = version_word(name)) {
        if (depth > 0) {
          c.report(ErrorCode::E0202, "`" + name + "` is not seen inside a subquery", span);
          return c.poison(span);
        }
        if (!require_version(c, *at, *kind, span)) return c.poison(span);
        Expr made;
        made.kind = *kind;
        made.depth = depth;
        made.type = Type::object().optional();
        made.span = span;
        return c.add(std::move(made));
      }
    }
    if (!at->sources_hidden) {
      const Candidates found = candidates_in(*at, name);
      if (const auto merged = find_alias(c, at->merged, name, span))
        return seen_from(c, *merged, depth);
      const auto source = source_named(*at, name);
      if (source && (found.certainty != Certainty::Declared || hides_columns(at->sources[*source])))
        return whole_source(c, FoundSource{at, *source, depth}, span);
      if (found.certainty == Certainty::Declared ||
          (found.certainty == Certainty::Open && at->alias_rule != AliasRule::AfterFields)) {
        return resolve_in_scope(c, *at, depth, found, name, span);
      }
      if (depth == 0 && at->alias_rule == AliasRule::AfterFields) {
        if (const auto alias = find_alias(c, at->aliases, name, span))
          return without_window(c, *at, *alias, name, span);
      }
      if (found.certainty == Certainty::Open)
        return resolve_in_scope(c, *at, depth, found, name, span);
    }
  }
  return unknown_name(c, scope, name, span);
}

void add_member_names(const Type& element, std::vector<std::string>& names) {
  if (element.kind() == TypeKind::Shape) {
    for (const Type::Field& field : element.fields()) names.push_back(field.name);
  } else if (element.kind() == TypeKind::Union) {
    for (const Type& part : element.parts()) add_member_names(part, names);
  }
}

std::vector<std::string> column_names(const ScopeSource& source) {
  std::vector<std::string> names;
  for (const Output& column : source.columns) names.push_back(column.name);
  for (const catalog::Table* table : source.tables) {
    names.emplace_back("id");
    for (const catalog::KeyColumn& column : table->key) names.push_back(column.name);
    for (const catalog::Field& field : table->fields) names.push_back(field.name);
  }
  if (source.shape == ScopeSource::Shape::Element) add_member_names(source.element, names);
  return names;
}

std::vector<std::string> column_names(const Scope& scope) {
  std::vector<std::string> names;
  for (const Scope* at = &scope; at != nullptr; at = at->parent) {
    if (at->is_skipped) continue;
    for (const ScopeSource& source : at->sources) {
      if (at->sources_hidden) break;
      names.push_back(source.name);
      for (std::string& name : column_names(source)) names.push_back(std::move(name));
    }
    for (const Alias& alias : at->aliases) names.push_back(alias.name);
  }
  return names;
}

}  // namespace zerodb::sema
