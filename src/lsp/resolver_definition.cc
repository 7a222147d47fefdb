// Definitions, and the statements that name objects.
#include "lsp/resolver.h"

namespace zerodb::lsp {
namespace {

using zeroql::ast::ObjectKind;

SymbolKind symbol_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::Namespace:
      return SymbolKind::Namespace;
    case ObjectKind::Database:
      return SymbolKind::Database;
    case ObjectKind::Table:
    case ObjectKind::Keyspace:
      return SymbolKind::Table;
    case ObjectKind::Edge:
      return SymbolKind::Edge;
    case ObjectKind::View:
      return SymbolKind::View;
    case ObjectKind::Field:
      return SymbolKind::Field;
    case ObjectKind::Index:
      return SymbolKind::Index;
    case ObjectKind::Analyzer:
      return SymbolKind::Analyzer;
    case ObjectKind::Sequence:
      return SymbolKind::Sequence;
    case ObjectKind::Placement:
      return SymbolKind::Placement;
    case ObjectKind::Type:
      return SymbolKind::Type;
    case ObjectKind::Enum:
      return SymbolKind::Enum;
    case ObjectKind::Module:
      return SymbolKind::Module;
    case ObjectKind::Function:
      return SymbolKind::Function;
    case ObjectKind::Param:
      return SymbolKind::Parameter;
    case ObjectKind::Role:
      return SymbolKind::Role;
    case ObjectKind::User:
      return SymbolKind::User;
  }
  return SymbolKind::Table;
}

}  // namespace

// Whether the node is one of these.
bool Resolver::definition(NodeId id, Scope& scope) {
  const auto named = [&](SymbolKind kind) {
    for (const NodeId part : tree_.children(id)) {
      const bool is_name =
          tree_.kind(part) == NodeKind::Name || tree_.kind(part) == NodeKind::Ident;
      if (is_name && part == tree_.children(id).front()) {
        object(part, kind, true, id);
      } else {
        visit(part, scope);
      }
    }
    return true;
  };
  switch (tree_.kind(id)) {
    case NodeKind::DefineNamespace:
      return named(SymbolKind::Namespace);
    case NodeKind::DefineDatabase:
      return named(SymbolKind::Database);
    case NodeKind::DefineSequence:
      return named(SymbolKind::Sequence);
    case NodeKind::DefineAnalyzer:
      return named(SymbolKind::Analyzer);
    case NodeKind::DefinePlacement:
      return named(SymbolKind::Placement);
    case NodeKind::DefineModule:
      return named(SymbolKind::Module);
    case NodeKind::DefineRole:
      return named(SymbolKind::Role);
    case NodeKind::DefineUser:
      return named(SymbolKind::User);
    case NodeKind::DefineType:
      return named(SymbolKind::Type);
    case NodeKind::DefineView:
      return named(SymbolKind::View);
    case NodeKind::DefineTable:
      return define_table(id, SymbolKind::Table, scope), true;
    case NodeKind::DefineEdge:
      return define_table(id, SymbolKind::Edge, scope), true;
    case NodeKind::DefineEnum:
      return define_enum(id), true;
    case NodeKind::DefineIndex:
    case NodeKind::DefineField:
      return define_index(id, scope), true;
    case NodeKind::DefineFunction:
      return define_function(id, scope), true;
    case NodeKind::DefineParam:
    case NodeKind::Let: {
      const NodeId parameter = child(id, NodeKind::Parameter);
      define(parameter, SymbolKind::Parameter,
             symbol_key(SymbolKind::Parameter, tree_.text(parameter)), id);
      for (const NodeId part : tree_.children(id)) {
        if (part != parameter) visit(part, scope);
      }
      return true;
    }
    case NodeKind::Alter:
      return alter(id, scope), true;
    case NodeKind::ObjectName:
      return object_name(id, scope), true;
    case NodeKind::OnTable:
    case NodeKind::Analyze:
    case NodeKind::Copy: {
      for (const NodeId part : tree_.children(id))
        tree_.kind(part) == NodeKind::Name ? table(part, scope) : visit(part, scope);
      return true;
    }
    case NodeKind::EndpointTables:
      for (const NodeId part : tree_.children(id)) table(part, scope);
      return true;
    case NodeKind::Options:
      for (const NodeId option : tree_.children(id)) {
        for (const NodeId part : tree_.children(option)) {
          if (zeroql::is_expression(tree_.kind(part))) visit(part, scope);
        }
      }
      return true;
    default:
      return false;
  }
}

void Resolver::define_table(NodeId id, SymbolKind kind, Scope& scope) {
  const NodeId name = child(id, NodeKind::Name);
  object(name, kind, true, id);
  const std::string table =
      tree_.children(name).empty() ? "" : name_of(tree_.children(name).back());
  Scope inner{&scope};
  inner.sources.push_back({table, symbol_key(kind, table), kind, table});
  for (const NodeId part : tree_.children(id)) {
    switch (tree_.kind(part)) {
      case NodeKind::Name:
        break;
      case NodeKind::TableItems:
      case NodeKind::TableKey:
        table_items(part, table, inner);
        break;
      default:
        visit(part, inner);
    }
  }
}

void Resolver::table_items(NodeId id, const std::string& table, Scope& scope) {
  for (const NodeId item : tree_.children(id)) {
    const bool is_field =
        tree_.kind(item) == NodeKind::Field || tree_.kind(item) == NodeKind::KeyColumn;
    for (const NodeId part : tree_.children(item)) {
      if (tree_.kind(part) == NodeKind::FieldPath) {
        path(part, table, scope);
      } else if (tree_.kind(part) != NodeKind::Ident) {
        visit(part, scope);
      } else if (is_field) {
        define(part, SymbolKind::Field, field_key(table, name_of(part)), item, table);
      }
    }
  }
}

