#include "lsp/resolver.h"

#include <algorithm>

#include "zeroql/literal.h"

namespace zerodb::lsp {

namespace {

std::string_view prefix_of(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::Namespace:
      return "namespace ";
    case SymbolKind::Database:
      return "database ";
    case SymbolKind::Table:
    case SymbolKind::Edge:
    case SymbolKind::View:
      return "table ";  // they share one space of names
    case SymbolKind::Field:
      return "field ";
    case SymbolKind::Index:
      return "index ";
    case SymbolKind::Type:
    case SymbolKind::Enum:
      return "type ";
    case SymbolKind::Variant:
      return "variant ";
    case SymbolKind::Function:
      return "function ";
    case SymbolKind::BuiltIn:
      return "builtin ";
    case SymbolKind::Parameter:
      return "param ";
    case SymbolKind::Sequence:
      return "sequence ";
    case SymbolKind::Analyzer:
      return "analyzer ";
    case SymbolKind::Placement:
      return "placement ";
    case SymbolKind::Module:
      return "module ";
    case SymbolKind::Role:
      return "role ";
    case SymbolKind::User:
      return "user ";
    case SymbolKind::Source:
    case SymbolKind::Column:
    case SymbolKind::Alias:
    case SymbolKind::Argument:
    case SymbolKind::Window:
      return "local ";
  }
  return "";
}

}  // namespace

std::string symbol_key(SymbolKind kind, std::string_view name) {
  return std::string(prefix_of(kind)) + std::string(name);
}

std::string field_key(std::string_view table, std::string_view field) {
  return "field " + std::string(table) + "." + std::string(field);
}

Resolution resolve(const zeroql::Tree& tree, const catalog::Schema& schema) {
  return Resolver(tree, schema).run();
}

Resolution Resolver::run() && {
  Scope scope;
  children(tree_.root(), scope);
  std::ranges::stable_sort(out_.occurrences, {}, [](const Occurrence& o) { return o.span.begin; });
  return std::move(out_);
}

void Resolver::children(NodeId id, Scope& scope) {
  for (const NodeId each : tree_.children(id)) visit(each, scope);
}

// Every node has its rule here or is looked through.
void Resolver::visit(NodeId id, Scope& scope) {
  const NodeKind kind = tree_.kind(id);
  if (definition(id, scope)) return;
  if (zeroql::is_expression(kind)) {
    expression(id, scope);
    return;
  }
  if (zeroql::is_type(kind)) return type(id, scope);
  switch (kind) {
    case NodeKind::Query:
      query(id, scope);
      return;
    case NodeKind::Create:
    case NodeKind::Upsert:
    case NodeKind::Update:
    case NodeKind::Delete:
    case NodeKind::Relate:
      return write(id, scope);
    case NodeKind::Insert:
      return insert(id, scope);
    case NodeKind::SelectItems:
      items(id, scope);
      return;
    case NodeKind::From:
    case NodeKind::Using:
      return sources(id, scope);
    case NodeKind::Match:
      return match(id, scope);
    default:
      return children(id, scope);
  }
}

zeroql::NodeId Resolver::child(NodeId id, NodeKind kind, size_t index) const {
  for (const NodeId each : tree_.children(id)) {
    if (tree_.kind(each) == kind && index-- == 0) return each;
  }
  return zeroql::kNothing;
}

std::string Resolver::name_of(NodeId ident) const {
  const std::string_view text = tree_.text(ident);
  return text.starts_with('`') ? zeroql::decode_name(text) : std::string(text);
}

bool Resolver::is_marked(NodeId ident) const {
  return ident != zeroql::kNothing && tree_.text(ident).find(kPlaceMark) != std::string_view::npos;
}

void Resolver::mark(Place place, const Scope& scope) {
  for (const Scope* at = &scope; at != nullptr; at = at->outer) {
    for (const Name& source : at->sources) {
      const bool is_named = source.kind == SymbolKind::Source && source.key.starts_with("local ");
      place.sources.push_back({is_named ? source.name : "", source.table, source.columns});
    }
    for (const Name& name : at->names) place.aliases.push_back(name.name);
    for (const Name& table : at->tables) place.common_tables.push_back(table.name);
  }
  out_.place = std::move(place);
}

