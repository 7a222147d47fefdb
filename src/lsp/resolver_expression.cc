// Expressions and types: what they are of, so that their members are known.
#include <algorithm>

#include "lsp/resolver.h"
#include "sema/expression.h"

namespace zerodb::lsp {

Resolver::Meaning Resolver::expression(NodeId id, Scope& scope) {
  switch (tree_.kind(id)) {
    case NodeKind::NameRef:
      return name_reference(child(id, NodeKind::Ident), scope);
    case NodeKind::Name: {  // of RELATE and `p.*`: the same as a chain of members
      Meaning meaning;
      for (size_t i = 0; i < tree_.children(id).size(); ++i) {
        const NodeId ident = tree_.children(id)[i];
        if (i == 0) {
          meaning = name_reference(ident, scope);
        } else {
          if (!meaning.table.empty()) field(ident, meaning.table, scope);
          meaning = member_of(meaning, name_of(ident));
        }
      }
      return meaning;
    }
    case NodeKind::FieldAccess:
      return member(id, scope);
    case NodeKind::Paren:
      return tree_.children(id).empty() ? Meaning{} : expression(tree_.children(id).front(), scope);
    case NodeKind::IndexAccess:
    case NodeKind::AllElements: {
      const Meaning base = expression(tree_.children(id).front(), scope);
      for (const NodeId index : tree_.children(id).subspan(1)) visit(index, scope);
      if (base.type && (base.type->is_sequence())) return meaning_of(base.type->element());
      return {};
    }
    case NodeKind::RecordId:
    case NodeKind::RecordRange: {
      const NodeId name = child(id, NodeKind::Name);
      table(name, scope);
      for (const NodeId part : tree_.children(id)) {
        const NodeId key = child(part, NodeKind::Ident);
        if (tree_.kind(part) == NodeKind::RecordKey && key == zeroql::kNothing)
          children(part, scope);
      }
      return {tree_.children(name).empty() ? "" : name_of(tree_.children(name).back())};
    }
    case NodeKind::Parameter: {
      const std::string_view text = tree_.text(id);
      if (text.size() > 1) add(id, SymbolKind::Parameter, symbol_key(SymbolKind::Parameter, text));
      return {};
    }
    case NodeKind::PathRef:
      path_reference(child(id, NodeKind::Path), scope);
      return {};
    case NodeKind::Call:
      return call(id, scope);
    case NodeKind::MethodCall: {
      for (const NodeId part : tree_.children(id)) {
        if (tree_.kind(part) == NodeKind::Ident) {
          if (is_marked(part)) mark({Place::Kind::NewName}, scope);
          add(part, SymbolKind::BuiltIn, symbol_key(SymbolKind::BuiltIn, name_of(part)));
        } else {
          visit(part, scope);
        }
      }
      return {};
    }
    case NodeKind::Shape:
      shape(id, scope);
      return {};
    default:
      children(id, scope);
      return {};
  }
}

// A source, a column of a source, or an alias; the innermost scope that knows the name decides.
Resolver::Meaning Resolver::name_reference(NodeId ident, Scope& scope) {
  if (is_marked(ident)) {
    mark({Place::Kind::Expression}, scope);
    return {};
  }
  const std::string name = name_of(ident);
  for (const Scope* at = &scope; at != nullptr; at = at->outer) {
    for (const Name& source : at->sources) {
      if (source.name != name || name.empty() || field_of_own_name(source) != nullptr) continue;
      if (!source.key.empty()) add(ident, source.kind, source.key, source.table);
      return {source.table};
    }
    for (const Name& source : at->sources) {
      const catalog::Table* table = schema_.find_table(source.table);
      const bool has_field =
          table != nullptr && (table->field_position(name) || table->key_position(name));
      if (has_field) {
        add(ident, SymbolKind::Field, field_key(source.table, name), source.table);
        return member_of({source.table}, name);
      }
      if (std::ranges::find(source.columns, name) != source.columns.end()) return {};
    }
    const auto found = std::ranges::find(at->names, name, &Name::name);
    if (found != at->names.end()) {
      add(ident, found->kind, found->key);
      return {};
    }
  }
  return {};
}

const catalog::Field* Resolver::field_of_own_name(const Name& source) const {
  if (source.name != source.table) return nullptr;
  const catalog::Table* table = schema_.find_table(source.table);
  const auto position = table == nullptr ? std::nullopt : table->field_position(source.name);
  return position ? &table->fields[*position] : nullptr;
}

Resolver::Meaning Resolver::member_base(NodeId id, Scope& scope) {
  if (tree_.kind(id) != NodeKind::NameRef) return expression(id, scope);
  const NodeId ident = child(id, NodeKind::Ident);
  const std::string name = name_of(ident);
  for (const Scope* at = &scope; at != nullptr; at = at->outer) {
    for (const Name& source : at->sources) {
      const catalog::Field* field = source.name == name ? field_of_own_name(source) : nullptr;
      if (field == nullptr) continue;
      if (sema::may_have_members(field->type)) return expression(id, scope);
      if (!source.key.empty()) add(ident, source.kind, source.key, source.table);
      return {source.table};
    }
  }
  return expression(id, scope);
}

Resolver::Meaning Resolver::member(NodeId id, Scope& scope) {
  const Meaning base = member_base(tree_.children(id).front(), scope);
  const NodeId ident = child(id, NodeKind::Ident);
  if (is_marked(ident)) {
    Place place{Place::Kind::Member};
    place.owner_table = base.table;
    place.owner_type = base.type;
    mark(std::move(place), scope);
    return {};
  }
  const std::string name = name_of(ident);
  const catalog::Table* table = schema_.find_table(base.table);
  if (table != nullptr && (table->field_position(name) || table->key_position(name)))
    add(ident, SymbolKind::Field, field_key(base.table, name), base.table);
  return member_of(base, name);
}

Resolver::Meaning Resolver::member_of(const Meaning& base, const std::string& name) const {
  if (const catalog::Table* table = schema_.find_table(base.table)) {
    if (name == "id") return {base.table};
    if (const auto position = table->field_position(name))
      return meaning_of(table->fields[*position].type);
    if (const auto position = table->key_position(name))
      return meaning_of(table->key[*position].type);
    return {};
  }
  if (!base.type || base.type->kind() != TypeKind::Shape) return {};
  for (const Type::Field& each : base.type->fields()) {
    if (each.name == name) return meaning_of(each.type);
  }
  return {};
}

// A link to one table is a record of it.
Resolver::Meaning Resolver::meaning_of(const Type& type) const {
  if (type.kind() == TypeKind::RecordId && type.tables().size() == 1) {
    const auto name = schema_.table_name(type.tables().front());
    if (name) return {std::string(*name), type};
  }
  return {"", type};
}

Resolver::Meaning Resolver::call(NodeId id, Scope& scope) {
  const zeroql::ast::Call view{{&tree_, id}};
  const NodeId ident = child(id, NodeKind::Ident);
  const NodeId path = child(id, NodeKind::Path);
  const NodeId name = ident != zeroql::kNothing ? ident : path;
  const std::string text = view.name();
  Meaning meaning;
  if (text.find(kPlaceMark) != std::string::npos) {
    Place place{Place::Kind::Expression};
    if (path != zeroql::kNothing) place = {Place::Kind::Variant};
    place.path = text.substr(0, text.rfind("::") == std::string::npos ? 0 : text.rfind("::"));
    mark(std::move(place), scope);
  } else if (const catalog::Function* found = schema_.find_function(text)) {
    add(name, SymbolKind::Function, symbol_key(SymbolKind::Function, found->name));
    meaning = meaning_of(found->returns);
  } else {
    std::string lower = text;
    for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    add(name, SymbolKind::BuiltIn, symbol_key(SymbolKind::BuiltIn, lower));
  }
  for (const NodeId part : tree_.children(id)) {
    if (part == name) continue;
    if (tree_.kind(part) == NodeKind::Over) {
      const NodeId window = child(part, NodeKind::Ident);
      if (window != zeroql::kNothing) name_reference(window, scope);
      if (const NodeId spec = child(part, NodeKind::WindowSpec); spec != zeroql::kNothing)
        children(spec, scope);
    } else if (tree_.kind(part) == NodeKind::Arguments) {
      for (const NodeId argument : tree_.children(part)) {
        for (const NodeId value : tree_.children(argument)) {
          if (tree_.kind(value) != NodeKind::Ident) visit(value, scope);
        }
      }
    } else {
      children(part, scope);
    }
  }
  return meaning;
}

// color::red
void Resolver::path_reference(NodeId path, const Scope& scope) {
  const auto parts = tree_.children(path);
  if (parts.size() < 2) return;
  if (is_marked(parts.back())) {
    Place place{Place::Kind::Variant};
    const uint32_t begin = tree_.span(path).begin;
    place.path = tree_.source().slice({begin, tree_.span(parts[parts.size() - 2]).end});
    return mark(std::move(place), scope);
  }
  const std::string name = name_of(parts[0]);
  if (schema_.find_enum(name) == nullptr) return;
  add(parts[0], SymbolKind::Enum, symbol_key(SymbolKind::Enum, name));
  add(parts[1], SymbolKind::Variant,
      symbol_key(SymbolKind::Variant, name + "::" + name_of(parts[1])));
}

// base.{ a, b: e }: names are looked up in the base first.
void Resolver::shape(NodeId id, Scope& scope) {
  const Meaning base = expression(tree_.children(id).front(), scope);
  Scope inner{&scope};
  inner.sources.push_back({"", "", SymbolKind::Source, base.table});
  for (const NodeId entry : tree_.children(id).subspan(1)) {
    const bool is_computed =
        tree_.node(entry).detail == static_cast<uint8_t>(zeroql::ast::ShapeEntryKind::Computed);
    Meaning meaning = base;
    for (const NodeId part : tree_.children(entry)) {
      if (tree_.kind(part) != NodeKind::Ident) {
        visit(part, inner);
      } else if (!is_computed) {
        const catalog::Table* table = schema_.find_table(meaning.table);
        if (is_marked(part)) {
          Place place{Place::Kind::Member};
          place.owner_table = meaning.table;
          place.owner_type = meaning.type;
          mark(std::move(place), scope);
        } else if (table != nullptr && table->field_position(name_of(part))) {
          field(part, meaning.table, scope);
        }
        meaning = member_of(meaning, name_of(part));
      }
    }
  }
}

void Resolver::type(NodeId id, const Scope& scope) {
  Scope inner{&scope};
  if (tree_.kind(id) != NodeKind::NamedType) return children(id, inner);
  const NodeId name = child(id, NodeKind::Name);
  const NodeId ident = tree_.children(name).empty() ? name : tree_.children(name).back();
  if (is_marked(ident)) return mark({Place::Kind::Type}, scope);
  const std::string text = name_of(ident);
  const bool is_link = text == "record" || text == "edge";
  if (schema_.find_enum(text) != nullptr) {
    add(ident, SymbolKind::Enum, symbol_key(SymbolKind::Enum, text));
  } else if (schema_.find_type(text) != nullptr) {
    add(ident, SymbolKind::Type, symbol_key(SymbolKind::Type, text));
  }
  for (const NodeId argument : tree_.children(id)) {
    if (argument == name) continue;
    if (is_link && tree_.kind(argument) == NodeKind::NamedType) {
      table(child(argument, NodeKind::Name), scope);
    } else if (is_link) {
      for (const NodeId member : tree_.children(argument)) {
        if (tree_.kind(member) == NodeKind::NamedType) table(child(member, NodeKind::Name), scope);
      }
    } else {
      visit(argument, inner);
    }
  }
}

}  // namespace zerodb::lsp
