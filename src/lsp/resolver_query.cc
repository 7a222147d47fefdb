// Queries, patterns and the statements that write.
#include <algorithm>

#include "lsp/resolver.h"
#include "zeroql/ast_graph.h"

namespace zerodb::lsp {
namespace {

Place::Hop hop_of(const zeroql::Tree& tree, zeroql::NodeId edge) {
  switch (zeroql::ast::MatchEdge{{&tree, edge}}.direction()) {
    case zeroql::ast::EdgeDirection::Right:
      return Place::Hop::Right;
    case zeroql::ast::EdgeDirection::Left:
      return Place::Hop::Left;
    case zeroql::ast::EdgeDirection::Either:
      return Place::Hop::Either;
  }
  return Place::Hop::Either;
}

}  // namespace

// Gives the names of its columns.
std::vector<std::string> Resolver::query(NodeId id, const Scope& outer) {
  Scope scope{&outer};
  std::vector<std::string> columns;
  for (const NodeId each : tree_.children(id)) {
    switch (tree_.kind(each)) {
      case NodeKind::With:
        common_tables(each, scope);
        break;
      case NodeKind::Select:
      case NodeKind::Values:
      case NodeKind::SetOperation:
      case NodeKind::Query:
        columns = body(each, scope);
        break;
      default:  // ORDER BY and LIMIT, which see what the query sees
        children(each, scope);
    }
  }
  return columns;
}

std::vector<std::string> Resolver::body(NodeId id, Scope& scope) {
  switch (tree_.kind(id)) {
    case NodeKind::Query:
      return query(id, scope);
    case NodeKind::Select:
      return select(id, scope);
    case NodeKind::SetOperation: {
      std::vector<std::string> columns;
      for (const NodeId each : tree_.children(id)) {
        Scope inner{&scope};
        std::vector<std::string> found = body(each, inner);
        if (columns.empty()) columns = std::move(found);
      }
      return columns;
    }
    default:
      children(id, scope);
      return {};
  }
}

std::vector<std::string> Resolver::select(NodeId id, Scope& scope) {
  // What the clauses see comes first, wherever it stands.
  if (const NodeId from = child(id, NodeKind::From); from != zeroql::kNothing) sources(from, scope);
  if (const NodeId windows = child(id, NodeKind::WindowClause); windows != zeroql::kNothing)
    window_names(windows, scope);
  std::vector<std::string> columns;
  for (const NodeId each : tree_.children(id)) {
    switch (tree_.kind(each)) {
      case NodeKind::From:
      case NodeKind::WindowClause:
        break;
      case NodeKind::SelectItems:
        columns = items(each, scope);
        break;
      default:
        children(each, scope);
    }
  }
  return columns;
}

// Gives the names of the columns; the aliases are known behind the list.
std::vector<std::string> Resolver::items(NodeId id, Scope& scope) {
  std::vector<std::string> columns;
  std::vector<Name> aliases;
  for (const NodeId item : tree_.children(id)) {
    const NodeId alias = child(item, NodeKind::Alias);
    for (const NodeId part : tree_.children(item)) {
      if (part == alias) continue;
      if (tree_.kind(part) == NodeKind::Name) {  // p.*
        expression(part, scope);
      } else {
        visit(part, scope);
      }
    }
    if (alias != zeroql::kNothing) {
      aliases.push_back(local(child(alias, NodeKind::Ident), SymbolKind::Alias, item));
      columns.push_back(aliases.back().name);
    } else if (tree_.kind(item) == NodeKind::SelectItem) {
      const std::string_view text = tree_.text(item);
      columns.emplace_back(text.substr(text.rfind('.') + 1));
    }
  }
  scope.names.insert(scope.names.end(), aliases.begin(), aliases.end());
  return columns;
}

void Resolver::common_tables(NodeId id, Scope& scope) {
  const bool is_recursive = tree_.node(id).detail != 0;
  for (const NodeId each : tree_.children(id)) {
    Name name = local(child(each, NodeKind::Ident), SymbolKind::Source, each);
    const NodeId columns = child(each, NodeKind::IdentList);
    for (const NodeId column : tree_.children(columns)) {
      name.columns.push_back(name_of(column));
      local(column, SymbolKind::Column, each);
    }
    if (is_recursive) scope.tables.push_back(name);
    std::vector<std::string> found = query(child(each, NodeKind::Query), scope);
    if (name.columns.empty()) name.columns = std::move(found);
    if (is_recursive) scope.tables.pop_back();
    scope.tables.push_back(std::move(name));
  }
}

void Resolver::sources(NodeId id, Scope& scope) {
  for (const NodeId each : tree_.children(id)) {
    if (tree_.kind(each) != NodeKind::Join) {
      source(each, scope);
      continue;
    }
    for (const NodeId part : tree_.children(each)) {
      const bool is_condition =
          tree_.kind(part) == NodeKind::JoinOn || tree_.kind(part) == NodeKind::JoinUsing;
      if (!is_condition) {
        source(part, scope);
        continue;
      }
      children(part, scope);
      if (out_.place && is_place(part)) out_.place->joined = scope.sources.size();
    }
  }
}

// Whether the marked name is all that there is in the condition.
bool Resolver::is_place(NodeId condition) const {
  if (tree_.kind(condition) != NodeKind::JoinOn || tree_.children(condition).empty()) return false;
  const NodeId whole = tree_.children(condition).front();
  return tree_.kind(whole) == NodeKind::NameRef && is_marked(child(whole, NodeKind::Ident));
}

void Resolver::source(NodeId id, Scope& scope) {
  switch (tree_.kind(id)) {
    case NodeKind::TableSource:
      return table_source(id, scope);
    case NodeKind::MatchSource:
      return children(id, scope);
    case NodeKind::QuerySource: {
      Name name;
      name.columns = query(child(id, NodeKind::Query), scope);
      return alias_source(id, std::move(name), scope);
    }
    case NodeKind::ParameterSource:
    case NodeKind::FunctionSource:
      if (!tree_.children(id).empty()) visit(tree_.children(id).front(), scope);
      return alias_source(id, {}, scope);
    default:
      return children(id, scope);
  }
}

// AS name (columns) AT position
void Resolver::alias_source(NodeId id, Name source, Scope& scope) {
  const NodeId columns = child(id, NodeKind::IdentList);
  if (columns != zeroql::kNothing) source.columns.clear();
  for (const NodeId column : tree_.children(columns)) {
    source.columns.push_back(name_of(column));
    local(column, SymbolKind::Column, id);
  }
  if (const NodeId alias = child(id, NodeKind::Alias); alias != zeroql::kNothing) {
    Name named = local(child(alias, NodeKind::Ident), SymbolKind::Source, id);
    named.table = source.table;
    named.columns = source.columns;
    if (!out_.occurrences.empty() && out_.occurrences.back().key == named.key)
      out_.occurrences.back().table = named.table;
    source = std::move(named);
  }
  scope.sources.push_back(std::move(source));
  if (const NodeId position = child(id, NodeKind::Position); position != zeroql::kNothing)
    scope.names.push_back(local(child(position, NodeKind::Ident), SymbolKind::Column, id));
}

void Resolver::table_source(NodeId id, Scope& scope) {
  Name source;
  const NodeId first = tree_.children(id).empty() ? zeroql::kNothing : tree_.children(id).front();
  switch (tree_.kind(first)) {
    case NodeKind::RecordId:
    case NodeKind::RecordRange:
      expression(first, scope);
      source.name = name_of(child(first, NodeKind::Name));
      source.table = source.name;
      break;
    case NodeKind::Name: {
      table(first, scope);
      if (tree_.children(first).empty()) break;
      source.name = name_of(tree_.children(first).back());
      source.table = source.name;
      for (const Scope* at = &scope; at != nullptr; at = at->outer) {
        const auto found = std::ranges::find(at->tables, source.name, &Name::name);
        if (found == at->tables.end()) continue;
        source.table.clear();
        source.columns = found->columns;
        source.key = found->key;
        break;
      }
      if (source.key.empty()) source.key = symbol_key(SymbolKind::Table, source.name);
      break;
    }
    default:
      break;
  }
  alias_source(id, std::move(source), scope);
}

void Resolver::match(NodeId id, Scope& scope) {
  for (const NodeId path : tree_.children(id)) {
    if (const NodeId variable = child(path, NodeKind::PathVariable); variable != zeroql::kNothing)
      scope.sources.push_back(local(child(variable, NodeKind::Ident), SymbolKind::Source, path));
    std::string before;
    auto hop = Place::Hop::Either;
    for (const NodeId part : tree_.children(path)) {
      const bool is_edge = tree_.kind(part) == NodeKind::MatchEdge;
      if (!is_edge && tree_.kind(part) != NodeKind::MatchNode) continue;
      if (is_edge) hop = hop_of(tree_, part);
      const bool was_found = out_.place.has_value();
      std::string table = is_edge ? match_edge(part, scope) : match_vertex(part, scope);
      if (!was_found && out_.place && out_.place->hop_table.empty()) {
        out_.place->hop_table = before;
        out_.place->hop = hop;
      }
      before = std::move(table);
    }
  }
}

// Its names are variables if they are bound, else tables.
std::string Resolver::match_vertex(NodeId id, Scope& scope) {
  Name source;
  size_t names = 0;
  for (const NodeId part : tree_.children(id)) {
    names += tree_.kind(part) == NodeKind::Name || tree_.kind(part) == NodeKind::RecordId ? 1 : 0;
    if (tree_.kind(part) != NodeKind::Name) {
      if (tree_.kind(part) != NodeKind::Alias && tree_.kind(part) != NodeKind::Where)
        visit(part, scope);
      if (tree_.kind(part) == NodeKind::RecordId)
        source.table = name_of(child(part, NodeKind::Name));
      continue;
    }
    const std::string text = name_of(part);
    const Name* variable = nullptr;
    for (const Scope* at = &scope; at != nullptr && variable == nullptr; at = at->outer) {
      const auto found = std::ranges::find(at->sources, text, &Name::name);
      if (found != at->sources.end() && found->key.starts_with("local ")) variable = &*found;
    }
    if (variable != nullptr) {
      add(tree_.children(part).back(), SymbolKind::Source, variable->key, variable->table);
      source.table = variable->table;
    } else {
      table(part, scope, Place::Kind::Vertex);
      source.table = text;
    }
  }
  std::string read = names == 1 ? source.table : "";
  if (child(id, NodeKind::Alias) != zeroql::kNothing) alias_source(id, std::move(source), scope);
  if (const NodeId where = child(id, NodeKind::Where); where != zeroql::kNothing)
    children(where, scope);
  return read;
}

std::string Resolver::match_edge(NodeId id, Scope& scope) {
  Name source;
  size_t names = 0;
  for (const NodeId part : tree_.children(id)) {
    if (tree_.kind(part) != NodeKind::Ident) continue;
    table(part, scope, Place::Kind::Edge);
    source.table = name_of(part);
    ++names;
  }
  std::string read = names == 1 ? source.table : "";
  if (child(id, NodeKind::Alias) != zeroql::kNothing) alias_source(id, std::move(source), scope);
  if (const NodeId where = child(id, NodeKind::Where); where != zeroql::kNothing)
    children(where, scope);
  return read;
}

void Resolver::window_names(NodeId id, Scope& scope) {
  for (const NodeId each : tree_.children(id)) {
    scope.names.push_back(local(child(each, NodeKind::Ident), SymbolKind::Window, each));
    children(child(each, NodeKind::WindowSpec), scope);
  }
}

void Resolver::target(NodeId id, Scope& scope) {
  table_source(id, scope);
}

void Resolver::assignments(NodeId id, const std::string& table, Scope& scope) {
  for (const NodeId each : tree_.children(id)) {
    if (tree_.kind(each) == NodeKind::FieldPath) {  // UNSET
      path(each, table, scope);
      continue;
    }
    path(child(each, NodeKind::FieldPath), table, scope);
    if (!tree_.children(each).empty()) visit(tree_.children(each).back(), scope);
  }
}

// CREATE, UPSERT, UPDATE, DELETE, RELATE.
void Resolver::write(NodeId id, const Scope& outer) {
  Scope scope{&outer};
  std::string written;
  if (const NodeId place = child(id, NodeKind::Target); place != zeroql::kNothing) {
    target(place, scope);
    written = scope.sources.empty() ? "" : scope.sources.front().table;
  }
  if (const NodeId edge = child(id, NodeKind::Ident); edge != zeroql::kNothing) {
    table(edge, scope, Place::Kind::Edge);
    written = name_of(edge);
    scope.sources.push_back({written, "", SymbolKind::Source, written});
  }
  for (const NodeKind kind : {NodeKind::From, NodeKind::Using}) {
    if (const NodeId more = child(id, kind); more != zeroql::kNothing) sources(more, scope);
  }
  for (const NodeId each : tree_.children(id)) {
    switch (tree_.kind(each)) {
      case NodeKind::Target:
      case NodeKind::Ident:
      case NodeKind::From:
      case NodeKind::Using:
        break;
      case NodeKind::SetClause:
      case NodeKind::Unset:
        assignments(each, written, scope);
        break;
      case NodeKind::Endpoint:
        for (const NodeId part : tree_.children(each))
          tree_.kind(part) == NodeKind::Name ? static_cast<void>(expression(part, scope))
                                             : visit(part, scope);
        break;
      default:
        children(each, scope);
    }
  }
}

void Resolver::insert(NodeId id, const Scope& outer) {
  Scope scope{&outer};
  const NodeId name = child(id, NodeKind::Name);
  table(name, scope);
  const std::string written = name != zeroql::kNothing && !tree_.children(name).empty()
                                  ? name_of(tree_.children(name).back())
                                  : "";
  const auto fields = [&](NodeId list) {
    for (const NodeId each : tree_.children(list)) field(each, written, scope);
  };
  fields(child(id, NodeKind::IdentList));
  if (const NodeId found = child(id, NodeKind::Query); found != zeroql::kNothing)
    query(found, outer);
  scope.sources.push_back({written, "", SymbolKind::Source, written});
  for (const NodeId each : tree_.children(id)) {
    switch (tree_.kind(each)) {
      case NodeKind::Content:
      case NodeKind::Returning:
        children(each, scope);
        break;
      case NodeKind::OnConflict:
        fields(child(each, NodeKind::IdentList));
        assignments(child(each, NodeKind::SetClause), written, scope);
        if (const NodeId where = child(each, NodeKind::Where); where != zeroql::kNothing)
          children(where, scope);
        break;
      default:
        break;
    }
  }
}

}  // namespace zerodb::lsp