void Resolver::add(NodeId ident, SymbolKind kind, std::string key, std::string table) {
  const Span span = tree_.span(ident);
  if (span.begin == span.end || is_marked(ident)) return;
  out_.occurrences.push_back(
      {span, kind, std::move(key), name_of(ident), false, {}, std::move(table)});
}

void Resolver::define(NodeId ident, SymbolKind kind, std::string key, NodeId whole,
                      std::string table) {
  const size_t before = out_.occurrences.size();
  add(ident, kind, std::move(key), std::move(table));
  if (out_.occurrences.size() == before) return;
  out_.occurrences.back().is_definition = true;
  out_.occurrences.back().whole = tree_.span(whole);
}

Resolver::Name Resolver::local(NodeId ident, SymbolKind kind, NodeId whole) {
  Name out{name_of(ident), "", kind};
  out.key = "local " + std::to_string(tree_.span(ident).begin) + " " + out.name;
  if (is_marked(ident)) mark({Place::Kind::NewName}, {});
  define(ident, kind, out.key, whole);
  return out;
}

// The name of an object: its last word is what it is called.
void Resolver::object(NodeId name, SymbolKind kind, bool is_definition, NodeId whole) {
  NodeId ident = name;
  std::string text = name_of(name);
  if (tree_.kind(name) == NodeKind::Name && !tree_.children(name).empty()) {
    ident = tree_.children(name).back();
    text = name_of(ident);
  }
  if (tree_.kind(name) == NodeKind::Path) text = zeroql::ast::Path{{&tree_, name}}.name();
  if (is_definition) return define(ident, kind, symbol_key(kind, text), whole);
  add(ident, kind, symbol_key(kind, text));
}

SymbolKind Resolver::kind_of_table(const std::string& name) const {
  const catalog::Table* found = schema_.find_table(name);
  if (found == nullptr || found->kind == catalog::Table::Kind::Normal) return SymbolKind::Table;
  return found->is_edge() ? SymbolKind::Edge : SymbolKind::View;
}

// A Name or an Ident that stands for a table, or for a common table in reach.
void Resolver::table(NodeId name, const Scope& scope, Place::Kind place) {
  const NodeId ident = tree_.kind(name) == NodeKind::Name && !tree_.children(name).empty()
                           ? tree_.children(name).back()
                           : name;
  if (is_marked(ident)) return mark({place}, scope);
  const std::string text = name_of(ident);
  for (const Scope* at = &scope; at != nullptr; at = at->outer) {
    const auto found = std::ranges::find(at->tables, text, &Name::name);
    if (found != at->tables.end()) return add(ident, found->kind, found->key);
  }
  add(ident, kind_of_table(text), symbol_key(SymbolKind::Table, text), text);
}

void Resolver::field(NodeId ident, const std::string& table, const Scope& scope) {
  if (is_marked(ident)) {
    Place place{Place::Kind::Field};
    place.owner_table = table;
    return mark(std::move(place), scope);
  }
  if (!table.empty()) add(ident, SymbolKind::Field, field_key(table, name_of(ident)), table);
}

// address.city, tags[0]: the first word is the field; what it holds has members.
void Resolver::path(NodeId id, const std::string& table, Scope& scope) {
  const NodeId first = child(id, NodeKind::Ident);
  field(first, table, scope);
  Meaning meaning = member_of({table}, name_of(first));
  for (const NodeId step : tree_.children(id)) {
    if (tree_.kind(step) == NodeKind::PathIndex) {
      children(step, scope);
      meaning = {};
    }
    if (tree_.kind(step) != NodeKind::PathField) continue;
    const NodeId ident = child(step, NodeKind::Ident);
    if (is_marked(ident)) {
      Place place{Place::Kind::Member};
      place.owner_table = meaning.table;
      place.owner_type = meaning.type;
      mark(std::move(place), scope);
    }
    meaning = member_of(meaning, name_of(ident));
  }
}

}  // namespace zerodb::lsp