void Resolver::define_enum(NodeId id) {
  const NodeId name = child(id, NodeKind::Name);
  object(name, SymbolKind::Enum, true, id);
  const std::string text = tree_.children(name).empty() ? "" : name_of(tree_.children(name).back());
  for (const NodeId variant : tree_.children(child(id, NodeKind::IdentList)))
    define(variant, SymbolKind::Variant,
           symbol_key(SymbolKind::Variant, text + "::" + name_of(variant)), variant);
}

// DEFINE INDEX .. ON t, DEFINE FIELD .. ON t.
void Resolver::define_index(NodeId id, Scope& scope) {
  const NodeId name = child(id, NodeKind::Name);
  table(name, scope);
  const std::string owner =
      tree_.children(name).empty() ? "" : name_of(tree_.children(name).back());
  Scope inner{&scope};
  inner.sources.push_back({owner, symbol_key(SymbolKind::Table, owner), SymbolKind::Table, owner});
  for (const NodeId part : tree_.children(id)) {
    switch (tree_.kind(part)) {
      case NodeKind::Name:
        break;
      case NodeKind::Ident:
        define(part, SymbolKind::Index, symbol_key(SymbolKind::Index, owner + "." + name_of(part)),
               id);
        break;
      case NodeKind::FieldPath: {  // of DEFINE FIELD
        const bool is_plain = tree_.children(part).size() == 1;
        const NodeId first = child(part, NodeKind::Ident);
        is_plain ? define(first, SymbolKind::Field, field_key(owner, name_of(first)), id, owner)
                 : path(part, owner, inner);
        break;
      }
      case NodeKind::IndexPart:
        for (const NodeId column : tree_.children(part))
          tree_.kind(column) == NodeKind::FieldPath ? path(column, owner, inner)
                                                    : visit(column, inner);
        break;
      default:
        visit(part, inner);
    }
  }
}

void Resolver::define_function(NodeId id, Scope& scope) {
  Scope inner{&scope};
  for (const NodeId part : tree_.children(id)) {
    switch (tree_.kind(part)) {
      case NodeKind::Ident:
      case NodeKind::Path:
        object(part, SymbolKind::Function, true, id);
        break;
      case NodeKind::FunctionParameter:
        for (const NodeId each : tree_.children(part)) {
          if (tree_.kind(each) != NodeKind::Ident) visit(each, inner);
        }
        inner.names.push_back(local(child(part, NodeKind::Ident), SymbolKind::Argument, part));
        break;
      case NodeKind::FunctionExport: {
        const NodeId module = child(part, NodeKind::Ident);
        add(module, SymbolKind::Module, symbol_key(SymbolKind::Module, name_of(module)));
        break;
      }
      default:
        visit(part, inner);
    }
  }
}

void Resolver::alter(NodeId id, Scope& scope) {
  const SymbolKind kind = symbol_of(static_cast<ObjectKind>(tree_.node(id).detail));
  const NodeId name = child(id, NodeKind::Name);
  const NodeId ident = tree_.children(name).empty() ? name : tree_.children(name).back();
  if (is_marked(ident)) {
    Place place{Place::Kind::Object};
    place.object = kind;
    mark(std::move(place), scope);
  }
  const std::string owner = name_of(ident);
  if (kind != SymbolKind::Index) object(name, kind, false, id);
  Scope inner{&scope};
  inner.sources.push_back({owner, symbol_key(SymbolKind::Table, owner), SymbolKind::Table, owner});
  for (const NodeId action : tree_.children(id)) {
    if (action == name) continue;
    if (tree_.kind(action) != NodeKind::AlterAction) {
      visit(action, inner);
      continue;
    }
    const auto what = static_cast<zeroql::ast::ActionKind>(tree_.node(action).detail);
    for (const NodeId part : tree_.children(action)) {
      if (tree_.kind(part) == NodeKind::FieldPath) {
        path(part, owner, inner);
      } else if (tree_.kind(part) == NodeKind::Field) {
        const NodeId field = child(part, NodeKind::Ident);
        define(field, SymbolKind::Field, field_key(owner, name_of(field)), part, owner);
        for (const NodeId rest : tree_.children(part)) {
          if (rest != field) visit(rest, inner);
        }
      } else if (tree_.kind(part) == NodeKind::Ident) {
        if (what == zeroql::ast::ActionKind::RenameField)
          define(part, SymbolKind::Field, field_key(owner, name_of(part)), action, owner);
        if (what == zeroql::ast::ActionKind::AddVariant && part == tree_.children(action).front())
          define(part, SymbolKind::Variant,
                 symbol_key(SymbolKind::Variant, owner + "::" + name_of(part)), action);
      } else {
        visit(part, inner);
      }
    }
  }
}

// After REMOVE, DESCRIBE, GRANT and REVOKE.
void Resolver::object_name(NodeId id, const Scope& scope) {
  const SymbolKind kind = symbol_of(static_cast<ObjectKind>(tree_.node(id).detail));
  for (const NodeId part : tree_.children(id)) {
    if (tree_.text(part).find(kPlaceMark) != std::string_view::npos) {
      Place place{Place::Kind::Object};
      place.object = kind;
      mark(std::move(place), scope);
    } else if (tree_.kind(part) == NodeKind::Parameter) {
      add(part, kind, symbol_key(kind, tree_.text(part)));
    } else if (kind != SymbolKind::Field && kind != SymbolKind::Index) {
      object(part, kind, false, id);
    }
  }
}

}  // namespace zerodb::lsp
