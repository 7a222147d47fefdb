// Symbols: what the names of a script mean, as far as the text and the schema tell.
//
// An occurrence is a name in the text. Two occurrences name the same thing exactly if their keys
// are equal: "table person" and "field person.name" across files, "local 12 p" in one statement.
// The resolver works on broken scripts too, and guesses nothing: what it does not know has no
// occurrence. Threading: free functions, plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/schema.h"
#include "zeroql/tree.h"

namespace zerodb::lsp {

enum class SymbolKind : uint8_t {
  Namespace,
  Database,
  Table,
  Edge,
  View,
  Field,
  Index,
  Type,
  Enum,
  Variant,
  Function,
  BuiltIn,
  Parameter,
  Sequence,
  Analyzer,
  Placement,
  Module,
  Role,
  User,
  // Of one statement.
  Source,    // an alias, a common table, a variable of a pattern
  Column,    // a column of a source that is a query
  Alias,     // of a column
  Argument,  // a parameter of DEFINE FUNCTION
  Window,
};

struct Occurrence {
  Span span;
  SymbolKind kind = SymbolKind::Table;
  std::string key;
  std::string name;  // without backticks
  bool is_definition = false;
  Span whole = {};  // of a definition: the statement or item that makes it
  // Of a field: its table. Of a source: the table that it reads, if it is one.
  std::string table = {};
};

// What a place admits, for completion.
struct Place {
  enum class Kind : uint8_t {
    Expression,
    Member,  // behind a point: the members of `owner`
    Table,   // a table, view or common table
    Edge,
    Vertex,  // of a pattern: tables and variables
    Field,   // a field of the tables in reach: SET, INSERT (..), UNSET
    Type,
    Variant,  // behind `name::`
    Object,   // an object of one kind, such as DESCRIBE TABLE ..
    NewName,  // nothing to offer
  };
  struct Source {
    std::string name;  // empty: without an alias
    std::string table;
    std::vector<std::string> columns = {};  // of a query or a function
  };
  Kind kind = Kind::NewName;
  std::vector<Source> sources = {};       // in reach, inner ones first
  std::vector<std::string> aliases = {};  // of columns and arguments
  std::vector<std::string> common_tables = {};
  // Of an Edge or Vertex of a pattern: what stands before it, if that is one table, and how the
  // arrow points.
  enum class Hop : uint8_t { Right, Left, Either };
  std::string hop_table = {};
  Hop hop = Hop::Either;
  // Of an Expression that is the whole condition of a join: how many of the sources are in its FROM
  // so far, the joined one last.
  size_t joined = 0;
  // Of a Member: the table of the record, or a type.
  std::string owner_table = {};
  std::optional<Type> owner_type = {};
  std::string path = {};  // of a Variant: what stands before the last `::`
  SymbolKind object = SymbolKind::Table;
};

struct Resolution {
  std::vector<Occurrence> occurrences;  // in the order of their places
  std::optional<Place> place;           // of the marked name
};

// The name that marks a place: resolve() describes what may stand there.
inline constexpr std::string_view kPlaceMark = "zeroql_place_mark";

Resolution resolve(const zeroql::Tree& tree, const catalog::Schema& schema);

// "table person", the key of an object of the database.
std::string symbol_key(SymbolKind kind, std::string_view name);
std::string field_key(std::string_view table, std::string_view field);

}  // namespace zerodb::lsp
