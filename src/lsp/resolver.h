// Resolver: one walk over a tree that finds what its names mean. Internal to symbol.h.
//
// Scopes nest as queries do; a scope lives on the stack of the walk. Threading: one object, one
// tree.
#pragma once

#include "lsp/symbol.h"
#include "zeroql/ast_session.h"

namespace zerodb::lsp {

class Resolver {
 public:
  Resolver(const zeroql::Tree& tree, const catalog::Schema& schema)
      : tree_(tree), schema_(schema) {}
  Resolution run() &&;

 private:
  using NodeId = zeroql::NodeId;
  using NodeKind = zeroql::NodeKind;

  // A name that a statement gives.
  struct Name {
    std::string name;
    std::string key;
    SymbolKind kind = SymbolKind::Source;
    std::string table = {};                 // that the source reads
    std::vector<std::string> columns = {};  // of a query or function
  };
  struct Scope {
    const Scope* outer = nullptr;
    std::vector<Name> sources = {};
    std::vector<Name> tables = {};  // common tables
    std::vector<Name> names = {};   // aliases, arguments, windows
  };
  // What an expression is, as far as its members go.
  struct Meaning {
    std::string table = {};  // a record of it
    std::optional<Type> type = std::nullopt;
  };

  // ---- the walk (resolver.cc)
  void children(NodeId id, Scope& scope);
  void visit(NodeId id, Scope& scope);
  NodeId child(NodeId id, NodeKind kind, size_t index = 0) const;
  template <typename Accepts>
  NodeId child_if(NodeId id, Accepts accepts) const {
    for (const NodeId each : tree_.children(id)) {
      if (accepts(tree_.kind(each))) return each;
    }
    return zeroql::kNothing;
  }
  std::string name_of(NodeId ident) const;
  bool is_marked(NodeId ident) const;
  void mark(Place place, const Scope& scope);
  void add(NodeId ident, SymbolKind kind, std::string key, std::string table = {});
  void define(NodeId ident, SymbolKind kind, std::string key, NodeId whole, std::string table = {});
  // A name of the statement: gives its key.
  Name local(NodeId ident, SymbolKind kind, NodeId whole);
  void object(NodeId ident, SymbolKind kind, bool is_definition, NodeId whole);
  void table(NodeId name, const Scope& scope, Place::Kind place = Place::Kind::Table);
  void field(NodeId ident, const std::string& table, const Scope& scope);
  void path(NodeId field_path, const std::string& table, Scope& scope);
  SymbolKind kind_of_table(const std::string& name) const;

  // ---- queries (resolver_query.cc)
  std::vector<std::string> query(NodeId id, const Scope& outer);
  std::vector<std::string> body(NodeId id, Scope& scope);
  std::vector<std::string> select(NodeId id, Scope& scope);
  std::vector<std::string> items(NodeId id, Scope& scope);
  void common_tables(NodeId id, Scope& scope);
  void sources(NodeId id, Scope& scope);
  bool is_place(NodeId condition) const;
  void source(NodeId id, Scope& scope);
  void table_source(NodeId id, Scope& scope);
  void alias_source(NodeId id, Name source, Scope& scope);
  void match(NodeId id, Scope& scope);
  // Each gives the table that it reads, if that is one.
  std::string match_vertex(NodeId id, Scope& scope);
  std::string match_edge(NodeId id, Scope& scope);
  void window_names(NodeId id, Scope& scope);
  void write(NodeId id, const Scope& outer);
  void target(NodeId id, Scope& scope);
  void insert(NodeId id, const Scope& outer);
  void assignments(NodeId id, const std::string& table, Scope& scope);

  // ---- expressions (resolver_expression.cc)
  Meaning expression(NodeId id, Scope& scope);
  Meaning name_reference(NodeId id, Scope& scope);
  Meaning member(NodeId id, Scope& scope);
  // What stands before the dot.
  Meaning member_base(NodeId id, Scope& scope);
  // The field of its own name that a table has which is read without an alias: it is meant by the
  // bare name, and before a dot if it has members.
  const catalog::Field* field_of_own_name(const Name& source) const;
  Meaning member_of(const Meaning& base, const std::string& name) const;
  Meaning meaning_of(const Type& type) const;
  Meaning call(NodeId id, Scope& scope);
  void path_reference(NodeId path, const Scope& scope);
  void shape(NodeId id, Scope& scope);
  void type(NodeId id, const Scope& scope);

  // ---- definitions and the rest (resolver_definition.cc)
  bool definition(NodeId id, Scope& scope);
  void define_table(NodeId id, SymbolKind kind, Scope& scope);
  void table_items(NodeId id, const std::string& table, Scope& scope);
  void define_function(NodeId id, Scope& scope);
  void define_enum(NodeId id);
  void define_index(NodeId id, Scope& scope);
  void alter(NodeId id, Scope& scope);
  void object_name(NodeId id, const Scope& scope);

  const zeroql::Tree& tree_;
  const catalog::Schema& schema_;
  Resolution out_;
};

}  // namespace zerodb::lsp
